"""Reading the HTML of others in a time that grows as the text does."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

_SHORT: Final = 1_000
"""Characters of an unfinished end that are still looked at one by one."""


def feed(parser: HTMLParser, html: str) -> None:
    """Hand a whole text to a parser, and tell it that this is all.

    A tag or comment that never ends hides what follows, as it does in a browser. The parser of the standard library
    would begin anew at each `<` in it and search up to the end every time: minutes for 100 kB.
    """
    parser.feed(html)
    if parser.rawdata.startswith("<") and len(parser.rawdata) > _SHORT:
        parser.rawdata = ""
    parser.close()
