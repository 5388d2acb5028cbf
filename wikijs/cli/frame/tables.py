"""Tables on a terminal. Ids and paths are never wrapped or cut, since people copy them; what is long otherwise is."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence, Set
from typing import Final

GAP: Final = 2
NARROW: Final = 70
"""Columns of a terminal below which each row is a block of lines."""
TIMES: Final = "times"
"""Stands for all columns of times."""
KEPT: Final = {"id", "path", "key", "email", "url", "file", "version"}
"""Columns that are whole in every table."""
SHORTENED_FIRST: Final = ("tags", "groups", "description", TIMES, "title", "name", "locale")
"""Columns that are cut, those first that tell rows apart least; of times the day stays."""
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")
_DAY: Final = 10
"""Characters of the day of a time."""
LEAST: Final = 6
"""Characters that are left of a text that is cut."""


def show(columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Set[int] = frozenset()) -> None:
    """Print a table.

    Args:
        columns: Heads.
        rows: Texts, as many a row as there are heads; at least one row.
        numbers: Places of the columns with numbers, which are aligned on the right.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False)  # rich leaves colour off where NO_COLOR is set
    widths = fitted(columns, rows, console.width)
    if widths is None:
        for number, row in enumerate(rows):
            if number:
                console.print()
            for block in _block(columns, row, console.width):
                console.print(block, soft_wrap=True)
        return
    heads = [
        _placed(head.upper(), width, at in numbers)
        for at, (head, width) in enumerate(zip(columns, widths, strict=True))
    ]
    console.print(Text((" " * GAP).join(heads).rstrip(), style="bold"), soft_wrap=True)
    for row in rows:
        cells = [_placed(text, width, at in numbers) for at, (text, width) in enumerate(zip(row, widths, strict=True))]
        console.print(Text((" " * GAP).join(cells).rstrip()), soft_wrap=True)  # as Text: brackets are no markup


def fitted(columns: Sequence[str], rows: Sequence[Sequence[str]], available: int) -> list[int] | None:
    """Widths of the columns, in cells; None where a row has to be a block.

    Texts are shortened, those first that tell rows apart least.
    """
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(columns, *rows, strict=True)]
    excess = sum(widths) + GAP * (len(widths) - 1) - available
    if excess <= 0:
        return widths
    if available < NARROW:
        return None
    names = [name.lower() for name in columns]
    times = {name for at, name in enumerate(names) if _holds_times([row[at] for row in rows])}
    others = sorted({*names} - KEPT - {*SHORTENED_FIRST} - times, key=lambda name: -widths[names.index(name)])
    for step in (*SHORTENED_FIRST, *others):
        for name in sorted(times) if step == TIMES else [step] if step in names else []:
            at = names.index(name)
            least = max(_DAY if name in times else LEAST, cell_len(name))
            cut = min(max(excess, 0), max(0, widths[at] - least))
            if cut and name in times:
                cut = widths[at] - least
            widths[at] -= cut
            excess -= cut
    return widths if excess <= 0 else None


def _holds_times(texts: Sequence[str]) -> bool:
    return any(texts) and all(_TIME.fullmatch(text) for text in texts if text)


def _placed(text: str, width: int, is_number: bool) -> str:
    """A text in exactly so many cells."""
    from rich.cells import cell_len, set_cell_size

    if _TIME.fullmatch(text) and _DAY <= width < len(text):
        text = text[:_DAY]
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    room = " " * (width - cell_len(text))
    return room + text if is_number else text + room


def _block(columns: Sequence[str], row: Sequence[str], available: int) -> list[object]:
    from rich.text import Text

    indent = max(map(len, columns)) + GAP
    return [
        Text.assemble(
            (head.upper().ljust(indent), "bold"),
            text if head.lower() in KEPT else _wrapped(text, available - indent, indent),
        )
        for head, text in zip(columns, row, strict=True)
        if text
    ]


def _wrapped(text: str, room: int, indent: int) -> str:
    """A text in lines of so many cells, between its words; one that is longer stays whole."""
    from rich.cells import cell_len

    lines: list[str] = []
    for word in text.split(" "):
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return ("\n" + " " * indent).join(lines)
