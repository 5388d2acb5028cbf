"""Where files are read from: a folder, or an archive. Nothing outside of it is ever read."""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from wikijs.exceptions import ConfigurationError

from .errors import FileRefusedError
from .names import is_hidden
from .targets import kind_of

_DEEPEST: Final = 64


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
        path: A folder, or a .zip or .tar.gz.

    Raises:
        ConfigurationError: There is nothing that can be read.
    """
    place = Path(path)
    kind = kind_of(place)
    try:
        if place.is_dir():
            yield _sorted(_folder(place))
        elif not place.exists():
            raise ConfigurationError(f"{place} does not exist.", hint="Give a folder, or an archive that exists.")
        elif kind == "zip":
            with zipfile.ZipFile(place) as pack:
                yield _sorted(_zip(pack))
        elif kind == "tar":
            # Unpacked once: to go back in a compressed archive is to unpack it from its beginning again.
            with gzip.open(place) as packed, tempfile.TemporaryFile() as plain:
                shutil.copyfileobj(packed, plain)
                plain.seek(0)
                with tarfile.open(fileobj=plain, mode="r:") as tar:
                    yield _sorted(_tar(tar))
        else:
            raise ConfigurationError(
                f"{place} is neither a folder nor an archive.", hint="Use a folder, a .zip or a .tar.gz."
            )
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, tarfile.TarError, EOFError) as error:
        raise ConfigurationError(f"{place} is damaged: {error}.", hint="Make the archive again.") from None


Entry = SourceFile | FileRefusedError


def _sorted(entries: Generator[Entry]) -> tuple[list[SourceFile], list[FileRefusedError]]:
    files: dict[str, SourceFile] = {}
    refused: list[FileRefusedError] = []
    for entry in entries:
        if isinstance(entry, FileRefusedError):
            refused.append(entry)
        elif not is_hidden(entry.name):
            files[entry.name] = entry
    return [files[name] for name in sorted(files)], sorted(refused, key=lambda error: error.name)


def _folder(root: Path, below: str = "", depth: int = 0) -> Generator[Entry]:
    with os.scandir(root / below) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            name = f"{below}{entry.name}"
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                yield _refused(name, "it is a symbolic link, which may lead out of the folder")
            elif entry.is_dir():
                if depth < _DEEPEST:
                    yield from _folder(root, f"{name}/", depth + 1)
                else:
                    yield _refused(name, "it lies too deep")
            elif entry.is_file():
                yield SourceFile(name, entry.stat().st_size, Path(entry.path).read_bytes)
            else:
                yield _refused(name, "it is no ordinary file")


def _zip(pack: zipfile.ZipFile) -> Generator[Entry]:
    for entry in pack.infolist():
        if entry.flag_bits & 1:
            yield _refused(entry.filename, "it is encrypted")
        elif not entry.is_dir():
            yield SourceFile(entry.filename, entry.file_size, partial(pack.read, entry))


def _tar(pack: tarfile.TarFile) -> Generator[Entry]:
    for member in pack.getmembers():
        name = member.name.removeprefix("./")
        if member.isfile():
            yield SourceFile(name, member.size, partial(_extracted, pack, member))
        elif not member.isdir():
            yield _refused(name, "it is a link, or no ordinary file")


def _extracted(pack: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = pack.extractfile(member)
    return b"" if stream is None else stream.read()


def _refused(name: str, reason: str) -> FileRefusedError:
    return FileRefusedError(f"The file {name!r} is refused: {reason}.", name=name)
