"""Each command that lists something, at each width, on a terminal and in a pipe: whole ids and paths, valid JSON."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from rich.cells import cell_len

from .conftest import OnSandbox
from .terminal import Sit, at_terminal
from .test_bad_input import ALL, LASTING, arguments

__all__ = ["at_terminal"]

KEPT = ("id", "path")
"""Columns that are never shortened nor wrapped."""
ELSEWHERE = {"generate", "schema", "completion", "call", "backup", "hooks", "config", "report", "chunks", "access"}
"""Need more than a wiki, or list nothing of one."""


def lists() -> list[tuple[str, ...]]:
    """Commands that list, and need nothing to be told."""
    return [
        words
        for words, command in ALL
        if "Fields of --json" in (command.epilog or "")
        and not any(each.required for each in arguments(command))
        and not LASTING & set(words)
        and words[0] not in ELSEWHERE
        and ({"list", "tree", "stale"} & set(words))
    ]


def prepared(on_sandbox: OnSandbox) -> None:
    path = "/".join(["a-long-folder-of-many-words"] * 6)
    on_sandbox.client.pages.create(path, title="T " * 60, content="x", tags=["one", "two", "déjà-vu", "幅広" * 10])
    on_sandbox.client.assets.upload(b"x", name=f"{'picture-' * 12}.png")


def values(rows: Any) -> set[str]:
    return {str(row[name]) for row in rows if isinstance(row, dict) for name in KEPT if row.get(name) is not None}


def test_there_are_lists() -> None:
    assert len(lists()) >= 10


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_lists_fit_and_keep_ids_and_paths_whole(
    on_sandbox: OnSandbox, at_terminal: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(on_sandbox)
    for words in lists():
        at_terminal("stdout", "stderr")
        monkeypatch.setenv("COLUMNS", "60")
        rows = json.loads(plain(on_sandbox(*words, "--json").stdout))
        assert yaml.safe_load(plain(on_sandbox(*words, "--yaml").stdout)) == rows, words
        for width in (60, 80, 120, 200):
            monkeypatch.setenv("COLUMNS", str(width))
            shown = on_sandbox(*words)
            assert shown.exit_code == 0, (words, shown.output)
            check(words, width, rows, plain(shown.stdout).splitlines())


def check(words: tuple[str, ...], width: int, rows: Any, lines: list[str]) -> None:
    whole = {word for line in lines for word in line.split()}
    heads = {word.lower() for line in lines for word in line.split()[:1]}  # of blocks
    heads |= set(lines[0].lower().split() if lines else ())
    listed: list[Any] = rows if isinstance(rows, list) else []
    for name in KEPT:
        for row in listed if name in heads else ():
            told = str(row[name]) if row.get(name) is not None else ""
            assert all(part in whole for part in told.split()), (words, width, name, told)
    longest = max((cell_len(each) for each in values(listed)), default=0)
    for line in lines:
        assert cell_len(line) <= max(width, longest + 45), (words, width, line)
