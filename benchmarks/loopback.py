"""Servers in processes of their own: one that does next to nothing, and a proxy that delays like a network."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, TypeAlias
from urllib.parse import urlsplit

Serve: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_START_TIMEOUT: Final = 30.0
_CHUNK: Final = 65_536
_NONCE: Final = re.compile(rb"\bnonce_\w+")


def server(content: bytes, content_type: str) -> AbstractContextManager[str]:
    """Answer every request with the same reply; gives the server's URL. The less it does, the more ours shows.

    Where a request asks for a key by which it knows its answer, as this client's do, the reply has it.
    """
    return _serving(_FixedReply(content, content_type))


def delayed(url: str, round_trip: float) -> AbstractContextManager[str]:
    """Pass everything on to a server, half of `round_trip` seconds late in each direction; gives the proxy's URL.

    Opening a connection is not delayed, which favours clients that open many.
    """
    target = urlsplit(url)
    return _serving(_Delay(target.hostname or "", target.port or 80, round_trip / 2))


@contextmanager
def _serving(serve: Serve) -> Iterator[str]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_run, args=(there.send, serve), daemon=True)
    process.start()
    try:
        if not here.poll(_START_TIMEOUT):
            raise RuntimeError("The loopback server did not start.")
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def _run(ready: Callable[[int], None], serve: Serve) -> None:
    asyncio.run(_accept(ready, serve))


async def _accept(ready: Callable[[int], None], serve: Serve) -> None:
    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    ready(listening.sockets[0].getsockname()[1])
    await listening.serve_forever()


class _FixedReply:
    """Answers each request on a connection with the same bytes."""

    def __init__(self, content: bytes, content_type: str) -> None:
        self._start, self._rest = (content[:9], content[9:]) if content.startswith(b'{"data":{') else (b"", content)
        self._head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: " % content_type.encode()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
                asked = _NONCE.search(await reader.readexactly(int(length)))
                key = b'"%s":"Query",' % asked[0] if asked and self._start else b""
                size = len(self._start) + len(key) + len(self._rest)
                writer.write(b"%s%d\r\n\r\n%s%s%s" % (self._head, size, self._start, key, self._rest))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


class _Delay:
    """Passes bytes on after a while, in both directions."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._host, self._port, self._seconds = host, port, seconds

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_connection(self._host, self._port)
        there = asyncio.create_task(self._pass_on(reader, their_writer))
        await self._pass_on(their_reader, writer)
        await there

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        try:
            while chunk := await reader.read(_CHUNK):
                loop.call_later(self._seconds, writer.write, chunk)
        except ConnectionError:
            pass
        loop.call_later(self._seconds, writer.close)
