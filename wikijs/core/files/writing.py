"""Writing files: whole or not at all, under a name nobody can foresee until then, never through a link."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, Final

from wikijs.core.files.locking import try_lock

from .bounds import BOUNDS
from .refusal import refused
from .tree import open_file

_TEMPORARY: Final = re.compile(r"\.wikijs-(?:sync-)?[0-9a-f]{16}(?:\.part(?:\.json)?)?")
_FRESH_SECONDS: Final = 1.0
"""A file younger than this may not be locked yet by whoever writes it."""
_STALE_SECONDS: Final = 24 * 3600
"""Where files cannot be locked, one as old as this is nobody's any more."""


def temporary_name(prefix: str = ".wikijs-") -> str:
    """A name that no page and no other process has, and that nobody can foresee."""
    return f"{prefix}{token_hex(8)}"


def new_file(path: str | os.PathLike[str], mode: int = 0o666) -> BinaryIO:
    """Open a file that is not there yet, for writing and reading; a link of that name is not followed.

    The file is locked until it is closed, so that `sweep` leaves it alone.

    Raises:
        FileExistsError: Something of that name is there.
        OSError: It cannot be made.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, mode)
    try_lock(descriptor)
    return open(descriptor, "w+b")


def open_again(path: Path) -> BinaryIO:
    """Open an ordinary file that is there, for writing and reading, and lock it; a link is not followed.

    Raises:
        OSError: It is a link, or not there.
    """
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try_lock(descriptor)
    return open(descriptor, "r+b")


@contextmanager
def replacing(path: Path) -> Generator[BinaryIO]:
    """A temporary file beside a file, open for writing, which takes its place at the end unless something fails.

    A symbolic link in that place is replaced, not followed. What a killed process left behind in the folder goes.

    Raises:
        OSError: It cannot be written.
    """
    with suppress(OSError):
        sweep(path.parent, os.listdir(path.parent))
    temporary = path.parent / temporary_name()
    try:
        with new_file(temporary) as file:
            yield file
        os.replace(temporary, path)
    except BaseException as error:
        if isinstance(error, OSError) and error.filename == os.fspath(temporary):
            error.filename, error.filename2 = os.fspath(path), None  # the file that the caller asked for
        with suppress(OSError):
            temporary.unlink()
        raise


def copy(source: Path, target: Path, most: int = BOUNDS.file_bytes, *, name: str = "") -> None:
    """Copy an ordinary file, never through a link at either end.

    Raises:
        FileRefusedError: The source is a link, no ordinary file, or too large.
        OSError: The target cannot be written.
    """
    with open_file(source, name=name) as stream:
        if os.fstat(stream.fileno()).st_size > most:
            raise refused(name or str(source), f"it has more than {most:,} bytes")
        with replacing(target) as file:
            shutil.copyfileobj(stream, file)


def sweep(folder: str | os.PathLike[str], names: Iterable[str]) -> None:
    """Remove temporary files that a killed process left behind: those that nobody holds open any more.

    Args:
        folder: The folder.
        names: Names of what is in it.
    """
    for name in names:
        if name.startswith(".wikijs-") and _TEMPORARY.fullmatch(name):
            with suppress(OSError):
                _sweep_one(os.path.join(folder, name))


def _sweep_one(place: str) -> None:
    descriptor = os.open(place, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        age = time.time() - os.fstat(descriptor).st_mtime
        is_free = try_lock(descriptor)
        if is_free is not False and age > (_FRESH_SECONDS if is_free else _STALE_SECONDS):
            os.unlink(place)
    finally:
        os.close(descriptor)
