"""What can be uploaded, as a body that is read while it is sent and can be read again."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Generator
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from wikijs import exceptions as exc
from wikijs.core.flow import Body

if TYPE_CHECKING:
    from .models import Source

CHUNK: Final = 256 * 1024
"""Bytes read at once."""


class OpenSource(Body, Protocol):
    """A body that may hold a temporary file."""

    def close(self) -> None:
        """Let go of what was opened here, not of what the caller opened."""
        ...


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.length = len(data)

    def chunks(self) -> Generator[bytes, None, None]:
        for start in range(0, self.length, CHUNK):
            yield self._data[start : start + CHUNK]

    def close(self) -> None:
        pass


class _File:
    def __init__(self, path: str) -> None:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise exc.ValidationError(f"{path} is not a file.", hint="Folders are uploaded file by file: upload_many.")
        self._path = path
        self.length = status.st_size

    def chunks(self) -> Generator[bytes, None, None]:
        with open(self._path, "rb") as stream:
            yield from _read(stream, self.length)

    def close(self) -> None:
        pass


class _Stream:
    """A stream from where it stands to its end. One that cannot go back is copied to a temporary file first."""

    def __init__(self, stream: BinaryIO) -> None:
        _refuse_text(stream)
        self._copy = None if stream.seekable() else tempfile.TemporaryFile()  # noqa: SIM115  closed by close()
        if self._copy is not None:
            shutil.copyfileobj(stream, self._copy, CHUNK)
            self._copy.seek(0)
        self._stream: BinaryIO = self._copy or stream
        self._start = self._stream.tell()
        self.length = self._stream.seek(0, os.SEEK_END) - self._start

    def chunks(self) -> Generator[bytes, None, None]:
        self._stream.seek(self._start)
        yield from _read(self._stream, self.length)

    def close(self) -> None:
        if self._copy is not None:
            self._copy.close()


def _refuse_text(stream: object) -> None:
    # Takes any object: the annotation says BinaryIO, but nothing keeps untyped code from passing another one.
    if isinstance(stream, io.TextIOBase) or not hasattr(stream, "read"):
        raise exc.ValidationError("Only files opened in binary mode can be uploaded.", hint='Open it with mode "rb".')


def open_source(source: Source) -> OpenSource:
    """Find out how long a source is. May wait for a disk or a pipe.

    Raises:
        OSError: There is no such file, or it cannot be read.
        ValidationError: It is a folder, or a stream of text.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return _Bytes(bytes(source))
    if isinstance(source, str | os.PathLike):
        return _File(os.fspath(source))
    return _Stream(source)


def sha256(source: OpenSource) -> str:
    """A digest of its content. May wait for a disk.

    Raises:
        OSError, ValidationError: It cannot be read.
    """
    digest = hashlib.sha256()
    for chunk in source.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def name_of(source: Source) -> str:
    """The file name that a source has by itself.

    Raises:
        ValidationError: It has none.
    """
    if isinstance(source, str | os.PathLike):
        return os.path.basename(os.fspath(source))
    name: object = getattr(source, "name", None)
    if isinstance(name, str) and not name.startswith("<"):  # <stdin>
        return os.path.basename(name)
    raise exc.ValidationError("The content to upload has no name of its own.", hint="Pass name=.")


def _read(stream: BinaryIO, length: int) -> Generator[bytes, None, None]:
    """Exactly so many bytes: the server was told how many to expect, and the file may grow meanwhile."""
    left = length
    while left:
        chunk = stream.read(min(CHUNK, left))
        if not chunk:
            raise exc.ValidationError(f"The file became shorter while it was sent: {left} bytes are missing.")
        left -= len(chunk)
        yield chunk
