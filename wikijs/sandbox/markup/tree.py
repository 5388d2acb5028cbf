"""HTML as a tree that can be changed: read leniently, as browsers do in the plainer cases, and written again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from wikijs.core.values.hypertext import feed

COMMENT = "#comment"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCKS = {
    "address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul",
}  # fmt: skip
CLOSED_BY = {
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "td": {"td", "th", "tr", "tbody"},
    "th": {"td", "th", "tr", "tbody"},
    "tr": {"tr", "tbody"},
    "option": {"option"},
    "p": BLOCKS,
}
"""Open elements that end when one of these begins."""
BORDERS = {"table", "ul", "ol", "dl", "td", "th", "blockquote", "div"}


@dataclass
class Element:
    """A tag with what is in it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    children: list[Element | str] = field(default_factory=list["Element | str"])

    def elements(self) -> Iterator[Element]:
        """All elements inside, in the order of the document."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.elements()

    def text(self) -> str:
        """The text inside, without tags."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def add_class(self, name: str) -> None:
        """Add a class if it is missing."""
        classes = self.attributes.get("class", "").split()
        if name not in classes:
            self.attributes["class"] = " ".join([*classes, name])

    def html(self) -> str:
        """What is inside as HTML."""
        return "".join(escaped(child) if isinstance(child, str) else outer(child) for child in self.children)


def outer(element: Element) -> str:
    """An element as HTML."""
    attributes = "".join(
        f' {name}="{value.replace("&", "&amp;").replace(chr(34), "&quot;")}"'
        for name, value in element.attributes.items()
    )
    if element.name == COMMENT:
        return ""
    start = f"<{element.name}{attributes}>"
    return start if element.name in VOID else f"{start}{element.html()}</{element.name}>"


def escaped(text: str) -> str:
    """Text as it stands between tags."""
    for letter, name in (("&", "amp"), ("<", "lt"), (">", "gt"), ("\xa0", "nbsp")):
        text = text.replace(letter, f"&{name};")
    return text


class TreeBuilder(HTMLParser):
    """Builds the tree while reading."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("body")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        self.close_for(tag)
        if tag == "tr" and self.open[-1].name == "table":
            self.handle_starttag("tbody", [])
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def close_for(self, tag: str) -> None:
        """End the elements that cannot contain this one."""
        for depth in range(len(self.open) - 1, 0, -1):
            name = self.open[depth].name
            if tag in CLOSED_BY.get(name, ()):
                del self.open[depth:]
            elif name in BORDERS:
                return

    def handle_endtag(self, tag: str) -> None:
        """End an element, with those still open inside; an end without a beginning is left out."""
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].name == tag:
                del self.open[depth:]
                return

    def handle_comment(self, data: str) -> None:
        """Keep the texts around a comment apart: what ends one is no end of the other."""
        self.open[-1].children.append(Element(COMMENT))

    def handle_data(self, data: str) -> None:
        """Take a text in."""
        siblings = self.open[-1].children
        if siblings and isinstance(siblings[-1], str):
            siblings[-1] += data
        else:
            siblings.append(data)


def parse_html(html: str) -> Element:
    """The tree of a piece of HTML, under a body."""
    builder = TreeBuilder()
    feed(builder, html.lstrip())
    return builder.root
