"""Results of tools that programs use, too, and their texts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel

from .untrusted import fenced, visible


class Hit(BaseModel):
    """A page that was found."""

    id: int
    path: str
    locale: str
    title: str
    snippet: str | None = None


class Hits(BaseModel):
    """Pages that were found; `next` goes on as `cursor`."""

    matched: int
    hits: list[Hit]
    next: str | None = None
    untrusted: bool = True


class Written(BaseModel):
    """A page as it is now."""

    page: int
    path: str
    locale: str
    version: str | None = None
    changed: bool = True


def text(*parts: str) -> CallToolResult:
    """A result that is text."""
    return CallToolResult(content=[TextContent(type="text", text="\n".join(part for part in parts if part))])


def of_hits(found: Hits, told: str) -> CallToolResult:
    """Pages that were found, one a line.

    Args:
        found: The pages.
        told: What to say of them, in our words.
    """
    shown = found.model_copy(update={"hits": [_visible(hit) for hit in found.hits]})
    lines = (json.dumps(hit.model_dump(exclude_none=True), ensure_ascii=False) for hit in shown.hits)
    result = text(
        told,
        fenced("\n".join(lines), "the list of pages") if found.hits else "",
        f"There is more: call again with cursor {found.next!r}." if found.next else "",
    )
    result.structured_content = shown.model_dump(mode="json", exclude_none=True)
    return result


def of_written(written: Written, *parts: str) -> CallToolResult:
    """What became of a page.

    Args:
        written: The page as it is now.
        parts: What to say of it.
    """
    shown = written.model_copy(update={"path": visible(written.path)})
    version = f"Its version is {shown.version}." if shown.version else ""
    result = text(*parts, version)
    result.structured_content = shown.model_dump(mode="json", exclude_none=True)
    return result


def as_json(value: Any) -> str:
    """What an operation gave, as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def places(pages: Iterable[tuple[int, str, str]]) -> str:
    """Pages in a sentence, by id, locale and path."""
    return ", ".join(f"{number} ({visible(f'{locale}/{path}')})" for number, path, locale in pages)


def _visible(hit: Hit) -> Hit:
    snippet = visible(hit.snippet, 300) if hit.snippet else None
    return hit.model_copy(update={"path": visible(hit.path), "title": visible(hit.title), "snippet": snippet})
