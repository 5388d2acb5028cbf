"""A PostgreSQL of one's own for tests, on a free loopback port, gone with the tests."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

import pytest

_NUMBERS = count()


def _programs() -> Path | None:
    """Where initdb and pg_ctl are."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


@cache
def server() -> str | None:
    """The URL of a server, started now; None where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    prefix: list[str] = []
    if os.getuid() == 0:  # it refuses to run as root
        if shutil.which("runuser") is None:
            return None
        prefix = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [*prefix, str(programs / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=120)

    run("initdb", "-A", "trust", "-U", "tests", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    # Its output would keep our pipe open.
    run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")

    def stop() -> None:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://tests@127.0.0.1:{port}"


def a_database(_: pytest.FixtureRequest | None = None) -> str:
    """The URL of a new, empty database; skips the test where there is no PostgreSQL."""
    psycopg = pytest.importorskip("psycopg")
    base = server()
    if base is None:
        pytest.skip("PostgreSQL is not installed")
    name = f"tests_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{base}/{name}"
