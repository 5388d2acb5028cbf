"""The gateway as a server: listening, stopping without losing anybody, several processes."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from wikijs.exceptions import ConfigurationError

from .settings import PREFIX

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI

    from .settings import Settings

HEAD_TIMEOUT: Final = 20.0
"""Seconds in which the first request of a connection must have come."""
MOST_CONNECTIONS: Final = 2_000


class _Server(uvicorn.Server):
    """Says that it is not ready any more before it stops."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping()
        super().handle_exit(sig, frame)


PROTOCOL: Final = f"{__name__}:Timed"
"""By name, so that processes that are started can find it, too."""
_BASE: Any = AutoHTTPProtocol


class Timed(_BASE):  # type: ignore[misc]
    """The server's protocol, that drops connections on which no request comes."""

    def connection_made(self, transport: Any) -> None:
        """A connection was made."""
        _BASE.connection_made(self, transport)
        asyncio.get_running_loop().call_later(HEAD_TIMEOUT, self._late)

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


def serve(app: FastAPI, settings: Settings, bound: socket.socket) -> None:
    """Serve until SIGTERM or Ctrl+C; requests under way are ended first."""
    gateway = app.state.gateway

    def stopping() -> None:
        gateway.draining = True

    server = _Server(config(app, settings), stopping)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[bound])


def serve_many(settings: Settings, bound: socket.socket, path: str | None) -> None:
    """Serve with several processes; each reads the configuration for itself, and what was said beside it."""
    from uvicorn.supervisors import Multiprocess

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
    options = config("wikijs.gateway:create_app", settings, factory=True, workers=settings.workers)
    Multiprocess(options, [bound]).run()
