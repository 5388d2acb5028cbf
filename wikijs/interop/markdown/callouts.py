"""Quotations that GitHub and Obsidian show as boxes: `> [!note] Title`. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from .lines import quoted

_FENCE: Final = re.compile(r"^\s*(`{3,}|~{3,})")
_QUOTE: Final = re.compile(r"^ {0,3}> ?")
_HEAD: Final = re.compile(r"^\[!([\w -]++)(?:\|[^\]\n]*+)?\]([+-]?)[ \t]*+(.*)$")
_HEAD_IN_QUOTE: Final = re.compile(r"^([ >]*>[ \t]*)\[!([\w -]++)(?:\|[^\]\n]*+)?\][+-]?[ \t]*(.*)$")
_DEEPEST: Final = 20
"""Quotations in each other that are looked into."""


def without_callouts(text: str) -> str:
    """Markdown with boxes as Wiki.js writes them: a quotation with its title in bold, and its class below it."""
    return "\n".join(_changed(text.split("\n"), 0)) if "[!" in text else text


def _changed(lines: Sequence[str], depth: int) -> Iterator[str]:
    index, fence = 0, ""
    while index < len(lines):
        line = lines[index]
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if fence or mark or not _QUOTE.match(line) or depth > _DEEPEST:
            yield line
            index += 1
            continue
        inner: list[str] = []
        while index < len(lines) and _QUOTE.match(lines[index]):
            inner.append(_QUOTE.sub("", lines[index], count=1))
            index += 1
        head = _HEAD.match(inner[0])
        if head is not None:
            yield from quoted("", head[1].strip(), head[3].strip() or None, list(_changed(inner[1:], depth + 1)))
            if index < len(lines) and lines[index].strip():
                yield ""
        else:
            yield from (f"> {each}".rstrip() for each in _changed(inner, depth + 1))


def without_heads(text: str) -> str:
    """The same as plainly as possible, for the comparison of words: the head of a box as what it shows."""
    return "\n".join(
        f"{head[1]}{head[3] or head[2]}\n{head[1]}" if (head := _HEAD_IN_QUOTE.match(line)) else line
        for line in text.split("\n")
    )
