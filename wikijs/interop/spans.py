"""What stands between an opening and its closing, found in linear time whoever wrote the text. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def replaced(text: str, pairs: Mapping[re.Pattern[str], str], change: Callable[[re.Match[str], str, str], str]) -> str:
    """A text with something else in the place of what is between openings and closings, both included.

    Args:
        text: The text.
        pairs: Closings by what opens them, upper and lower case alike; `{0}` in one is what the opening's first group
            matched. An opening without its closing stays.
        change: Gives the new text for an opening, what is inside, and the whole.
    """
    found: list[str] = []
    position = 0
    missing: set[str] = set()
    openings = sorted(
        ((match, closing) for opening, closing in pairs.items() for match in opening.finditer(text)),
        key=lambda each: each[0].start(),
    )
    for match, closing in openings:
        wanted = closing.format(*match.groups())
        if match.start() < position or wanted.lower() in missing:
            continue
        end = re.compile(re.escape(wanted), re.IGNORECASE).search(text, match.end())
        if end is None:
            missing.add(wanted.lower())
            continue
        inside, whole = text[match.end() : end.start()], text[match.start() : end.end()]
        found += [text[position : match.start()], change(match, inside, whole)]
        position = end.end()
    return "".join([*found, text[position:]])
