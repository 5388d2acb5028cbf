"""The file that `/d/<locale>/<path>` answers, and what of a page it tells: pure functions.

It is the page as the server's Git storage writes it: Markdown and HTML under a header whose values are quoted by
nothing, everything else as bare content.
"""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha1
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pydantic import Field, ValidationError
from wikijs_generated.base_model import BaseModel
from wikijs_generated.fragments import Page, PageMetadata

from wikijs.core.values.paths import PagePath

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wikijs_generated.fragments import PageSummary, PageTag

# `editor` came with 2.4.75, `dateCreated` with 2.5.105, and both moments can be left out. Titles and descriptions are
# the only values that might hold line ends; they have at most 255 characters where the database minds. SQLite keeps
# flags as numbers, and the server writes them as they are.
_TITLE: Final = r"(?P<title>[^\0]{0,1024}?)"
_DESCRIPTION: Final = r"(?P<description>[^\0]{0,1024}?)"
_REST: Final = (
    r"published: (?P<published>true|false|1|0)\n"
    r"(?:date: (?P<date>[^\n]*)\n)?"
    r"tags: (?P<tags>[^\n]*)\n"
    r"(?:editor: (?P<editor>[^\n]*)\n)?"
    r"(?:dateCreated: (?P<dateCreated>[^\n]*)\n)?"
)
RAW_HEADER: Final = rf"title: {_TITLE}\ndescription: {_DESCRIPTION}\n{_REST}"
"""The lines of the header as the server writes them, as a pattern."""

_FENCES: Final = {"markdown": ("---\n", "---\n\n"), "html": ("<!--\n", "-->\n\n")}
_CONTENT_TYPES: Final = {"md": "markdown", "html": "html", "adoc": "asciidoc"}
_EXTENSION: Final = re.compile(r'filename="[^"\n]*\.(md|html|adoc)"')

NEVER_TOLD: Final = ("render", "script_css", "script_js", "publish_start_date", "publish_end_date")
"""What no such file holds."""
HEADER_ONLY: Final = ("editor",)
"""What those of them without a header do not hold, and the list of pages does not either."""


class PageSource(BaseModel):
    """The source of a page, read as a file. What the file does not tell is None.

    `missing` names what it does not tell: rendering, scripts, styles and publish dates never are in it, and of pages
    that are neither Markdown nor HTML it holds nothing but the content.
    """

    path: str
    locale: str
    content: str
    content_type: str | None = Field(default=None)
    title: str | None = Field(default=None)
    description: str | None = Field(default=None)
    is_published: bool | None = Field(default=None)
    tags: list[str] | None = Field(default=None)
    editor: str | None = Field(default=None)
    created_at: datetime | None = Field(default=None)
    updated_at: datetime | None = Field(default=None)
    missing: tuple[str, ...]


class SourcePage(Page):
    """A page whose source was read as a file, because the caller may not read it otherwise.

    `missing` names what could not be had and is None for that reason alone: its rendering, scripts, styles and publish
    dates, and of a page that is neither Markdown nor HTML its editor. Do not write such a page back whole.
    """

    is_published: bool
    editor: str | None = Field(default=None)
    missing: tuple[str, ...]


def address(place: PagePath) -> str:
    """Where the file is, below the wiki's address."""
    return f"/d/{quote(place.locale)}/{quote(place.path)}"


def content_type(headers: Mapping[str, str]) -> str | None:
    """The language of the content, by the name of the file; None for those that share an extension."""
    found = _EXTENSION.search(headers.get("content-disposition", ""))
    return _CONTENT_TYPES[found[1]] if found else None


def read(
    text: str, kind: str | None, place: PagePath, *, title: str | None = None, description: str | None = None
) -> PageSource:
    """Read such a file.

    Args:
        text: The file.
        kind: Language of its content, None where that is not known.
        place: Where the page is.
        title: Its title, where it is known: with it, no text in it can be taken for the lines below it.
        description: Its description, for the same.
    """
    plain = PageSource(
        path=place.path,
        locale=place.locale,
        content=text,
        content_type=kind,
        missing=(*NEVER_TOLD, "title", "description", "is_published", "tags", "editor", "created_at", "updated_at"),
    )
    if kind not in _FENCES:
        return plain
    opening, closing = map(re.escape, _FENCES[kind])
    known = None if title is None or description is None else _known(title, description)
    patterns = [pattern for pattern in (known, RAW_HEADER) if pattern is not None]
    found = next((found for each in patterns if (found := re.match(f"{opening}{each}{closing}", text))), None)
    if found is None:
        return plain
    try:
        return _told(plain, found.groupdict(), text[found.end() :])
    except ValidationError:  # no header of the server's: its moments are none
        return plain


def _known(title: str, description: str) -> str:
    return rf"title: (?P<title>{re.escape(title)})\ndescription: (?P<description>{re.escape(description)})\n{_REST}"


def _told(plain: PageSource, fields: Mapping[str, str | None], content: str) -> PageSource:
    told = {
        "content": content,
        "title": fields["title"],
        "description": fields["description"],
        "is_published": fields["published"] in {"true", "1"},
        "tags": [tag for tag in (fields["tags"] or "").split(", ") if tag],
        "editor": fields["editor"] or None,
        "created_at": fields["dateCreated"] or None,
        "updated_at": fields["date"] or None,
    }
    missing = tuple(name for name in plain.missing if told.get(name) is None)
    return PageSource.model_validate({**plain.model_dump(), **told, "missing": missing})


def listed(summary: PageSummary, known_tags: Mapping[str, PageTag]) -> PageMetadata:
    """A page without its content, of its entry in the list: that tells all of it.

    Args:
        summary: The entry.
        known_tags: The tags of the wiki by name.
    """
    return PageMetadata(
        id=summary.id,
        path=summary.path,
        hash=_hash(summary),
        locale=summary.locale,
        title=summary.title or "",
        description=summary.description or "",
        content_type=summary.content_type,
        created_at=summary.created_at,
        updated_at=summary.updated_at,
        tags=[known_tags[name] for name in sorted(summary.tags) if name in known_tags],
    )


def _hash(summary: PageSummary) -> str:
    return sha1(f"{summary.locale}|{summary.path}|".encode(), usedforsecurity=False).hexdigest()


def merged(summary: PageSummary, source: PageSource, known_tags: Mapping[str, PageTag]) -> SourcePage:
    """A page of its entry in the list and its source, which is the newer of the two.

    Args:
        summary: The entry.
        source: The source.
        known_tags: The tags of the wiki by name.
    """
    told = set(source.missing) - set(NEVER_TOLD)
    names = sorted(source.tags if source.tags is not None else summary.tags)
    tags = [known_tags[name] for name in names if name in known_tags]
    missing = (*NEVER_TOLD, *(name for name in HEADER_ONLY if name in told))
    if len(tags) < len(names):  # renamed or made since
        missing = (*missing, "tags")
    return SourcePage(
        id=summary.id,
        path=summary.path,
        hash=_hash(summary),
        locale=summary.locale,
        title=source.title if source.title is not None else summary.title or "",
        description=source.description if source.description is not None else summary.description or "",
        content_type=source.content_type or summary.content_type,
        created_at=summary.created_at,
        updated_at=source.updated_at or summary.updated_at,
        tags=tags,
        content=source.content,
        is_published=summary.is_published if source.is_published is None else source.is_published,
        editor=source.editor,
        missing=missing,
    )
