"""Pages as both sides can hold them, and digests to compare them by."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from typing import Any, Final

from wikijs.core.values.paths import PagePath
from wikijs.transfer.format import EXTENSIONS, PageFile, dump, editor_of, load
from wikijs.transfer.titles import title_for

HEADER: Final = (
    "title",
    "description",
    "is_published",
    "tags",
    "publish_start_date",
    "publish_end_date",
    "script_css",
    "script_js",
)
"""What a page has besides its content and its editor."""


def extension(page: PageFile) -> str:
    """The extension of the file of a page."""
    return EXTENSIONS.get(page.content_type, "txt")


def to_bytes(page: PageFile) -> bytes:
    """The file of a page. The header is YAML, which holds all of a page whatever is in its title."""
    return dump(page, "yaml").encode()


def undated(page: PageFile) -> PageFile:
    """A page without the moments that the server sets itself: they would change a file whenever it is pushed."""
    return replace(page, updated_at=None, created_at=None)


def as_file(page: PageFile) -> PageFile:
    """A page as it is read back from its own file; only pages in this form are compared."""
    return load(to_bytes(undated(page)).decode(), extension(page))


def completed(page: PageFile, known: PageFile | None, place: PagePath) -> PageFile:
    """A page of a file whose header need not say all: the rest is as it was known, or as on a new page."""
    before = known or PageFile(content="")
    # An editor goes with the language of the content: that of a file that was renamed from .md to .html has changed.
    editor = page.editor or (before.editor if known and known.content_type == page.content_type else None)
    values: dict[str, Any] = {
        name: getattr(before, name) if getattr(page, name) is None else getattr(page, name) for name in HEADER
    }
    values["title"] = values["title"] or title_for(page, place)
    page = replace(page, **values, editor=editor)
    return undated(replace(page, editor=editor_of(page)))


def digest(page: PageFile) -> str:
    """A digest of all that is compared. Two pages that the wiki would store alike have the same one."""
    return _digest([_body(page), *(_value(page, name) for name in HEADER)])


def body_digest(page: PageFile) -> str:
    """A digest of the content, with its language and editor."""
    return _digest(_body(page))


def _digest(values: object) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _body(page: PageFile) -> list[str]:
    return [page.content, page.content_type, editor_of(page)]


def _value(page: PageFile, name: str) -> Any:
    """A value of the header as the wiki stores it."""
    match name:
        case "tags":
            return sorted({tag.strip().lower() for tag in page.tags or ()})
        case "is_published":
            return page.is_published is not False
        case _:
            return getattr(page, name) or ""


def merged(header: PageFile, body: str, ours: PageFile, theirs: PageFile) -> PageFile | None:
    """What two people made of a page, where they changed different parts of it; None where it was the same part.

    The content is one part: no lines are merged.

    Args:
        header: The page before, without its content.
        body: `body_digest` of the page before.
        ours, theirs: The page as either has it now.
    """
    values: dict[str, Any] = {}
    for name in HEADER:
        before, here, there = (_value(page, name) for page in (header, ours, theirs))
        if here not in (before, there) and there != before:
            return None
        values[name] = getattr(theirs if here == before else ours, name)
    bodies = (body_digest(ours), body_digest(theirs))
    if body not in bodies and bodies[0] != bodies[1]:
        return None
    return as_file(replace(theirs if bodies[0] == body else ours, **values))


def differences(wanted: PageFile, current: PageFile) -> dict[str, Any]:
    """Arguments of `pages.update` that make the current page the wanted one, and change nothing else."""
    changes: dict[str, Any] = {
        name: getattr(wanted, name) or _value(wanted, name)
        for name in HEADER
        if _value(wanted, name) != _value(current, name)
    }
    if wanted.content != current.content:
        changes["content"] = wanted.content
    if editor_of(wanted) != editor_of(current):
        changes |= {"editor": editor_of(wanted), "content": wanted.content}
    return changes


def to_json(page: PageFile) -> str:
    """All of a page but its content, to remember it by."""
    kept = {field.name: getattr(page, field.name) for field in fields(page) if field.name not in {"content", "unknown"}}
    return json.dumps({name: value for name, value in kept.items() if value is not None})


def from_json(text: str) -> PageFile:
    """A page without its content, as `to_json` kept it."""
    kept = json.loads(text)
    if "tags" in kept:
        kept["tags"] = tuple(kept["tags"])
    return PageFile(content="", **kept)
