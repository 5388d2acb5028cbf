"""Requests over kept connections, from a process of its own, written by hand so that it costs as little as it can."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, Final
from urllib.parse import urlsplit

_END: Final = b"\r\n\r\n"


@dataclass(frozen=True)
class Load:
    """What to send.

    Attributes:
        url: Root of the server.
        path: What is asked for; several addresses with spaces between them are asked for in turns.
        headers: Headers of each request.
        requests: How many.
        connections: How many are under way at once at most.
        rate: Requests a second; 0 for as fast as they are answered.
    """

    url: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    requests: int = 1_000
    connections: int = 16
    rate: float = 0.0


@dataclass(frozen=True)
class Answers:
    """What came back.

    Attributes:
        seconds: From the first request to the last answer.
        waits: Seconds of each answer, sorted. With a rate they count from when the request was due, not from when a
            connection was free for it: a server that stands still is not flattered.
        statuses: How many of each status.
    """

    seconds: float
    waits: list[float]
    statuses: Mapping[int, int]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.waits) / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds within which that share of the answers came."""
        return self.waits[min(int(len(self.waits) * share), len(self.waits) - 1)]


def send(load: Load) -> Answers:
    """Send it all, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_run, args=(there, load), daemon=True)
    process.start()
    try:
        there.close()  # so that its end is seen when the process ends without a word
        found: Answers = here.recv()
        return found
    finally:
        process.join()


def _run(there: Any, load: Load) -> None:
    try:
        import uvloop as loops
    except ModuleNotFoundError:
        loops = asyncio
    there.send(loops.run(_all(load)))


async def _all(load: Load) -> Answers:
    address = urlsplit(load.url)
    head = "".join(f"{name}: {value}\r\n" for name, value in load.headers.items())
    asked = [f"GET {path} HTTP/1.1\r\nhost: {address.netloc}\r\n{head}\r\n".encode() for path in load.path.split()]
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    shared = _Shared(asked, load, begun, loop.create_future())
    for _ in range(load.connections):
        await loop.create_connection(lambda: _Connection(shared), address.hostname, address.port)
    await shared.done
    return Answers(time.perf_counter() - begun, sorted(shared.waits), dict(shared.statuses))


class _Shared:
    """What the connections have in common."""

    def __init__(self, asked: list[bytes], load: Load, begun: float, done: asyncio.Future[None]) -> None:
        self.load, self.begun, self.done = load, begun, done
        self._asked = cycle(asked)
        self.sent = 0
        self.waits: list[float] = []
        self.statuses: Counter[int] = Counter()

    @property
    def request(self) -> bytes:
        """What is asked for now."""
        return next(self._asked)

    def next(self) -> float | None:
        """When the next request is due; None after the last."""
        if self.sent >= self.load.requests:
            return None
        number, self.sent = self.sent, self.sent + 1
        return self.begun + number / self.load.rate if self.load.rate else time.perf_counter()


class _Connection(asyncio.Protocol):
    """Asks, reads the answer to its end, asks again."""

    def __init__(self, shared: _Shared) -> None:
        self._shared = shared
        self._due = 0.0
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        if not self._shared.done.done() and len(self._shared.waits) < self._shared.load.requests:
            self._shared.done.set_exception(ConnectionError("The server closed a connection."))

    def _ask(self) -> None:
        due = self._shared.next()
        if due is None:
            if len(self._shared.waits) >= self._shared.load.requests and not self._shared.done.done():
                self._shared.done.set_result(None)
            return
        self._due = due
        wait = due - time.perf_counter()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._transport.write, self._shared.request)
        else:
            self._transport.write(self._shared.request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(_END)
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(body) < length:
            return
        self._buffer = b""
        self._shared.waits.append(time.perf_counter() - self._due)
        self._shared.statuses[int(head[9:12])] += 1
        self._ask()
