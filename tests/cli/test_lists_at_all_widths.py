"""Each command that lists something, at each width, on a terminal and in a pipe: whole ids and paths, valid JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
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


PATH = "/".join(["a-long-folder-of-many-words"] * 6)
TOLD = [
    ("groups", "members", "Editors"),
    ("groups", "rules", "list", "Editors"),
    ("access", "page", PATH),
    ("access", "user", "1"),
    ("access", "guest"),
    ("report", "orphans"),
    ("report", "stale"),
    ("report", "links"),
    ("report", "assets"),
    ("report", "lint"),
    ("report", "duplicates"),
    ("report", "access"),
    ("hooks", "list"),
    ("config", "list"),
]
"""Lists that are told what they are about, or need more than a wiki."""


def prepared(on_sandbox: OnSandbox) -> None:
    on_sandbox.client.pages.create(PATH, title="T " * 60, content="x", tags=["one", "two", "déjà-vu", "幅広" * 10])
    on_sandbox.client.assets.upload(b"x", name=f"{'picture-' * 12}.png")


def values(rows: Any) -> set[str]:
    return {str(row[name]) for row in rows if isinstance(row, dict) for name in KEPT if row.get(name) is not None}


def test_there_are_lists() -> None:
    assert len(lists()) >= 10


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_lists_fit_and_keep_ids_and_paths_whole(
    on_sandbox: OnSandbox, at_terminal: Sit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    prepared(on_sandbox)
    monkeypatch.setenv("WIKIJS_FEED_STORE", str(tmp_path / "feed.db"))
    wrong: list[str] = []
    for words in [*lists(), *TOLD]:
        at_terminal("stdout", "stderr")
        monkeypatch.setenv("COLUMNS", "60")
        rows = json.loads(plain(on_sandbox(*words, "--json").stdout))
        again = yaml.safe_load(plain(on_sandbox(*words, "--yaml").stdout))
        if words[0] == "report":  # each says when it was made
            again, rows = again["report"], rows["report"]
        assert again == rows, words
        for width in (60, 80, 120, 200):
            monkeypatch.setenv("COLUMNS", str(width))
            shown = on_sandbox(*words)
            assert shown.exit_code in ({0, 1} if words[0] == "report" else {0}), (words, shown.output)
            wrong += check(words, width, rows, plain(shown.stdout).splitlines())
    assert wrong == []


def check(words: tuple[str, ...], width: int, rows: Any, lines: list[str]) -> list[str]:
    """What is wrong with a table."""
    whole = {word for line in lines for word in line.split()}
    heads = {word.lower() for line in lines for word in line.split()[:1]}  # of blocks
    heads |= set(lines[0].lower().split() if lines else ())
    listed: list[Any] = rows if isinstance(rows, list) else []
    wrong: list[str] = []
    for name in KEPT:
        for row in listed if name in heads else ():
            told = str(row[name]) if isinstance(row, dict) and row.get(name) is not None else ""
            wrong += [f"{words} {width}: {name} {told}"] if not all(part in whole for part in told.split()) else []
    longest = max((cell_len(each) for each in values(listed)), default=cell_len(PATH))
    return wrong + [f"{words} {width}: {line}" for line in lines if cell_len(line) > max(width, longest + 45)]
