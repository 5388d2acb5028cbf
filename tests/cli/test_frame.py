"""What all commands share: how results become data, questions, progress, and where `--json` ends."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pytest
import typer
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from wikijs.cli.frame import confirm as asking
from wikijs.cli.frame import output, progress, structured
from wikijs.cli.frame.command import unwrapped
from wikijs.cli.frame.failures import CommandError, ExitCode
from wikijs.cli.frame.options import with_json_value
from wikijs.cli.frame.session import Session
from wikijs.cli.frame.text import cell
from wikijs.core.jobs.results import BatchError, BatchResult
from wikijs.exceptions import NotFoundError


@dataclass
class Item:
    id: int
    page_title: str = "x"
    secret: str = field(default="s", repr=False)


class Model(BaseModel):
    model_config = {"alias_generator": to_camel, "populate_by_name": True}
    id: int
    page_title: str = "x"


class Kind(Enum):
    ONE = "one"


ITEMS = [Item(1, "a"), Item(2, "b")]


def printed(show: Callable[..., None], *values: Any, **options: Any) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        show(*values, **options)
    return out.getvalue()


# Data.


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (Item(1), {"id": 1, "pageTitle": "x"}),
        (Model(id=1), {"id": 1, "pageTitle": "x"}),
        ([Item(1), {"a": (Kind.ONE, None)}], [{"id": 1, "pageTitle": "x"}, {"a": ["one", None]}]),
        ({3}, [3]),
        (ValueError("odd"), "odd"),
    ],
)
def test_records_have_the_servers_names_and_no_secrets(value: object, data: object) -> None:
    assert structured.plain(value) == data


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"json": "*"}, '[\n  {\n    "id": 1,\n    "pageTitle": "a"\n  }'),
        ({"json": "id"}, '[\n  {\n    "id": 1\n  },'),
        ({"json": "pageTitle,id", "filter": "[0]"}, '{\n  "pageTitle": "a",\n  "id": 1\n}\n'),
        ({"yaml": True}, "- id: 1\n  pageTitle: a\n"),
        ({"yaml": True, "filter": ".[].id"}, "- 1\n- 2\n"),
        ({"filter": ".[].pageTitle"}, "a\nb\n"),
        ({"filter": "[].pageTitle", "json": "*"}, '[\n  "a",\n  "b"\n]\n'),
        ({"filter": ".[0].pageTitle"}, "a\n"),
        ({"filter": "length(@)"}, "2\n"),
        ({"filter": "[?id > `1`].[id, pageTitle]"}, '[\n  [\n    2,\n    "b"\n  ]\n]\n'),
        ({"filter": "."}, '[\n  {\n    "id": 1,'),
        ({"filter": "[0].nothing"}, "null\n"),
        ({"quiet": True}, "1\n2\n"),
        ({}, "1\ta\n2\tb\n"),
    ],
)
def test_a_list_in_each_of_its_forms(options: dict[str, Any], text: str) -> None:
    assert printed(output.show_list, Session(**options), ITEMS, ("id", "page_title")).startswith(text)


def test_columns_may_be_computed() -> None:
    columns: dict[str, Callable[[Item], object]] = {"id": lambda item: item.id, "twice": lambda item: item.id * 2}
    assert printed(output.show_list, Session(), ITEMS, columns) == "1\t2\n2\t4\n"
    assert printed(output.show_list, Session(quiet=True), [{"path": "a"}], ("path",), key="path") == "a\n"


@pytest.mark.parametrize(
    ("options", "fields", "text"),
    [
        ({}, None, "id\t1\npage title\tx\n"),
        ({}, ("page_title",), "page title\tx\n"),
        ({}, {"name": "y", "gone": None}, "name\ty\n"),
        ({"quiet": True}, None, "1\n"),
        ({"json": "pageTitle"}, None, '{\n  "pageTitle": "x"\n}\n'),
    ],
)
def test_a_record_in_each_of_its_forms(options: dict[str, Any], fields: Any, text: str) -> None:
    for item in (Item(1), Model(id=1)):
        assert printed(output.show_record, Session(**options), item, fields) == text


def test_names_are_words_for_people() -> None:
    assert printed(output.show_record, Session(), {"chosenBy": 1, "key_id": 2, "URL": 3}) == (
        "chosen by\t1\nkey id\t2\nURL\t3\n"
    )


@pytest.mark.parametrize(
    ("options", "data", "text"),
    [
        ({}, Item(1), "Deleted page 1.\n"),
        ({"quiet": True}, Item(1), "1\n"),
        ({"quiet": True}, None, ""),
        ({"json": "*"}, {"id": 1}, '{\n  "id": 1\n}\n'),
        ({"json": "*"}, None, '{\n  "done": "Deleted page 1."\n}\n'),
    ],
)
def test_something_done_in_each_of_its_forms(options: dict[str, Any], data: object, text: str) -> None:
    assert printed(output.show_done, Session(**options), "Deleted page 1.", data) == text


def test_a_field_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="There is no field 'x' here"):
        structured.show_data(Session(json="x"), {"a": 1})
    assert printed(structured.show_data, Session(json="x"), 3) == "3\n"


@pytest.mark.parametrize("path", ["[", "a..b", "nothing(@)"])
def test_a_filter_that_cannot_be(path: str) -> None:
    with pytest.raises(CommandError) as failed:
        structured.show_data(Session(filter=path), [{"a": 1}])
    assert failed.value.code is ExitCode.USAGE


def test_a_filter_that_does_not_fit() -> None:
    with pytest.raises(CommandError, match="does not fit"):
        structured.show_data(Session(filter="length(@)"), 3)


def test_a_filtered_line_cannot_steer_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", screen)
    structured.show_data(Session(filter="[0]"), ["\x1b[2J"])
    assert screen.getvalue() == "�[2J\n"


def test_cells_of_odd_values() -> None:
    assert cell(Kind.ONE) == "one"
    assert cell({"a": [1]}) == '{"a": [1]}'
    assert cell(Item(1)) == '{"id": 1, "pageTitle": "x"}'


# Many things at once.


def batch(done: int, failed: int, left: int = 0) -> BatchResult[str, Item]:
    errors = [BatchError(index, f"page {index}", NotFoundError("It is not there.")) for index in range(failed)]
    return BatchResult([Item(number) for number in range(done)], errors, [f"page {number}" for number in range(left)])


def code_of(session: Session, result: BatchResult[str, Item]) -> int:
    try:
        output.show_batch(session, result, verb="deleted")
    except typer.Exit as ended:
        return ended.exit_code
    return 0


@pytest.mark.parametrize(
    ("result", "code", "says"),
    [
        (batch(2, 0), 0, "2 of 2 deleted.\n"),
        (batch(1, 1), 3, "wikijs: page 0: It is not there.\n1 of 2 deleted, 1 failed.\n"),
        (batch(0, 1), 1, "wikijs: page 0: It is not there.\n0 of 1 deleted, 1 failed.\n"),
        (batch(1, 0, 2), 130, "1 of 3 deleted, 2 not attempted.\n"),
    ],
)
def test_a_batch_says_what_was_done_and_what_was_not(
    capsys: pytest.CaptureFixture[str], result: BatchResult[str, Item], code: int, says: str
) -> None:
    assert code_of(Session(), result) == code
    assert capsys.readouterr() == ("", says)


def test_a_batch_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(Session(json="*"), batch(1, 1, 1)) == 130
    assert json.loads(capsys.readouterr().out) == {
        "success": [{"id": 0, "pageTitle": "x"}],
        "errors": [{"index": 0, "input": "page 0", "error": "It is not there."}],
        "notAttempted": ["page 0"],
    }
    assert code_of(Session(quiet=True), batch(2, 1)) == 3
    assert capsys.readouterr() == ("0\n1\n", "wikijs: page 0: It is not there.\n")


# Questions.


def test_a_question_is_not_asked_with_yes_and_refused_where_nobody_is_there() -> None:
    asking.confirm(Session(yes=True), "Delete it?")
    with pytest.raises(CommandError, match=r"needs a confirmation: Delete it\?") as refused:
        asking.confirm(Session(), "Delete it?")
    assert refused.value.hint == "Give --yes to do it without being asked."
    assert refused.value.code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("answers", "is_yes"), [("y", True), ("Yes", True), ("n", False), ("no", False), ("", False), ("what? y", True)]
)
def test_whoever_is_there_decides(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answers: str, is_yes: bool
) -> None:
    monkeypatch.setattr(asking, "somebody_is_there", lambda: True)
    given = iter(answers.split(" "))
    monkeypatch.setattr(typer, "prompt", lambda question, **more: next(given))
    with contextlib.nullcontext() if is_yes else pytest.raises(CommandError, match="Nothing was changed"):
        asking.confirm(Session(), "Delete it?")
    assert ("Answer y for yes or n for no." in capsys.readouterr().err) is ("what?" in answers)


# Progress.


class Ticks:
    """A clock that goes on by some seconds each time it is looked at."""

    def __init__(self, seconds: float) -> None:
        self.now, self.seconds = 0.0, seconds

    def __call__(self) -> float:
        self.now += self.seconds
        return self.now


def test_progress_in_a_log_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress(Session(), "Uploading", total=100, clock=Ticks(3)) as step:
        for _ in range(4):
            step(10)
    assert capsys.readouterr().err.splitlines() == [
        "Uploading: 20 of 100, 3.3/s, 24 s left",
        "Uploading: 40 of 100, 3.3/s, 18 s left",
    ]
    with progress.progress(Session(), "Reading", clock=Ticks(6)) as step:
        step(0)
    assert capsys.readouterr().err == "Reading: 0, 0.0/s\n"


@pytest.mark.parametrize("options", [{"quiet": True}, {"json": "*"}, {"filter": "a"}])
def test_progress_is_silent_for_programs(capsys: pytest.CaptureFixture[str], options: dict[str, Any]) -> None:
    with progress.progress(Session(**options), "Uploading", clock=Ticks(60)) as step:
        step(1)
    assert capsys.readouterr().err == ""


def test_progress_on_a_terminal_is_a_bar_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress.progress(Session(), "Uploading", total=2) as step:
        step(1)
        step(1)
    assert "Uploading" in screen.getvalue()
    assert "2/2" in screen.getvalue()


# The optional value of --json.


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("--json", "--json=*"),
        ("--json id", "--json=id"),
        ("--json id,path 7", "--json=id,path 7"),
        ("--json docs/intro", "--json=* docs/intro"),
        ("--json id,other", "--json=id,other"),
        ("--json other,more", "--json=* other,more"),
        ("--json=other 7", "--json=other 7"),
        ("7 --json --limit 3", "7 --json=* --limit 3"),
        ("--title --json --json", "--title --json --json=*"),
        ("--title=x --json", "--title=x --json=*"),
        ("-- --json", "-- --json"),
        ("--title", "--title"),
    ],
)
def test_the_word_after_json_is_its_value_only_if_it_lists_fields(line: str, read: str) -> None:
    assert with_json_value(line.split(), {"--title"}, lambda: ("id", "path")) == read.split()


def test_a_group_reads_its_own_options_only() -> None:
    words = ["--url", "x", "--json", "pages", "list", "--json"]
    assert with_json_value(words, {"--url"}, stop_early=True) == ["--url", "x", "--json=*", "pages", "list", "--json"]


def test_paragraphs_of_a_docstring_become_lines() -> None:
    text = "One\n    two.\n\n    - a\n    - b\n\n    Permission: x.\n    Server: y.\n    "
    assert unwrapped(text) == "One two.\n\n- a\n- b\n\nPermission: x.\nServer: y."
