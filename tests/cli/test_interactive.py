"""`wikijs interactive`, and `wikijs graphql` without a document, on a demo wiki."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from .conftest import OnSandbox


class Terminal:
    """Stdin as the runner of the tests gives it, but saying that somebody sits there."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[PipeInput]:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        monkeypatch.setattr("wikijs.cli.programs.interactive.sys", Faked())
        monkeypatch.setattr("wikijs.cli.operations.graphql.sys", Faked())
        yield keys


class Faked:
    stdin = Terminal()
    stdout = property(lambda self: sys.stdout)
    stderr = property(lambda self: sys.stderr)


def test_commands_are_run_on_the_chosen_wiki(on_sandbox: OnSandbox, keys: PipeInput, tmp_path: Path) -> None:
    keys.send_text(
        "pages list --quiet\rpages get nothing-here\rtags list --json tag\rinteractive\rusers list --url http://x\rexit\r"
    )
    result = on_sandbox("interactive", environment={"WIKIJS_HISTORY_FILE": str(tmp_path / "history")})
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("1\n2\n")
    assert '"tag": "start"' in result.stdout
    assert "There is no page en/nothing-here" in result.stderr
    assert "You are at the prompt already." in result.stderr


def test_the_wiki_can_be_named_on_the_line(on_sandbox: OnSandbox, keys: PipeInput, tmp_path: Path) -> None:
    keys.send_text("pages list --quiet --limit 1\rexit\r")
    environment = {"WIKIJS_HISTORY_FILE": str(tmp_path / "history"), "WIKIJS_URL": ""}
    result = on_sandbox("interactive", "--url", on_sandbox.sandbox.url, environment=environment)
    assert (result.exit_code, result.stdout) == (0, "1\n"), result.output


def test_a_wiki_that_does_not_answer_is_told_and_the_prompt_comes_all_the_same(
    on_sandbox: OnSandbox, keys: PipeInput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wikijs import WikiJSClient, exceptions

    def fail(self: WikiJSClient) -> None:
        raise exceptions.TransportError("The server cannot be reached.")

    monkeypatch.setattr(WikiJSClient, "whoami", fail)
    keys.send_text("exit\r")
    result = on_sandbox("interactive", environment={"WIKIJS_HISTORY_FILE": str(tmp_path / "history")})
    assert result.exit_code == 0, result.output
    assert "cannot be reached" in result.stderr


def test_without_a_terminal_it_is_refused(on_sandbox: OnSandbox) -> None:
    result = on_sandbox("interactive")
    assert result.exit_code == 2
    assert "This needs a terminal." in result.stderr


def test_without_the_library_it_says_what_to_install(
    on_sandbox: OnSandbox, keys: PipeInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "wikijs.cli.prompt.loop", raising=False)
    monkeypatch.setitem(sys.modules, "prompt_toolkit", None)
    result = on_sandbox("interactive")
    assert result.exit_code == 1
    assert 'pip install "py-wikijs[cli]"' in result.stderr


def test_a_document_is_typed(on_sandbox: OnSandbox, keys: PipeInput) -> None:
    keys.send_text("{ pages { single(id: 1) { path } } }\r")
    result = on_sandbox("graphql", "--filter", "pages.single.path")
    assert result.stdout == "home\n"


@pytest.mark.parametrize(("key", "code"), [("\x04", 0), ("\x03", 130)])
def test_a_document_may_be_left(on_sandbox: OnSandbox, keys: PipeInput, key: str, code: int) -> None:
    keys.send_text(key)
    assert on_sandbox("graphql").exit_code == code
