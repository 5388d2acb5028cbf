"""What the guides for people of other clients name here is there."""

from __future__ import annotations

import re
import sys
from functools import cache, reduce
from pathlib import Path

from wikijs import WikiJSClient

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from website import commands  # noqa: E402  a package beside the tests

PAGES = sorted((ROOT / "docs/migrating").glob("*.md"))


def ours() -> list[tuple[str, str]]:
    """Names of the last column, with their page."""
    found: list[tuple[str, str]] = []
    for page in PAGES:
        for row in re.findall(r"^\|.*\|$", page.read_text(encoding="utf-8"), re.MULTILINE):
            found += [(page.name, name) for name in re.findall(r"`((?:client\.|wikijs )[^`]+)`", row.split(" | ")[-1])]
    return found


@cache
def lines() -> set[str]:
    root = commands.typer.main.get_command(commands.app)
    return {" ".join(words) for words, _ in commands.leaves(root, ("wikijs",))}


def test_there_is_something_to_check() -> None:
    assert len(ours()) > 90


def test_what_the_guides_name_is_there() -> None:
    names = {name.partition(" --")[0] for _, name in ours()}
    assert sorted(name for name in names if name.startswith("wikijs ") and name not in lines()) == []
    with WikiJSClient("https://wiki.example.com") as client:
        methods = [name.split(".")[1:] for name in names if name.startswith("client.")]
        missing = [name for name in methods if not callable(reduce(_attribute, name, client))]
    assert missing == []


def _attribute(value: object, name: str) -> object:
    return getattr(value, name, None)
