"""Reading pages."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from wikijs.core.pages import sections
from wikijs.core.pages.state_tag import section_tag

from ...door import caller_of, client_of, route
from ...http.conditional import not_modified
from ...http.encoding import answer, plain, to_json
from ...http.paging import DEFAULT, MOST, decode, next_link, of_offset, part_of, sparse, wanted_fields
from . import models as m
from .states import read

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageSummary

    from ...access.callers import Caller

Limit = Annotated[int, Query(ge=1, le=MOST, description="Items of one answer at most.")]
Cursor = Annotated[str | None, Query(max_length=2000, description="From the header `Link` of the part before.")]
Fields = Annotated[str | None, Query(max_length=1000, description="Names of fields, with commas; all unless given.")]
Locale = Annotated[str | None, Query(max_length=10, description="The wiki's main one unless given.")]
_SORTS: Final = {"id": "id", "path": "path", "title": "title", "created": "created_at", "updated": "updated_at"}


def tagged(request: Request, value: Any, headers: dict[str, str] | None = None) -> Response:
    """An answer of JSON with a tag of its content, or 304 where the caller has it."""
    body = to_json(value)
    tag = "l" + blake2b(body, digest_size=12).hexdigest()
    known = {**(headers or {}), "ETag": f'W/"{tag}"'}
    if not_modified(request, tag):
        return Response(None, 304, known)
    return Response(body, 200, known, "application/json")


def add(router: APIRouter) -> None:
    """Register the routes."""

    @route(
        router, "GET", "/api/v1/pages", scope="pages:read", confined=True, conditional=True, kept=True,
        answers={200: (m.PageList, "Pages, without their content.")}, headers_of=["ETag", "Link"],
    )  # fmt: skip
    async def list_pages(
        request: Request,
        folder: Annotated[str, Query(max_length=255, description="The page there and all below it.")] = "",
        tags: Annotated[list[str] | None, Query(description="Tags that a page must all have.")] = None,
        locale: Locale = None,
        published: Annotated[bool | None, Query(description="true for published ones, false for drafts.")] = None,
        updatedSince: Annotated[m.Moment | None, Query(description="Changed from then on.")] = None,  # noqa: N803
        search: Annotated[str, Query(max_length=255, description="Text in path, title or description.")] = "",
        sort: Annotated[Literal["id", "path", "title", "created", "updated"], Query()] = "id",
        descending: bool = False,
        fields: Fields = None,
        limit: Limit = DEFAULT,
        cursor: Cursor = None,
    ) -> Response:
        """List pages."""
        wanted = wanted_fields(fields, m.LIST_FIELDS)
        caller = caller_of(request)
        found = await client_of(request).pages.list(
            tags=tags or (),
            locale=locale,
            folder=folder,
            published=published,
            updated_since=updatedSince,
            search=search,
        )
        if caller.prefixes:
            found = [page for page in found if caller.may_see(page.path)]
        attribute = _SORTS[sort]

        def key(page: PageSummary) -> tuple[Any, ...]:
            value = getattr(page, attribute)
            value = value.isoformat() if isinstance(value, datetime) else value
            return (page.id,) if attribute == "id" else (value or "", page.id)

        after = decode(request, cursor, [int] if attribute == "id" else [str, int]) if cursor else None
        items, more = part_of(found, key, descending=descending, limit=limit, after=after)
        body = {"items": sparse(plain(items), wanted), "total": len(found)}
        return tagged(request, body, next_link(request, more))

    async def give(
        request: Request,
        id: int | None,
        place: tuple[str, str] | None,
        fields: str | None,
        section: str | None,
        outline: bool,
        render: bool,
    ) -> Response:
        wanted = wanted_fields(fields, m.PAGE_FIELDS)
        page, tag = await read(request, id, place)
        if section is not None:
            return _section(request, page, section)
        headers = {"ETag": f'"{tag}"'}
        if render:
            page["render"] = page.get("render") or await _rendered(request, page["id"])
            if caller_of(request).prefixes:
                page["render"] = _without_hints(page["render"])
            # HTML changes without an edit, when a page that is linked to comes or goes.
            headers["ETag"] = f'W/"{tag}.{blake2b(str(page["render"]).encode(), digest_size=8).hexdigest()}"'
        else:
            page.pop("render", None)
        if not_modified(request, headers["ETag"].removeprefix("W/").strip('"')):
            return Response(None, 304, headers)
        if outline:
            page["sections"] = _outline(page)
        return answer(sparse(page, wanted | {"sections"} if wanted and outline else wanted), headers=headers)

    @route(
        router, "GET", "/api/v1/pages/{id}", scope="pages:read", confined=True, conditional=True, kept=True,
        answers={200: (m.PageOut, "The page, or with `section=` that section.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def get_page(
        request: Request,
        id: int,
        fields: Fields = None,
        section: Annotated[str | None, Query(max_length=255, description="Only this section: its id or title.")] = None,
        outline: Annotated[bool, Query(description="Also list the sections.")] = False,
        render: Annotated[bool, Query(description="Also the HTML.")] = False,
    ) -> Response:
        """Read a page."""
        return await give(request, id, None, fields, section, outline, render)

    @route(
        router, "GET", "/api/v1/pages/by-path/{locale}/{path:path}", scope="pages:read", confined=True, kept=True,
        conditional=True, answers={200: (m.PageOut, "The page, or with `section=` that section.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def get_page_by_path(
        request: Request,
        locale: str,
        path: str,
        fields: Fields = None,
        section: Annotated[str | None, Query(max_length=255, description="Only this section: its id or title.")] = None,
        outline: Annotated[bool, Query(description="Also list the sections.")] = False,
        render: Annotated[bool, Query(description="Also the HTML.")] = False,
    ) -> Response:
        """Read the page at a path."""
        caller_of(request).check_path(path)
        return await give(request, None, (locale, path.strip("/")), fields, section, outline, render)

    @route(
        router, "GET", "/api/v1/pages/{id}/history", scope="pages:read", confined=True,
        answers={200: (dict[str, Any], "Changes, the latest first.")}, headers_of=["Link"],
    )  # fmt: skip
    async def get_page_history(request: Request, id: int, limit: Limit = DEFAULT, cursor: Cursor = None) -> Response:
        """List the changes of a page."""
        await _allowed(request, id)
        start = max(decode(request, cursor, [int])[0], 0) if cursor else 0
        entries: list[Any] = []
        async for entry in client_of(request).pages.history(id, page_size=min(limit + 1, 100)):
            entries.append(entry)
            if len(entries) > start + limit:
                break
        items, headers = of_offset(entries, request, limit, cursor)
        return answer({"items": [_of_history(plain(each), caller_of(request)) for each in items]}, headers=headers)

    @route(
        router, "GET", "/api/v1/pages/{id}/versions/{version}", scope="pages:read", confined=True,
        answers={200: (dict[str, Any], "The version.")},
    )  # fmt: skip
    async def get_page_version(request: Request, id: int, version: int) -> Response:
        """Read an old version of a page."""
        await _allowed(request, id)
        found = await client_of(request).pages.version(id, version)
        caller_of(request).check_path(found.path)
        return answer(m.shown(found))

    @route(
        router, "GET", "/api/v1/pages/{id}/diff", scope="pages:read", confined=True,
        answers={200: (None, "A unified diff, empty when the content is the same.")}, media={200: "text/plain"},
    )  # fmt: skip
    async def get_page_diff(
        request: Request,
        id: int,
        older: Annotated[int, Query(alias="from", description="Id of the older version.")],
        newer: Annotated[
            int | None, Query(alias="to", description="Id of the newer one; the present one unless given.")
        ] = None,
        context: Annotated[int, Query(ge=0, le=100)] = 3,
    ) -> Response:
        """Compare two versions of a page."""
        await _allowed(request, id)
        caller = caller_of(request)
        for version in (older, newer) if caller.prefixes else ():
            if version is not None:  # what the page was when it lay elsewhere is not for this caller
                caller.check_path((await client_of(request).pages.version(id, version)).path)
        text = await client_of(request).pages.diff(id, older, newer, context=context)
        return Response(text.encode("utf-8", "replace"), media_type="text/plain; charset=utf-8")

    @route(
        router, "GET", "/api/v1/pages/{id}/links", scope="pages:read", confined=True,
        answers={200: (dict[str, Any], "Where the page links to, and which of these lead nowhere.")},
    )  # fmt: skip
    async def get_page_links(request: Request, id: int) -> Response:
        """List the links of a page."""
        page, _ = await read(request, id)
        found = await client_of(request).pages.links(locale=page["locale"])
        mine = next((each for each in found if each.id == id), None)
        links = list(mine.links) if mine else []
        caller = caller_of(request)  # must not find out what there is elsewhere by links that it writes
        broken = [link for link in (mine.broken if mine else ()) if caller.may_see(link.partition("/")[2])]
        return answer({"id": id, "links": links, "broken": broken})


async def _allowed(request: Request, id: int) -> None:
    """Refuse a page that lies elsewhere than the key is confined to."""
    if caller_of(request).prefixes:
        await read(request, id)


def _of_history(entry: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """An entry of a page's history, without paths that the page had elsewhere."""
    for name in ("valueBefore", "valueAfter"):
        if entry.get(name) and not caller.may_see(str(entry[name])):
            entry[name] = None
    return entry


_CLASSES: Final = re.compile(r'class="[^"]*"')


def _without_hints(html: str | None) -> str | None:
    """HTML that does not say of links whether there is a page: a caller could write links to places elsewhere."""
    hints = {"is-valid-page", "is-invalid-page"}

    def kept(match: re.Match[str]) -> str:
        names = match[0][7:-1].split()
        return 'class="' + " ".join(name for name in names if name not in hints) + '"'

    return None if html is None else _CLASSES.sub(kept, html)


async def _rendered(request: Request, id: int) -> str | None:
    found = await client_of(request).pages.single_rendered(id)
    return found.render


def _outline(page: dict[str, Any]) -> list[dict[str, Any]]:
    text = page.get("content") or ""
    found = sections.outline(text, html=page.get("contentType") == "html")
    return [
        {"id": each.id, "title": each.title, "level": each.level, "chars": each.through - each.start} for each in found
    ]


def _section(request: Request, page: dict[str, Any], wanted: str) -> Response:
    text = page.get("content") or ""
    found = sections.find(text, wanted, html=page.get("contentType") == "html")
    part = sections.text_of(text, found)
    tag = section_tag(found.id, part)
    headers = {"ETag": f'"{tag}"'}
    if not_modified(request, tag):
        return Response(None, 304, headers)
    body = {"pageId": page["id"], "id": found.id, "title": found.title, "level": found.level}
    return answer({**body, "chars": len(part), "text": part}, headers=headers)
