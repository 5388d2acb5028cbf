"""Markdown without its code. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

_FENCE: Final = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})")
_OPENING: Final = re.compile(r"^(?:\s|>|[-*+]\s|\d{1,9}[.)]\s)*+(`{3,}(?!.*`)|~{3,})")
"""A fence that begins code, also as the first thing in an item of a list."""
_TICKS: Final = re.compile(r"`++")


def outside_code(text: str, change: Callable[[str], str], *, keep_code: bool = True) -> str:
    """Change each line but what is code: fenced blocks, and spans in a line.

    Args:
        text: The Markdown.
        change: Makes a new line, or part of a line, of an old one.
        keep_code: Whether code stays; else it is dropped.
    """
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = (_FENCE if fence else _OPENING).match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" >`~"):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            lines.append(_outside_spans(line, change, keep_code=keep_code))
            continue
        lines += [line] if keep_code else []
    return "\n".join(lines)


def _outside_spans(line: str, change: Callable[[str], str], *, keep_code: bool) -> str:
    # Links may hold code in their text, so that the line is changed whole, with marks in the place of code.
    spans: list[str] = []
    parts: list[str] = []
    end = 0
    for start, after in _spans(line):
        parts += [line[end:start], f"\x00{len(spans)}\x00"]
        spans.append(line[start:after])
        end = after
    changed = change("".join([*parts, line[end:]]))
    return re.sub(r"\x00(\d+)\x00", lambda match: spans[int(match[1])] if keep_code else "", changed)


def _spans(line: str) -> Iterator[tuple[int, int]]:
    """Where code is: between two runs of as many backticks."""
    runs = [(found.start(), found.end()) for found in _TICKS.finditer(line)]
    following: list[int | None] = []
    last: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        length = runs[number][1] - runs[number][0]
        following.append(last.get(length))
        last[length] = number
    following.reverse()
    number = 0
    while number < len(runs):
        partner = following[number]
        if partner is not None:
            yield runs[number][0], runs[partner][1]
            number = partner
        number += 1
