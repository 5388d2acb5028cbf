"""The folder: every change is whole or not at all, and nothing that changed meanwhile is overwritten."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from wikijs.core.files import BOUNDS, FileRefusedError, Tree, new_file, open_file, temporary_name
from wikijs.exceptions import ConfigurationError, WikiJSException

from .state import FILE

TEMPORARY: Final = ".wikijs-sync-"


class FileChangedError(WikiJSException):
    """A file is not as it was when the folder was read; it was left as it is."""


def written(data: bytes) -> str:
    """A digest of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


class Folder:
    """The folder with the files of the wiki's pages. Files are named relative to it, with `/`.

    Raises:
        ConfigurationError: There is no such folder.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise ConfigurationError(f"{root} is no folder.", hint="Make it first.")
        self.root = root.resolve()
        self._tree = Tree(self.root)

    @property
    def ignores_case(self) -> bool:
        """Whether upper and lower case are one here; known as soon as there is a state."""
        return (self.root / FILE.upper()).exists()

    def files(self) -> Iterator[str]:
        """All files in it, in order, but hidden ones, those in hidden folders, and whatever links lead to."""
        yield from (found.name for found in self._tree.files())

    def refused(self) -> Iterator[FileRefusedError]:
        """What is in it and may not be read: links, folders that lie too deep or cannot be opened."""
        yield from (entry for entry in self._tree.walk() if isinstance(entry, FileRefusedError))

    def stamps(self) -> dict[str, tuple[int, int]]:
        """When each file was changed, and its size: what tells that there may be something to do."""
        found: dict[str, tuple[int, int]] = {}
        for name in self.files():
            with suppress(FileNotFoundError):
                status = (self.root / name).stat()
                found[name] = (status.st_mtime_ns, status.st_size)
        return found

    def read(self, name: str) -> bytes:
        """The bytes of a file.

        Raises:
            FileRefusedError: It is larger than any page, or no ordinary file any more.
        """
        return self._tree.read(name, BOUNDS.text_bytes)

    def modified(self, name: str) -> float:
        """When a file was changed, in seconds since 1970."""
        return (self.root / name).stat().st_mtime

    def path(self, name: str) -> Path:
        """Where a file of the folder is.

        Raises:
            FileRefusedError: It is a link, or leads out of the folder.
        """
        return self._tree.place(name)

    def stamp(self, name: str) -> tuple[str, int]:
        """What tells that a file has not changed, and when it was, in nanoseconds since 1970."""
        status = (self.root / name).stat()
        return f"{status.st_mtime_ns} {status.st_size} {status.st_ino}", status.st_mtime_ns

    def digest(self, name: str) -> str:
        """A digest of a file's bytes, however many there are.

        Raises:
            FileRefusedError: It is no ordinary file, or cannot be read.
        """
        with open_file(self.path(name), name=name) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    @staticmethod
    def digest_of(file: Path) -> str:
        """A digest of the bytes of a file elsewhere."""
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def read_asset(self, name: str) -> bytes:
        """The bytes of a file that is no page.

        Raises:
            FileRefusedError: It is too large to be held in memory, or no ordinary file.
        """
        return self._tree.read(name)

    def write(self, name: str, data: bytes, *, over: str | None = None) -> None:
        """Write a file, whole or not at all.

        Args:
            name: The file.
            data: Its new bytes.
            over: Digest of the bytes it has now; None where there is to be no file yet.

        Raises:
            FileChangedError: It has other bytes than these two.
        """
        self._replace(name, io.BytesIO(data), written(data), over)

    def copy(self, name: str, source: Path, *, over: str | None = None) -> None:
        """Write a file with the bytes of another one; otherwise as `write`."""
        with source.open("rb") as data:
            self._replace(name, data, self.digest_of(source), over)

    def _replace(self, name: str, data: BinaryIO, digest: str, over: str | None) -> None:
        path = self._inside(name)
        if self._digest(path) not in {over, digest}:
            raise FileChangedError(f"{name} was changed meanwhile.", hint="The next run looks at it anew.")
        path.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder, since only there a rename is one step; hidden, so that nobody takes it for a page.
        temporary = path.with_name(temporary_name(TEMPORARY))
        try:
            with new_file(temporary) as file:
                shutil.copyfileobj(data, file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def rename(self, old: str, new: str) -> None:
        """Move a file to where there is none.

        Raises:
            FileChangedError: There is one, or the file is gone.
        """
        source, target = self._inside(old), self._inside(new)
        if not source.exists() or (target.exists() and not target.samefile(source)):
            what = f"{old} was removed" if not source.exists() else f"{new} was made"
            raise FileChangedError(f"{what} meanwhile.", hint="The next run looks at it anew.")
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        self._prune(source.parent)

    def remove(self, name: str, *, only: str) -> None:
        """Remove a file with these bytes, given by their digest, and folders that are empty then.

        Raises:
            FileChangedError: It has other ones.
        """
        path = self._inside(name)
        now = self._digest(path)
        if now not in {None, only}:
            raise FileChangedError(f"{name} was changed meanwhile.", hint="The next run looks at it anew.")
        path.unlink(missing_ok=True)
        self._prune(path.parent)

    def free_name(self, name: str, data: bytes) -> str:
        """This name, or with a number where a file of this name has other bytes than these."""
        return self.free_copy(name, written(data))

    def free_copy(self, name: str, digest: str) -> str:
        """As `free_name`, for bytes of this digest."""
        stem, _, suffix = name.rpartition(".")
        number, free = 1, name
        while self._digest(self._inside(free)) not in {None, digest}:
            number += 1
            free = f"{stem}-{number}.{suffix}"
        return free

    def sweep(self) -> None:
        """Remove what a run that was killed left behind half written."""
        for folder, _, files in os.walk(self.root):
            for name in files:
                if name.startswith(TEMPORARY):
                    Path(folder, name).unlink(missing_ok=True)

    def _inside(self, name: str) -> Path:
        path = self.root / name
        if not path.parent.resolve().is_relative_to(self.root) or path.is_symlink():
            raise FileChangedError(f"{name} leads out of the folder.", hint="Replace the link by a folder or a file.")
        return path

    def _digest(self, path: Path) -> str | None:
        try:
            path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        with open_file(path, name=path.relative_to(self.root).as_posix()) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def _prune(self, folder: Path) -> None:
        with suppress(OSError):  # not empty
            while folder != self.root:
                folder.rmdir()
                folder = folder.parent
