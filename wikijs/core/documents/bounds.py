"""How large a GraphQL document is, found out without parsing it: a parser takes a second for what this takes ms for."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    r'"""(?:\\"""|[^"]|"(?!""))*+(?:"""|\Z)'  # a text of several lines
    r'|"(?:[^"\\\r\n]|\\.)*+"?'  # a text
    r"|#[^\r\n]*+"  # a comment
    r"|[^\W\d]\w*+|[-\d][\w.+-]*+|\.\.\."  # a name, a number, a fragment follows
    r"|[^\s,\ufeff]"  # a mark
)
"""No part of a document is looked at twice, also where a text never ends."""


def too_much(document: str, *, tokens: int, depth: int) -> str | None:
    """Why a document is more than anybody has use for, in a sentence; None when it is not.

    Args:
        document: The text.
        tokens: Names, numbers, texts and marks at most.
        depth: Brackets within each other at most.
    """
    count = nested = 0
    for found in _TOKEN.finditer(document):
        mark = found[0]
        if mark[0] == "#":
            continue
        count += 1
        if count > tokens:
            return f"Document contains more than {tokens} tokens."
        if mark in "{[(":
            nested += 1
            if nested > depth:
                return f"Document is nested deeper than {depth} levels."
        elif mark in "}])":
            nested -= 1
    return None
