"""A proxy on the loopback interface that does one of fifty-eight things to the next write that passes it."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

from .chaos import message, on_loopback

HTML: Final = b"<html><body>A proxy speaks.</body></html>"
_STATUS: Final = {
    200: "OK", 202: "Accepted", 204: "No Content", 302: "Found", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 408: "Request Timeout", 413: "Payload Too Large", 418: "I'm a teapot",
    429: "Too Many Requests", 499: "Client Closed Request", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout", 520: "Unknown", 524: "A Timeout Occurred",
}  # fmt: skip


def said(status: int, body: bytes = HTML, kind: str = "text/html", more: str = "") -> bytes:
    """A whole answer of a proxy."""
    head = f"HTTP/1.1 {status} {_STATUS[status]}\r\ncontent-type: {kind}\r\n{more}"
    return head.encode() + (b"\r\n" if status == 204 else b"content-length: %d\r\n\r\n%s" % (len(body), body))


ANSWERS: Final = {
    **{f"{status}": said(status) for status in (200, 202, 403, 404, 408, 413, 418, 429, 499, 500, 502, 503, 504)},
    **{f"{status}": said(status) for status in (401, 520, 524)},
    "204": said(204),
    "302": said(302, more="location: /elsewhere\r\n"),
    "empty 200": said(200, b""),
    "empty JSON": said(200, b"", "application/json"),
    "foreign JSON": said(200, b'{"status":"ok"}', "application/json"),
    "foreign data": said(200, b'{"data":{"a":1}}', "application/json"),
    "foreign errors": said(200, b'{"errors":[{"message":"upstream"}]}', "application/json"),
    "foreign 400": said(400, b'{"errors":[{"message":"bad"}]}', "application/json"),
}
"""What a proxy says in place of the wiki; before it has passed a request on, or after."""
_ENCODING: Final = re.compile(rb"(?i)accept-encoding: [^\r]*")
WAYS: Final = ("cut", "reset", "truncate", "late", "gzip", "trickle", "another", "shuffled")
"""What else can happen. `late` arrives after the client was cut off; `another` is the answer to another request."""
FAULTS: Final = (
    *(f"{when} {name}" for name in ANSWERS for when in ("before", "after")),
    *(f"after {name}" for name in WAYS if name != "late"),
    "before cut", "before reset", "before late",
)  # fmt: skip


@dataclass
class Faults:
    """The next write meets `fault`, all else passes."""

    fault: str = ""
    seed: int = 0
    url: str = ""
    struck: Counter[str] = field(default_factory=Counter)
    passed: int = 0
    """Writes that reached the server."""
    last: bytes = b""
    """The answer before."""

    def __post_init__(self) -> None:
        self.random = Random(self.seed)


class _Proxy:
    def __init__(self, faults: Faults, port: int) -> None:
        self.faults = faults
        self.port = port
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            while await self._one(reader, writer):
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await message(reader)
        faults = self.faults
        is_write = request.startswith(b"POST /u ") or b'"query":"mutation' in request
        if not is_write or not faults.fault:
            if is_write:
                faults.passed += 1
            faults.last = await self._ask(request)
            writer.write(faults.last)
            return True
        when, _, what = faults.fault.partition(" ")
        faults.struck[faults.fault], faults.fault = faults.struck[faults.fault] + 1, ""
        if when == "before":
            if what == "late":
                writer.transport.abort()
                await asyncio.sleep(0.02 + 0.1 * faults.random.random())
                faults.passed += 1
                await self._ask(request)
                return False
            return await self._say(what, b"", writer)
        faults.passed += 1
        return await self._say(what, await self._ask(request), writer)

    async def _say(self, what: str, answer: bytes, writer: asyncio.StreamWriter) -> bool:  # noqa: PLR0911
        faults = self.faults
        match what:
            case "cut":
                return False
            case "reset":
                writer.transport.abort()
                return False
            case "truncate":
                writer.write(answer[: faults.random.randrange(1, len(answer))])
                await writer.drain()
                return False
            case "gzip":
                head, _, body = answer.partition(b"\r\n\r\n")
                packed = gzip.compress(body)[: -faults.random.randrange(1, 9)]
                writer.write(said(200, packed, "application/json", "content-encoding: gzip\r\n"))
                return head != b""
            case "trickle":
                for byte in answer[:40]:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(0.03)
                return False
            case "another":
                writer.write(faults.last)  # and the real one comes when nobody waits for it
                await writer.drain()
                await asyncio.sleep(0.01)
                writer.write(answer)
                return True
            case "shuffled":
                writer.write(faults.last + answer)
                return True
            case _:
                writer.write(ANSWERS[what])
                return True

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        try:
            # What is not packed comes with its length.
            writer.write(_ENCODING.sub(b"accept-encoding: identity", request, count=1))
            return await message(reader)
        finally:
            writer.transport.abort()


@contextlib.contextmanager
def faulty(faults: Faults, port: int) -> Iterator[Faults]:
    """A proxy in front of a port of this machine; its URL is in `faults.url`."""
    with on_loopback(_Proxy(faults, port)) as faults.url:
        yield faults
