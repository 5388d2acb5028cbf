"""Locks on open files, held until the file is closed or the process ends, however it ends."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

_FAR: Final = 2**30
"""Windows keeps others from reading what is locked: the byte that stands for the file lies behind any content."""


def try_lock(descriptor: int) -> bool | None:
    """Lock a file, without waiting.

    Args:
        descriptor: Of the open file.

    Returns:
        True when it is ours now, False when another process has it, None where files cannot be locked, such as on some
        network drives.
    """
    try:
        system: Any = import_module("fcntl")
    except ImportError:
        return _try_lock_on_windows(descriptor)
    try:
        system.flock(descriptor, system.LOCK_EX | system.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _try_lock_on_windows(descriptor: int) -> bool | None:
    try:
        system: Any = import_module("msvcrt")
    except ImportError:
        return None
    place = os.lseek(descriptor, 0, os.SEEK_CUR)
    os.lseek(descriptor, _FAR, os.SEEK_SET)
    try:
        system.locking(descriptor, system.LK_NBLCK, 1)
    except PermissionError:  # EACCES: another process has it
        return False
    except OSError:
        return None
    finally:
        os.lseek(descriptor, place, os.SEEK_SET)
    return True


def make_private(path: str | os.PathLike[str] | int) -> None:
    """Let only this user read and write a file, where the system knows such modes.

    Windows does not: there a file has the rights of its folder, and a user's own folders are closed to others.
    """
    with suppress(OSError, NotImplementedError):
        if not isinstance(path, int):
            os.chmod(path, 0o600)
        elif hasattr(os, "fchmod"):
            os.fchmod(path, 0o600)
