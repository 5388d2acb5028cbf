"""Where a download goes, and how it goes on after it broke off.

The server serves parts of a file and tells with the ETag whether it is still the same one. It answers a range that
begins at the end of a file with HTTP 500, so the last byte at hand is always asked for again.
"""

from __future__ import annotations

import io
import json
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final

from wikijs.core.files import FileRefusedError, new_file, open_again, read_file
from wikijs.core.flow import BareReply, Write

_LONGEST_NOTES: Final = 100_000
_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


class Target(ABC):
    """Takes the pieces of a download.

    Attributes:
        asset: Path of the file on the wiki.
        size: Bytes at hand.
        offset: Where the answer under way begins.
        taken: Whether the last answer was the file, or the rest of it.
    """

    def __init__(self, asset: str) -> None:
        self.asset = asset
        self.size = 0
        self.offset = 0
        self.taken = False
        self._position = 0
        self._etag: str | None = None

    @property
    def resumable(self) -> bool:
        """Whether the rest of the file can be asked for."""
        return self._etag is not None

    def headers(self) -> dict[str, str]:
        """What to send to get the rest of the file, or all of it if it has changed."""
        if self._etag is None or self.size == 0:
            return {}
        return {"range": f"bytes={self.size - 1}-", "if-range": self._etag}

    def receive(self, reply: BareReply) -> Write | None:
        """Take the content if it is the file or the rest of it."""
        self.taken = self._begin(reply)
        return self._write if self.taken else None

    def _begin(self, reply: BareReply) -> bool:
        if reply.status_code == 206:
            found = _RANGE.fullmatch(reply.headers.get("content-range", ""))
            if found is None or int(found[1]) != self.size - 1:
                return False
            self.offset = self.size - 1
            self._open(anew=False)
        elif reply.status_code == 200 and not _is_page(reply, self.asset):
            self.offset = self.size = 0
            self._etag = _validator(reply)
            self._open(anew=True)
        else:
            return False
        self._position = self.offset
        return True

    def _write(self, chunk: bytes) -> None:
        self._put(chunk)
        self._position += len(chunk)
        self.size = max(self.size, self._position)

    @abstractmethod
    def _open(self, *, anew: bool) -> None:
        """Prepare for pieces from `offset` on, of the same content or of another one."""

    @abstractmethod
    def _put(self, chunk: bytes) -> None:
        """Take a piece."""

    @abstractmethod
    def close(self) -> None:
        """End an attempt."""


class MemoryTarget(Target):
    """Collects a download in memory."""

    def __init__(self, asset: str) -> None:
        super().__init__(asset)
        self._buffer = io.BytesIO()

    def content(self) -> bytes:
        """All of it."""
        return self._buffer.getvalue()

    def _open(self, *, anew: bool) -> None:
        self._buffer.seek(self.offset)
        if anew:
            self._buffer.truncate()

    def _put(self, chunk: bytes) -> None:
        self._buffer.write(chunk)

    def close(self) -> None:
        """End an attempt; what has arrived stays."""


class FileTarget(Target):
    """Collects a download in `<name>.part`, with what identifies it in `<name>.part.json` beside it.

    Both may have been put there by somebody else, with a folder that was cloned or unpacked. Nothing is written through
    a link, and only that very file is gone on with which an earlier download made on this machine: its notes name it by
    the number that the disk has for it.

    Args:
        to: File to end up in, or a folder.
        asset: Path of the file on the wiki.
        url: Its address.
    """

    def __init__(self, to: Path, asset: str, url: str) -> None:
        super().__init__(asset)
        self.path = to / asset.rpartition("/")[2] if to.is_dir() else to
        self._part = self.path.with_name(f"{self.path.name}.part")
        self._notes = self.path.with_name(f"{self.path.name}.part.json")
        self._url = url
        self._file: BinaryIO | None = None
        noted = self._noted()
        if noted is not None:
            self._etag, self.size = noted

    def complete(self) -> None:
        """Give the file its name."""
        os.replace(self._part, self.path)
        self._notes.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; what has arrived stays there for another attempt."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self, *, anew: bool) -> None:
        if not anew:
            self._file = open_again(self._part)
            self._file.seek(self.offset)
            return
        self._notes.unlink(missing_ok=True)  # first, so that they never speak of another content
        self._part.unlink(missing_ok=True)
        self._file = new_file(self._part)
        if self._etag is not None:
            notes = {"url": self._url, "etag": self._etag, "file": _number(os.fstat(self._file.fileno()))}
            with new_file(self._notes) as file:
                file.write(json.dumps(notes).encode())

    def _put(self, chunk: bytes) -> None:
        assert self._file is not None  # noqa: S101  _rewind has opened it
        self._file.write(chunk)

    def _noted(self) -> tuple[str, int] | None:
        """The ETag and the size of what an earlier download has left, if it was this one."""
        try:
            notes: Mapping[str, object] = json.loads(read_file(self._notes, _LONGEST_NOTES))
            part = os.stat(self._part, follow_symlinks=False)
            is_ours = notes["url"] == self._url and notes["file"] == _number(part) and part.st_nlink == 1
            return (str(notes["etag"]), part.st_size) if is_ours else None
        except (OSError, FileRefusedError, ValueError, KeyError, TypeError, RecursionError):
            return None


def _number(status: os.stat_result) -> str:
    return f"{status.st_dev}:{status.st_ino}"


def _validator(reply: BareReply) -> str | None:
    """The ETag with which the rest could be asked for; None where the server does not serve parts.

    A file that is not in the server's cache yet comes from the database, without parts.
    """
    parts = reply.headers.get("accept-ranges", "") == "bytes" and not reply.headers.get("content-encoding")
    return reply.headers.get("etag") if parts else None


def _is_page(reply: BareReply, path: str) -> bool:
    """Whether a page answers in place of the file."""
    html = reply.headers.get("content-type", "").startswith("text/html")
    return html and not path.endswith((".html", ".htm"))
