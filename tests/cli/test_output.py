"""How values look, on a terminal and in a pipe."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from wikijs.cli.frame import output
from wikijs.cli.frame.structured import write_json, write_yaml


class Terminal(io.StringIO):
    """A stdout that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def colourful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)


def shown(write: Callable[..., None], *values: object) -> str:
    """What a function writes to a terminal."""
    with contextlib.redirect_stdout(Terminal()) as screen:
        write(*values)
    return screen.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (7, "7"),
        (datetime(2026, 1, 2, 3, 4, 5, 678000, UTC), "2026-01-02 03:04:05Z"),
        (["b", "a"], "b, a"),
        (("x",), "x"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\x1b[31mred", "�[31mred"),
    ],
)
def test_a_cell_is_one_line_without_control_characters(value: object, text: str) -> None:
    assert output.cell(value) == text


def test_a_table_has_heads_on_a_terminal() -> None:
    text = shown(output.write_table, ("id", "title"), [(1, "[red]not markup[/red]"), (2, "\x1b[2Jclear")])
    assert "ID" in text
    assert "[red]not markup[/red]" in text
    assert "\x1b[2J" not in text
    assert "\x1b[1m" in text


def test_no_color_leaves_colour_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in shown(output.write_json, {"a": 1})
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in shown(output.write_json, {"a": 1})


def test_a_record_leaves_missing_fields_out() -> None:
    text = shown(output.write_record, {"name": "x", "gone": None})
    assert "name" in text
    assert "gone" not in text


def test_content_on_a_terminal_cannot_steer_it() -> None:
    assert shown(output.write_text, "a\tb\n\x1b]0;title\x07") == "a\tb\n�]0;title�\n"


def test_content_in_a_pipe_is_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    output.write_text("no final newline \x1b")
    assert capsys.readouterr().out == "no final newline \x1b"


def test_json_keeps_letters_of_all_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    output.write_json({"title": "日本語"})
    assert capsys.readouterr().out == '{\n  "title": "日本語"\n}\n'


@pytest.mark.parametrize("write", [write_json, write_yaml])
def test_what_steers_a_terminal_is_escaped_and_not_lost(
    write: Callable[[object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    import yaml

    value = {"a": "x\x7fy\x9b31m\u202e\u2066\u200f\u061c\x85z\n\t", "b\u202e": ["é", "漢", "😀"], "c": "plain: text"}
    write(value)
    written = capsys.readouterr().out
    assert not any(letter in written for letter in "\x7f\x9b\x85\u202e\u2066\u200f\u061c")
    assert "é" in written
    assert yaml.safe_load(written) == value
