"""What DokuWiki shows of a page, as plainly as possible: only for the comparison of words."""

from __future__ import annotations

import re
from typing import Final

from ..markdown.parsing import shown_of_html
from ..spans import replaced

_HIDDEN: Final = re.compile(
    r"~~[A-Z_][A-Z_:\d-]*+~~|\{\{\w++>[^{}]*+\}\}|</?(?:WRAP|wrap|block|div|inline|span|todo)\b[^<>\n]*+>"
)
_CODE: Final = {
    re.compile(r"<(html|php|code|file|nowiki)\b[^<>]*+>", re.IGNORECASE): "</{0}>",
    re.compile(r"%%()"): "%%",
}
_LINK: Final = re.compile(r"\[\[[^\[\]|]*+(?:\|((?:[^\[\]]|\[[^\[\]]*+\])*+))?\]\]")
_MEDIA: Final = re.compile(r"\{\{[^{}|]*+(?:\|([^{}]*+))?\}\}")
_ELEMENT: Final = re.compile(r"</?(?:sub|sup|del)>")
_MARKS: Final = re.compile(r"\*\*|__|''|(?<!:)//|={2,6}")
_SPACE: Final = re.compile(r"\\\\|\(\(|\)\)|[|^]|-{4,}")


def visible(text: str) -> str:
    """The text that a reader of the wiki sees; targets of links that show no other text are told by themselves."""
    kept: list[str] = []

    def keep(opening: re.Match[str], inside: str, whole: str) -> str:
        kept.append(shown_of_html(inside) if (opening[1] or "").lower() == "html" else inside)
        return f" \x01{len(kept) - 1}\x01 "

    text = replaced(text.replace("\x01", ""), _CODE, keep)
    text = _MEDIA.sub(lambda match: match[1] or "", _HIDDEN.sub(" ", text))
    text = _LINK.sub(lambda match: match[1] or "", text)
    text = _SPACE.sub(" ", _MARKS.sub("", _ELEMENT.sub("", text)))
    return re.sub("\x01(\\d+)\x01", lambda match: kept[int(match[1])], text)
