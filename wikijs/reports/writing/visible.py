"""What authors wrote, without what would steer a terminal or turn the direction of what stands beside it."""

from __future__ import annotations

from html import escape
from typing import Final

from wikijs.core.values.steering import STEERING

_STEERING: Final = dict.fromkeys((*STEERING, 0x2028, 0x2029), "\ufffd")  # the two end lines
_STEERING.update(dict.fromkeys(map(ord, "\t\r\n"), " "))
_STEERING.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))  # halves of characters, which no file takes


def visible(text: str) -> str:
    """A text of which all can be seen, on one line."""
    return text.translate(_STEERING)


def escaped(text: str) -> str:
    """The same as a text of HTML."""
    return escape(visible(text))
