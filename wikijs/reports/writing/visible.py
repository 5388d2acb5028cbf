"""What authors wrote, without what would steer a terminal or turn the direction of what stands beside it."""

from __future__ import annotations

from html import escape
from typing import Final

_STEERING: Final = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)], "\ufffd"
)
_STEERING.update(dict.fromkeys(map(ord, "\t\r\n"), " "))
_STEERING.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))  # halves of characters, which no file takes


def visible(text: str) -> str:
    """A text of which all can be seen, on one line."""
    return text.translate(_STEERING)


def escaped(text: str) -> str:
    """The same as a text of HTML."""
    return escape(visible(text))
