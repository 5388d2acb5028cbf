"""Tools that find pages."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import Field

from wikijs import exceptions as exc

from ..results import Hit, Hits, of_hits, text
from ..settings import listed
from ..untrusted import fenced, visible
from ..wiki import wiki_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wikijs_generated.fragments import PageSummary

_MOST: Final = 200
"""Pages in one answer."""
_BATCH: Final = 50
_PATIENCE: Final = 20.0
"""Seconds of looking into pages before what was found so far is told."""
_AROUND: Final = 100
"""Characters that are shown on either side of what was found."""

Limit = Annotated[int, Field(ge=1, le=_MOST)]


async def wiki_info(ctx: Context[Any, Any]) -> CallToolResult:
    """Who you are to this wiki, its version, locales, search engine, and where you may write."""
    wiki = wiki_of(ctx)
    settings = wiki.settings
    identity = await wiki.client.whoami()
    lines = [f"wiki: {wiki.client.url}", f"you: {identity.kind}, user id {identity.user_id}"]
    told = [f"name: {visible(identity.described)}"]
    locales = await wiki.client.localization.in_use()
    lines.append(f"locales in use: {listed(locales)}")
    try:
        lines.append(f"version: {(await wiki.client.system.info_version()).current_version}")
    except exc.WikiJSException:
        lines.append("version: not told to you")
    try:
        engine = next((one for one in await wiki.client.search.search_engines() if one.is_enabled), None)
        name = engine.key if engine else "none"
        looks = "title, description and path of published pages only" if name == "db" else "its own index"
        lines.append(f"search engine: {name}, which looks at {looks}")
    except exc.WikiJSException:
        lines.append("search engine: not told to you; it may not look into the text, grep_pages does")
    if settings.read_only:
        lines.append("writing: not offered")
    else:
        lines.append(f"writing: {f'below {listed(settings.write_under)}' if settings.write_under else 'anywhere'}")
        lines.append(
            f"page writes, moves and deletions are subject to your permissions; toolsets: {listed(settings.toolsets)}"
        )
    return text(*lines, fenced("\n".join(told), "your account"))


async def search_pages(
    ctx: Context[Any, Any], query: str, folder: str = "", locale: str | None = None, limit: Limit = 20
) -> Annotated[CallToolResult, Hits]:
    """Search with the wiki's engine, best first. It may know titles only; grep_pages reads the text."""
    found = await wiki_of(ctx).client.pages.search(query, folder=folder, locale=locale)
    hits = [
        Hit(id=hit.id, path=hit.path, locale=hit.locale, title=hit.title, snippet=hit.description or None)
        for hit in found.hits
    ]
    told = f"{len(hits)} pages match" + (f"; the first {limit}:" if len(hits) > limit else ".")
    return of_hits(Hits(matched=len(hits), hits=hits[:limit]), told)


async def list_pages(
    ctx: Context[Any, Any],
    folder: str = "",
    tags: list[str] | None = None,
    locale: str | None = None,
    updated_since: Annotated[datetime | None, Field(description="ISO 8601 with zone")] = None,
    sort: Literal["path", "title", "created", "updated"] = "path",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Annotated[CallToolResult, Hits]:
    """List pages below a folder, drafts too; created and updated come newest first."""
    start = _number(cursor)
    pages = await wiki_of(ctx).client.pages.list(
        folder=folder,
        tags=tags or (),
        locale=locale,
        updated_since=updated_since,
        order_by=sort,
        descending=sort in {"created", "updated"},
    )
    shown = pages[start : start + limit]
    hits = [_hit(page, f"updated {page.updated_at:%Y-%m-%d}") for page in shown]
    following = str(start + limit) if start + limit < len(pages) else None
    return of_hits(Hits(matched=len(pages), hits=hits, next=following), f"{len(pages)} pages match.")


async def grep_pages(
    ctx: Context[Any, Any],
    text: Annotated[str, Field(min_length=1, max_length=200)],
    folder: str = "",
    tags: list[str] | None = None,
    locale: str | None = None,
    match_case: bool = False,
    limit: Limit = 30,
    cursor: str | None = None,
) -> Annotated[CallToolResult, Hits]:
    """Find lines that hold a text in the content of all pages below a folder. Snippets begin with the line number."""
    wiki = wiki_of(ctx)
    after = _number(cursor)
    pages = [
        page
        for page in await wiki.client.pages.list(folder=folder, tags=tags or (), locale=locale, order_by="id")
        if page.id > after
    ]
    wanted = text if match_case else text.casefold()
    hits: list[Hit] = []
    unreadable = looked = 0
    until = time.monotonic() + _PATIENCE
    following: str | None = None
    for start in range(0, len(pages), _BATCH):
        batch = pages[start : start + _BATCH]
        whole = await wiki.client.pages.get_many([page.id for page in batch], return_exceptions=True)
        for page, read in zip(batch, whole, strict=True):
            looked += 1
            if isinstance(read, Exception):
                unreadable += 1
                continue
            hits += _lines(page, read.content, wanted, match_case=match_case)
            if len(hits) >= limit and looked < len(pages):
                following = str(page.id)
                break
        if following is None and time.monotonic() > until and looked < len(pages):
            following = str(batch[-1].id)
        if following is not None:
            break
    told = f"{len(hits)} lines match in {looked} of {len(pages)} pages" + (
        f"; {unreadable} pages may not be read." if unreadable else "."
    )
    return of_hits(Hits(matched=len(hits), hits=hits, next=following), told)


def _lines(page: PageSummary, content: str, wanted: str, *, match_case: bool) -> Sequence[Hit]:
    found: list[Hit] = []
    for number, line in enumerate(content.split("\n"), 1):
        at = (line if match_case else line.casefold()).find(wanted)
        if at >= 0:
            start = max(0, at - _AROUND)
            part = line[start : at + len(wanted) + _AROUND]
            found.append(_hit(page, f"{number}: {'…' if start else ''}{part}"))
    return found


def _hit(page: PageSummary, snippet: str) -> Hit:
    return Hit(id=page.id, path=page.path, locale=page.locale, title=page.title or "", snippet=snippet)


def _number(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 11):
        raise ToolError("That cursor is not one of this server: leave it out, or give `next` of the last answer.")
    return int(cursor)
