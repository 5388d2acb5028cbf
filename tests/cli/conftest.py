"""Runs commands in this process, on recorded answers of a real Wiki.js."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import httpx2
import pytest
from support.jwt import api_key
from support.recordings import Replay, Step
from typer.testing import CliRunner, Result

from wikijs.cli.app import app
from wikijs.cli.session import Session

WITH_KEY = {"WIKIJS_URL": "http://wiki.example.com", "WIKIJS_API_KEY": api_key()}
AS_GUEST = {"WIKIJS_URL": "http://wiki.example.com"}

Answer = Step | httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


class Run(Protocol):
    """Runs a command line; the answers come in their order, the last one for ever."""

    replay: Replay

    def __call__(
        self, *arguments: str, answers: tuple[Answer, ...] = (), environment: Mapping[str, str] = ..., stdin: str = ""
    ) -> Result: ...


@pytest.fixture
def run() -> Run:
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
