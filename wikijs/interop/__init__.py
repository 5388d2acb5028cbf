"""Other wikis' pages as files that `wikijs pages import` takes. Needs the `interop` extra.

Data flows one way. A source (`sources`) reads what the other program keeps into a `model.Site`. `places` gives every
page, file and heading its place; the source translates each page with links to those places, by pandoc's tree
(`pandoc`) or by the Markdown parser that the server uses (`markdown`); `writing` writes the files. Nothing is lost
without a word: what could not be translated is told, one bad page stops no other, and the words that the other program
shows are compared with those that the wiki will show (`words`).
"""

from __future__ import annotations

from .model import InteropError, Remark, Report
from .writing import KINDS, Kind, convert

__all__ = ["KINDS", "InteropError", "Kind", "Remark", "Report", "convert"]
