"""A web site on this machine that misbehaves in every way a path of it names, and notes how it was treated."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from contextlib import suppress
from types import TracebackType
from typing import Self

CHUNK = b"x" * 65_536


class BadSite:
    """Serves until the `with` block is left.

    Attributes:
        url: Where it is.
        asked: How often each path was asked for, by method.
        most: How many requests were under way at once, at most.
        sent: Bytes of the endless answer that were taken.
    """

    def __init__(self) -> None:
        self.url = ""
        self.asked: Counter[str] = Counter()
        self.most = 0
        self.sent = 0
        self._now = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()
        self._end: asyncio.Event | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._end is not None
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._run())
        self._loop.close()

    async def _run(self) -> None:
        self._end = asyncio.Event()
        tasks: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._talk(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=512)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._end.wait()
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                method, path, _ = head.decode("latin-1").split(" ", 2)
                self.asked[f"{method} {path}"] += 1
                self._now += 1
                self.most = max(self.most, self._now)
                try:
                    stays = await self._answer(method, path, reader, writer)
                    await writer.drain()
                finally:
                    self._now -= 1
                if not stays:
                    break
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()

    async def _answer(self, method: str, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer; False ends the connection."""
        kind = path.split("/")[1]
        first = self.asked[f"{method} {path}"] == 1
        answers = {
            "ok": (200, ""),
            "nohead": (405 if method == "HEAD" else 200, ""),
            "gone": (404, ""),
            "fails": (500, ""),
            "login": (401, ""),
            "busy": (429, "Retry-After: 0"),
            "flaky": (503 if first else 200, ""),
            "later": (429 if first else 200, "Retry-After: 0"),
            "moved": (301, "Location: /ok/after"),
            "loop": (302, f"Location: {path}"),
            "chain": (302, f"Location: {path}x"),
            "inside": (302, "Location: http://10.11.12.13/"),
        }
        if kind == "huge" and method == "HEAD":
            kind = "nohead"
        if kind in answers:
            return _write(writer, *answers[kind])
        return await self._worse(kind, reader, writer)

    async def _worse(self, kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if kind == "slow":
            await reader.read()  # until whoever asked goes away
        elif kind == "drip":
            writer.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(600):
                writer.write(f"X-{number}: y\r\n".encode())
                await writer.drain()
                await asyncio.sleep(0.1)
        elif kind == "huge":
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while True:
                writer.write(CHUNK)
                await writer.drain()
                self.sent += len(CHUNK)
        elif kind == "heads":
            writer.write(b"HTTP/1.1 200 OK\r\n" + b"X-Y: " + CHUNK * 20 + b"\r\n\r\n")
        elif kind == "garbage":
            writer.write(b"\x00\x01 no http at all\r\n\r\n")
        return False


def _write(writer: asyncio.StreamWriter, status: int, header: str = "") -> bool:
    more = f"{header}\r\n" if header else ""
    writer.write(f"HTTP/1.1 {status} X\r\n{more}Content-Length: 0\r\n\r\n".encode())
    return True
