"""Where backups lie: a folder of objects, each named by the digest of its content, and of snapshots that name objects.

What is there once is never written again, however many snapshots hold it. An object takes its name when it is whole,
and a snapshot when all of its objects are there: a backup that was killed leaves objects that nobody names, and
nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zlib
from collections.abc import Generator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, cast

from pydantic_core import from_json

from wikijs.core.files import BOUNDS, FileRefusedError, new_file, open_file, read_file, replacing, sweep, temporary_name
from wikijs.core.files.locking import try_lock
from wikijs.core.files.refusal import refused
from wikijs.exceptions import ConfigurationError

FORMAT: Final = "wikijs-backup"
VERSION: Final = 1
LARGEST: Final = 512 * 1024 * 1024
"""Bytes that a packed object may unpack to: the index of a wiki of a million pages has fewer."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_SNAPSHOT: Final = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
_CHUNK: Final = 1024 * 1024
_PACKED: Final = ".z"
MEMBER: Final = re.compile(
    r"(?:objects/[0-9a-f]{2}/[0-9a-f]{64}(?:\.z)?|snapshots/\d{8}T\d{6}Z-[0-9a-f]{6}\.json|backup\.json)"
)
"""Names of the files of a store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One kind of what a snapshot holds, such as pages.

    Attributes:
        object: Digest of the object that lists them.
        count: How many there are.
        state: Digest of what tells that nothing has changed; of pages all heads. None where something is missing.
        needs: Digest of an object that lists those it names: what `state` spares reading the other one for.
    """

    object: str
    count: int
    state: str | None = None
    needs: str | None = None

    def fields(self) -> dict[str, Any]:
        """As JSON."""
        more = {"state": self.state, "needs": self.needs} if self.state else {}
        return {"object": self.object, "count": self.count, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A wiki at a moment.

    Attributes:
        name: Its name, which sorts by time.
        wiki: URL of the wiki.
        made: When, in ISO 8601.
        server: Release of the server, where it tells.
        parts: What it holds, by kind.
        left_out: What it does not hold, and why.
    """

    name: str
    wiki: str
    made: str
    server: str | None = None
    parts: Mapping[str, Part] = field(default_factory=dict[str, Part])
    left_out: tuple[tuple[str, str], ...] = ()

    def fields(self) -> dict[str, Any]:
        """As JSON."""
        plain: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "wiki": self.wiki,
            "made": self.made,
            "server": self.server,
            "parts": {kind: part.fields() for kind, part in self.parts.items()},
            "leftOut": [{"what": what, "why": why} for what, why in self.left_out],
        }
        return plain | {"digest": digest_of(encoded(plain))}


def encoded(value: object) -> bytes:
    """JSON with one form for one value, so that what is equal has one digest."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def digest_of(content: bytes) -> str:
    """The name of an object."""
    return hashlib.sha256(content).hexdigest()


class Store:
    """A folder with backups of one wiki.

    Args:
        folder: The folder; made when something is written.

    Raises:
        ConfigurationError: It is a file, or holds something else.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.path = Path(folder)
        self._objects = self.path / "objects"
        self._snapshots = self.path / "snapshots"
        self._known: set[str] | None = None
        if self.path.exists() and not self.path.is_dir():
            raise ConfigurationError(f"{self.path} is not a folder.", hint="Give a folder, or a file named .tar.zst.")
        is_ours = (self.path / "backup.json").is_file() or not self.path.exists()
        if not is_ours and any(not name.startswith(".wikijs-") for name in _listed(self.path)):
            raise ConfigurationError(
                f"{self.path} holds something else than backups.", hint="Give an empty folder, or a new one."
            )

    @contextmanager
    def writing(self) -> Generator[Self]:
        """Hold the store, made where it is missing, while something is written or deleted.

        Raises:
            ConfigurationError: Another process does.
            OSError: It cannot be made.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        marker = self.path / "backup.json"
        if not marker.exists():
            with replacing(marker) as file:
                file.write(encoded({"format": FORMAT, "version": VERSION}) + b"\n")
        self._objects.mkdir(exist_ok=True)
        self._snapshots.mkdir(exist_ok=True)
        sweep(self._objects, os.listdir(self._objects))
        held = os.open(marker, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            if try_lock(held) is False:
                raise ConfigurationError(f"{self.path} is in use by another backup.", hint="Wait until it has ended.")
            yield self
        finally:
            os.close(held)

    # Objects

    def has(self, digest: str) -> bool:
        """Whether there is an object."""
        return digest in self.held()

    def held(self) -> Set[str]:
        """The names of all objects. The folder is looked at once."""
        if self._known is None:
            self._known = set(self._names())
        return self._known

    def _names(self) -> Generator[str]:
        for folder in _listed(self._objects):
            if len(folder) == 2:
                for name in _listed(self._objects / folder):
                    yield name.removesuffix(_PACKED)

    def put(self, content: bytes) -> str:
        """Store an object and return its name."""
        digest = digest_of(content)
        if not self.has(digest):
            self._write(digest, _PACKED, zlib.compress(content, 6))
        return digest

    def put_json(self, value: object) -> str:
        """Store a value."""
        return self.put(encoded(value))

    def _write(self, digest: str, suffix: str, content: bytes) -> None:
        temporary = self._objects / temporary_name()
        try:
            with new_file(temporary) as file:
                file.write(content)
            self._name(temporary, digest, suffix)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise

    def _name(self, temporary: Path, digest: str, suffix: str) -> None:
        folder = self._objects / digest[:2]
        folder.mkdir(exist_ok=True)
        os.replace(temporary, folder / f"{digest}{suffix}")
        if self._known is not None:
            self._known.add(digest)

    @contextmanager
    def receiving(self) -> Generator[Path]:
        """A path at which a file may be made that is to become an object, see `keep`. It goes when nobody keeps it."""
        temporary = self._objects / temporary_name()
        try:
            yield temporary
        finally:
            for suffix in ("", ".part", ".part.json"):
                with suppress(OSError):
                    temporary.with_name(temporary.name + suffix).unlink()

    def keep(self, file: Path) -> str:
        """Make an object of a file in constant memory, and return its name. The file is gone then."""
        with open_file(file) as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if not self.has(digest):
            self._name(file, digest, "")
        return digest

    def place(self, digest: str) -> tuple[Path, bool]:
        """Where an object lies, and whether it is packed.

        Raises:
            FileRefusedError: There is no such object.
        """
        if not _DIGEST.fullmatch(digest):
            raise refused(str(self.path), f"{digest[:80]!r} is no name of an object")
        plain = self._objects / digest[:2] / digest
        if plain.is_file():
            return plain, False
        packed = plain.with_name(f"{digest}{_PACKED}")
        if packed.is_file():
            return packed, True
        raise refused(digest, "the backup does not hold it")

    def get(self, digest: str) -> bytes:
        """The content of an object, held in memory.

        Raises:
            FileRefusedError: There is none, or it is not what its name says.
        """
        place, packed = self.place(digest)
        content = read_file(place, BOUNDS.file_bytes, name=digest)
        if packed:
            content = _unpacked(content, digest)
        if digest_of(content) != digest:
            raise refused(digest, "its content has changed since it was written")
        return content

    def get_json(self, digest: str) -> Any:
        """The value of an object.

        Raises:
            FileRefusedError: There is none, or it is none.
        """
        content = self.get(digest)
        with suppress(ValueError):  # half the time of the other way, which can read halves of characters too
            return from_json(content)
        try:
            return json.loads(content.decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError):
            raise refused(digest, "it holds no JSON") from None

    def check(self, digest: str) -> None:
        """Read an object in constant memory, where it is not packed, and compare it with its name.

        Raises:
            FileRefusedError: There is none, or it is not what its name says.
        """
        place, packed = self.place(digest)
        if packed:
            self.get(digest)
            return
        with open_file(place, name=digest) as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
                raise refused(digest, "its content has changed since it was written")

    # Snapshots

    def add(self, snapshot: Snapshot) -> None:
        """Write a snapshot. From now on its objects are in use."""
        with replacing(self._snapshots / f"{snapshot.name}.json") as file:
            file.write(encoded(snapshot.fields()) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def names(self) -> list[str]:
        """The names of all snapshots, oldest first."""
        names = (name.removesuffix(".json") for name in _listed(self._snapshots) if name.endswith(".json"))
        return sorted(name for name in names if _SNAPSHOT.fullmatch(name))

    def snapshot(self, name: str | None = None) -> Snapshot:
        """A snapshot by its name or the beginning of it; the newest without one.

        Raises:
            ConfigurationError: There is none, or several.
            FileRefusedError: It is damaged.
        """
        names = self.names()
        found = names[-1:] if name is None else [each for each in names if each.startswith(name)]
        if name in names:
            found = [name]
        if len(found) != 1:
            what = "no backup" if not found else f"{len(found)} backups"
            called = "" if name is None else f" whose name begins with {name!r}"
            raise ConfigurationError(
                f"There is {what}{called} in {self.path}.", hint="`wikijs backup list` shows the backups it holds."
            )
        return parsed(read_file(self._snapshots / f"{found[0]}.json", BOUNDS.text_bytes), found[0])

    def object_names(self) -> list[str]:
        """The names of all objects."""
        return [name for name in self._names() if _DIGEST.fullmatch(name)]

    def drop_snapshot(self, name: str) -> None:
        """Forget a snapshot. Its objects stay."""
        (self._snapshots / f"{name}.json").unlink(missing_ok=True)

    def drop_object(self, digest: str) -> None:
        """Delete an object that nobody needs."""
        self._known = None
        with suppress(FileRefusedError):
            self.place(digest)[0].unlink()


def new_name(now: datetime | None = None) -> str:
    """The name of a new snapshot: when it was made, with the microseconds at its end."""
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{moment.microsecond:06x}"


def parsed(content: bytes, name: str) -> Snapshot:
    """A snapshot as it was written.

    Raises:
        FileRefusedError: It is none, or not as it was written.
    """
    try:
        fields: dict[str, Any] = json.loads(content.decode("utf-8", "surrogatepass"))
        digest = fields.pop("digest")
        newer = fields["format"] == FORMAT and fields["version"] != VERSION
        whole = digest == digest_of(encoded(fields)) and fields["name"] == name and fields["format"] == FORMAT
        parts = cast("dict[str, dict[str, Any]]", fields["parts"])
        snapshot = Snapshot(
            name=name,
            wiki=str(fields["wiki"]),
            made=str(fields["made"]),
            server=fields["server"],
            parts={
                kind: Part(object=part["object"], count=part["count"], state=part.get("state"), needs=part.get("needs"))
                for kind, part in parts.items()
            },
            left_out=tuple((each["what"], each["why"]) for each in fields["leftOut"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise refused(name, "it is no snapshot of a backup") from None
    if newer:
        raise refused(name, "a newer release of py-wikijs has made it")
    if not whole:
        raise refused(name, "it has changed since it was written")
    return snapshot


def _unpacked(content: bytes, digest: str) -> bytes:
    unpack = zlib.decompressobj()
    try:
        plain = unpack.decompress(content, LARGEST)
    except zlib.error:
        raise refused(digest, "it is damaged") from None
    if unpack.unconsumed_tail or not unpack.eof:
        raise refused(digest, "it is damaged, or far too large")
    return plain


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []


def copy_object(store: Store, digest: str, into: BinaryIO) -> None:
    """Write the content of an object into a file, in constant memory where it is not packed."""
    place, packed = store.place(digest)
    if packed:
        into.write(store.get(digest))
        return
    with open_file(place, name=digest) as stream:
        while chunk := stream.read(_CHUNK):
            into.write(chunk)
