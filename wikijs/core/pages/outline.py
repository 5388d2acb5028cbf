"""The headings of a page's text and the sections below them: Markdown as markdown-it reads it, which is what the server
uses, or HTML. Pure functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Final

from wikijs.core.anchors import Taken, anchor, behind_letter
from wikijs.exceptions import ConfigurationError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LEAD: Final = "~lead"
"""The id of what stands above the first heading."""

_LINE_ENDS: Final = re.compile(r"\r\n?|\n")
_FRONT_MATTER: Final = re.compile(
    r"\A---[ \t]*+(?>\r\n?|\n)"
    r"[A-Za-z_][\w.-]*+[ \t]*+:(?:[ \t][^\r\n]*+)?+(?>\r\n?|\n)"
    r"(?:(?:[A-Za-z_][\w.-]*+[ \t]*+:(?:[ \t][^\r\n]*+)?+|[ \t-][^\r\n]*+)?+(?>\r\n?|\n))*?"
    r"---[ \t]*+(?:(?>\r\n?|\n)|\Z)"
)
_TAG: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?:script|style)\b.*?(?:</(?:script|style)\b[^<>]*+>|\Z)"
    r"|<(?P<close>/?)(?P<name>[a-z][a-z0-9:-]{0,40}+)([^<>]{0,4000}+)>",
    re.IGNORECASE | re.DOTALL,
)
"""Comments and scripts as a whole, and single tags. Each is found in linear time."""
_ATTRIBUTE: Final = re.compile(r"""(?P<name>[^\s=/"']{1,80}+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++))""")
_BRACES: Final = re.compile(r"(?<!\s)\s*+\{([^{}]++)\}\s*+$")
_SUBSCRIPT: Final = re.compile(r"~([^~\s]{1,200}+)~")
_ID: Final = re.compile(r"#([^\s.#}]+)")
_CLASS: Final = re.compile(r"\.([^\s.#}]+)")
_HEADING: Final = re.compile(r"h[1-6]")
_VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
_SHOWN: Final = frozenset({"text", "code_inline"})


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it, up to the next one.

    Attributes:
        id: Tells it from the other sections of the page: the heading's anchor in the wiki, which tabs have none of;
            `LEAD` for what stands above the first heading.
        title: What is to be seen of the heading; empty for the lead.
        level: Level of the heading, 1 to 6; 0 for the lead.
        start: Where its heading begins in the text.
        body: Where its heading ends.
        end: Where the next heading begins, of whatever level, or the text ends.
        through: Where the last of its subsections ends.
        parents: Ids of the sections that it is part of, from the outermost.
        is_tabset: Whether its subsections are shown as tabs.
    """

    id: str
    title: str
    level: int
    start: int
    body: int
    end: int
    through: int
    parents: tuple[str, ...] = ()
    is_tabset: bool = False


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading as it was found; one that is inside a list, a quote or an element begins no section."""

    title: str
    given: str | None
    level: int
    start: int
    body: int
    is_boundary: bool
    is_tabset: bool = False
    anchor: str = ""


def outline(text: str, *, html: bool = False) -> tuple[Section, ...]:
    """The sections of a page in the order of the text. Their own parts, `start` to `end`, are together the whole text.

    Args:
        text: The content of the page.
        html: Whether it is HTML, and not Markdown.

    Raises:
        ConfigurationError: What reads Markdown is not installed.
    """
    found = list(_in_html(text, 0, len(text)) if html else _in_markdown(text))
    taken = Taken(LEAD)
    sections: list[Section] = []
    first = next((heading.start for heading in found if heading.is_boundary), len(text))
    if first:
        sections.append(Section(LEAD, "", 0, 0, 0, first, first))
    names = _names(found, taken)
    for heading, name in zip(found, names, strict=True):
        if heading.is_boundary:
            sections.append(
                Section(name, heading.title, heading.level, heading.start, heading.body, 0, 0, (), heading.is_tabset)
            )
    return tuple(_nested(sections, len(text)))


def _names(found: Sequence[_Heading], taken: Taken) -> list[str]:
    """The ids of all headings. The wiki gives none to tabs, so that these get what the others leave."""
    tabs: set[int] = set()
    tabset = 0
    for index, heading in enumerate(found):
        if heading.level <= tabset:
            tabset = 0
        if heading.is_tabset or (tabset and heading.level == tabset + 1):
            tabs.add(index)
        if heading.is_tabset:
            tabset = heading.level
    order = sorted(range(len(found)), key=lambda index: (index in tabs, index))
    names = {index: taken.take(found[index].given or found[index].anchor or "section") for index in order}
    return [names[index] for index in range(len(found))]


def _nested(sections: Sequence[Section], length: int) -> Iterator[Section]:
    """Sections that know where they end and what they are part of."""
    through = [length] * len(sections)
    open_ones: list[int] = []
    parents: list[tuple[str, ...]] = []
    for index, section in enumerate(sections):
        while open_ones and sections[open_ones[-1]].level >= section.level:
            through[open_ones.pop()] = section.start
        if open_ones and not sections[open_ones[-1]].level:
            through[open_ones.pop()] = section.start  # the lead holds no other section
        parents.append(tuple(sections[above].id for above in open_ones))
        open_ones.append(index)
    for index, section in enumerate(sections):
        end = sections[index + 1].start if index + 1 < len(sections) else length
        yield replace(section, end=end, through=through[index], parents=parents[index])


def _in_markdown(text: str) -> Iterator[_Heading]:
    front = _FRONT_MATTER.match(text)
    offset = front.end() if front else 0
    starts = [offset, *(ending.end() for ending in _LINE_ENDS.finditer(text, offset)), len(text)]
    tokens = _blocks().parse(text[offset:])
    for index, token in enumerate(tokens):
        if token.map is None:
            continue
        start, end = (starts[min(line, len(starts) - 1)] for line in token.map)
        if token.type == "heading_open":
            yield _heading(token, tokens[index + 1], start, end)
        elif token.type == "html_block":
            yield from (
                replace(heading, is_boundary=heading.is_boundary and token.level == 0)
                for heading in _in_html(text, start, end)
            )


def _heading(token: Token, inline: Token, start: int, end: int) -> _Heading:
    children = _inlines().parseInline(inline.content)[0].children or ()
    shown = "".join(_shown(child, " ") for child in children)
    marked = _BRACES.search(shown)
    given = _ID.search(marked[1]) if marked else None
    return _Heading(
        " ".join(_BRACES.sub("", shown).split()) if marked else " ".join(shown.split()),
        behind_letter(given[1]) if given else None,
        int(token.tag[1:]),
        start,
        end,
        is_boundary=token.level == 0,
        is_tabset=marked is not None and "tabset" in _CLASS.findall(marked[1]),
        anchor=anchor(_SUBSCRIPT.sub(r"\1", _BRACES.sub("", "".join(_shown(child, "") for child in children)))),
    )


def _shown(token: Token, line_end: str) -> str:
    """What is to be seen of a part of a heading. In anchors its lines run into each other."""
    if token.type in _SHOWN:
        return token.content
    return line_end if token.type in {"softbreak", "hardbreak"} else ""


def _in_html(text: str, start: int, end: int) -> Iterator[_Heading]:
    """Headings of HTML; those inside another element begin no section."""
    open_ones: list[str] = []
    heading: re.Match[str] | None = None
    for tag in _TAG.finditer(text, start, end):
        name = (tag["name"] or "").lower()
        if not name:  # a comment, or a script
            continue
        if heading is not None and _HEADING.fullmatch(name):  # its end, or a heading that nobody closed
            ends_here = tag["close"] and name == heading["name"].lower()
            yield _html_heading(text, heading, tag.start(), tag.end() if ends_here else tag.start(), len(open_ones))
            heading = None
            if ends_here:
                continue
        if tag["close"]:
            if name in open_ones:
                while open_ones.pop() != name:
                    pass
        elif _HEADING.fullmatch(name):
            heading = tag
            while open_ones and open_ones[-1] == "p":  # a paragraph ends where a heading begins
                open_ones.pop()
        elif name not in _VOID and heading is None:
            open_ones.append(name)
    if heading is not None:
        yield _html_heading(text, heading, end, end, len(open_ones))


def _html_heading(text: str, tag: re.Match[str], shown_to: int, end: int, depth: int) -> _Heading:
    attributes = {
        found["name"].lower(): found[2] or found[3] or found[4] or "" for found in _ATTRIBUTE.finditer(tag[3])
    }
    shown = unescape(_TAG.sub("", text[tag.end() : shown_to]))
    return _Heading(
        " ".join(shown.split()),
        behind_letter(attributes.get("id", "")) or None,
        int(tag["name"][1]),
        tag.start(),
        end,
        is_boundary=depth == 0,
        is_tabset="tabset" in attributes.get("class", "").split(),
        anchor=anchor(shown),  # here too
    )


@cache
def _blocks() -> MarkdownIt:
    """Reads which lines are what, and not what is in them."""
    parser = _parser()
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@cache
def _inlines() -> MarkdownIt:
    """Reads one line of text."""
    return _parser()


def _parser() -> MarkdownIt:
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        raise ConfigurationError(
            'Reading the sections of Markdown needs markdown-it-py: pip install "markdown-it-py>=3".'
        ) from None
    return MarkdownIt("js-default", {"html": True, "breaks": True, "linkify": False})
