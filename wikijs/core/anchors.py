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
    taken = Taken()
    return [taken.take(given or anchor(text)) for text, given in headings]


class Taken:
    """The anchors of a page so far. As `unique_anchor`, without counting from 1 again for each of many alike."""

    def __init__(self, *names: str) -> None:
        self._numbers = dict.fromkeys(names, 0)

    def take(self, wanted: str) -> str:
        """An anchor itself, or with the first free number behind it; it is taken from now on."""
        name, number = wanted, self._numbers.get(wanted, 0)
        while name in self._numbers:
            number += 1
            name = f"{wanted}-{number}"
        self._numbers[wanted] = number
        self._numbers.setdefault(name, 0)
        return name


def _kept(letter: str) -> str:
    kind = unicodedata.category(letter)[0]
    if kind == "Z":
        return " "
    return letter if kind in "LNM" or letter in "-_~" else ""
