"""Walking a folder of others and opening its files: no links, nothing outside, no devices, nothing without end."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final

from .bounds import BOUNDS, Bounds
from .refusal import FileRefusedError, refused

# A pipe would keep an opener waiting for a writer, so that nothing is waited for. Windows has neither of the two.
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_LINK: Final = "it is a symbolic link, which may lead out of the folder"


@dataclass(frozen=True, slots=True)
class Found:
    """A file in a folder.

    Attributes:
        name: Its name within the folder, with `/`.
        path: Where it is.
        size: Bytes in it when it was found.
    """

    name: str
    path: Path
    size: int

    def read(self, most: int = BOUNDS.file_bytes) -> bytes:
        """Its bytes.

        Raises:
            FileRefusedError: It has more than `most`, is a link or no ordinary file, or cannot be read.
        """
        return read_file(self.path, most, name=self.name)


class Tree:
    """A folder whose files may be anybody's. The folder itself may be given by a link; in it none is followed.

    Args:
        root: The folder.
        bounds: How much is read.

    Raises:
        FileRefusedError: It is no folder.
    """

    def __init__(self, root: str | os.PathLike[str], bounds: Bounds = BOUNDS) -> None:
        self.root = Path(root).resolve()
        self.bounds = bounds
        self._real: set[Path] = {self.root}
        if not self.root.is_dir():
            raise FileRefusedError(f"{root} is no folder.", name=str(root), hint="Give a folder that exists.")

    def walk(self, below: str = "", *, hidden: bool = False) -> Generator[Found | FileRefusedError]:
        """The files of the folder in the order of their names, and those that are refused, with the reason.

        Args:
            below: Only those in this folder of it; none where it is not there.
            hidden: Whether to pass through what begins with a dot.

        Raises:
            FileRefusedError: There are too many files, or `below` leads out of the folder.
        """
        start = self.place(below) if below else self.root
        if not start.is_dir():
            return
        above = f"{below.strip('/')}/" if below else ""
        for count, entry in enumerate(self._entries(start, above, 0, hidden=hidden), 1):
            if count > self.bounds.files:
                raise refused(str(self.root), f"it holds more than {self.bounds.files:,} files")
            yield entry

    def files(self, below: str = "", *, hidden: bool = False) -> Generator[Found]:
        """The same without those that are refused."""
        for entry in self.walk(below, hidden=hidden):
            if isinstance(entry, Found):
                yield entry

    def _entries(self, folder: Path, above: str, depth: int, *, hidden: bool) -> Generator[Found | FileRefusedError]:
        try:
            with os.scandir(folder) as scanned:
                entries = sorted(scanned, key=lambda each: each.name)
        except OSError as error:
            yield refused(above, error.strerror or "it cannot be read")
            return
        for entry in entries:
            name = f"{above}{entry.name}"
            if entry.name.startswith(".") and not hidden:
                continue
            if _is_unspeakable(entry.name):
                yield refused(name, "its name is no text in UTF-8")
            elif entry.is_symlink():
                yield refused(name, _LINK)
            elif entry.is_dir(follow_symlinks=False):
                if depth < self.bounds.depth:
                    yield from self._entries(Path(entry.path), f"{name}/", depth + 1, hidden=hidden)
                else:
                    yield refused(name, "it lies too deep")
            elif entry.is_file(follow_symlinks=False):
                yield Found(name, Path(entry.path), entry.stat(follow_symlinks=False).st_size)
            else:
                yield refused(name, "it is no ordinary file")

    def place(self, name: str) -> Path:
        """Where a file or a folder of that name is or would be, whoever chose the name.

        Raises:
            FileRefusedError: It would lie outside, or a link is on the way.
        """
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or "\0" in name or (os.name == "nt" and ":" in name):
            raise refused(name, "its name leads out of the folder")
        here = self.root
        for part in (part for part in parts if part not in {"", "."}):
            here /= part
            if here not in self._real:
                if here.is_symlink():
                    raise refused(name, _LINK)
                if here.is_dir():
                    self._real.add(here)
        return here

    def is_file(self, name: str) -> bool:
        """Whether there is an ordinary file of that name, inside and not by a link."""
        try:
            return self.place(name).is_file()
        except (FileRefusedError, OSError):
            return False

    def below(self, name: str) -> Tree:
        """A folder in it as a tree of its own, such as a `docs_dir` that a file names.

        Raises:
            FileRefusedError: It would lie outside, a link is on the way, or there is none.
        """
        place = self.place(name)
        if not place.is_dir():
            raise refused(name, "there is no such folder")
        return Tree(place, self.bounds)

    def read(self, name: str, most: int | None = None) -> bytes:
        """The bytes of a file.

        Raises:
            FileRefusedError: It lies outside, is a link, no ordinary file or too large, or cannot be read.
        """
        return read_file(self.place(name), self.bounds.file_bytes if most is None else most, name=name)

    def text(self, name: str) -> str:
        """The text of a file in UTF-8, without a byte order mark.

        Raises:
            FileRefusedError: As above, or it is no text in UTF-8.
        """
        return decoded(self.read(name, self.bounds.text_bytes), name)


def decoded(content: bytes, name: str) -> str:
    """Bytes as text, without a byte order mark.

    Raises:
        FileRefusedError: They are no text in UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused(name, "it is no text in UTF-8") from None


def open_file(path: Path, *, name: str = "") -> BufferedReader:
    """Open an ordinary file, never through a link.

    Args:
        path: The file.
        name: What to call it.

    Raises:
        FileRefusedError: It is a link or no ordinary file, or cannot be opened.
    """
    name = name or str(path)
    if not hasattr(os, "O_NOFOLLOW") and path.is_symlink():
        raise refused(name, _LINK)
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        reason = _LINK if path.is_symlink() else f"it cannot be read: {error.strerror}"
        raise refused(name, reason) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise refused(name, "it is no ordinary file")
    return open(descriptor, "rb")


def read_file(path: Path, most: int = BOUNDS.file_bytes, *, name: str = "") -> bytes:
    """The bytes of an ordinary file, not more than `most`.

    Raises:
        FileRefusedError: It has more, is a link or no ordinary file, or cannot be read.
    """
    with open_file(path, name=name) as file:
        return read_stream(file, most, name=name or str(path))


def read_stream(stream: BinaryIO, most: int, *, name: str) -> bytes:
    """What is in a stream, whatever it says of its size.

    Raises:
        FileRefusedError: There is more than `most`, or it cannot be read.
    """
    try:
        content = stream.read(most + 1)
    except OSError as error:
        raise refused(name, error.strerror or "it cannot be read") from None
    if len(content) > most:
        raise too_large(name, most)
    return content


def too_large(name: str, most: int) -> FileRefusedError:
    """The error for a file with more than so many bytes."""
    return refused(name, f"it has more than {most:,} bytes")


def _is_unspeakable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return True
    return False
