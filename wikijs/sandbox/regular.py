"""Which regular expressions the server takes for a page rule: those without a repetition inside a repetition."""

from __future__ import annotations

import re

PART = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|\)|\||(?:[*+?]|\{\d+(?:,\d*)?\})|.", re.DOTALL
)
REPETITION = re.compile(r"[*+?]|\{\d+(?:,\d*)?\}")
MOST_REPETITIONS = 25


def is_safe(pattern: str) -> bool:
    """Whether a pattern is valid and cannot take exponential time."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    heights = [0]
    """Of the repetitions inside each open group."""
    last, count = 0, 0
    for part in PART.findall(pattern):
        if part.startswith("("):
            heights.append(0)
        elif part == ")":
            last = heights.pop()
            heights[-1] = max(heights[-1], last)
        elif REPETITION.fullmatch(part):
            last += 1
            count += 1
            heights[-1] = max(heights[-1], last)
        else:
            last = 0
    return heights[0] <= 1 and count <= MOST_REPETITIONS
