"""Drawings without what could run or fetch something: uploads of SVG lose it unless the site says otherwise."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from wikijs.core.values.hypertext import feed

DROPPED = {"script", "foreignobject", "iframe", "object", "embed", "noscript", "audio", "video", "template", "math"}
"""Elements that go with all they hold."""
UNWRAPPED = {"use", "animate", "set", "html", "head", "body", "form", "link", "meta", "base"}
"""Elements of which the contents stay."""
VOID = {"img", "br", "hr", "input"}
SCRIPTED = re.compile(r"[\s\x00-\x20]*(javascript|vbscript|data):", re.IGNORECASE)
CASED = {
    "viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio", "gradientunits": "gradientUnits",
    "gradienttransform": "gradientTransform", "patternunits": "patternUnits", "patterntransform": "patternTransform",
    "lineargradient": "linearGradient", "radialgradient": "radialGradient", "clippath": "clipPath",
    "clippathunits": "clipPathUnits", "textpath": "textPath", "stddeviation": "stdDeviation",
    "markerwidth": "markerWidth", "markerheight": "markerHeight", "markerunits": "markerUnits", "refx": "refX",
    "refy": "refY", "textlength": "textLength", "pathlength": "pathLength", "fegaussianblur": "feGaussianBlur",
    "feoffset": "feOffset", "feblend": "feBlend", "feflood": "feFlood", "femerge": "feMerge",
    "femergenode": "feMergeNode", "fecomposite": "feComposite", "fecolormatrix": "feColorMatrix",
}  # fmt: skip
"""Names of SVG that are not all lower case, which the parser makes them."""


class Cleaner(HTMLParser):
    """Writes down what it reads, without what is not allowed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._dropped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a harmless element with its harmless attributes."""
        if tag in DROPPED:
            self._dropped.append(tag)
        if self._dropped or tag in UNWRAPPED:
            return
        kept = "".join(
            f' {CASED.get(name, name)}="{escape(value or "")}"' for name, value in attrs if safe(name, value)
        )
        self.parts.append(f"<{CASED.get(tag, tag)}{kept}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An empty element gets an end tag."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close what was kept."""
        if self._dropped:
            if tag == self._dropped[-1]:
                self._dropped.pop()
        elif tag not in UNWRAPPED | VOID:
            self.parts.append(f"</{CASED.get(tag, tag)}>")

    def handle_data(self, data: str) -> None:
        """Keep text."""
        if not self._dropped:
            self.parts.append(escape(data, quote=False))


def safe(name: str, value: str | None) -> bool:
    """Whether an attribute runs nothing."""
    return not name.startswith("on") and not (name.endswith("href") and SCRIPTED.match(value or ""))


def sanitized_svg(text: str) -> str:
    """A drawing that is safe to show; comments and the XML declaration are gone, too."""
    cleaner = Cleaner()
    feed(cleaner, text)
    return "".join(cleaner.parts).strip()
