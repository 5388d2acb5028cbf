"""`wikijs logs tail` on a sandbox that is served on a port, since the log comes over a websocket."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from support.served import Served, served
from typer.testing import CliRunner, Result

from wikijs.cli.app import app
from wikijs.cli.frame.session import Session


@pytest.fixture
def wiki(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "wiki.sqlite", seed="demo") as wiki:
        stop = threading.Event()

        def knock() -> None:  # every request is a line of the log
            while not stop.is_set():
                httpx2.get(f"{wiki.url}/healthz")
                time.sleep(0.05)

        thread = threading.Thread(target=knock)
        thread.start()
        yield wiki
        stop.set()
        thread.join()


def run(wiki: Served, folder: Path, *arguments: str) -> Result:
    environment = {
        "WIKIJS_URL": wiki.url,
        "WIKIJS_EMAIL": wiki.sandbox.admin_email,
        "WIKIJS_PASSWORD": wiki.sandbox.admin_password,
        "WIKIJS_CONFIG": str(folder / "config.toml"),
        "WIKIJS_CACHE_DIR": str(folder / "cache"),
    }
    line = ["logs", "tail", *arguments]
    return CliRunner().invoke(app, line, prog_name="wikijs", obj=Session(environment=environment))


def test_lines_come_for_people_and_for_programs(wiki: Served, tmp_path: Path) -> None:
    shown = run(wiki, tmp_path, "--lines", "2", "--grep", "healthz")
    assert shown.exit_code == 0, shown.output
    assert len(shown.stdout.splitlines()) == 2
    assert "GET /healthz" in shown.stdout
    line = json.loads(run(wiki, tmp_path, "-n", "1", "--json").stdout)
    assert line.keys() == {"timestamp", "level", "output"}
