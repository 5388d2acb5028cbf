"""A safety net below all importers: are the words of the source in the result? Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from html import unescape
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\u200b\u200c\u200d\u2060\ufeff\u00ad]+")
"""What no reader sees and no page keeps."""
_MOST: Final = 12
"""Words that a remark names."""


def words(text: str) -> list[str]:
    """The words of a text: letters and digits in a row, all in lower case."""
    return _WORD.findall(unicodedata.normalize("NFKC", _CONTROL.sub("", unescape(text))).casefold())


def missing(before: str, after: Iterable[str]) -> list[str]:
    """The words of a text that are not in the others, as often as they are missing, in their order."""
    there = Counter(word for text in after for word in words(text))
    lost: list[str] = []
    for word in words(before):
        if there[word]:
            there[word] -= 1
        else:
            lost.append(word)
    return lost


def told(lost: list[str]) -> str:
    """A sentence about words that are missing."""
    named = list(dict.fromkeys(lost))
    more = f" and {len(named) - _MOST} others" if len(named) > _MOST else ""
    count = "1 word is" if len(lost) == 1 else f"{len(lost)} words are"
    return f"{count} not to be seen on the new page: {', '.join(named[:_MOST])}{more}."
