"""Quotations that GitHub and Obsidian show as boxes: `> [!note] Title`. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from .lines import quoted

_FENCE: Final = re.compile(r"^\s*(`{3,}|~{3,})")
_QUOTE: Final = re.compile(r"^([ \t]*+)> ?")
_ITEM: Final = re.compile(r"^([ \t]*+)([-*+]|\d{1,9}[.)])([ \t]+)(?=(\S?))")
_HEAD_IN_ITEM: Final = re.compile(r"^([ \t]*+(?:[-*+]|\d{1,9}[.)])[ \t]{1,4})(?=> ?\[!)")
_HEAD: Final = re.compile(r"^\[!([\w -]++)(?:\|[^\]\n]*+)?\]([+-]?)[ \t]*+(.*)$")
_HEAD_IN_QUOTE: Final = re.compile(
    r"^([ \t]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?+(?:>[ \t]*)+)\[!([\w -]++)(?:\|[^\]\n]*+)?\][+-]?[ \t]*(.*)$"
)
_DEEPEST: Final = 20
"""Quotations in each other that are looked into."""


def without_callouts(text: str) -> str:
    """Markdown with boxes as Wiki.js writes them: a quotation with its title in bold, and its class below it."""
    return "\n".join(_changed(text.split("\n"), 0)) if "[!" in text else text


def _changed(lines: Sequence[str], depth: int) -> Iterator[str]:
    index, fence, within = 0, "", 0
    while index < len(lines):
        line = lines[index]
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        item = None if fence else _ITEM.match(line)
        if item is not None:
            within = len(item[0].expandtabs(4))
        elif line[:1].strip() and not _QUOTE.match(line):
            within = 0
        first = None if fence or depth > _DEEPEST else _HEAD_IN_ITEM.match(line)
        margin = " " * len(first[1]) if first else ""
        quote = _QUOTE.match(margin + line[len(margin) :])
        # Further to the right it is code.
        if fence or mark or quote is None or depth > _DEEPEST or len(quote[1].expandtabs(4)) > within + 3:
            yield line
            index += 1
            continue
        margin = quote[1]
        inner = [line[quote.end() :]]
        index += 1
        while index < len(lines) and (more := _QUOTE.match(lines[index])) is not None and more[1] == margin:
            inner.append(lines[index][more.end() :])
            index += 1
        head = _HEAD.match(inner[0])
        if head is not None:
            box = list(quoted(margin, head[1].strip(), head[3].strip() or None, list(_changed(inner[1:], depth + 1))))
            box[0] = (first[1] if first else margin) + box[0][len(margin) :]
            yield from box
            if index < len(lines) and lines[index].strip():
                yield ""
        else:
            start = first[1] if first else margin
            for each in _changed(inner, depth + 1):
                yield f"{start}> {each}".rstrip()
                start = margin


def without_heads(text: str) -> str:
    """The same as plainly as possible, for the comparison of words: the head of a box as what it shows."""
    return "\n".join(
        f"{head[1]}{head[3] or head[2]}\n{head[1]}" if (head := _HEAD_IN_QUOTE.match(line)) else line
        for line in text.split("\n")
    )
