"""A Redis of one's own for tests, on a free loopback port, without any data on disk unless asked for."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis


@dataclass
class RedisServer:
    """One redis-server process that can be stopped and started."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        with redis.Redis(port=self.port) as client:
            for _ in range(200):
                try:
                    client.ping()
                except redis.RedisError:
                    time.sleep(0.02)
                else:
                    return
        raise AssertionError("redis-server does not start")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        self.kill()
        self.start()


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = RedisServer(Path(folder), port)
        server.start()
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def false_redis(first: bytes, piece: bytes = b"", pause: float = 0.0) -> Iterator[str]:
    """Something that says it is Redis: it answers everything with this, and then with these pieces without end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()

        def talk(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                while connection.recv(65536):
                    connection.sendall(first)
                    while piece and not done.is_set():
                        connection.sendall(piece)
                        done.wait(pause)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=talk, args=(listening.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"
        done.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
