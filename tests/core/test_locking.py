"""Locks on files: one process at a time, and Windows' own way tried with a stand-in for its module."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest

from wikijs.core.files.locking import make_private, try_lock

HOLDER = """
    import os, sys
    from wikijs.core.files.locking import try_lock
    file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
    print(try_lock(file), flush=True)
    sys.stdin.read()
"""


class WindowsLocks(SimpleNamespace):
    """What `msvcrt` does: locks ranges of bytes from where the file is, and says EACCES when they are taken."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        super().__init__(taken=set[tuple[int, int]]())

    def locking(self, descriptor: int, mode: int, size: int) -> None:
        assert mode == self.LK_NBLCK
        byte = (os.fstat(descriptor).st_ino, os.lseek(descriptor, 0, os.SEEK_CUR))
        assert size == 1
        if byte in self.taken:
            raise PermissionError(13, "Permission denied")
        self.taken.add(byte)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> WindowsLocks:
    system = WindowsLocks()
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", system)
    return system


def opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT)


@pytest.mark.skipif(sys.platform == "win32", reason="ends the holder by closing its input")
def test_a_lock_keeps_other_processes_out_until_its_process_ends(tmp_path: Path) -> None:
    path = tmp_path / "job"
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    file = opened(path)
    assert try_lock(file) is False
    holder.kill()
    holder.communicate()
    assert try_lock(file) is True
    os.close(file)


def test_on_windows_one_byte_behind_the_content_stands_for_the_file(tmp_path: Path, windows: WindowsLocks) -> None:
    path = tmp_path / "job"
    path.write_text("content")
    first, second = opened(path), opened(path)
    os.lseek(first, 3, os.SEEK_SET)
    assert try_lock(first) is True
    assert os.read(first, 4) == b"tent"
    assert try_lock(second) is False
    assert all(place > 2**29 for _, place in windows.taken)
    os.close(first)
    os.close(second)


def test_where_files_cannot_be_locked_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = opened(tmp_path / "job")

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setitem(sys.modules, "fcntl", SimpleNamespace(flock=refuse, LOCK_EX=2, LOCK_NB=4))
    assert try_lock(file) is None
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=refuse, LK_NBLCK=2))
    assert try_lock(file) is None
    monkeypatch.setitem(sys.modules, "msvcrt", None)
    assert try_lock(file) is None
    os.close(file)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_private_file_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch(mode=0o644)
    make_private(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    file = opened(path)
    make_private(file)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    os.close(file)


def test_without_such_modes_a_file_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fchmod")
    file = opened(tmp_path / "secret")
    make_private(file)
    make_private(tmp_path / "not there")
    os.close(file)
