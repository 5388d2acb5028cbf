"""Entries for the part of a changelog that is not released yet, in the format of Keep a Changelog."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

from wikijs.codegen.errors import CodegenError

SECTIONS: Final = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")

_WIDTH: Final = 120
_UNRELEASED: Final = re.compile(r"^## \[?Unreleased\]?.*$", re.MULTILINE | re.IGNORECASE)
_RELEASE: Final = re.compile(r"^## ", re.MULTILINE)


def with_entries(text: str, entries: Mapping[str, Sequence[str]], name: str = "CHANGELOG.md") -> str:
    """The changelog with entries at the end of the sections of what is not released yet. What is there stays there.

    Args:
        text: The changelog.
        entries: Entries by section; one that is there already is not repeated.
        name: What messages call the file.

    Raises:
        CodegenError: There is no part for what is not released yet.
    """
    head = _UNRELEASED.search(text)
    if head is None:
        raise CodegenError(f"{name}: there is no heading `## [Unreleased]` to write below.")
    following = _RELEASE.search(text, head.end())
    end = following.start() if following else len(text)
    part, rest = text[head.end() : end], text[end:]
    for section in SECTIONS:
        new = [line for entry in entries.get(section, ()) if (line := _wrapped(entry)) not in part]
        if new:
            part = _with_section(part, section, new)
    return text[: head.end()] + part.rstrip("\n") + "\n" + ("\n" + rest if rest else "")


def _wrapped(entry: str) -> str:
    return (
        textwrap.fill(
            entry,
            _WIDTH,
            initial_indent="- ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        + "\n"
    )


def _with_section(part: str, section: str, entries: Sequence[str]) -> str:
    lines = "".join(entries)
    heading = re.search(rf"^### {section}[ \t]*$", part, re.MULTILINE)
    if heading is not None:
        following = re.search(r"^### ", part[heading.end() :], re.MULTILINE)
        end = heading.end() + (following.start() if following else len(part) - heading.end())
        return part[:end].rstrip("\n") + "\n" + lines + ("\n" + part[end:] if part[end:] else "")
    later = [re.search(rf"^### {name}[ \t]*$", part, re.MULTILINE) for name in SECTIONS[SECTIONS.index(section) + 1 :]]
    place = next((match.start() for match in later if match), len(part))
    before = part[:place].rstrip("\n")
    return f"{before}\n\n### {section}\n\n{lines}" + ("\n" + part[place:] if part[place:] else "")
