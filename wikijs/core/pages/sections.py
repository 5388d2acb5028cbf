"""Parts of a page's text: found by name, replaced, added; no byte of the others changes. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wikijs.exceptions import NotFoundError, ValidationError

from .outline import LEAD, Section, outline

__all__ = ["LEAD", "Section", "append", "find", "insert_after", "outline", "replace", "text_of"]

_MOST_NAMED: Final = 40


def find(text: str, wanted: str, *, html: bool = False) -> Section:
    """The section of that id, or else of that title.

    Args:
        text: The content of the page.
        wanted: Its id, as `outline` gives it, with or without `#`; or its title, in any case.
        html: Whether the text is HTML, and not Markdown.

    Raises:
        NotFoundError: There is none; the message names those that there are.
        ValidationError: Several have that title; the message names their ids.
    """
    sections = outline(text, html=html)
    name = wanted.strip().removeprefix("#")
    for section in sections:
        if section.id == name:
            return section
    title = " ".join(wanted.split()).casefold()
    found = [section for section in sections if title and section.title.casefold() == title]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(section.id for section in found)
        raise ValidationError(f"The page has {len(found)} sections of that title; say which by its id: {ids}.")
    known = ", ".join(section.id for section in sections[:_MOST_NAMED]) or "none, it is empty"
    more = f" and {len(sections) - _MOST_NAMED} more" if len(sections) > _MOST_NAMED else ""
    raise NotFoundError(f"The page has no section {name[:80]!r}. It has: {known}{more}.")


def text_of(text: str, section: Section, *, nested: bool = True) -> str:
    """The text of a section with its heading.

    Args:
        text: The content of the page.
        section: One of its sections.
        nested: Whether with its subsections.
    """
    return text[section.start : section.through if nested else section.end]


def replace(text: str, section: Section, new: str, *, nested: bool = True, html: bool = False) -> str:
    """The text with another section in the place of one. A section in its own place changes nothing.

    The new text gets the line ends of the page, and what parted the old one from the next heading parts it too.

    Args:
        text: The content of the page.
        section: One of its sections.
        new: What to put there, heading included; nothing takes the section away.
        nested: Whether its subsections are replaced with it.
        html: Whether the text is HTML, and not Markdown.

    Raises:
        ValidationError: With the new text, what follows would no longer be what it was, such as after a block of code
            that is never closed.
    """
    end = section.through if nested else section.end
    old = text[section.start : end]
    if new == old:
        return text
    written = as_lines_of(text, new)
    if written and end < len(text) and not html:
        written = written.rstrip(" \t\r\n") + _parting(old, text)
    elif written and end == len(text) and not _trailing(written):
        written += _trailing(old)
    changed = text[: section.start] + written + text[end:]
    _check(text, changed, section.start, end, html=html)
    return changed


def append(text: str, section: Section, more: str, *, nested: bool = True, html: bool = False) -> str:
    """The text with more at the end of a section, parted from it by an empty line.

    Args:
        text: The content of the page.
        section: One of its sections.
        more: What to add.
        nested: Whether below its subsections, and not above them.
        html: Whether the text is HTML, and not Markdown.

    Raises:
        ValidationError: What follows would no longer be what it was.
    """
    end = section.through if nested else section.end
    return _insert(text, section.start, end, more, html=html)


def insert_after(text: str, section: Section, more: str, *, html: bool = False) -> str:
    """The text with more behind a section and its subsections, such as a section of its own.

    Raises:
        ValidationError: What follows would no longer be what it was.
    """
    return _insert(text, section.start, section.through, more, html=html)


def as_lines_of(text: str, new: str) -> str:
    """A new part with the line ends of the text that it goes into."""
    windows = text.count("\r\n")
    ends = "\r\n" if windows and windows * 2 >= text.count("\n") else "\n"
    unixed = new.replace("\r\n", "\n")
    return unixed.replace("\n", ends) if ends != "\n" else unixed if "\r\n" not in text else new


def _insert(text: str, start: int, end: int, more: str, *, html: bool) -> str:
    if not more.strip():
        return text
    old = text[start:end]
    written = as_lines_of(text, more).strip("\r\n").rstrip()
    kept = old.rstrip(" \t\r\n")
    if html:
        changed = text[:end] + written + text[end:]
    else:
        line = "\r\n" if "\r\n" in text else "\n"
        before = line * 2 if kept or text[:start].strip() else ""
        after = _parting(old, text) if end < len(text) else old[len(kept) :] or line
        changed = text[:start] + kept + before + written + after + text[end:]
    _check(text, changed, end, end, html=html)
    return changed


def _trailing(text: str) -> str:
    return text[len(text.rstrip(" \t\r\n")) :]


def _parting(old: str, text: str) -> str:
    """What parts a section from the next heading: what did so before, at least one empty line."""
    line = "\r\n" if "\r\n" in text else "\n"
    trailing = _trailing(old)
    return trailing if trailing.count("\n") + trailing.count("\r") - trailing.count("\r\n") > 1 else line * 2


def _check(text: str, changed: str, start: int, end: int, *, html: bool) -> None:
    """What stands before and behind a change must be the sections that it was."""
    before, after = outline(text, html=html), outline(changed, html=html)
    above = _shapes(section for section in before if section.start < start)
    below = _shapes(section for section in before if section.start >= end and section.level)
    now = _shapes(after)
    if now[: len(above)] != above or (below and now[-len(below) :] != below) or len(now) < len(above) + len(below):
        problem = "is a block of code or of HTML in it never closed?"
        raise ValidationError(f"With this text the sections around it would no longer be what they are: {problem}")


def _shapes(sections: Iterable[Section]) -> list[tuple[str, int]]:
    return [(section.title, section.level) for section in sections]
