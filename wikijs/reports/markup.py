"""What is in the rendered HTML of a page: headings, anchors, links, images, words."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from wikijs.core.values.hypertext import feed

_HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_SOURCES: Final = {"audio": "src", "embed": "src", "iframe": "src", "img": "src", "object": "data", "source": "src",
                   "track": "src", "video": "src"}  # fmt: skip
_HIDDEN: Final = frozenset({"script", "style", "template", "noscript"})
_QUIET: Final = frozenset({"presentation", "none"})
_LONGEST_HEADING: Final = 500
"""Characters of a heading that are kept: one that is never closed holds the rest of the page."""


@dataclass(slots=True)
class Heading:
    """A heading: its level from 1 to 6, and its text."""

    level: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Something that a page refers to, as it is written in the HTML.

    Attributes:
        url: Where to.
        kind: "a" for what is clicked, otherwise the element that shows it.
    """

    url: str
    kind: str = "a"


@dataclass(slots=True)
class Markup:
    """What was found.

    Attributes:
        headings: In their order.
        anchors: All ids and names that a link can lead to.
        links: What is clicked, shown or played.
        without_alt: Addresses of images that say nothing to who cannot see them.
        words: Number of words.
        text: Number of visible characters that are in no heading.
        media: Number of images and other things to look at.
    """

    headings: list[Heading] = field(default_factory=list[Heading])
    anchors: set[str] = field(default_factory=set[str])
    links: list[Link] = field(default_factory=list[Link])
    without_alt: list[str] = field(default_factory=list[str])
    words: int = 0
    text: int = 0
    media: int = 0


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Markup()
        self.heading: Heading | None = None
        self.hidden = 0
        self.sign = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        found = self.found
        if given.get("id"):
            found.anchors.add(given["id"])
        if tag in _HIDDEN:
            self.hidden += 1
        elif tag in _HEADINGS:
            self.heading = Heading(_HEADINGS[tag])
            found.headings.append(self.heading)
        elif tag == "a":
            if given.get("name"):
                found.anchors.add(given["name"])
            self.sign = "toc-anchor" in given.get("class", "").split()
            if "href" in given and not self.sign:
                found.links.append(Link(given["href"].strip()))
        elif tag in _SOURCES:
            self._shown(tag, given)
        elif tag in {"svg", "canvas", "math", "input", "button"}:
            found.media += 1

    def _shown(self, tag: str, given: dict[str, str]) -> None:
        self.found.media += 1
        emoji = "emoji" in given.get("class", "").split()
        url = given.get(_SOURCES[tag], "").strip()
        if url and not emoji:
            self.found.links.append(Link(url, tag))
        for candidate in given.get("srcset", "").split(","):
            if candidate.strip():
                self.found.links.append(Link(candidate.split()[0], tag))
        silent = given.get("role") in _QUIET or given.get("aria-hidden") == "true" or given.get("aria-label")
        if tag == "img" and not given.get("alt", "").strip() and not silent:
            self.found.without_alt.append(url)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _HEADINGS:
            self.heading = None
        elif tag == "a":
            self.sign = False

    def handle_data(self, data: str) -> None:
        if self.hidden or self.sign:
            return
        self.found.words += len(data.split())
        if self.heading is not None:
            if len(self.heading.text) < _LONGEST_HEADING:
                self.heading.text += data[:_LONGEST_HEADING] if self.heading.text else data.lstrip()[:_LONGEST_HEADING]
        else:
            self.found.text += len("".join(data.split()))


def read_markup(html: str) -> Markup:
    """What is in a piece of HTML. What is broken is read as far as it goes."""
    reader = _Reader()
    feed(reader, html)
    for heading in reader.found.headings:
        heading.text = " ".join(heading.text.split())[:_LONGEST_HEADING]
    return reader.found
