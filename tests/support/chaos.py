"""A proxy on the loopback interface that does to requests what networks and restarts do to them, by a seeded plan."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 20\r\n\r\n<html>502</html>    "
FAULTS = ("delay", "cut before", "cut after", "truncate", "502 before", "502 after", "restart")
"""What can happen: `before` means that the server never sees the request, `after` that it has acted.

`delay` holds the answer back. `restart` lets the request reach the server and stops it at some moment after that.
"""


@dataclass
class Chaos:
    """The proxy's plan and what it did.

    Attributes:
        shares: Share of the requests that each fault strikes, by its name.
        restart: Stops the server at once and starts it again with its data.
        struck: How often each fault struck, and `none`.
    """

    shares: Mapping[str, float]
    seed: int = 0
    restart: Callable[[], None] = lambda: None
    longest: float = 0.03
    struck: Counter[str] = field(default_factory=Counter)
    url: str = ""

    def __post_init__(self) -> None:
        assert set(self.shares) <= set(FAULTS)
        assert sum(self.shares.values()) <= 1
        self.random = Random(self.seed)
        self.enabled = True

    def fault(self) -> str:
        """What happens to the next request."""
        point, name = self.random.random(), "none"
        for candidate, share in self.shares.items():
            point -= share
            if point < 0:
                name = candidate
                break
        name = name if self.enabled else "none"
        self.struck[name] += 1
        return name


class _Proxy:
    def __init__(self, chaos: Chaos, port: int) -> None:
        self.chaos = chaos
        self.port = port
        self.up = asyncio.Event()
        self.up.set()
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer a request; False when the connection is to be cut."""
        request = await message(reader)
        fault = self.chaos.fault()
        if fault == "cut before":
            return False
        if fault == "502 before":
            writer.write(BAD_GATEWAY)
            return True
        if fault == "restart":
            asking = asyncio.create_task(self._ask(request))
            await asyncio.sleep(self.chaos.random.random() * self.chaos.longest)
            self.up.clear()
            await asyncio.to_thread(self.chaos.restart)
            self.up.set()
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await asking
            return False
        answer = await self._ask(request)
        match fault:
            case "cut after":
                return False
            case "truncate":
                writer.write(answer[: self.chaos.random.randrange(1, len(answer))])
                await writer.drain()
                writer.close()
                return False
            case "502 after":
                writer.write(BAD_GATEWAY)
            case _:
                if fault == "delay":
                    await asyncio.sleep(self.chaos.random.random() * self.chaos.longest)
                writer.write(answer)
        await writer.drain()
        return True

    async def _ask(self, request: bytes) -> bytes:
        await self.up.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            return await message(reader)
        finally:
            writer.transport.abort()


async def message(reader: asyncio.StreamReader) -> bytes:
    """One HTTP message with a content of announced length."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
    return head + await reader.readexactly(length)


class Proxying(Protocol):
    """A proxy: what answers a connection, and the connections that are open."""

    tasks: set[asyncio.Task[None]]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...


@contextlib.contextmanager
def on_loopback(proxy: Proxying) -> Iterator[str]:
    """Run a proxy in a thread of its own; the URL that it listens at."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    finish, urls = asyncio.Event(), list[str]()

    async def run() -> None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=2**22)
        urls.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        ready.set()
        await finish.wait()
        server.close()
        for task in list(proxy.tasks):
            task.cancel()
        await asyncio.gather(*proxy.tasks, return_exceptions=True)
        await server.wait_closed()

    def main() -> None:
        with contextlib.closing(loop):
            loop.run_until_complete(run())

    thread = threading.Thread(target=main)
    thread.start()
    assert ready.wait(10)
    try:
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(finish.set)
        thread.join()


@contextlib.contextmanager
def proxied(chaos: Chaos, port: int) -> Iterator[Chaos]:
    """A proxy in front of a port of this machine; its URL is in `chaos.url`."""
    with on_loopback(_Proxy(chaos, port)) as chaos.url:
        yield chaos
