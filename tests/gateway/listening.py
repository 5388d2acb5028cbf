"""The application of a gateway on a port, as its command serves it, in a thread of the tests."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn

from wikijs.gateway.serving import config


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals belong to the tests


@contextlib.contextmanager
def listening(app: Any) -> Iterator[tuple[str, int]]:
    """Serve an application that has been started already; gives its address."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.listen(2048)
    options = config(app, app.state.gateway.settings, lifespan="off")
    server = _Server(options)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.002)
        yield bound.getsockname()
    finally:
        server.should_exit = server.force_exit = True
        thread.join(60)
        assert not thread.is_alive()
