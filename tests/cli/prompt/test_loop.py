"""The prompt as somebody types at it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from wikijs.cli.app import app
from wikijs.cli.prompt.command_words import next_words, quoted
from wikijs.cli.prompt.loop import (
    CommandLoop,
    WordCompleter,
    ask_document,
    exit_code_of,
    history_path,
    is_closed,
    private,
)
from wikijs.core.documents.validation import bundled_schema

ROOT = typer.main.get_command(app)


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield keys


def loop(history: Path, ran: list[list[str]], code: int = 0) -> CommandLoop:
    def execute(words: list[str]) -> int:
        ran.append(words)
        return code

    return CommandLoop(ROOT, execute=execute, things=lambda kind: ["docs/a b"], status="wiki", history=history)


def test_lines_are_run_until_the_user_leaves(keys: PipeInput, tmp_path: Path) -> None:
    ran: list[list[str]] = []
    keys.send_text("pages list --tag 'a b'\rwikijs whoami\r\r  \rhelp\rexit\r")
    loop(tmp_path / "state" / "history", ran).run()
    assert ran == [["pages", "list", "--tag", "a b"], ["whoami"], ["--help"]]
    history = tmp_path / "state" / "history"
    assert "+wikijs whoami" in history.read_text(encoding="utf-8")
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def test_ctrl_c_drops_a_line_and_ctrl_d_leaves(keys: PipeInput, tmp_path: Path) -> None:
    ran: list[list[str]] = []
    keys.send_text("pages delete\x03whoami\r\x04")
    loop(tmp_path / "history", ran).run()
    assert ran == [["whoami"]]


def test_a_quote_that_is_not_closed_runs_nothing(
    keys: PipeInput, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[list[str]] = []
    keys.send_text("pages get 'a\r\x04")
    loop(tmp_path / "history", ran).run()
    assert ran == []
    assert "A quote is not closed." in capsys.readouterr().err


def test_tab_completes_and_quotes_what_needs_it(keys: PipeInput, tmp_path: Path) -> None:
    ran: list[list[str]] = []
    keys.send_text("pages get docs\t\rquit\r")
    loop(tmp_path / "history", ran).run()
    assert ran in ([["pages", "get", "docs"]], [["pages", "get", "docs/a b"]])  # the words come from a thread


def test_the_status_line_tells_how_the_last_command_ended(keys: PipeInput, tmp_path: Path) -> None:
    shown = loop(tmp_path / "history", [], code=3)
    assert "wiki | Tab completes" in shown._status_line()
    keys.send_text("whoami\r\x04")
    shown.run()
    assert "exit code 3" in shown._status_line()


@pytest.mark.parametrize(
    ("line", "inserted", "start"),
    [("pages get doc", "'docs/a b'", -3), ("pages get 'docs/a", "'docs/a b'", -7), ("pages ge", "get", -2)],
)
def test_a_completion_replaces_what_was_typed_with_its_quote(line: str, inserted: str, start: int) -> None:
    completer = WordCompleter(lambda text: next_words(ROOT, text, lambda kind: ["docs/a b"]), quoted)
    found = list(completer.get_completions(Document(line), CompleteEvent()))
    assert [(each.text, each.start_position) for each in found] == [(inserted, start)]


def test_a_document_ends_once_its_braces_are_closed(keys: PipeInput) -> None:
    keys.send_text("{ pages {\r tags { tag } } }\r")
    assert ask_document(bundled_schema()) == "{ pages {\n tags { tag } } }"


def test_a_document_may_be_left_without_a_schema(keys: PipeInput) -> None:
    keys.send_text("\x04")
    with pytest.raises(EOFError):
        ask_document(None)


@pytest.mark.parametrize(
    ("document", "closed"), [("", False), (" ", False), ("{ a", False), ("{ a }", True), ("x", True)]
)
def test_closed_documents(document: str, closed: bool) -> None:
    assert is_closed(document) is closed


@pytest.mark.parametrize(
    ("end", "code"), [(SystemExit(3), 3), (SystemExit(), 0), (SystemExit("text"), 1), (KeyboardInterrupt(), 130)]
)
def test_exit_codes_of_commands(end: BaseException, code: int) -> None:
    def run() -> Any:
        raise end

    assert exit_code_of(run) == code
    assert exit_code_of(lambda: None) == 0


def test_where_the_history_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert history_path({"WIKIJS_HISTORY_FILE": "/x/history"}) == Path("/x/history")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert history_path({}) == tmp_path / "wikijs" / "history"
    assert private(tmp_path / "a" / "b").exists()
