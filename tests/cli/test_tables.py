"""Tables at every width: ids and paths whole, the rest shortened, blocks where there is no room."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable

import pytest

from wikijs.cli.frame.output import show_data
from wikijs.cli.frame.session import Session
from wikijs.cli.frame.terminal import tables

COLUMNS = ["id", "path", "title", "tags"]
PATH = "en/handbook/people/holidays-and-other-absences"
ROWS = [["1", PATH, "Holidays and other absences of people", "people, time, law"], ["12", "en/home", "Home", ""]]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, width: int, show: Callable[[], None]) -> str:
    """What is shown on a terminal of this width."""
    terminal = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        patch.setenv("TERM", "xterm")
        patch.setenv("COLUMNS", str(width))
        show()
    return re.sub(r"\x1b\[[\d;]*m", "", terminal.getvalue())


def shown(monkeypatch: pytest.MonkeyPatch, width: int) -> list[str]:
    return on_terminal(monkeypatch, width, lambda: tables.show(COLUMNS, ROWS, numbers={0})).splitlines()


def test_with_room_everything_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    head, first, second = shown(monkeypatch, 200)
    assert head.split() == ["ID", "PATH", "TITLE", "TAGS"]
    assert all(text in first for text in ROWS[0])
    assert second.startswith("12  en/home")
    assert first.startswith(" 1  ")


@pytest.mark.parametrize("width", [70, 80, 100, 120])
def test_ids_and_paths_are_whole_at_any_width(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    lines = shown(monkeypatch, width)
    assert len(lines) == 3
    assert PATH in lines[1]
    assert all(len(line) <= width for line in lines)


def test_tags_are_shortened_before_titles(monkeypatch: pytest.MonkeyPatch) -> None:
    _, first, _ = shown(monkeypatch, 98)
    assert "Holidays and other absences of people" in first
    assert first.endswith("…")


def test_below_seventy_columns_a_row_is_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, 60)
    assert lines == [
        "ID     1",
        f"PATH   {PATH}",
        "TITLE  Holidays and other absences of people",
        "TAGS   people, time, law",
        "",
        "ID     12",
        "PATH   en/home",
        "TITLE  Home",
    ]


def test_wide_letters_take_the_room_that_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.cells import cell_len

    rows = [["1", "休暇と欠勤について" * 5, "ja/休暇"]]
    text = on_terminal(monkeypatch, 70, lambda: tables.show(["id", "title", "path"], rows))
    head, row = text.splitlines()
    assert row.endswith("…  ja/休暇")

    assert cell_len(row[: row.index("ja/")]) == head.index("PATH")


@pytest.mark.parametrize("width", [20, 200])
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_data_is_never_wrapped(monkeypatch: pytest.MonkeyPatch, width: int, form: str) -> None:
    value = [{"title": "a long title that is wider than twenty columns", "id": 1, "draft": True, "none": None}]
    session = Session(json="*") if form == "json" else Session(yaml=True)
    text = on_terminal(monkeypatch, width, lambda: show_data(session, value))
    if form == "json":
        assert json.loads(text) == value
    else:
        import yaml

        assert yaml.safe_load(text) == value


def test_of_a_time_the_day_stays_and_titles_have_the_room() -> None:
    columns = ("id", "path", "title", "updated", "groups")
    row = ("1", "docs/intro", "A title of thirty characters!!", "2026-11-28 18:52:06Z", "Administrators, Editors")
    widths = tables.fitted(columns, [row], 70)
    assert widths is not None
    assert dict(zip(columns, widths, strict=True)) == {"id": 2, "path": 10, "title": 30, "updated": 10, "groups": 10}
    assert tables.fitted(columns, [row], 200) == [2, 10, 30, 20, 23]


USERS = ("id", "name", "email", "provider key", "is active", "last login at", "groups")
PEOPLE = (
    ("1", "Administrator", "admin@example.com", "local", "yes", "2026-11-29 10:18:11Z", "Administrators"),
    ("4", "Will Riter", "will@example.com", "local", "yes", "", "Editors"),
)


def test_heads_of_several_words_and_times_make_room_for_names(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = on_terminal(monkeypatch, 80, lambda: tables.show(USERS, PEOPLE, numbers={0})).splitlines()
    assert lines == [
        "                                      PROVIDER  IS      LAST LOGIN",
        "ID  NAME           EMAIL              KEY       ACTIVE  AT          GROUPS",
        " 1  Administrator  admin@example.com  local     yes     2026-11-29  Administrat…",
        " 4  Will Riter     will@example.com   local     yes                 Editors",
    ]
    assert len(on_terminal(monkeypatch, 120, lambda: tables.show(USERS, PEOPLE)).splitlines()) == 3


def test_what_the_time_of_day_leaves_goes_back_to_what_was_shortened() -> None:
    columns = ("path", "groups", "updated")
    row = ("p" * 40, "Administrators and Editors", "2026-11-29 10:18:11Z")
    assert tables.fitted(columns, [row], 74) == [40, 10, 20]
    assert tables.fitted(columns, [row], 69) is None
    assert tables.fitted(columns, [("p" * 50, *row[1:])], 79) == [50, 15, 10]
