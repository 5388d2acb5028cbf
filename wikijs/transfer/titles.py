"""Titles of pages: one rule for all that makes pages of files. Pure functions.

A title is what the file says it is, else the first heading of level 1, else the last part of the path. Wiki.js shows
the title above the page, so that a heading that repeats it may go, but one that says something else stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wikijs.core.values.paths import MAX_LENGTH

if TYPE_CHECKING:
    from wikijs.core.values.paths import PagePath

    from .format import PageFile

_LONGEST: Final = 2_000
"""Characters of a line that are looked at: a title has 255, and what reads marks takes longer than the line is."""
_ATX: Final = re.compile(r" {0,3}#(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_ATX_OF_ANY: Final = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_UNDERLINE: Final = re.compile(r" {0,3}=+[ \t]*")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NO_PARAGRAPH: Final = re.compile(r" {0,3}(?:[>|#]|[-*+][ \t]|\d{1,9}[.)][ \t]|<[a-zA-Z/!])| {4}|\t")
_ATTRIBUTES: Final = re.compile(r"(?<!\s)\s*+\{:?(?P<inside>[^{}]*+)\}\s*+$")
_ID: Final = re.compile(r"#([^\s.#}]+)")
_MARKS: Final = (
    (re.compile(r"!?\[((?:[^\[\]]++|\[[^\[\]]*+\])*+)\](?:\([^()]*+\)|\[[^\[\]]*+\])"), r"\1"),
    (re.compile(r"(?<!`)(`++)(?!\s*+$)\s*+(.+?)\s*\1(?!`)"), r"\2"),
    (re.compile(r"<[a-zA-Z/][^<>]*+>"), ""),
    (re.compile(r"(?<!\\)(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\\\w])([*_])(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """The first heading of level 1 of a page.

    Attributes:
        text: What is to be seen of it.
        id: The id that its author gave it.
        start, end: Where it is in the content, with the lines below it that are empty.
        is_first: Whether nothing but comments is above it.
    """

    text: str
    id: str | None
    start: int
    end: int
    is_first: bool


def title_for(page: PageFile, place: PagePath) -> str:
    """The title of a new page of a file."""
    return page.title or title_of(page.content, page.content_type) or place.path.rpartition("/")[2][:MAX_LENGTH]


def title_of(content: str, content_type: str = "markdown") -> str | None:
    """The title that the content itself gives a page; None where it has no heading of level 1, or is no Markdown."""
    heading = first_heading(content) if content_type == "markdown" else None
    return heading.text[:MAX_LENGTH].strip() or None if heading else None


def first_heading(content: str) -> Heading | None:
    """The first heading of level 1 of Markdown, in either style, outside code and comments."""
    text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", "\x00", match[0]), content)
    is_first = True
    for start, end, line, below in _lines(text):
        atx = _ATX.fullmatch(line)
        shown = atx[1] or "" if atx else line if below is not None else None
        if shown is not None:
            after = re.compile(r"\n*").match(text, below or end)
            marked = _ATTRIBUTES.search(shown)
            given = _ID.search(marked["inside"]) if marked else None
            return Heading(
                plain(_ATTRIBUTES.sub("", shown).replace("\x00", "")),
                given[1] if given else None,
                start,
                after.end() if after else below or end,
                is_first,
            )
        is_first = is_first and not line.strip("\x00 \t")
    return None


def _lines(text: str) -> Iterator[tuple[int, int, str, int | None]]:
    """Begin, end and text of each line outside code, and the end of the line of `=` below where there is one."""
    lines = text.split("\n")
    fence, position, is_inside = "", 0, False
    for index, line in enumerate(lines):
        start, position = position, position + len(line) + 1
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
            is_inside = False
            continue
        if mark:
            fence, is_inside = mark[1], False
            continue
        following = lines[index + 1] if index + 1 < len(lines) else ""
        is_text = bool(line.strip("\x00 \t")) and not _NO_PARAGRAPH.match(line)
        is_underlined = is_text and not is_inside and _UNDERLINE.fullmatch(following) is not None
        end = start + len(line)
        yield start, end, line[:_LONGEST], end + 1 + len(following) if is_underlined else None
        is_inside = is_text and not _ATX_OF_ANY.match(line)


def plain(text: str) -> str:
    """What is to be seen of a line of Markdown: no marks, no targets of links."""
    text = text[:_LONGEST]
    for pattern, shown in _MARKS:
        text = pattern.sub(shown, text)
    return " ".join(text.split())


def without_title(content: str, title: str) -> str:
    """Markdown without the heading that only repeats the title above it; any other heading stays."""
    heading = first_heading(content)
    if heading is None or not heading.is_first or heading.id or " ".join(title.split()) != heading.text:
        return content
    return content[: heading.start] + content[heading.end :]
