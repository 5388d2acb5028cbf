"""Anchors of headings, as the server makes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from typing import Final

_RUNS: Final = re.compile(r"[-\s]+")
_DIGIT: Final = re.compile(r"[0-9]")


def anchor(text: str) -> str:
    """The anchor of a heading with this visible text, unless another heading of the page has it already.

    Letters, numbers and marks stay, compatible characters as their plain ones, in lower case; spaces and dashes become
    one dash, everything else goes. An anchor that would begin with a digit begins with `h-`.
    """
    kept = "".join(_kept(letter) for letter in unicodedata.normalize("NFKC", text))
    slug = _RUNS.sub("-", kept.strip()).lower()
    return f"h-{slug}" if _DIGIT.match(slug) else slug


def unique_anchor(wanted: str, taken: Container[str]) -> str:
    """An anchor itself, or with the first free number behind it."""
    name, number = wanted, 0
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def anchors(headings: Iterable[tuple[str, str | None]]) -> list[str]:
    """The anchors of all headings of a page.

    Args:
        headings: The visible text of each, and the id that its author gave it, if any.
    """
    taken: dict[str, None] = {}
    for text, given in headings:
        taken[unique_anchor(given or anchor(text), taken)] = None
    return list(taken)


def _kept(letter: str) -> str:
    kind = unicodedata.category(letter)[0]
    if kind == "Z":
        return " "
    return letter if kind in "LNM" or letter in "-_~" else ""
