"""Boxes as the server shows them: what gives a quotation its class depends on what it ends with. Pure functions.

`{.is-info}` below a quotation means its last paragraph's parent. Behind a list, code, a table or a heading it would
mean that, and in an item of a list the item; there a comment names the quotation, with the number of those between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_FENCE: Final = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})")
_CLASS: Final = re.compile(r"^([ \t>]{0,200})\{\.(is-[a-z]+)\}$")
_NAMED: Final = re.compile(r"^<!-- \{blockquote(?:\^(\d+))?:\.(is-[a-z]+)\} -->$")
_ITEM: Final = re.compile(r"^[ \t]*+(?:[-*+]|\d{1,9}[.)]) {1,4}")
_QUOTES: Final = re.compile(r"^(?:> ?)+")
_NO_TEXT: Final = re.compile(r"\s|[-*+]\s|[>|#<]|\d{1,9}[.)]\s|`{3}|~{3}|!\[")
_MOST_LINES: Final = 2_000


def with_classes(text: str) -> str:
    """Markdown in which each box has its class on the quotation itself."""
    if "{.is-" not in text:
        return text
    lines = text.split("\n")
    fence = ""
    for index, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        found = None if fence else _CLASS.match(line)
        if found is not None:
            _settle(lines, index, found[1], found[2])
    return "\n".join(lines)


def _settle(lines: list[str], index: int, margin: str, name: str) -> None:
    first = index
    while first and lines[first - 1].startswith(f"{margin}>") and index - first < _MOST_LINES:
        first -= 1
    body = [line[len(margin) + 1 :].removeprefix(" ") for line in lines[first:index]]
    while body and not body[-1].strip():
        body.pop()
    if not body:
        return
    depth = 0
    inner, plain = _NAMED.match(body[-1]), _CLASS.match(body[-1])
    if inner is not None:
        depth = int(inner[1] or 0) + 1
    elif plain is not None and not plain[1]:
        # In this form it would be taken for the outer quotation's.
        lines[first + len(body) - 1] = f"{margin}> <!-- {{blockquote:.{plain[2]}}} -->"
        depth = 1
    elif (quotes := _QUOTES.match(body[-1])) is not None:
        depth = quotes[0].count(">")
    if depth or margin or not _ends_in_text(body):
        named = f"<!-- {{blockquote{f'^{depth}' if depth else ''}:.{name}}} -->"
        lines[index] = _indentation(lines, first, margin) + named


def _indentation(lines: Sequence[str], first: int, margin: str) -> str:
    """The margin of an item's text: further to the right the server sees more than a comment."""
    for line in reversed(lines[max(0, first - _MOST_LINES) : first]) if margin.isspace() else ():
        item = _ITEM.match(line)
        if item is not None and len(item[0].expandtabs(4)) <= len(margin.expandtabs(4)):
            return " " * len(item[0].expandtabs(4))
        if line[:1].strip() and item is None:
            break
    return margin if ">" in margin or _ITEM.match(lines[first]) else ""


def _ends_in_text(body: Sequence[str]) -> bool:
    """Whether the last block of a quotation is a paragraph."""
    begin = len(body) - 1
    while begin and body[begin - 1].strip():
        begin -= 1
    return not any(_NO_TEXT.match(line) for line in body[begin:])
