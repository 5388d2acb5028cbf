"""Pages as both sides can hold them, and digests to compare them by."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from wikijs.core.values.paths import PagePath
from wikijs.transfer.format import EXTENSIONS, PageFile, dump, editor_of, load
from wikijs.transfer.titles import title_for

from . import lines

if TYPE_CHECKING:
    from .model import KnownPage

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
_HERE: Final = "this file"
_THERE: Final = "the wiki"
_MARKS: Final = re.compile(rf"^<{{7,}} {_HERE}$(?s:.*)^>{{7,}} {_THERE}, \d{{4}}-\d\d-\d\d ", re.MULTILINE)


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


def merged(known: KnownPage, ours: PageFile, theirs: PageFile) -> PageFile | None:
    """What two people made of a page, where they changed different parts of it; None where it was the same part.

    Parts are what a page has besides its content, and of its content the lines.

    Args:
        known: The page before, with its content where it is known: without it the content is one part.
        ours, theirs: The page as either has it now.
    """
    values = _merged_header(known.header, ours, theirs)
    if values is None:
        return None
    here, there = body_digest(ours), body_digest(theirs)
    if there in {here, known.body}:
        return as_file(replace(ours, **values))
    if here == known.body:
        return as_file(replace(theirs, **values))
    content = clashing(known, ours, theirs)
    if content is None or (text := content.text) is None or not text.strip():
        return None
    return as_file(replace(ours, **values, content=text))


def _merged_header(before: PageFile, ours: PageFile, theirs: PageFile) -> dict[str, Any] | None:
    values: dict[str, Any] = {}
    for name in HEADER:
        then, here, there = (_value(page, name) for page in (before, ours, theirs))
        if name == "tags":
            kept = set(here) & set(there) | (set(here) ^ set(there)) - set(then)
            values[name] = tuple(sorted(kept))
            continue
        if here not in (then, there) and there != then:
            return None
        values[name] = getattr(theirs if here == then else ours, name)
    return values


def clashing(known: KnownPage | None, ours: PageFile, theirs: PageFile) -> lines.Merged | None:
    """The contents of both line by line; None where their languages differ, or what both began with is not known."""
    if known is not None and (known.base is None or _language(known.header) != _language(ours)):
        return None
    if _language(ours) != _language(theirs):
        return None
    return lines.merge((known.base if known else None) or "", ours.content, theirs.content)


def _language(page: PageFile) -> tuple[str, str]:
    return page.content_type, editor_of(page)


def is_marked(content: str) -> bool:
    """Whether both versions lie in a text between marks, whatever is remembered of its file."""
    return f"<<< {_HERE}" in content and _MARKS.search(content) is not None


@dataclass(frozen=True, slots=True)
class Marked:
    """A page in whose content both versions lie where they clash.

    Attributes:
        page: The page.
        size: Length of the marks.
    """

    page: PageFile
    size: int


def marked(known: KnownPage | None, ours: PageFile, theirs: PageFile, moment: str) -> Marked | None:
    """Both versions in one text, between marks; None where they clash in something that is no line.

    Args:
        known: The page before; None where both are new.
        ours, theirs: The page as either has it now.
        moment: When the wiki's version was made.
    """
    before = known.header if known else PageFile(content="")
    values = _merged_header(before, ours, theirs)
    content = clashing(known, ours, theirs) if values is not None else None
    if values is None or content is None or not content.clashes:
        return None
    size = lines.marker_size(ours.content, theirs.content)
    text = content.marked(_HERE, f"{_THERE}, {moment}", size)
    return Marked(as_file(replace(ours, **values, content=text)), size)


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
    kept = {
        field.name: getattr(page, field.name)
        for field in fields(page)
        if field.name not in {"content", "unknown", "mended"}
    }
    return json.dumps({name: value for name, value in kept.items() if value is not None})


def from_json(text: str) -> PageFile:
    """A page without its content, as `to_json` kept it."""
    kept = json.loads(text)
    if "tags" in kept:
        kept["tags"] = tuple(kept["tags"])
    return PageFile(content="", **kept)
