"""The playground's server, on this machine only."""

from __future__ import annotations

import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, Self, cast

from .answers import MAX_BODY, Answer, Answers, Asked

if TYPE_CHECKING:
    from types import TracebackType

    from wikijs import WikiJSClient

HOST: Final = "127.0.0.1"


class PlaygroundServer:
    """Serves the playground on a port of this machine.

    Args:
        client: A client of the wiki, which stays the caller's.
        port: Port to listen on; 0 takes a free one.
        read_only: Refuse mutations.

    Raises:
        OSError: The port cannot be used.
    """

    def __init__(self, client: WikiJSClient, *, port: int = 0, read_only: bool = False) -> None:
        self._http = _Server((HOST, port), _Handler)
        address = f"{HOST}:{self._http.server_port}"
        secret = secrets.token_urlsafe(16)
        self._http.answers = Answers(client, address=address, secret=secret, read_only=read_only)
        self._started = False
        self.url = f"http://{address}/{secret}/"
        """Where the browser finds it; whoever knows this may use the wiki as the client does."""

    def serve(self) -> None:
        """Answer until interrupted, or until `close` is called in another thread."""
        self._started = True
        self._http.serve_forever(poll_interval=0.1)

    def close(self) -> None:
        """Stop."""
        if self._started:  # else it would wait for an end that never comes
            self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    answers: Answers


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        self._send(self._answer(b""))

    def do_HEAD(self) -> None:
        self._send(self._answer(b""))

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self.close_connection = True
            self.send_error(413)
            return
        self._send(self._answer(self.rfile.read(int(length))))

    def _answer(self, body: bytes) -> Answer:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        return cast("_Server", self.server).answers.answer(asked)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the address holds the secret."""
