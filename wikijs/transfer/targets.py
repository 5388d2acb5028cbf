"""Where files are written: a folder, or an archive. A file is there whole or not at all."""

from __future__ import annotations

import errno
import gzip
import io
import os
import shutil
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Literal, Self, TypeAlias

from wikijs.core.files import new_file, open_file, replacing, sweep, temporary_name
from wikijs.exceptions import ConfigurationError

from .errors import FileRefusedError

Kind: TypeAlias = Literal["folder", "zip", "tar", "json", "yaml"]

_SUFFIXES: Final[tuple[tuple[str, Kind], ...]] = (
    (".zip", "zip"),
    (".tar.gz", "tar"),
    (".tgz", "tar"),
    (".json", "json"),
    (".yaml", "yaml"),
    (".yml", "yaml"),
)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The moment that all files of an archive have, so that the same pages make the same bytes."""
_MODE: Final = 0o644
FATAL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""Errors of a disk that the next file would meet as well."""
_ZIP64: Final = 1 << 31
_NO_FOLLOW: Final[int] = getattr(os, "O_NOFOLLOW", 0)


def kind_of(path: str | os.PathLike[str]) -> Kind:
    """What is meant by a path: an archive by its suffix, else a folder."""
    name = os.fspath(path).lower()
    for suffix, kind in _SUFFIXES:
        if name.endswith(suffix):
            return kind
    return "folder"


class Folder:
    """A folder, made unless it exists. Nothing is written through symbolic links in it, which may lead elsewhere.

    Raises:
        ConfigurationError: There is a file of this name.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if self.path.exists() and not self.path.is_dir():
            raise ConfigurationError(f"{self.path} is not a folder.", hint="Give the path of a folder or a new one.")
        self._temporary = temporary_name()
        self._looked_at: dict[str, tuple[str, set[str]]] = {}
        self._made: set[str] = set()

    def write(self, name: str, content: bytes) -> bool:
        """Write a file; False where it is there already with this content.

        Raises:
            FileRefusedError: The name leads out of the folder.
            OSError: It cannot be written.
        """
        # Thousands of files: names as text and as few calls of the system as possible.
        above, _, own = name.rpartition("/")
        folder, there = self._look_at(above, name)
        place = f"{folder}{own}"
        if own in there and _content(place) == content:
            return False
        if above not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(above)
        temporary = f"{folder}{self._temporary}"
        try:
            with new_file(temporary) as file:
                write_all(file, content)
            os.replace(temporary, place)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
        there.add(own)
        return True

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""
        return _content(str(self.place(name)))

    def delete(self, name: str) -> None:
        """Delete a file, and the folders that are empty then."""
        place = self.place(name)
        place.unlink()
        self._looked_at.clear()
        self._made.clear()
        with suppress(OSError):  # not empty
            for folder in place.parents:
                if folder == self.path:
                    break
                folder.rmdir()

    def place(self, name: str) -> Path:
        """Where a file is.

        Raises:
            FileRefusedError: A symbolic link to a folder is on the way; one to a file is replaced.
        """
        self._look_at(name.rpartition("/")[0], name)
        return self.path / name

    def _look_at(self, above: str, name: str) -> tuple[str, set[str]]:
        """A folder within this one, with a separator at its end, and what is in it. It is looked at once."""
        known = self._looked_at.get(above)
        if known is None:
            folder = self.path / above if above else self.path
            if above.startswith("/") or ".." in above.split("/"):
                raise FileRefusedError(f"{name} is refused: its name leads out of the folder.", name=name)
            for each in (folder, *folder.parents) if above else ():
                if each == self.path:
                    break
                if each.is_symlink():
                    raise FileRefusedError(
                        f"{name} is refused: {each} is a symbolic link.", name=name, hint="Remove the link."
                    )
            there = set(os.listdir(folder)) if folder.is_dir() else set[str]()
            sweep(folder, there)
            known = self._looked_at[above] = (os.path.join(folder, ""), there)
        return known

    def __enter__(self) -> Self:
        self.path.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


def _content(place: str) -> bytes | None:
    """What is in a file; None where there is none, or a link, which is to be replaced."""
    try:
        with open(place, "rb", opener=_no_link) as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError:
        if os.path.islink(place):
            return None
        raise


def _no_link(place: str, flags: int) -> int:
    if not _NO_FOLLOW and os.path.islink(place):
        raise FileNotFoundError(place)
    return os.open(place, flags | _NO_FOLLOW)


def write_all(file: BinaryIO, content: bytes) -> None:
    """Write bytes, and hand them to the system."""
    file.write(content)
    file.flush()


class Archive:
    """A .zip or .tar.gz, replaced as a whole once it is complete. The same files in the same order give the same bytes.

    Args:
        path: The file.
        kind: What it is.
    """

    def __init__(self, path: str | os.PathLike[str], kind: Literal["zip", "tar"]) -> None:
        self._path = Path(path)
        self._kind = kind

    def write(self, name: str, content: bytes) -> bool:
        """Add a file."""
        if isinstance(self._pack, zipfile.ZipFile):
            self._pack.writestr(_zip_entry(name), content)
        else:
            self._pack.addfile(_tar_entry(name, len(content)), io.BytesIO(content))
        return True

    def add(self, name: str, file: Path) -> None:
        """Add a file from disk, in constant memory."""
        with open_file(file) as stream:
            if isinstance(self._pack, zipfile.ZipFile):
                with self._pack.open(_zip_entry(name), "w", force_zip64=file.stat().st_size >= _ZIP64) as packed:
                    shutil.copyfileobj(stream, packed)
            else:
                self._pack.addfile(_tar_entry(name, file.stat().st_size), stream)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._replacing = replacing(self._path)
        file = self._replacing.__enter__()
        if self._kind == "zip":
            self._pack: zipfile.ZipFile | tarfile.TarFile = zipfile.ZipFile(file, "w")
            self._streams: tuple[io.BufferedIOBase, ...] = ()
        else:
            packed = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
            self._pack = tarfile.TarFile(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT)
            self._streams = (packed,)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for opened in (self._pack, *self._streams):
            opened.close()
        self._replacing.__exit__(kind, error, trace)


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = _MODE << 16
    entry.create_system = 3  # the same on every system
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _tar_entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, _MODE
    return entry
