"""Servers on the loopback interface that answer as a test tells them to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .echo import echoed


@dataclass
class Answer:
    """What to send back; `raw` instead of everything else sends these bytes and closes."""

    body: bytes = b'{"data":{"__typename":"Query"}}'
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json; charset=utf-8"})
    raw: bytes | None = None


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    port: int


class Server(ThreadingHTTPServer):
    """Keeps the requests it sees; `answer` decides what they get."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: Callable[[Seen], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.seen: list[Seen] = []
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, self.path, headers, self.rfile.read(length), self.client_address[1])
        self.server.seen.append(seen)
        answer = self.server.answer(seen)
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            self.close_connection = True
            return
        body = echoed(seen.body, answer.body)
        self.send_response(answer.status)
        for name, value in {**answer.headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_CONNECT = do_POST  # noqa: N815  names that the base class wants

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve(answer: Callable[[Seen], Answer] = lambda _: Answer(), tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A running HTTP server."""
    with Server(answer) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
            server.scheme = "https"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
