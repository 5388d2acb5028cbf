"""Tables on a terminal. What people copy, such as an id, a path or an address, is never cut nor broken."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

GAP: Final = 2
NARROW: Final = 70
"""Columns of a terminal below which each row is a block of lines."""
TIMES: Final = "times"
"""Stands for all columns of times."""
HEADS: Final = "heads"
"""Stands for all columns whose head is wider than what stands below it: a head of several words goes into lines."""
WRAPPED: Final = "wrapped"
"""Stands for all columns of sentences, down to a width that is still good to read."""
KEPT: Final = {
    *("id", "path", "key", "email", "url", "file", "version", "page", "folder", "link", "target", "from", "to"),
    *("address", "place", "command", "code", "host", "tag", "what", "check"),
}
"""Columns that are whole in every table."""
SHORTENED_FIRST: Final = (HEADS, "tags", "groups", "description", TIMES, WRAPPED, "title", "name", "locale")
"""Columns that are cut, those first that tell rows apart least; of times the day stays."""
LEAST: Final = 6
"""Cells that are left of a text that is cut."""
READABLE: Final = 28
"""Cells that a column of sentences has, as long as others can be cut."""
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")
_DAY: Final = 10
"""Characters of the day of a time."""
_COPIED: Final = re.compile(r"\S*[/\\@]\S*|\S+\.\w{1,8}|\S+=\S+|--?\w\S*")
"""A path, an address, the name of a file or an option, wherever it stands."""


def show(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Set[int] = frozenset(), key: str = ""
) -> None:
    """Print a table.

    Args:
        columns: Heads.
        rows: Texts, as many a row as there are heads; at least one row.
        numbers: Places of the columns with numbers, which are aligned on the right.
        key: The column that other commands take, whole like an id.
    """
    from rich.text import Text

    console = _console()
    widths = fitted(columns, rows, console.width, key=key)
    if widths is None:
        for number, row in enumerate(rows):
            if number:
                console.print()
            told = {head: text for head, text in zip(columns, row, strict=True) if text}
            _print_block(console, told, max(map(len, columns)) + GAP, whole={*KEPT, key}, upper=True)
        return
    there = [at for at, width in enumerate(widths) if width]
    heads = [broken(columns[at].upper(), widths[at]) for at in there]
    for number in range(-max(map(len, heads)), 0):
        line = [
            _placed(head[number] if -number <= len(head) else "", widths[at], at in numbers)
            for at, head in zip(there, heads, strict=True)
        ]
        _print(console, Text((" " * GAP).join(line).rstrip(), style="bold"))
    for row in rows:
        cells = [_lines(columns[at], row[at], widths[at]) for at in there]
        for number in range(max(map(len, cells))):
            line = [
                _placed(cell[number] if number < len(cell) else "", widths[at], at in numbers)
                for at, cell in zip(there, cells, strict=True)
            ]
            _print(console, Text((" " * GAP).join(line).rstrip()))  # as Text: brackets are no markup


def show_fields(fields: Mapping[str, str]) -> None:
    """Print one thing, a field a line; long texts in lines, broken between words only."""
    if fields:
        _print_block(_console(), fields, max(map(len, fields)) + GAP, whole=KEPT)


def fitted(columns: Sequence[str], rows: Sequence[Sequence[str]], available: int, *, key: str = "") -> list[int] | None:
    """Widths of the columns, in cells, 0 for one that is left out; None where a row has to be a block.

    Columns in which nothing stands make room first, then heads of several words. Then texts are shortened, those first
    that tell rows apart least, and sentences are put in lines. What is won too much goes back to what was shortened.
    """
    from rich.cells import cell_len

    if available < NARROW and len(columns) > len(("name", "value")):
        return None
    names = [name.lower() for name in columns]
    texts = [[row[at] for row in rows] for at in range(len(names))]
    widths = [max(map(cell_len, (head, *column))) for head, column in zip(names, texts, strict=True)]
    if sum(widths) + GAP * (len(widths) - 1) <= available:
        return widths
    if available < NARROW:
        return None
    widths = [width if any(column) else 0 for width, column in zip(widths, texts, strict=True)]
    excess = sum(widths) + GAP * (sum(map(bool, widths)) - 1) - available
    times = {at for at, column in enumerate(texts) if _holds_times(column)}
    kept = {at for at, name in enumerate(names) if name in {*KEPT, key}}
    sentences = {at for at, name in enumerate(names) if name not in SHORTENED_FIRST} - kept - times
    least = [
        _least(name, column, is_sentence=at in sentences)
        for at, (name, column) in enumerate(zip(names, texts, strict=True))
    ]
    taken: list[tuple[int, int]] = []
    for step in (*SHORTENED_FIRST, ""):
        for at in sorted(_places(step, names, times, sentences) - kept, key=lambda at: -widths[at]):
            bound = max(least[at], READABLE) if step == WRAPPED else least[at]
            if step == HEADS:
                bound = max(least[at], *map(cell_len, texts[at]))
            cut = min(max(excess, 0), max(0, widths[at] - bound))
            if cut and at in times and step == TIMES:
                cut = widths[at] - bound
            elif step != HEADS:
                taken.append((at, cut))
            widths[at] -= cut
            excess -= cut
    for at, cut in reversed(taken):
        back = min(cut, max(0, -excess))
        widths[at] += back
        excess += back
    return widths if excess <= 0 else None


def _places(step: str, names: Sequence[str], times: Set[int], sentences: Set[int]) -> Set[int]:
    if step == HEADS:
        return set(range(len(names)))
    if step == TIMES:
        return times
    if step in {WRAPPED, ""}:
        return sentences
    return {at for at, name in enumerate(names) if name == step} - times


def _least(name: str, texts: Sequence[str], *, is_sentence: bool) -> int:
    """Cells that a column cannot do without."""
    from rich.cells import cell_len

    if not any(texts):
        return 0
    head = max(map(cell_len, name.split(" ")))
    if _holds_times(texts):
        return max(_DAY, head)
    if is_sentence:
        whole: Iterable[str] = (word for text in texts for word in text.split(" "))
    else:
        whole = (text for text in texts if _COPIED.fullmatch(text))
    return max(LEAST, head, *map(cell_len, whole), 0)


def _holds_times(texts: Sequence[str]) -> bool:
    return any(texts) and all(_TIME.fullmatch(text) for text in texts if text)


def _lines(name: str, text: str, width: int) -> list[str]:
    """A text in its column: cut where it is one of those that are, else in lines."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= width:
        return [text]
    if _TIME.fullmatch(text) and width >= _DAY:
        return [text[:_DAY]]
    if name.lower() in SHORTENED_FIRST:
        return [set_cell_size(text, width - 1).rstrip() + "…"]
    return broken(text, width)


def _placed(text: str, width: int, is_number: bool) -> str:
    """A text in exactly so many cells."""
    from rich.cells import cell_len

    room = " " * (width - cell_len(text))
    return room + text if is_number else text + room


def _print_block(
    console: Console, fields: Mapping[str, str], indent: int, *, whole: Set[str], upper: bool = False
) -> None:
    from rich.text import Text

    for head, text in fields.items():
        lines = [text] if head.lower() in whole else broken(text, max(console.width - indent, LEAST))
        name = (head.upper() if upper else head).ljust(indent)
        _print(console, Text.assemble((name, "bold"), ("\n" + " " * indent).join(lines)))


def broken(text: str, room: int) -> list[str]:
    """A text in lines of so many cells, between its words; one that is longer stays whole."""
    from rich.cells import cell_len

    lines: list[str] = []
    for word in text.split(" "):
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _console() -> Console:
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False)  # rich leaves colour off where NO_COLOR is set


def _print(console: Console, text: Text) -> None:
    console.print(text, soft_wrap=True)  # the terminal breaks what is longer, so that it is copied in one piece
