"""What is remembered of a page, so that the next look at it can be compared with the last one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

NEVER: Final = -1
"""The version of a page whose history was never looked at."""

LISTED: Final = ("path", "locale", "title", "description", "content_type", "is_published")
"""What a list of pages tells of each and an edit can change, apart from the tags."""


@dataclass(frozen=True, slots=True)
class PageState:
    """A page as it was last seen.

    Attributes:
        tags: Sorted: the server gives them in another order each time.
        version_id: The newest version that was told about; `NEVER` where the history was never looked at.
        versions: How many versions there were then.
        digest: Of content, editor and publication dates, where they could be read.
        scripts: Of scripts and styles, where they could be read.
        hidden: Whether it is there but cannot be seen any more.
        gone: Whether it was deleted. Kept, because an id that comes back means that the wiki went back in time.
        counter: How many events were told that the server does not count, for their ids.
    """

    id: int
    path: str
    locale: str
    title: str | None
    description: str | None
    content_type: str | None
    is_published: bool | None
    created_at: str
    updated_at: str
    tags: tuple[str, ...]
    version_id: int = NEVER
    versions: int = 0
    digest: str | None = None
    scripts: str | None = None
    hidden: bool = False
    gone: bool = False
    counter: int = 0

    @property
    def subject(self) -> str:
        """What events about it are filed under."""
        return subject_of(self.id)

    def dump(self) -> str:
        """As text, for the store."""
        return json.dumps([getattr(self, name) for name in _NAMES], ensure_ascii=False, separators=(",", ":"))


_NAMES: Final = tuple(field.name for field in fields(PageState))
_TAGS: Final = _NAMES.index("tags")


def load(text: str) -> PageState:
    """A state that was dumped, also by an earlier release, which knew less."""
    values: list[Any] = json.loads(text)
    values[_TAGS] = tuple(values[_TAGS])
    return PageState(*values)


def subject_of(page_id: int) -> str:
    """The subject of a page."""
    return f"page:{page_id}"


def of_row(row: Mapping[str, Any]) -> PageState:
    """A page as a list of the server gives it, or as `single` does."""
    tags: list[Any] = row.get("tags") or []
    names: list[Any] = [tag if isinstance(tag, str | None) else tag["tag"] for tag in tags]
    return PageState(
        id=row["id"],
        path=row["path"],
        locale=row["locale"],
        title=row.get("title"),
        description=row.get("description"),
        content_type=row.get("contentType"),
        is_published=row.get("isPublished"),
        created_at=str(row.get("createdAt") or ""),
        updated_at=str(row.get("updatedAt") or ""),
        tags=tuple(sorted(str(name) for name in names if name is not None)),
    )


def carried(now: PageState, known: PageState | None) -> PageState:
    """A new look at a page, with what was remembered and a list does not tell."""
    if known is None:
        return now
    return replace(
        now,
        version_id=known.version_id,
        versions=known.versions,
        digest=known.digest,
        scripts=known.scripts,
        counter=known.counter,
    )


def digest(*parts: Any) -> str:
    """A short digest of some values."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def content_digest(source: Mapping[str, Any]) -> str | None:
    """Of what a version of a page holds beyond what lists tell; None where the content was not to be read."""
    if source.get("content") is None:
        return None
    dates = [source.get(name) or "" for name in ("publishStartDate", "publishEndDate")]
    return digest(source["content"], source.get("editor"), *dates)


def scripts_digest(page: Mapping[str, Any]) -> str | None:
    """Of scripts and styles; None where they could not be read."""
    if "scriptCss" not in page:
        return None
    return digest(page.get("scriptCss") or "", page.get("scriptJs") or "")


def differing(before: PageState, after: PageState) -> list[str]:
    """Names of the listed fields that differ, tags included."""
    names = [name for name in LISTED if getattr(before, name) != getattr(after, name)]
    if before.tags != after.tags:
        names.append("tags")
    return sorted(names)
