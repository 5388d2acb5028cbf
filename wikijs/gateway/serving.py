"""The gateway as a server: listening, stopping without losing anybody, several processes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from wikijs.exceptions import ConfigurationError, WikiJSException

from .settings import PREFIX

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI

    from .settings import Settings

HEAD_TIMEOUT: Final = 20.0
"""Seconds in which the first request of a connection must have come."""
READ_TIME: Final = 30.0
"""Seconds after which it is looked whether an answer that waits to be read is read."""
READ_LEAST: Final = 256.0
"""Bytes a second that whoever asked must read then."""
MOST_CONNECTIONS: Final = 2_000
_AGAIN: Final = 2.0
"""Seconds after which a process that could not start is started anew."""


class _Server(uvicorn.Server):
    """Says that it is not ready any more before it stops."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping()
        super().handle_exit(sig, frame)


def unread(transport: Any) -> int:
    """Bytes of an answer that have not arrived: in our buffer, and in that of the system, which may hold megabytes."""
    number = int(transport.get_write_buffer_size())
    try:
        import fcntl
        import termios

        held = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
    except (ImportError, OSError, AttributeError):  # not every system says
        return number
    return number + int.from_bytes(held, sys.byteorder)


class Together:
    """A connection on which the head of an answer leaves with its first part: one call of the system, not two.

    Args:
        transport: The connection.
    """

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._head = b""
        self._soon = asyncio.get_running_loop().call_soon

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send bytes; a head at the latest when the loop comes round."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/1.1 ") and data.endswith(b"\r\n\r\n"):
            self._head = data
            self._soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        """Close it when all is sent."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        head, self._head = self._head, b""
        if head and not self._transport.is_closing():
            self._transport.write(head)


def host_of(target: bytes) -> bytes | None:
    """The host, and port, of the target of a request; None where it has none."""
    import httptools

    try:
        parts = httptools.parse_url(target)
    except httptools.HttpParserInvalidURLError:
        return None  # the server says so
    if not parts.host:
        return None
    host = b"[%b]" % parts.host if b":" in parts.host else parts.host
    return b"%b:%d" % (host, parts.port) if parts.port else host


PROTOCOL: Final = f"{__name__}:Timed"
"""By name, so that processes that are started can find it, too."""
_BASE: Any = AutoHTTPProtocol


class Timed(_BASE):  # type: ignore[misc]
    """The server's protocol, that drops connections on which no request comes, and those who do not read answers."""

    _watching: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A connection was made."""
        _BASE.connection_made(self, Together(transport))
        asyncio.get_running_loop().call_later(HEAD_TIMEOUT, self._late)

    def on_headers_complete(self) -> None:
        """The head of a request has come. A target with a host counts, not the header Host (RFC 9112, 3.2.2)."""
        if self.url[:1] != b"/":
            host = host_of(self.url)
            if host is not None:
                self.headers[:] = [*(each for each in self.headers if each[0] != b"host"), (b"host", host)]
        _BASE.on_headers_complete(self)

    def pause_writing(self) -> None:
        """So much of an answer was not read yet that no more is made of it: look whether it is read at all."""
        _BASE.pause_writing(self)
        if self._watching is None:
            self._look_again(unread(self.transport))

    def resume_writing(self) -> None:
        """It was read."""
        _BASE.resume_writing(self)
        self._unwatch()

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection ended."""
        self._unwatch()
        _BASE.connection_lost(self, exc)

    def _unwatch(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    def _look_again(self, before: int) -> None:
        self._watching = asyncio.get_running_loop().call_later(READ_TIME, self._is_read, before)

    def _is_read(self, before: int) -> None:
        now = unread(self.transport)
        if before - now < READ_LEAST * READ_TIME:
            self.transport.abort()  # what stands behind it, such as a connection to the wiki, is let go
        else:
            self._look_again(now)

    def _late(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


def config(app: FastAPI | str, settings: Settings, **more: Any) -> uvicorn.Config:
    """How the server is set up."""
    options: dict[str, Any] = {
        "host": settings.host,
        "port": settings.port,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # the edge decides whom to believe
        "timeout_keep_alive": 30,
        "timeout_graceful_shutdown": max(int(settings.drain_seconds), 1),
        "limit_concurrency": MOST_CONNECTIONS,
        "http": PROTOCOL,
        "ws": "none",
        "lifespan": "on",
    }
    return uvicorn.Config(app, **(options | more))


def listening(settings: Settings) -> socket.socket:
    """A socket that listens.

    Raises:
        ConfigurationError: The address cannot be used.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    with suppress(OSError):
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
    except OSError as error:
        bound.close()
        raise ConfigurationError(
            f"{settings.host} port {settings.port} cannot be used: {error.strerror}.",
            hint="Choose another with --port.",
        ) from None
    return bound


def keep_secrets_in_memory() -> None:
    """This process and those that it starts leave no core dump: the wiki's credentials lie in their memory."""
    try:
        import resource
    except ModuleNotFoundError:  # no Unix
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(app: FastAPI, settings: Settings, bound: socket.socket) -> None:
    """Serve until SIGTERM or Ctrl+C; requests under way are ended first."""
    keep_secrets_in_memory()
    server = _Server(config(app, settings), app.state.gateway.drain)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[bound])


def serve_many(settings: Settings, bound: socket.socket, path: str | None) -> None:
    """Serve with several processes; each reads the configuration for itself, and what was said beside it."""
    from uvicorn.supervisors import Multiprocess

    keep_secrets_in_memory()
    if path is not None:
        os.environ[f"{PREFIX}CONFIG"] = path
    os.environ |= {
        f"{PREFIX}WIKI": settings.wiki,
        f"{PREFIX}WORKERS": str(settings.workers),
        f"{PREFIX}READ_ONLY": str(settings.read_only).lower(),
        f"{PREFIX}HOST": settings.host,
        f"{PREFIX}PORT": str(settings.port),
    }
    if settings.docs:
        os.environ[f"{PREFIX}DOCS"] = str(Path(settings.docs).absolute())
    options = config(f"{__name__}:one_of_many", settings, factory=True, workers=settings.workers)
    Multiprocess(options, [bound]).run()


def one_of_many() -> FastAPI:
    """The application of one of several processes. What can be amended while the others serve is said in a sentence;
    the process that looks after them starts another one in its place."""
    from .app import create_app

    try:
        app = create_app()
    except WikiJSException as error:
        sys.stderr.write(f"A process of the gateway cannot start: {error}\n")
        time.sleep(_AGAIN)
        raise SystemExit(1) from None
    told_first(app.state.gateway.drain)
    return app


def told_first(stopping: Callable[[], None]) -> None:
    """Let something be told of a signal to stop before the server is, whose handlers are there already.

    Streams end only when they are told to: the server would wait for them as long as it waits for anything.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, partial(_tell, stopping, before))


def _tell(
    stopping: Callable[[], None], before: Callable[[int, FrameType | None], Any], sig: int, frame: FrameType | None
) -> None:
    stopping()
    before(sig, frame)
