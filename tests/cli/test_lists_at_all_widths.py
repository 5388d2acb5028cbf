"""Each command that prints a table, at each width: what people copy is whole, nothing is wider than it has to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from wikijs.cli.frame.terminal import tables

from .conftest import OnSandbox
from .terminal import Sit, at_terminal
from .walking import is_list, lines, prepared

__all__ = ["at_terminal"]

WIDTHS = (60, 80, 120, 200)
NO_TABLE = {
    "pages tree": "a tree",
    "pages grep": "lines below a head for each page",
    "users export": "CSV",
    "pages history": "the demo wiki has none",
    "auth strategies list": "refused by the sandbox",
    "schema check": "refused by the sandbox",
    "storage status": "empty",
    "config list": "empty",
    "report stale": "empty",
    "audit show": "empty",
    "groups rules test": "no rule speaks of it",
    "hooks deliveries": "empty",
}
"""Commands whose rows are no table, or that have none on the demo wiki."""
COPIED = re.compile(r"\S*[/\\@]\S*|\S+\.\w{1,8}|[\w-]{1,200}=\S+")
NEVER_CUT = {"id", "path", "file", "page", "link", "target", "from", "to", "url", "key", "email", "version", "code"}


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def wrong(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, shown: str) -> list[str]:
    """What is wrong with a table."""
    whole = {word for line in shown.splitlines() for word in line.split()}
    missing = [
        f"{width}: {head} {word}"
        for row in rows
        for head, text in zip(columns, row, strict=True)
        if head.lower() in NEVER_CUT or COPIED.fullmatch(text)
        for word in text.split()
        if word not in whole
    ]
    longest = max((cell_len(word) for row in rows for text in row for word in text.split()), default=0)
    heads = max(map(len, columns)) + 2
    wide = [f"{width}: {line}" for line in shown.splitlines() if cell_len(line) > max(width, longest + heads)]
    return missing + wide


def test_tables_fit_and_keep_whole_what_is_copied(
    on_sandbox: OnSandbox, at_terminal: Sit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WIKIJS_FEED_STORE", str(tmp_path / "feed.db"))
    monkeypatch.chdir(tmp_path)
    prepared(on_sandbox, tmp_path)
    seen: list[tuple[Sequence[str], Sequence[Sequence[str]], dict[str, Any]]] = []
    own = tables.show

    def watched(columns: Sequence[str], rows: Sequence[Sequence[str]], **more: Any) -> None:
        seen.append((columns, rows, more))
        own(columns, rows, **more)

    monkeypatch.setattr(tables, "show", watched)
    at_terminal("stdout", "stderr")
    faults: list[str] = []
    without: set[str] = set()
    told = 0
    for words, command, line in lines(tmp_path):
        if not is_list(command) and "--dry-run" not in line:
            continue
        seen.clear()
        result = on_sandbox(*line)
        assert result.exit_code in {0, 1, 3, 4}, (line, result.output)
        if is_list(command) and not seen:
            without.add(" ".join(words))
        told += bool(seen)
        for columns, rows, more in seen:
            for width in WIDTHS:
                monkeypatch.setenv("COLUMNS", str(width))
                faults += [
                    f"{' '.join(words)} {each}" for each in wrong(columns, rows, width, drawn(own, columns, rows, more))
                ]
    assert faults == []
    assert without <= set(NO_TABLE)
    assert told > 40


def drawn(show: Any, columns: Sequence[str], rows: Sequence[Sequence[str]], more: dict[str, Any]) -> str:
    """A table as a terminal gets it."""
    import contextlib
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    with contextlib.redirect_stdout(Terminal()) as terminal:
        show(columns, rows, **more)
    return plain(terminal.getvalue())
