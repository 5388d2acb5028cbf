"""Whether a drawing is the one that was uploaded: the server takes out of SVG what could run, and more than that."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from wikijs.core.values.hypertext import feed

_ELEMENTS: Final = frozenset(
    """
    svg g path rect circle ellipse line polyline polygon text tspan defs lineargradient radialgradient stop clippath
    mask pattern marker title desc filter fegaussianblur feoffset feblend fecolormatrix fecomposite feflood femerge
    femergenode symbol image
    """.split()  # noqa: SIM905  a list with quotes fills a page
)
"""What draws and runs nothing; no cleaner takes it out. Whatever else a file holds is not compared."""
_ATTRIBUTES: Final = frozenset(
    """
    d x y x1 x2 y1 y2 cx cy r rx ry fx fy width height viewbox points transform fill fill-rule fill-opacity stroke
    stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset stroke-opacity
    opacity offset stop-color stop-opacity font-size font-family font-weight text-anchor dx dy id class clip-path
    mask gradientunits gradienttransform patternunits patterntransform preserveaspectratio stddeviation in in2
    result operator values marker-end marker-start markerwidth markerheight orient refx refy clip-rule
    """.split()  # noqa: SIM905  a list with quotes fills a page
)
_SILENT: Final = frozenset({"script", "style", "foreignobject", "metadata", "iframe", "noscript", "template"})
"""Elements whose text is not compared either."""


def is_drawing(name: str) -> bool:
    """Whether a file is one that the server cleans."""
    return name.lower().endswith(".svg")


def is_same(stored: bytes, uploaded: bytes) -> bool:
    """Whether both draw the same: what the server keeps of one is what it would keep of the other."""
    return stored == uploaded or _drawn(stored) == _drawn(uploaded)


class _Reader(HTMLParser):
    """Notes what draws."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[object] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _ELEMENTS and not self._silent:
            self.found.append(
                (tag, sorted((name, " ".join((value or "").split())) for name, value in attrs if name in _ATTRIBUTES))
            )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _ELEMENTS and not self._silent:
            self.found.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.found.append(" ".join(data.split()))


def _drawn(content: bytes) -> list[object]:
    reader = _Reader()
    feed(reader, content.decode("utf-8", "replace").removeprefix("\ufeff"))
    return reader.found
