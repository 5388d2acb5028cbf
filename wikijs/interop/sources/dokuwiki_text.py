"""What DokuWiki shows of a page, as plainly as possible: only for the comparison of words."""

from __future__ import annotations

import re
from typing import Final

from ..markdown.parsing import shown_of_html

_HIDDEN: Final = re.compile(
    r"~~[A-Z_][A-Z_:\d-]*+~~|\{\{\w++>[^{}]*+\}\}|</?(?:WRAP|wrap|block|div|inline|span|todo)\b[^<>\n]*+>"
)
_HTML: Final = re.compile(r"<(html|php)>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_CODE: Final = re.compile(r"<(code|file|nowiki)\b[^<>]*+>(.*?)</\1>|%%(.*?)%%", re.DOTALL)
_LINK: Final = re.compile(r"\[\[[^\[\]|]*+(?:\|([^\[\]]*+))?\]\]")
_MEDIA: Final = re.compile(r"\{\{[^{}|]*+(?:\|([^{}]*+))?\}\}")
_ELEMENT: Final = re.compile(r"</?(?:sub|sup|del)>")
_MARKS: Final = re.compile(r"\*\*|__|''|(?<!:)//|={2,6}")
_SPACE: Final = re.compile(r"\\\\|\(\(|\)\)|[|^]|-{4,}")


def visible(text: str) -> str:
    """The text that a reader of the wiki sees; targets of links that show no other text are told by themselves."""
    kept: list[str] = []

    def keep(shown: str) -> str:
        kept.append(shown)
        return f" \x01{len(kept) - 1}\x01 "

    text = _HTML.sub(lambda match: keep(shown_of_html(match[2])), text.replace("\x01", ""))
    text = _CODE.sub(lambda match: keep(match[2] or match[3] or ""), text)
    text = _MEDIA.sub(lambda match: match[1] or "", _HIDDEN.sub(" ", text))
    text = _LINK.sub(lambda match: match[1] or "", text)
    text = _SPACE.sub(" ", _MARKS.sub("", _ELEMENT.sub("", text)))
    return re.sub("\x01(\\d+)\x01", lambda match: kept[int(match[1])], text)
