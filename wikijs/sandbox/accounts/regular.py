"""Which regular expressions the server takes for a page rule: those without a repetition inside a repetition."""

from __future__ import annotations

import re

PART = re.compile(
    r"(?P<anchor>\^|\$|\\[bB])|(?P<escape>\\.)|(?P<set>\[(?:\\.|[^\]\\])*\])|(?P<open>\((?:\?(?:[:=!]|<[=!]|<[A-Za-z_$][\w$]*>))?)|(?P<close>\))"
    r"|(?P<repeat>(?:[*+?]|\{(?P<least>\d+)(?:,(?P<most>\d*))?\})\??)|(?P<or>\|)|(?P<other>.)",
    re.DOTALL,
)
RANGE = re.compile(r"(?<!\\)([^\\])-([^\\])")
LOOKAHEADS = {"(?=", "(?!"}
LOOKBEHINDS = {"(?<=", "(?<!"}
MOST_REPETITIONS = 25


class InvalidPatternError(Exception):
    """Not a regular expression of JavaScript."""


def is_safe(pattern: str) -> bool:
    """Whether a pattern is valid and cannot take exponential time."""
    try:
        height, repetitions = measured(pattern)
    except InvalidPatternError:
        return False
    return height <= 1 and repetitions <= MOST_REPETITIONS


def measured(pattern: str) -> tuple[int, int]:
    """How deeply repetitions are nested, and how many there are. Raise InvalidPatternError."""
    groups: list[str] = []
    heights = [0]
    """The deepest nesting so far in each open group, the whole pattern first."""
    last: int | None = None
    """The nesting inside what a repetition would repeat now; None when there is nothing to repeat."""
    repetitions = 0
    for match in PART.finditer(pattern):
        part = match[0]
        match match.lastgroup:
            case "open":
                groups.append(part)
                heights.append(0)
                last = None
            case "close":
                last = closed(groups, heights)
            case "repeat":
                if last is None or (match["most"] and int(match["most"]) < int(match["least"])):
                    raise InvalidPatternError
                heights[-1] = max(heights[-1], last + 1)
                repetitions += 1
                last = None
            case "or" | "anchor":
                last = None
            case _:
                checked(part)
                last = 0
    if groups:
        raise InvalidPatternError
    return heights[0], repetitions


def closed(groups: list[str], heights: list[int]) -> int | None:
    """Leave a group: the nesting that repeating it would deepen, None when it cannot be repeated."""
    if not groups:
        raise InvalidPatternError
    group, inside = groups.pop(), heights.pop()
    heights[-1] = max(heights[-1], inside)
    if group in LOOKBEHINDS:
        return None
    return 0 if group in LOOKAHEADS else inside


def checked(part: str) -> None:
    """Refuse an unfinished set or escape, and a range that runs backwards."""
    unfinished = part in {"[", "\\"}
    if unfinished or (part.startswith("[") and any(low > high for low, high in RANGE.findall(part[1:-1]))):
        raise InvalidPatternError
