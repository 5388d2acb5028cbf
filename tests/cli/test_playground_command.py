"""`wikijs playground`."""

from __future__ import annotations

import socket
import sys
import webbrowser
from pathlib import Path

import pytest

from wikijs.playground.server import PlaygroundServer

from .conftest import OnSandbox


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(self: PlaygroundServer) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(PlaygroundServer, "serve", serve)


@pytest.mark.usefixtures("interrupted")
def test_the_command_opens_the_browser_and_ends_by_ctrl_c(
    on_sandbox: OnSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    pages: list[str] = []

    def browse(url: str) -> None:
        page = Path(url.removeprefix("file://"))
        assert page.stat().st_mode & 0o077 == 0
        assert page.parent.stat().st_mode & 0o077 == 0
        opened.append(url)
        pages.append(page.read_text())

    monkeypatch.setattr(webbrowser, "open", browse)
    result = on_sandbox("playground", "--read-only")
    assert result.exit_code == 0
    secret = result.stdout.strip().rstrip("/").rpartition("/")[2]
    assert len(secret) >= 22
    assert secret not in opened[0]  # which everybody can read in the list of processes
    assert result.stdout.strip() in pages[0]
    assert not Path(opened[0].removeprefix("file://")).exists()
    assert "reading only" in result.stderr
    assert on_sandbox.sandbox.api_key not in result.output

    assert on_sandbox("playground", "--no-browser").exit_code == 0
    assert len(opened) == 1


def test_a_port_that_is_taken_is_one_sentence(on_sandbox: OnSandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = on_sandbox("playground", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "--port" in result.stderr


def test_without_the_extra_it_says_what_to_install(on_sandbox: OnSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphql", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = on_sandbox("playground")
    assert result.exit_code == 1
    assert "py-wikijs[cli,playground]" in result.stderr
