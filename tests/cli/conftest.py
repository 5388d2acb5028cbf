"""Runs commands in this process: on recorded answers of a real Wiki.js, or on a sandbox with the demo wiki in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import httpx2
import pytest
from support.jwt import api_key
from support.recordings import Replay, Step
from typer.testing import CliRunner, Result

from wikijs import WikiJSClient
from wikijs.cli.app import app
from wikijs.cli.frame.session import Session
from wikijs.sandbox import Sandbox

WITH_KEY = {"WIKIJS_URL": "http://wiki.example.com", "WIKIJS_API_KEY": api_key()}
AS_GUEST = {"WIKIJS_URL": "http://wiki.example.com"}

Answer = Step | httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


@pytest.fixture(autouse=True)
def nobodys_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The configuration and the cache of whoever runs the tests must not matter to them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def known_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wiki knew the token a while ago: it is not asked for it again."""
    monkeypatch.setattr(Session, "_check", lambda session, client, token: None)


class Run(Protocol):
    """Runs a command line; the answers come in their order, the last one for ever."""

    replay: Replay

    def __call__(
        self, *arguments: str, answers: tuple[Answer, ...] = (), environment: Mapping[str, str] = ..., stdin: str = ""
    ) -> Result: ...


@pytest.fixture
def run(known_tokens: None) -> Run:
    """Runs a command line; `run.replay` holds what it sent."""

    def run_command(
        *arguments: str,
        answers: tuple[Answer, ...] = (),
        environment: Mapping[str, str] = WITH_KEY,
        stdin: str = "",
    ) -> Result:
        replies = [answer.reply() if isinstance(answer, Step) else answer for answer in answers]
        replay = Replay(*replies or [AssertionError("Nothing was to be sent.")])
        run_command.replay = replay  # type: ignore[attr-defined]
        with replay.client() as http:
            return CliRunner().invoke(
                app, list(arguments), prog_name="wikijs", input=stdin, obj=Session(environment=environment, http=http)
            )

    return run_command  # type: ignore[return-value]


class OnSandbox:
    """Runs a command line on a sandbox of its own, seeded with the demo wiki, as one who may do everything.

    Attributes:
        sandbox: The sandbox.
        client: A client of it, to prepare things and to look what became of them.
    """

    def __init__(self, sandbox: Sandbox, client: WikiJSClient, folder: Path) -> None:
        self.sandbox = sandbox
        self.client = client
        self.environment = {"WIKIJS_URL": sandbox.url, "WIKIJS_CONFIG": str(folder / "config.toml")}

    def __call__(
        self, *arguments: str, stdin: str = "", guest: bool = False, environment: Mapping[str, str] | None = None
    ) -> Result:
        """What the command line printed, and its exit code; `environment` adds to the wiki's URL and key."""
        key = {} if guest else {"WIKIJS_API_KEY": self.sandbox.api_key}
        with httpx2.Client(transport=self.sandbox.transport()) as http:
            session = Session(environment={**self.environment, **key, **(environment or {})}, http=http)
            return CliRunner().invoke(app, list(arguments), prog_name="wikijs", input=stdin, obj=session)


@pytest.fixture
def on_sandbox(tmp_path: Path) -> Iterator[OnSandbox]:
    """Runs command lines on a fresh demo wiki: `on_sandbox("pages", "list", "--json").stdout`."""
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client:
        yield OnSandbox(sandbox, client, tmp_path)
