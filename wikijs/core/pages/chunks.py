"""The text of a page in pieces for search and for language models, whose names stay when the page is edited. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from .outline import LEAD, Section, outline

DEFAULT_SIZE: Final = 2_000
"""Characters of a chunk at most, unless told otherwise."""
SMALLEST_SIZE: Final = 200

_FENCE: Final = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_GAP: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a page.

    Attributes:
        section: Id of the section that it is of; `LEAD` above the first heading.
        number: Its place within the section, from 0.
        headings: Titles of the section and of those that it is part of, from the outermost.
        text: The text as it stands in the page, without spaces around it.
        start: Where the text begins in the page, in characters.
        end: Where it ends.
        hash: Made of headings and text; the same while both are the same.
    """

    section: str
    number: int
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    hash: str


def chunks(text: str, *, max_chars: int = DEFAULT_SIZE, html: bool = False, plain: bool = False) -> Iterator[Chunk]:
    """The pieces of a page: one for each section, several for a long one, which is cut between paragraphs.

    A heading right above another one has no chunk of its own. An edit changes the chunks of its section only, unless a
    heading changes.

    Args:
        text: The content of the page.
        max_chars: Characters of a chunk at most; at least 200.
        html: Whether the text is HTML, and not Markdown.
        plain: Whether it is neither, so that it has no headings.

    Raises:
        ValueError: `max_chars` is too small.
    """
    if max_chars < SMALLEST_SIZE:
        raise ValueError(f"max_chars must be at least {SMALLEST_SIZE}.")
    sections = (Section(LEAD, "", 0, 0, 0, len(text), len(text)),) if plain else outline(text, html=html)
    titles = {section.id: section.title for section in sections}
    for section in sections:
        if section.level and section.through > section.end and not text[section.body : section.end].strip():
            continue  # its heading stands before those of its subsections
        headings = tuple(title for name in (*section.parents, section.id) if (title := titles[name]))
        number = 0
        for start, end in _cut(text, section, max_chars):
            piece = text[start:end].strip()
            if piece:
                begin = text.index(piece, start)
                yield Chunk(section.id, number, headings, piece, begin, begin + len(piece), _hash(headings, piece))
                number += 1


def _hash(headings: tuple[str, ...], text: str) -> str:
    written = "\x1f".join((*headings, text)).encode("utf-8", "surrogatepass")
    return blake2b(written, digest_size=16).hexdigest()


def _cut(text: str, section: Section, size: int) -> Iterator[tuple[int, int]]:
    """Spans of a section that are no longer than that."""
    if section.end - section.start <= size:
        yield section.start, section.end
        return
    start = section.start
    for piece_start, piece_end in _pieces(text, section.start, section.end, size):
        if piece_end - start > size and piece_start > start:
            yield start, piece_start
            start = piece_start
    yield start, section.end


def _pieces(text: str, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Paragraphs; blocks of code whole; what is too long by lines, and lines by words."""
    for first, last in _paragraphs(text, start, end):
        if last - first <= size:
            yield first, last
            continue
        for line in _LINE.finditer(text, first, last):
            if line.end() - line.start() <= size:
                if line.end() > line.start():
                    yield line.span()
            else:
                yield from _words(text, line.start(), line.end(), size)


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin, fence, is_gap = start, "", False
    for line in _LINE.finditer(text, start, end):
        if line.start() == line.end():
            break
        shown = line[0].strip()
        if not fence and shown and is_gap and line.start() > begin:
            yield begin, line.start()
            begin = line.start()
        mark = _FENCE.match(line[0])
        if fence:
            if mark and mark[1].startswith(fence) and not line[0].strip(" \t>`~\r\n"):
                fence = ""
        elif mark:
            fence = mark[1]
        is_gap = not shown and not fence
    yield begin, end


def _words(text: str, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    while end - start > size:
        cut = max((gap.end() for gap in _GAP.finditer(text, start + size // 2, start + size)), default=start + size)
        yield start, cut
        start = cut
    yield start, end
