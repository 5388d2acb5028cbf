"""How much work a text makes for the libraries that read it, told before they do. Pure functions.

They look for the end of whatever begins, from each beginning to the end of the text: with thousands of beginnings that
nothing ends, 60 kB of a page take minutes. Honest pages have a few of them.
"""

from __future__ import annotations

import re
from typing import Final

from wikijs.core.files import FileRefusedError

MOST: Final = 20_000_000
"""Beginnings without an end, times the characters behind them, that are looked through for one page."""
MOST_OF_MARKUP: Final = 3_000_000
"""The same for MediaWiki's markup, of which each takes many times longer."""
_BRACKETS: Final = re.compile(r"\\.|[\[\]]", re.DOTALL)
_ANGLES: Final = re.compile(r"<(?!!)|>")
_FEW: Final = 20
"""Elements that may begin before one of them ends."""
_PAIRS: Final = {"{{": "}}", "[[": "]]", "[": "]", "<": ">", "{|": "|}"}
_TAGS: Final = re.compile(r"<(/?)([a-zA-Z]++)(?:[^<>/]|/(?!>))*+(/?)>")
_WITHOUT_END: Final = frozenset({"br", "hr", "img", "wbr", "references"})


def of_brackets(text: str) -> int:
    """How many characters are looked through for the ends of brackets that have none."""
    opened: list[int] = []
    for found in _BRACKETS.finditer(text):
        if found[0] == "[":
            opened.append(found.start())
        elif found[0] == "]" and opened:
            opened.pop()
    return sum(len(text) - start for start in opened)


def spend(done: int, more: int) -> int:
    """The work of a page so far, with some more.

    Raises:
        FileRefusedError: It is too much.
    """
    if done + more > MOST:
        reason = "it has thousands of brackets that nothing closes"
        raise FileRefusedError(f"The page is refused: {reason}.", reason=reason)
    return done + more


def without_open_tags(html: str) -> str:
    """HTML in which a `<` is text where many others follow before anything ends: no element begins there."""
    pending: list[int] = []
    parts: list[str] = []
    end = 0

    def escape(starts: list[int]) -> None:
        nonlocal end
        for start in starts:
            parts.extend((html[end:start], "&lt;"))
            end = start + 1

    for found in _ANGLES.finditer(html):
        if found[0] != ">":
            pending.append(found.start())
            continue
        escape(pending[:-_FEW])
        pending.clear()
    escape(pending if len(pending) > _FEW else [])
    return "".join([*parts, html[end:]]) if parts else html


def is_markup_too_much(text: str) -> bool:
    """Whether MediaWiki's markup begins so often without an end that nobody reads it in time."""
    begun = sum(max(text.count(opening) - text.count(closing), 0) for opening, closing in _PAIRS.items())
    return (begun + _open_elements(text)) * len(text) > MOST_OF_MARKUP


def _open_elements(text: str) -> int:
    count: dict[str, int] = {}
    for found in _TAGS.finditer(text):
        name = found[2].lower()
        if not found[3] and name not in _WITHOUT_END:
            count[name] = count.get(name, 0) + (-1 if found[1] else 1)
    return sum(number for number in count.values() if number > 0)
