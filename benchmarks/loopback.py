"""The least HTTP server that keeps connections open, in a process of its own: the less it does, the more ours shows."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

_START_TIMEOUT = 30.0


@contextmanager
def server(content: bytes, content_type: str) -> Iterator[str]:
    """Answer every request with the same reply; gives the server's URL."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, content, content_type), daemon=True)
    process.start()
    try:
        if not here.poll(_START_TIMEOUT):
            raise RuntimeError("The loopback server did not start.")
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def _serve(ready: Connection, content: bytes, content_type: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    asyncio.run(_accept(ready, head.encode() + content))


async def _accept(ready: Connection, reply: bytes) -> None:
    listening = await asyncio.start_server(lambda reader, writer: _answer(reader, writer, reply), "127.0.0.1", 0)
    ready.send(listening.sockets[0].getsockname()[1])
    await listening.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, reply: bytes) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            writer.write(reply)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
