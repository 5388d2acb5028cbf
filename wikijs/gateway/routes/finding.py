"""Finding pages: the tree, tags, search, what changed last."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from wikijs.exceptions import WikiJSException

from ..door import caller_of, client_of, gateway_of, route
from ..http.encoding import answer, plain
from ..http.paging import DEFAULT, of_offset
from ..http.problems import Refused
from .pages.models import Grepped, In, Out
from .pages.reading import Cursor, Limit, Locale, tagged

Words = Annotated[str, Query(min_length=1, max_length=500)]
Folder = Annotated[str, Query(max_length=255, description="The page there and all below it.")]


class TagPatch(In):
    """Another name of a tag."""

    tag: str
    title: str | None = None


class TagOut(Out):
    """A tag in use."""

    id: int
    tag: str
    title: str | None
    count: int | None = Field(description="Pages that have it; null where the wiki does not tell.")
    created_at: str
    updated_at: str


class Items(Out):
    """A part of a list."""

    items: list[dict[str, Any]]


class SearchResult(Out):
    """What a search found."""

    items: list[dict[str, Any]]
    suggestions: list[str]
    total_hits: int
    engine: str | None = None
    searches: str


def add(router: APIRouter) -> None:
    """Register the routes."""

    @route(
        router, "GET", "/api/v1/tree", scope="pages:read", confined=True, conditional=True, kept=True,
        answers={200: (Items, "Pages and folders.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def get_tree(
        request: Request,
        folder: Folder = "",
        locale: Locale = None,
        mode: Literal["all", "folders", "pages"] = "all",
    ) -> Response:
        """List what lies directly in a folder."""
        caller = caller_of(request)
        if folder.strip("/") and not caller.may_walk(folder):  # whether there is such a folder is not for this caller
            raise caller.forbidden()
        found = await client_of(request).pages.tree(folder, locale=locale, mode=mode)
        if caller.prefixes:
            found = [item for item in found if caller.may_see(item.path)]
        return tagged(request, {"items": plain(found)})

    @route(
        router, "GET", "/api/v1/tags", scope="pages:read", conditional=True, kept=True,
        answers={200: (Items, "Tags in use, with the number of their pages.")}, headers_of=["ETag", "Link"],
    )  # fmt: skip
    async def list_tags(
        request: Request,
        search: Annotated[str, Query(max_length=255)] = "",
        limit: Limit = DEFAULT,
        cursor: Cursor = None,
    ) -> Response:
        """List tags."""
        found = await client_of(request).tags.list(search=search)
        items, headers = of_offset(found, request, limit, cursor)
        return tagged(request, {"items": plain(items)}, headers)

    @route(
        router, "GET", "/api/v1/tags/{tag}", scope="pages:read", conditional=True, kept=True,
        answers={200: (TagOut, "The tag, and how many pages have it.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def get_tag(request: Request, tag: str) -> Response:
        """Read one tag. `GET /api/v1/pages?tags=` lists its pages."""
        wanted = tag.strip().lower()
        found = [each for each in await client_of(request).tags.list() if each.tag.lower() == wanted]
        if not found:
            raise Refused(404, "tag-not-found", "Tag not found", "No page has this tag.")
        return tagged(request, plain(found[0]))

    @route(
        router, "PATCH", "/api/v1/tags/{tag}", scope="pages:write", answers={204: (None, "It has that name now.")},
    )  # fmt: skip
    async def rename_tag(request: Request, tag: str, body: TagPatch) -> Response:
        """Rename a tag on all its pages."""
        async with gateway_of(request).queue.turn():
            await client_of(request).tags.rename(tag, body.tag, title=body.title)
        return Response(None, 204)

    @route(router, "DELETE", "/api/v1/tags/{tag}", scope="pages:delete", answers={204: (None, "No page has it.")})
    async def delete_tag(request: Request, tag: str) -> Response:
        """Take a tag from all its pages."""
        async with gateway_of(request).queue.turn():
            await client_of(request).tags.delete(tag)
        return Response(None, 204)

    @route(
        router, "GET", "/api/v1/search", scope="pages:read", kind="search", confined=True,
        answers={200: (SearchResult, "What the wiki's search engine found, in its order.")},
    )  # fmt: skip
    async def search_pages(
        request: Request, q: Words, folder: Folder = "", locale: Locale = None, limit: Limit = DEFAULT
    ) -> Response:
        """Ask the wiki's search engine."""
        client = client_of(request)
        found = await client.pages.search(q, folder=folder, locale=locale)
        caller = caller_of(request)
        hits = [hit for hit in found.hits if caller.may_see(hit.path)]
        engine = await _engine(request)
        return answer(
            {
                "items": plain(hits[:limit]),
                "suggestions": [] if caller.prefixes else list(found.suggestions),  # words of all pages
                "totalHits": len(hits) if caller.prefixes else found.total_hits,
                "engine": engine,
                "searches": "titles, descriptions and, with some engines, contents; /grep reads contents",
            }
        )

    @route(
        router, "GET", "/api/v1/grep", scope="pages:read", kind="search", confined=True,
        answers={200: (GrepResult, "Lines that match.")},
    )  # fmt: skip
    async def grep_pages(
        request: Request,
        q: Annotated[str, Query(min_length=1, max_length=200, description="Text to find, as it is written.")],
        ignoreCase: bool = False,  # noqa: N803
        folder: Folder = "",
        locale: Locale = None,
        tags: Annotated[list[str] | None, Query()] = None,
        limit: Limit = DEFAULT,
    ) -> Response:
        """Find text in the contents of pages, line by line. No expressions: one could keep the gateway busy."""
        import re

        caller = caller_of(request)
        lines: list[dict[str, Any]] = []
        more = False
        stream = client_of(request).pages.grep(
            re.escape(q), ignore_case=ignoreCase, folder=folder, locale=locale, tags=tags or ()
        )
        async for match in stream:
            if not caller.may_see(match.page.path):
                continue
            if len(lines) == limit:
                more = True
                break
            lines.append(
                {
                    "pageId": match.page.id,
                    "path": match.page.path,
                    "locale": match.page.locale,
                    "title": match.page.title,
                    "lineNumber": match.line_number,
                    "line": match.line[:2000],
                    "start": match.start,
                    "end": match.end,
                }
            )
        return answer({"items": lines, "more": more})

    @route(
        router, "GET", "/api/v1/recent", scope="pages:read", confined=True, conditional=True,
        answers={200: (Items, "Pages, the last changed first.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def list_recent(request: Request, locale: Locale = None, limit: Limit = 20) -> Response:
        """List the pages that changed last."""
        caller = caller_of(request)
        found = await client_of(request).pages.list(locale=locale, order_by="updated", descending=True)
        return tagged(request, {"items": plain([page for page in found if caller.may_see(page.path)][:limit])})


class GrepResult(Out):
    """Lines that match."""

    items: list[Grepped]
    more: bool


async def _engine(request: Request) -> str | None:
    """The key of the search engine in use; None where the credential may not know."""
    known: dict[str, str | None] = gateway_of(request).known_engines
    name = caller_of(request).credential
    if name not in known:
        try:
            engines = await client_of(request).search.search_engines()
            known[name] = next((engine.key for engine in engines if engine.is_enabled), None)
        except (WikiJSException, Refused):
            known[name] = None
    return known[name]
