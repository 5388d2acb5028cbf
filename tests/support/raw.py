"""A server on the loopback interface that writes bytes as a test tells it to, and counts connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from .echo import echoed

JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


def answer(body: bytes, head: bytes = JSON) -> bytes:
    """A whole answer."""
    return b"%scontent-length: %d\r\n\r\n%s" % (head, len(body), body)


@dataclass
class Connection:
    """One connection of the client."""

    socket: socket.socket
    number: int
    requests: int = 0

    def send(self, content: bytes) -> None:
        """Write something; where nobody listens any more, do not."""
        with suppress(OSError):
            self.socket.sendall(content)


@dataclass
class RawServer:
    """`handle` gets each request; what it returns is written, None closes the connection."""

    handle: Callable[[Connection, bytes], bytes | None]
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0

    def serve(self, client: socket.socket) -> None:
        self.connections += 1
        connection = Connection(client, self.connections)
        data = b""
        with client, suppress(OSError):
            while True:
                while b"\r\n\r\n" not in data:
                    more = client.recv(65536)
                    if not more:
                        return
                    data += more
                head, _, data = data.partition(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
                while len(data) < length:
                    data += client.recv(65536)
                body, data = data[:length], data[length:]
                self.bodies.append(body)
                connection.requests += 1
                said = self.handle(connection, body)
                if said is None:
                    return
                client.sendall(said)


@contextmanager
def raw_server(handle: Callable[[Connection, bytes], bytes | None]) -> Iterator[RawServer]:
    """A running server."""
    server = RawServer(handle)
    listener = socket.create_server(("127.0.0.1", 0))
    server.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=server.serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def echo(body: bytes, data: bytes = b'{"data":{"__typename":"Query"}}') -> bytes:
    """A whole answer that bears the keys of its request."""
    return answer(echoed(body, data))
