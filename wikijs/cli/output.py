"""How results look: a table on a terminal, tab-separated text in a pipe, JSON when asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from rich.console import Console

# What an author of the wiki writes must not steer the reader's terminal.
_CONTROLS: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], "�")
_TEXT_CONTROLS: Final = {code: mark for code, mark in _CONTROLS.items() if chr(code) not in "\t\r\n"}


def printable(text: str) -> str:
    """One line, without control characters."""
    return " ".join(text.splitlines()).replace("\t", " ").translate(_CONTROLS)


def cell(value: object) -> str:
    """A value as text in a table: empty when missing, times in UTC to the second, lists with commas."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case list() | tuple():
            return ", ".join(cell(item) for item in cast("Sequence[object]", value))
        case _:
            return printable(str(value))


def write_json(value: Any) -> None:
    """Print JSON. Models keep the server's names."""
    from pydantic_core import to_json

    text = to_json(value, indent=2, by_alias=True).decode()
    if sys.stdout.isatty():
        from rich.syntax import Syntax

        _console().print(Syntax(text, "json", background_color="default", word_wrap=True))
    else:
        sys.stdout.write(text + "\n")


def write_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows: with their heads and aligned on a terminal, else tab-separated without heads."""
    if not sys.stdout.isatty():
        sys.stdout.writelines("\t".join(cell(value) for value in row) + "\n" for row in rows)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.upper(), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))  # as Text: brackets in a title are no markup
    _console().print(table)


def write_record(fields: Mapping[str, object]) -> None:
    """Print one thing, a field a line; missing ones are left out."""
    known = [(name, value) for name, value in fields.items() if value is not None]
    if not sys.stdout.isatty():
        sys.stdout.writelines(f"{name}\t{cell(value)}\n" for name, value in known)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in known:
        table.add_row(name, Text(cell(value)))
    _console().print(table)


def write_text(text: str) -> None:
    """Print a text as it is; on a terminal without control characters and on a line of its own."""
    if sys.stdout.isatty():
        text = text.translate(_TEXT_CONTROLS)
        text = text if text.endswith("\n") else text + "\n"
    sys.stdout.write(text)


def note(text: str) -> None:
    """Print a remark on stderr, out of the way of results."""
    sys.stderr.write(printable(text) + "\n")


def _console() -> Console:
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False)  # rich leaves colour off where NO_COLOR is set
