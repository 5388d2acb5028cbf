"""Where files are read from: a folder, or an archive. Nothing outside of it is ever read."""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from wikijs.core.files import BOUNDS, FileRefusedError, Tree, read_file, refusing
from wikijs.core.files.refusal import refused
from wikijs.core.files.tree import read_stream, too_large
from wikijs.exceptions import ConfigurationError

from .format import CONTENT_TYPES
from .names import is_hidden, suffix
from .targets import Kind, kind_of

_CHUNK: Final = 1024 * 1024
_TOO_LARGE: Final = "it unpacks to far more than an archive of pages holds"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that may be imported.

    Attributes:
        name: Its name within the source, with `/`.
        size: Bytes in it.
        read: Reads them.
    """

    name: str
    size: int
    read: Callable[[], bytes]


@contextmanager
def opened(path: str | os.PathLike[str]) -> Generator[tuple[list[SourceFile], list[FileRefusedError]]]:
    """The files of a folder or an archive by name, hidden ones left out, and those that are refused.

    Args:
        path: A folder, a .zip or .tar.gz, or the file of a single page.

    Raises:
        ConfigurationError: There is nothing that can be read.
    """
    place = Path(path)
    kind = kind_of(place)
    if place.is_dir():
        yield _sorted(_folder(place))
        return
    if not place.exists():
        raise ConfigurationError(f"{place} does not exist.", hint="Give a folder, or an archive that exists.")
    if suffix(place.name) in CONTENT_TYPES:  # a page by itself
        size = place.stat().st_size
        yield [SourceFile(place.name, size, lambda: read_file(place, BOUNDS.file_bytes, name=place.name))], []
        return
    with ExitStack() as opened:
        try:
            with refusing(str(place)):
                found = _sorted(_archive(place, kind, opened))
        except FileRefusedError as error:
            raise ConfigurationError(f"{place} is damaged: {error.reason}.", hint="Make the archive again.") from None
        yield found


Entry = SourceFile | FileRefusedError


def _sorted(entries: Generator[Entry]) -> tuple[list[SourceFile], list[FileRefusedError]]:
    files: dict[str, SourceFile] = {}
    left: list[FileRefusedError] = []
    for entry in entries:
        if isinstance(entry, FileRefusedError):
            left.append(entry)
        elif not is_hidden(entry.name):
            files[entry.name] = entry
    return [files[name] for name in sorted(files)], sorted(left, key=lambda error: error.name)


def _folder(root: Path) -> Generator[Entry]:
    for entry in Tree(root).walk():
        if isinstance(entry, FileRefusedError):
            yield entry
        else:
            yield SourceFile(entry.name, entry.size, entry.read)


def _archive(place: Path, kind: Kind, opened: ExitStack) -> Generator[Entry]:
    if kind == "zip":
        yield from _zip(opened.enter_context(zipfile.ZipFile(place)), _most(place))
    elif kind == "tar":
        # Unpacked once: to go back in a compressed archive is to unpack it from its beginning again.
        packed = opened.enter_context(gzip.GzipFile(place))
        plain = opened.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        _unpack(packed, plain, _most(place))
        yield from _tar(opened.enter_context(tarfile.open(fileobj=plain, mode="r:")))  # noqa: SIM115
    else:
        raise ConfigurationError(
            f"{place} is neither a folder nor an archive.",
            hint="Use a folder, an archive (.zip or .tar.gz), or one Markdown file.",
        )


def _most(place: Path) -> int:
    """How many bytes an archive may unpack to."""
    return max(BOUNDS.free_bytes, BOUNDS.ratio * place.stat().st_size)


def _unpack(packed: gzip.GzipFile, plain: IO[bytes], most: int) -> None:
    left = most
    while chunk := packed.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise ValueError(_TOO_LARGE)
        plain.write(chunk)
    plain.seek(0)


def _zip(pack: zipfile.ZipFile, most: int) -> Generator[Entry]:
    entries = pack.infolist()
    if len(entries) > BOUNDS.files or sum(entry.file_size for entry in entries) > most:
        raise ValueError(_TOO_LARGE)
    for entry in entries:
        if entry.flag_bits & 1:
            yield refused(entry.filename, "it is encrypted")
        elif stat.S_ISLNK(entry.external_attr >> 16):
            yield refused(entry.filename, "it is a symbolic link, which may lead out of the folder")
        elif entry.file_size > BOUNDS.file_bytes:
            yield too_large(entry.filename, BOUNDS.file_bytes)
        elif not entry.is_dir():
            yield SourceFile(entry.filename, entry.file_size, partial(_unzipped, pack, entry))


def _unzipped(pack: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # What the archive says of the size need not be true.
    with refusing(entry.filename), pack.open(entry) as stream:
        return read_stream(cast("BinaryIO", stream), entry.file_size, name=entry.filename)


def _tar(pack: tarfile.TarFile) -> Generator[Entry]:
    for count, member in enumerate(pack):
        name = member.name.removeprefix("./")
        if count > BOUNDS.files:
            raise ValueError(_TOO_LARGE)
        if member.isfile() and member.issparse():
            yield refused(name, "it is a sparse file, whose size says nothing")
        elif member.isfile() and member.size > BOUNDS.file_bytes:
            yield too_large(name, BOUNDS.file_bytes)
        elif member.isfile():
            yield SourceFile(name, member.size, partial(_extracted, pack, member))
        elif not member.isdir():
            yield refused(name, "it is a link, or no ordinary file")


def _extracted(pack: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    with refusing(member.name):
        stream = pack.extractfile(member)
        return b"" if stream is None else stream.read()
