"""Values as text that is safe to show on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Final, cast

from .data import compact

# What an author of the wiki writes must not steer the reader's terminal, nor turn the direction of what follows.
_DIRECTIONS: Final = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *_DIRECTIONS], "�")
_TEXT_CONTROLS: Final = {code: mark for code, mark in _CONTROLS.items() if chr(code) not in "\t\r\n"}


_ESCAPES: Final = {code: f"\\u{code:04x}" for code in _CONTROLS if code >= 0x7F}


def escaped(text: str) -> str:
    """JSON, or a text of YAML in double quotes, with escapes for what steers a terminal or turns its direction."""
    return text.translate(_ESCAPES)


def printable(text: str) -> str:
    """One line, without control characters."""
    return " ".join(text.splitlines()).replace("\t", " ").translate(_CONTROLS)


def printable_lines(text: str) -> str:
    """Lines as they are, without other control characters."""
    return text.translate(_TEXT_CONTROLS)


def cell(value: object) -> str:
    """A value as text in a table: empty when missing, times in UTC to the second, lists with commas."""
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case datetime():
            text = value.strftime("%Y-%m-%d %H:%M:%S")
        case Enum():
            text = str(value.value)
        case list() | tuple():
            text = ", ".join(cell(item) for item in cast("Sequence[object]", value))
        case str() | int() | float():
            text = str(value)
        case _:
            text = compact(value)
    return printable(text)
