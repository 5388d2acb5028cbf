"""Markdown as markdown-it reads it, which is what the server uses: headings, links with their places, what is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs.core.anchors import anchors
from wikijs.core.values.installing import pip_line

from .. import effort
from ..model import InteropError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    _Inline = Callable[[StateInline, bool], bool]

_BRACES: Final = re.compile(r"(?<!\s)\s*+\{([^{}]++)\}\s*+$")
_LEADING_BRACES: Final = re.compile(r"^\{[^{}]+\}")
_ID: Final = re.compile(r"#([^\s.#}]+)")
_ADDRESS: Final = re.compile(
    r"""<[a-zA-Z][\w.:-]*\s[^<>]*?\b(?:src|href)\s*+=\s*+(["'])(?P<to>[^"'<>]++)\1""", re.IGNORECASE
)
_DEFINITION: Final = re.compile(r"\[(?!\^)(?:[^\[\]\\]|\\.)++\]:\s*+(?P<to><[^<>\n]*>|\S+)", re.DOTALL)
_SILENT: Final = frozenset({"script", "style", "iframe", "noscript", "template", "head", "title", "object", "svg"})
IN_LINES: Final = frozenset(
    """
    a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup
    time tt u var wbr
    """.split()  # noqa: SIM905  a list with quotes fills a page
)
"""Elements that do not end a word."""
_BEFORE_BRACES: Final = frozenset({"image", "code_inline", "link_close", "em_close", "strong_close", "s_close"})


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page.

    Attributes:
        text: What is to be seen of it.
        id: The id that its author gave it.
        anchor: Its anchor in the wiki; empty for one that went from the content, which leads to the top of the page.
    """

    text: str
    id: str | None
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a text refers to something.

    Attributes:
        text: The address.
        start, end: Where it is in the Markdown, angle brackets included.
        kind: "link" and "image" of Markdown, "html" for an attribute of an element.
    """

    text: str
    start: int
    end: int
    kind: str


def parsed(content: str) -> list[Token]:
    """The blocks of Markdown; those with text have what refers to something in `meta["found"]`."""
    return _parser().parse(content, {"definitions": []})


def headings(content: str) -> list[Heading]:
    """The headings of Markdown with their anchors."""
    tokens = parsed(content)
    found: list[tuple[str, str | None]] = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            text = "".join(_shown_of(child) for child in inline.children or ())
            marked = _BRACES.search(text)
            given = _ID.search(marked[1]) if marked else None
            found.append((_BRACES.sub("", text), given[1] if given else None))
    return [Heading(text, given, name) for (text, given), name in zip(found, anchors(found), strict=True)]


def _shown_of(token: Token) -> str:
    if token.type in {"text", "code_inline"}:
        return token.content
    return " " if token.type in {"softbreak", "hardbreak"} else ""


def readdressed(content: str, change: Callable[[str, str], str]) -> str:
    """Markdown with other addresses, all else as it was. Code is left alone.

    Args:
        content: The Markdown.
        change: Gives the new address for an old one and its kind, see `Address`.
    """
    parts: list[str] = []
    end = 0
    for address in sorted(addresses(content), key=lambda each: each.start):
        new = change(address.text, address.kind)
        if address.start < end or new == address.text:
            continue
        if address.kind != "html" and re.search(r"[\s()<>]", new):
            new = f"<{new}>"
        parts += [content[end : address.start], new]
        end = address.end
    return "".join([*parts, content[end:]])


def addresses(content: str) -> Iterator[Address]:
    """All that a text refers to, but for what stands in code."""
    lines = content.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    environment: dict[str, Any] = {"definitions": []}
    cursor: dict[int, int] = {}
    for token in _parser().parse(content, environment):
        if token.map is None:
            continue
        first = token.map[0]
        if token.type == "html_block":
            yield from _in_html(content, starts[first], starts[token.map[1]] - 1)
        elif token.type == "inline" and token.meta.get("found"):
            places = _places(token.content, first, lines, starts, cursor)
            lost = starts[first]
            for kind, start, end in cast("list[tuple[str, int, int]]", token.meta["found"]):
                placed = list(_placed(content, token.content, kind, start, end, places))
                if (
                    not placed and kind != "html"
                ):  # a cell with an escaped pipe is not in the text as it is in the token
                    lost = content.find(f"]({token.content[start:end]}", lost, starts[token.map[1]])
                    if lost < 0:
                        break
                    placed = [_bare(token.content[start:end], lost + 2, kind)]
                    lost += 1
                yield from placed
    for first, last in cast("list[tuple[int, int]]", environment["definitions"]):
        definition = _DEFINITION.match(content, content.find("[", starts[first]), starts[last] - 1)
        if definition is not None:
            yield _bare(definition["to"], definition.start("to"), "link")


def _placed(
    content: str, inline: str, kind: str, start: int, end: int, places: Sequence[int | None]
) -> Iterator[Address]:
    line = inline.count("\n", 0, start)
    if line >= len(places) or (base := places[line]) is None:
        return
    at = base + start - (inline.rfind("\n", 0, start) + 1)
    if kind == "html":
        last = inline.count("\n", 0, end)  # an element may go over several lines
        if last < len(places) and (below := places[last]) is not None:
            yield from _in_html(content, at, below + end - (inline.rfind("\n", 0, end) + 1))
    elif content[at : at + end - start] == inline[start:end]:
        yield _bare(inline[start:end], at, kind)


def _places(
    inline: str, first: int, lines: Sequence[str], starts: Sequence[int], cursor: dict[int, int]
) -> list[int | None]:
    """Where in the text each line of a block's content begins; None where that cannot be said."""
    found: list[int | None] = []
    for number, line in enumerate(inline.split("\n"), first):
        column = lines[number].find(line, cursor.get(number, 0)) if number < len(lines) else -1
        found.append(starts[number] + column if column >= 0 else None)
        if column >= 0:
            cursor[number] = column + len(line)
    return found


def _bare(raw: str, start: int, kind: str) -> Address:
    end = start + len(raw)
    raw = raw[1:-1] if raw.startswith("<") and raw.endswith(">") else raw
    return Address(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", raw), start, end, kind)


def _in_html(content: str, start: int, end: int) -> Iterator[Address]:
    for match in _ADDRESS.finditer(content, start, end):
        yield Address(match["to"], match.start("to"), match.end("to"), "html")


@cache
def _parser() -> MarkdownIt:
    """markdown-it with notes of what refers to something."""
    try:
        from markdown_it import MarkdownIt
        from markdown_it.rules_block.reference import reference
        from markdown_it.rules_inline import html_inline, image, link
        from mdit_py_plugins.footnote import footnote_plugin
    except ModuleNotFoundError:
        raise InteropError("Reading Markdown needs mdit-py-plugins.", hint=pip_line("interop")) from None

    def noting(rule: _Inline, kind: str) -> _Inline:
        def noted(state: StateInline, silent: bool) -> bool:
            start = state.pos
            if not rule(state, silent):
                return False
            if not silent:
                place = (start, state.pos) if kind == "html" else _destination(state, start + (kind == "image"))
                if place is not None:
                    state.env.setdefault("found", []).append((kind, *place))
            return True

        return noted

    def noted_reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if not reference(state, start, end, silent):
            return False
        if not silent:
            state.env["definitions"].append((start, state.line))
        return True

    def inline(state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "inline":
                state.env["found"] = []
                state.env["effort"] = effort.spend(state.env.get("effort", 0), effort.of_brackets(token.content))
                token.children = token.children or []
                state.md.inline.parse(token.content, state.md, state.env, token.children)
                token.meta = {"found": state.env.pop("found")}

    parser = MarkdownIt("js-default", {"html": True, "breaks": True, "linkify": False})
    parser.use(footnote_plugin)
    parser.inline.ruler.at("link", noting(link, "link"))
    parser.inline.ruler.at("image", noting(image, "image"))
    parser.inline.ruler.at("html_inline", noting(html_inline, "html"))
    parser.block.ruler.at("reference", noted_reference)
    parser.core.ruler.at("inline", inline)
    return parser


def _destination(state: StateInline, label: int) -> tuple[int, int] | None:
    """Where the address of a link is whose label begins here; None where it has a reference instead."""
    helpers = state.md.helpers
    end = helpers.parseLinkLabel(state, label)
    position = end + 1
    if end < 0 or state.src[position : position + 1] != "(":
        return None
    blank = re.compile(r"\s*").match(state.src, position + 1)
    position = blank.end() if blank else position + 1
    found = helpers.parseLinkDestination(state.src, position, state.posMax)
    return (position, found.pos) if found.ok and found.pos > position else None


def shown(content: str) -> str:
    """The text that the wiki shows of Markdown: without elements and without braces that it takes for attributes."""
    parser = _parser()
    tokens = parsed(content)
    for token in tokens:
        _drop_braces(token.children or [])
    return shown_of_html(str(parser.renderer.render(tokens, parser.options, {})))


def _drop_braces(children: list[Token]) -> None:
    """Leave out what the server takes for attributes: braces at the end of a text, and right behind an element."""
    for before, child in zip([None, *children], children, strict=False):
        if child.type == "text" and before is not None and before.type in _BEFORE_BRACES:
            child.content = _LEADING_BRACES.sub("", child.content)
    if children and children[-1].type == "text":
        children[-1].content = _BRACES.sub("", children[-1].content)


class _Text(HTMLParser):
    """Gathers what a browser shows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []
        self._link: tuple[int, list[str]] = (0, [])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        if tag not in IN_LINES:
            self.parts.append(" ")
        if not self._silent:
            said = dict.fromkeys(value for name, value in attrs if name in {"alt", "title"} and value)
            if ("class", "footnote-ref") in attrs:
                self.parts.append(" ")  # the number of a note is no part of the word before
            if tag == "a":  # what its text says anyway is not said twice
                self._link = (len(self.parts), [*said])
            else:
                self.parts += [f" {value} " for value in said]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        if tag == "a":
            begin, titles = self._link
            text = " ".join("".join(self.parts[begin:]).split()).casefold()
            self.parts += [f" {title} " for title in titles if " ".join(title.split()).casefold() != text]
            self._link = (0, [])
        if tag not in IN_LINES:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def shown_of_html(html: str) -> str:
    """The text that a browser shows of HTML, and what images and titles say."""
    reader = _Text()
    reader.feed(effort.without_open_tags(html))
    reader.close()
    return "".join(reader.parts)
