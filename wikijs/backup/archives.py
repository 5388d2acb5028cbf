"""A backup as one file: a store in a tar archive, packed by its suffix, and encrypted where a key is given.

Packing and encrypting are left to zstandard and pyrage (age), which are extras.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tempfile
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from wikijs.core.files import BOUNDS, open_file, refusing, replacing
from wikijs.core.files.refusal import refused
from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError

from .store import MEMBER, Store, copy_object

SUFFIXES: Final = (".tar.zst", ".tar.gz", ".tgz", ".tar")
ENCRYPTED: Final = ".age"
_OF_FILES: Final = (ENCRYPTED, ".zip", ".7z", ".rar", ".gz", ".zst", ".bz2", ".xz")
_CHUNK: Final = 1024 * 1024


def is_archive(path: str | os.PathLike[str]) -> bool:
    """Whether a path is meant to be one file, and not a folder of backups."""
    return os.fspath(path).lower().removesuffix(ENCRYPTED).endswith(SUFFIXES)


def is_mistaken(path: str | os.PathLike[str]) -> bool:
    """Whether a path reads like that of one file, of a kind that is not written: a folder would surprise, and not be
    encrypted."""
    return not is_archive(path) and os.fspath(path).lower().endswith(_OF_FILES)


def _need(module: str, what: str) -> None:
    if find_spec(module) is None:
        raise ConfigurationError(f"{what} needs {module}.", hint=pip_line("backup"))


def _age() -> Any:
    """The library of age, which has no types."""
    _need("pyrage", "Encryption")
    return import_module("pyrage")


def check(path: str | os.PathLike[str], recipients: Sequence[str]) -> None:
    """Check before anything is read whether a file can be written as its name and the keys say.

    Raises:
        ConfigurationError: It cannot.
    """
    name = os.fspath(path).lower()
    if bool(recipients) != name.endswith(ENCRYPTED):
        problem = "is to be encrypted, and no key says for whom" if not recipients else "is to be encrypted"
        raise ConfigurationError(
            f"{path} {problem}.",
            hint="A key goes with a name such as wiki.tar.zst.age, and with no other.",
        )
    if recipients:
        _recipients(recipients)
    if name.removesuffix(ENCRYPTED).endswith(".tar.zst"):
        _need("zstandard", "A .tar.zst")


def _recipients(recipients: Sequence[str]) -> list[object]:
    age = _age()
    found: list[object] = []
    for text in recipients:
        try:
            kind = age.ssh if text.startswith("ssh-") else age.x25519
            found.append(kind.Recipient.from_str(text.strip()))
        except age.RecipientError:
            raise ConfigurationError(
                f"{text[:20]!r} is no key to encrypt for.", hint="Give one that begins with age1, or an SSH public key."
            ) from None
    return found


def pack(store: Store, path: str | os.PathLike[str], recipients: Sequence[str] = ()) -> None:
    """Write a store into one file, which is replaced as a whole.

    Args:
        store: The store.
        path: The file; its suffix says how it is packed.
        recipients: Public keys (age1..., or of SSH) of those who can read it.

    Raises:
        ConfigurationError: An extra is missing, or a key is none.
        OSError: It cannot be written.
    """
    check(path, recipients)
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    with replacing(place) as file:
        if not recipients:
            _write(store, place, file)
            return
        with tempfile.TemporaryFile(dir=place.parent) as plain:
            _write(store, place, cast("BinaryIO", plain))
            plain.seek(0)
            _age().encrypt_io(plain, file, _recipients(recipients))


def _write(store: Store, place: Path, file: BinaryIO) -> None:
    name = place.name.lower().removesuffix(ENCRYPTED)
    with ExitStack() as opened:
        stream: BinaryIO = file
        if name.endswith(".zst"):
            from zstandard import ZstdCompressor

            compressor = ZstdCompressor(level=10, write_checksum=True)
            stream = cast("BinaryIO", opened.enter_context(compressor.stream_writer(file, closefd=False)))
        elif name.endswith("gz"):
            packed = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
            stream = cast("BinaryIO", opened.enter_context(packed))
        pack = opened.enter_context(tarfile.TarFile(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT))
        for digest in sorted(store.object_names()):
            with tempfile.SpooledTemporaryFile(max_size=_CHUNK) as plain:
                copy_object(store, digest, cast("BinaryIO", plain))
                size = plain.tell()
                plain.seek(0)
                pack.addfile(_entry(f"objects/{digest[:2]}/{digest}", size), cast("BinaryIO", plain))
        for member in ("backup.json", *(f"snapshots/{each}.json" for each in store.names())):
            content = (store.path / member).read_bytes()
            pack.addfile(_entry(member, len(content)), io.BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


@contextmanager
def unpacked(path: str | os.PathLike[str], identities: Sequence[str] = ()) -> Generator[Store]:
    """The store in such a file, unpacked into a temporary folder for as long as it is used.

    Args:
        path: The file.
        identities: Files with the secret keys that may open it, as age or SSH writes them.

    Raises:
        ConfigurationError: There is no such file, it is damaged, or no key fits.
    """
    place = Path(path)
    if not place.is_file():
        raise ConfigurationError(f"{place} does not exist.", hint="Give a file that `wikijs backup` made.")
    with tempfile.TemporaryDirectory() as folder:
        _open(place, Path(folder), identities)
        if not (Path(folder) / "backup.json").is_file():
            raise refused(str(place), "it holds no backup", hint="Give a file that `wikijs backup` made.")
        yield Store(folder)


def _open(place: Path, folder: Path, identities: Sequence[str]) -> None:
    with ExitStack() as opened, refusing(str(place), "it is no backup, or damaged"):
        stream: BinaryIO = opened.enter_context(open_file(place))
        name = place.name.lower()
        if name.endswith(ENCRYPTED):
            stream = _decrypted(stream, identities, opened)
            name = name.removesuffix(ENCRYPTED)
        if name.endswith(".zst"):
            _need("zstandard", "A .tar.zst")
            from zstandard import ZstdDecompressor

            stream = cast("BinaryIO", opened.enter_context(ZstdDecompressor().stream_reader(stream)))
        elif name.endswith("gz"):
            stream = cast("BinaryIO", opened.enter_context(gzip.GzipFile(fileobj=stream)))
        _unpack(stream, folder, max(BOUNDS.free_bytes, BOUNDS.ratio * place.stat().st_size))


def _decrypted(stream: BinaryIO, identities: Sequence[str], opened: ExitStack) -> BinaryIO:
    age = _age()
    keys = [key for file in identities for key in _keys(file)]
    if not keys:
        raise ConfigurationError("This backup is encrypted.", hint="Give --identity FILE with a key that opens it.")
    plain = opened.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
    try:
        age.decrypt_io(stream, plain, keys)
    except age.DecryptError:
        raise ConfigurationError(
            "This backup cannot be opened with these keys, or it is damaged.",
            hint="Give --identity FILE with the secret key of one of those it was encrypted for.",
        ) from None
    plain.seek(0)
    return cast("BinaryIO", plain)


def _keys(file: str) -> list[object]:
    age = _age()
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.", hint="Give a file with a key.") from None
    try:
        if content.startswith(b"-----BEGIN"):
            return [age.ssh.Identity.from_buffer(content)]
        lines = content.decode().splitlines()
        return [age.x25519.Identity.from_str(line.strip()) for line in lines if line.startswith("AGE-SECRET-KEY-")]
    except (age.IdentityError, UnicodeDecodeError):
        raise ConfigurationError(f"{file} holds no key that can be read.", hint="age-keygen makes one.") from None


class _Watched:
    """A stream that keeps what was read last: a tar archive that is damaged or cut off seems to end there."""

    _KEPT: Final = 4 * tarfile.RECORDSIZE

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._position, self._last = stream, 0, b""

    def read(self, size: int) -> bytes:
        """Read on."""
        chunk = self._stream.read(size)
        self._position += len(chunk)
        self._last = (self._last + chunk)[-self._KEPT :]
        return chunk

    def is_at_end(self, offset: int, most: int) -> bool:
        """Whether nothing but the mark of an archive's end lies behind a position: two blocks of zeros, or more."""
        rest = self._last[len(self._last) - (self._position - offset) :]
        zeros = len(rest)
        while not any(rest) and zeros <= most and (rest := self._stream.read(_CHUNK)):
            zeros += len(rest)
        return not any(rest) and zeros >= 2 * tarfile.BLOCKSIZE


def _unpack(stream: BinaryIO, folder: Path, most: int) -> None:
    left = most
    count = 0
    watched = _Watched(stream)
    with tarfile.open(fileobj=cast("BinaryIO", watched), mode="r|", bufsize=tarfile.RECORDSIZE) as pack:
        for member in pack:
            count += 1
            if not member.isfile() or member.issparse() or not MEMBER.fullmatch(member.name):
                raise refused(member.name[:200], "no backup holds a file of this name")
            left -= member.size
            if left < 0 or count > BOUNDS.files:
                raise refused(member.name, "the archive unpacks to far more than a backup holds")
            target = folder / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            source = pack.extractfile(member)
            with open(target, "xb") as file:
                while source is not None and (chunk := source.read(_CHUNK)):
                    file.write(chunk)
        if not watched.is_at_end(pack.offset, most):
            raise tarfile.ReadError(f"it is cut off, or unreadable behind its first {count} files")
