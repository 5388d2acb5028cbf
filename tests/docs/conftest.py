"""README blocks and examples run on a sandbox that is served on a port, as users would have it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import pytest
import support.served

from wikijs import WikiJSClient

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://wiki.example.com"
PAGES = {
    "home": ("Welcome", []),
    "docs/intro": ("Introduction", ["howto"]),
    "docs/install": ("Installation", ["howto"]),
}


class Served(NamedTuple):
    """A wiki on a port."""

    url: str
    api_key: str
    email: str
    password: str


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """A sandbox in a process of its own, with a few pages."""
    with subprocess.Popen(
        [sys.executable, "-m", "wikijs.sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            told = {}
            while "API key" not in told:
                name, *values = re.split(r"\s{2,}", process.stdout.readline().strip())
                told[name] = values
            (url,), (key,), (email, password) = told["URL"], told["API key"], told["Login"]
            with WikiJSClient(url, auth=key) as client:
                for path, (title, tags) in PAGES.items():
                    client.pages.create(path, title=title, content=f"# {title}\n", tags=tags)
            yield Served(url, key, email, password)
        finally:
            process.terminate()


@pytest.fixture
def wiki(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The sandbox, named in the environment. Groups and pages that a block made are gone afterwards."""
    monkeypatch.setenv("WIKIJS_URL", served.url)
    monkeypatch.setenv("WIKIJS_API_KEY", served.api_key)
    monkeypatch.setenv("WIKIJS_EMAIL", served.email)
    monkeypatch.setenv("WIKIJS_PASSWORD", served.password)
    yield served
    with WikiJSClient(served.url, auth=served.api_key) as client:
        for group in client.groups.list(system=False):
            client.groups.delete(group.id)
        for page in client.pages.list():
            if page.path not in PAGES:
                client.pages.delete(page.id)


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[support.served.Served]:
    """A demo wiki of the test's own, named in the environment, and an empty folder to be in."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with support.served.served(tmp_path / "wiki.db", seed="demo") as wiki:
        monkeypatch.setenv("WIKIJS_URL", wiki.url)
        monkeypatch.setenv("WIKIJS_API_KEY", wiki.api_key)
        monkeypatch.setenv("WIKIJS_CONFIG", str(tmp_path / "config.toml"))
        monkeypatch.chdir(folder)
        yield wiki
