"""The service: a feed for each wiki, a dispatcher, and a small page for whoever watches over them."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from wikijs.core.transport.listening import listening
from wikijs.exceptions import ConfigurationError, WikiJSException

from .figures import Looks, exposition

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.feed import ChangeFeed

    from .dispatch import Dispatcher
    from .doors import Sending

log = logging.getLogger("wikijs.webhooks")

TIDY: Final = 3600.0
"""Seconds after which what is old is forgotten."""
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Looking:
    """Looks at one wiki from a thread of its own, since the feed of a blocking client blocks."""

    def __init__(self, feed: ChangeFeed, interval: float) -> None:
        self.feed = feed
        self._interval = interval
        self._stop = threading.Event()
        self.error: str | None = None
        self.looks = Looks()
        self.thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def _run(self) -> None:
        while not self._stop.is_set():
            began, sweeps = monotonic(), self.feed.sweeps
            try:
                events = self.feed.poll()
                kind = "head" if self.feed.sweeps == sweeps else "sweep"
                self.looks.note(kind, monotonic() - began, events)
                self.error = None
            except WikiJSException as error:
                if error.message != self.error:
                    log.warning("%s", error)
                self.error = error.message
            except Exception as error:  # one wiki's trouble must not end the service
                self.error = f"{type(error).__name__}"
                log.exception("a look at the wiki failed")
            self._stop.wait(max(self._interval - (monotonic() - began), 0.05))

    def stop(self) -> None:
        """End after the look that is under way."""
        self._stop.set()


def serve(
    hooks: Sending,
    clients: Sequence[WikiJSClient],
    *,
    interval: float,
    listen: str | None,
    feed: Mapping[str, Any],
    ready: Callable[[int], None] | None = None,
) -> None:
    """Run until SIGTERM or Ctrl+C. `ready` is told the port once all is running, for tests."""
    from wikijs.feed import ChangeFeed

    host, port = _address(listen) if listen is not None else ("", 0)
    feeds = [ChangeFeed(client, hooks.store, **feed) for client in clients]
    looking = [Looking(each, interval) for each in feeds]
    try:
        asyncio.run(_serve(hooks, looking, host, port, ready))
    finally:
        for look in looking:
            look.stop()
        for look in looking:
            if look.thread.ident is not None:
                look.thread.join(timeout=60)
        for each in feeds:
            each.close()


async def _serve(
    hooks: Sending, looking: Sequence[Looking], host: str, port: int, ready: Callable[[int], None] | None
) -> None:
    loop = asyncio.get_running_loop()
    dispatcher = hooks.dispatcher()
    for number in _SIGNALS:
        with suppress(NotImplementedError, ValueError, RuntimeError):  # Windows; a thread that is not the main one
            loop.add_signal_handler(number, dispatcher.stop)
    server = None
    if host:
        page = Page(hooks, looking, dispatcher)
        server = await asyncio.start_server(page.answer, sock=listening(host, port))
        port = int(server.sockets[0].getsockname()[1])
    for look in looking:
        look.thread.start()
    tidying = asyncio.create_task(_tidy(hooks))
    if ready is not None:
        ready(port)
    try:
        await dispatcher.run()
    finally:
        tidying.cancel()
        if server is not None:
            server.close()


async def _tidy(hooks: Sending) -> None:
    while True:
        try:
            await asyncio.to_thread(hooks.outbox.tidy)
        except WikiJSException as error:
            log.warning("%s", error)
        await asyncio.sleep(TIDY)


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigurationError(f"{listen!r} is no host and port.", hint="Give them as 127.0.0.1:9464.")
    return host.strip("[]"), int(port)


class Page:
    """/healthz, /readyz and /metrics, for a machine that watches. No paths of pages, no names, no secrets."""

    def __init__(self, hooks: Sending, looking: Sequence[Looking], dispatcher: Dispatcher) -> None:
        self._hooks = hooks
        self._looking = looking
        self._dispatcher = dispatcher

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(5):
                head = await reader.readuntil(b"\r\n\r\n")
                method, path, *_ = [*head.split(b"\r\n")[0].decode("latin-1").split(" "), "", ""]
                status, text = await asyncio.to_thread(self.respond, method, path)
                body = text.encode()
                writer.write(
                    f"HTTP/1.1 {status}\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n"
                    f"content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()

    def respond(self, method: str, path: str) -> tuple[str, str]:
        """Status and text of an answer."""
        if method not in {"GET", "HEAD"}:
            return "405 Method Not Allowed", "GET only\n"
        try:
            if path == "/healthz":
                return "200 OK", "ok\n"
            if path == "/readyz":
                return self._ready()
            if path == "/metrics":
                return "200 OK", exposition(
                    self._hooks, [(each.feed, each.looks) for each in self._looking], self._dispatcher
                )
        except WikiJSException as error:
            return "503 Service Unavailable", f"{error.message}\n"
        return "404 Not Found", "/healthz /readyz /metrics\n"

    def _ready(self) -> tuple[str, str]:
        for look in self._looking:
            reason = look.error or look.feed.status().reason
            if reason:
                return "503 Service Unavailable", f"{reason}\n"
        self._hooks.store.last_sequence()
        return "200 OK", "ready\n"
