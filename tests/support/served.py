"""A sandbox on a port of the loopback interface that can be stopped at any moment and started again with its data."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn

from wikijs.sandbox import Sandbox


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals belong to the tests


class Served:
    """A served sandbox. `stop` cuts what is under way off; `start` serves the same data on the same port again."""

    def __init__(self, data: Path, **options: Any) -> None:
        self._data = data
        self._options = options
        self.port = 0
        self.api_key = ""
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", self.port))
        bound.listen(2048)
        self.port = bound.getsockname()[1]
        self.sandbox = Sandbox(data=self._data, url=self.url, **self._options)
        self.api_key = self.sandbox.api_key
        config = uvicorn.Config(self.sandbox.asgi, log_level="critical", lifespan="off", timeout_keep_alive=5)
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [bound]})
        self._thread.start()
        while not self._server.started:
            time.sleep(0.001)

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()
        self.sandbox.close()


@contextlib.contextmanager
def served(data: Path, **options: Any) -> Iterator[Served]:
    """A sandbox on a port, until the block ends."""
    server = Served(data, **options)
    try:
        yield server
    finally:
        server.stop()
