"""A gateway on a port of the loopback interface, in front of a wiki."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from wikijs.gateway import Gateway, Settings
from wikijs.gateway.access.credentials import master_key
from wikijs.gateway.app import application


@dataclass
class Gated:
    """Where it is, and a key of all scopes."""

    url: str
    port: int
    key: str
    gateway: Gateway


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals belong to the tests


@contextlib.contextmanager
def gated(folder: Path, wiki: str, api_key: str, **options: Any) -> Iterator[Gated]:
    """A gateway whose files lie in a folder, until it is left.

    Args:
        folder: Where.
        wiki: URL of the wiki.
        api_key: Of the wiki.
        options: More settings.
    """
    known: dict[str, Any] = {"database": str(folder / "gateway.db"), "drain_seconds": 0.2, "feed_interval": 0.3}
    settings = Settings(wiki=wiki, **(known | options))
    master_key(settings.master_key_file, {}, make=True)
    gateway = Gateway(settings)
    gateway.credentials.put("default", "api_key", {"key": api_key})
    _, key = gateway.keys.create("tests", scopes=["all"], tier="enterprise", created_by="tests")
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.listen(512)
    port: int = bound.getsockname()[1]
    config = uvicorn.Config(application(gateway), log_level="critical", timeout_graceful_shutdown=1)
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    assert server.started
    try:
        yield Gated(f"http://127.0.0.1:{port}", port, key, gateway)
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()
