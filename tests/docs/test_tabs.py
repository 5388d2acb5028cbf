"""What guides show in TypeScript and as requests to a gateway runs, on the demo wiki and a gateway in front of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import pytest
from support.gated import gated
from support.served import served

from tests.typescript import npm
from wikijs import WikiJSClient

from .walking import Block, blocks

ROOT = Path(__file__).parents[2]
PAGES = ["getting-started", "batches", "languages"]
HERE = "tests/docs/test_tabs.py"


@dataclass(frozen=True)
class Place:
    """Where the demo wiki and its gateway are."""

    wiki: str
    api_key: str
    gateway: str
    key: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("tabs")
    with (
        served(folder / "wiki.db", seed="demo") as wiki,
        gated(folder, wiki.url, wiki.api_key) as gate,
        WikiJSClient(wiki.url, auth=wiki.api_key) as client,
    ):
        ended = Event()

        def something_happens() -> None:
            """A page changes now and then, for those who wait for that."""
            for number in range(10_000):
                client.pages.update("notes/march", description=f"{number}")
                if ended.wait(0.5):
                    return

        changing = Thread(target=something_happens)
        changing.start()
        try:
            yield Place(wiki.url, wiki.api_key, gate.url, gate.key)
        finally:
            ended.set()
            changing.join()


def of(page: str, language: str) -> list[Block]:
    return [each for each in blocks(ROOT / f"docs/{page}.md") if each.by == HERE and each.language == language]


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("jq"), reason="curl or jq is not installed")
@pytest.mark.parametrize("page", PAGES)
def test_requests_are_answered(page: str, place: Place, tmp_path: Path) -> None:
    """With `-f`, so that a refusal is a failure."""
    environment = {**os.environ, "GATEWAY": place.gateway, "KEY": place.key}
    for block in of(page, "sh"):
        code = block.code.replace("curl -s ", "curl -s --fail-with-body ")
        done = subprocess.run(
            ["sh", "-ec", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES)
def test_typescript_runs(page: str, place: Place, tmp_path: Path) -> None:
    """All blocks of a page in one process of Node, one after the other."""
    npm.build()
    scope = tmp_path / "node_modules/@py-wikijs"
    scope.mkdir(parents=True)
    (scope / "sdk").symlink_to(npm.PACKAGE)
    shown = {
        "https://wiki.example.com": place.wiki,
        "API-KEY": place.api_key,
        "https://gateway.example.com": place.gateway,
        "wkg_KEY": place.key,
    }
    lines = []
    for number, block in enumerate(of(page, "ts")):
        code = re.sub("|".join(map(re.escape, shown)), lambda found: shown[found[0]], block.code)
        (tmp_path / f"block{number}.mjs").write_text(code, encoding="utf-8")
        lines.append(f'await import("./block{number}.mjs");')
    (tmp_path / "main.mjs").write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(["node", "main.mjs"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout
