"""Killed with -9 at random moments: nothing that was begun is lost, nothing is done twice.

WIKIJS_GATEWAY_KILLS says how often jobs are killed, WIKIJS_GATEWAY_CUTS how often connections are cut.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from support.served import served

from wikijs.gateway.access.credentials import Credentials, master_key
from wikijs.gateway.store.database import Database

from .conftest import Gates
from .listening import listening

KILLS = int(os.environ.get("WIKIJS_GATEWAY_KILLS", "6"))
PAGES = 12
CUTS = int(os.environ.get("WIKIJS_GATEWAY_CUTS", "40"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")
def test_jobs_that_are_killed_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "gateway"
    with served(tmp_path / "wiki", seed="empty", latency=0.005) as wiki:
        database = Database(str(folder / "gateway.db"))
        database.migrate()
        key = master_key(folder / "gateway.key", {}, make=True)
        Credentials(database, key).put("default", "api_key", {"key": wiki.api_key})
        database.close()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WIKIJS_")}
        command = [sys.executable, "-m", "tests.gateway.killing", wiki.url, str(folder), str(KILLS), str(PAGES), "1"]
        root = Path(__file__).parents[2]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=600 + 10 * KILLS, env=environment, cwd=root
        )
        assert done.returncode == 0, done.stderr[-3000:]
        told = json.loads(done.stdout.splitlines()[-1])
        with wiki.sandbox.client() as client:
            paths = Counter(page.path for page in client.pages.list(folder="docs"))
    assert told["killed"] == KILLS
    assert {job["state"] for job in told["jobs"]} == {"done"}, told
    assert {(job["done"], job["failed"]) for job in told["jobs"]} == {(PAGES, 0)}, told
    wanted = {f"docs/job{number}-{page}" for number in range(len(told["jobs"])) for page in range(PAGES)}
    assert set(paths) == wanted
    assert set(paths.values()) == {1}


def test_connections_that_are_cut_lose_nothing_and_double_nothing(gates: Gates) -> None:
    """Each caller cuts its connection at a random moment, and sends the same again until it gets an answer."""
    gate = gates("empty")
    key = gate.key()
    chance = random.Random(7)
    moments = [(chance.random() * 0.03, chance.random() < 0.2) for _ in range(CUTS)]

    with listening(gate.client.app) as address:

        def send(number: int) -> int:
            content = json.dumps({"path": f"cut/p{number}", "title": "t", "content": f"page {number}"})
            head = (
                f"POST /api/v1/pages HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
                f"content-type: application/json\r\nidempotency-key: cut-{number}\r\n"
                f"content-length: {len(content)}\r\nconnection: close\r\n\r\n"
            )
            whole = (head + content).encode()
            wait, in_the_middle = moments[number]
            with socket.create_connection(address) as cut:
                cut.sendall(whole[: len(whole) - 10] if in_the_middle else whole)
                cut.settimeout(wait or 0.001)
                with suppress(TimeoutError):
                    cut.recv(1)
                cut.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # cut, not closed
            while True:
                with socket.create_connection(address, timeout=120) as again:
                    again.sendall(whole)
                    status = int(again.makefile("rb").readline().split()[1])
                if status not in {409, 429, 503}:
                    return status

        with ThreadPoolExecutor(6) as pool:
            statuses = list(pool.map(send, range(CUTS)))
    assert statuses == [201] * CUTS
    with gate.sandbox.client() as wiki:
        paths = Counter(page.path for page in wiki.pages.list(folder="cut"))
    assert paths == {f"cut/p{number}": 1 for number in range(CUTS)}
