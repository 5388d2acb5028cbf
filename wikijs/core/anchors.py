"""Anchors of headings, as the server makes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from typing import Final

_RUNS: Final = re.compile(r"[-\s]+")
_DIGIT: Final = re.compile(r"[0-9]")
_UNKNOWN: Final = re.compile(
    "[\u0560\u0588\u05ef\u07fd\u0860-\u089f\u08b5-\u08e2\u09fc\u09fe\u0afa-\u0aff\u0b55\u0c04\u0c3c\u0c5c-\u0c5d\u0c80"
    "\u0cdc-\u0cdd\u0cf3\u0d00\u0d04\u0d3b-\u0d3c\u0d54-\u0d56\u0d58-\u0d5e\u0d76-\u0d78\u0d81\u0e86\u0e89\u0e8c\u0e8e-\u0e93"
    "\u0e98\u0ea0\u0ea8-\u0ea9\u0eac\u0eba\u0ece\u170d\u1715\u171f\u180f\u1878\u1abf-\u1aff\u1b4c\u1c80-\u1cbf\u1cf7\u1cfa"
    "\u1df6-\u1dfb\u2c2f\u2c5f\u312e-\u312f\u31bb-\u31bf\u32ff\u3401-\u4db4\u4db6-\u4dbf\ua7ae-\ua7af\ua7b8-\ua7f6\ua82c\ua8c5"
    "\ua8fe-\ua8ff\uab66-\uab69\ud7a4\ufa6c\ufacf-\ufad7\U00010000-\U0010ffff]"
)
"""Letters that the server's tables do not have: those after Unicode 8, rare Chinese ones, and all that take two units
of UTF-16."""


def anchor(text: str) -> str:
    """The anchor of a heading with this visible text, unless another heading of the page has it already.

    Letters, numbers and marks stay, compatible characters as their plain ones, in lower case; spaces, dashes, and the
    comma and full stop of Chinese and Japanese become one dash, everything else goes. One that would begin with a digit
    begins with `h-`.
    """
    plain = text if text.isascii() else _UNKNOWN.sub("", unicodedata.normalize("NFKC", text))
    kept = "".join(_kept(letter) for letter in plain)
    slug = _RUNS.sub("-", kept.strip()).lower()
    return behind_letter(slug)


def behind_letter(slug: str) -> str:
    """An anchor that does not begin with a digit."""
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
    return [taken.take(behind_letter(given) if given else anchor(text)) for text, given in headings]


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
    if kind == "Z" or letter in "、。":
        return " "
    return letter if kind in "LNM" or letter in "-_~" else ""
