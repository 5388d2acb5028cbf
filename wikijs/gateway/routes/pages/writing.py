"""Writing pages: each write says which state it changes, and waits for its turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response

from wikijs.core.outcomes import after_write
from wikijs.core.pages import sections
from wikijs.core.pages.state_tag import section_tag
from wikijs.exceptions import PageChangedError, PageExistsError, PageNotFoundError

from ...door import caller_of, client_of, gateway_of, require, route
from ...http.conditional import check_match, required_match
from ...http.encoding import answer, to_json
from ...http.problems import Refused
from ..jobs import JobOut, deferred, is_deferred
from . import models as m
from .states import read, tag_of

_TRIES: Final = 4
LATER: Final = "It will be done, as the job that Location names."
Prefer = Annotated[
    str | None,
    Header(max_length=200, description="`respond-async`: do not wait for the write, but make a job of it."),
]


def add(router: APIRouter) -> None:
    """Register the routes."""

    @route(
        router, "POST", "/api/v1/pages", scope="pages:write", confined=True, again=True,
        answers={201: (m.PageOut, "The new page."), 202: (JobOut, LATER)}, headers_of=["ETag", "Location"],
    )  # fmt: skip
    async def create_page(request: Request, body: m.PageCreate, prefer: Prefer = None) -> Response:
        """Create a page."""
        caller_of(request).check_place(body.path, body.locale)
        if prefer and is_deferred(request):
            return await deferred(request, "pages.create_many", {"pages": [_sent(body)]})
        given = m.arguments(body)
        path = given.pop("path")
        async with gateway_of(request).queue.turn():
            try:
                saved = await client_of(request).pages.create(path, **given)
            except PageExistsError:
                if not getattr(request.state, "interrupted", False):
                    raise
                # The process that did this died: what is there may be what it wrote.
                locale = body.locale or await client_of(request).localization.default()
                page, tag = await read(request, place=(locale, path.strip("/")), fresh=True)
                if page.get("content") != body.content or page.get("title") != body.title:
                    raise
                return _created(page, tag)
        fields = await _after(request, {}, m.shown(saved), given)
        return _created(fields, tag_of(fields))

    @route(
        router, "PATCH", "/api/v1/pages/{id}", scope="pages:write", confined=True, conditional=True,
        answers={200: (m.PageOut, "The page as it is now."), 202: (JobOut, LATER)}, headers_of=["ETag"],
    )  # fmt: skip
    async def update_page(request: Request, id: int, body: m.PagePatch, prefer: Prefer = None) -> Response:
        """Change fields of a page; all others stay."""
        wanted = required_match(request)
        if prefer and wanted is None and is_deferred(request):
            return await deferred(request, "pages.update_many", {"updates": [{"id": id, **_sent(body)}]})
        changes = m.arguments(body, empty=m.TEXTS)
        return await _change(request, id, wanted, changes)

    @route(
        router, "PUT", "/api/v1/pages/by-path/{locale}/{path:path}", scope="pages:write", confined=True,
        conditional=True, answers={200: (m.PageOut, "The page, changed."), 201: (m.PageOut, "The page, new.")},
        headers_of=["ETag", "Location"],
    )  # fmt: skip
    async def put_page(request: Request, locale: str, path: str, body: m.PageUpsert) -> Response:
        """Create the page at a path, or change the one that is there. `If-None-Match: *` only creates."""
        path = path.strip("/")
        caller_of(request).check_place(path, locale)
        only_new = request.headers.get("if-none-match", "").strip() == "*"
        wanted = None if only_new else required_match(request)
        given = {name: value for name, value in m.arguments(body).items() if value is not None}
        async with gateway_of(request).queue.turn():
            found: tuple[dict[str, Any], str] | None
            try:
                found = await read(request, place=(locale, path), fresh=True)
            except PageNotFoundError:
                found = None
            if found is None and wanted is not None:
                raise Refused(412, "page-changed", "Page changed", "There is no page at this path any more.")
            if found is not None and only_new:
                raise Refused(
                    412,
                    "page-exists",
                    "Page exists",
                    "There is a page at this path.",
                    headers={"ETag": f'"{found[1]}"'},
                )
            if found is None:
                saved = await client_of(request).pages.create(path, locale=locale, **given)
                fields = await _after(request, {}, m.shown(saved), given)
                return _created(fields, tag_of(fields))
            check_match(wanted, found[1])
            return await _written(request, found[0], given)

    @route(
        router, "DELETE", "/api/v1/pages/{id}", scope="pages:delete", confined=True, conditional=True,
        answers={204: (None, "It is gone."), 202: (JobOut, LATER)},
    )  # fmt: skip
    async def delete_page(request: Request, id: int, prefer: Prefer = None) -> Response:
        """Delete a page."""
        wanted = required_match(request)
        if prefer and wanted is None and is_deferred(request):
            return await deferred(request, "pages.delete_many", {"ids": [id]})
        async with gateway_of(request).queue.turn():
            if wanted is not None or caller_of(request).prefixes:
                _, tag = await read(request, id, fresh=True)
                check_match(wanted, tag)
            await client_of(request).pages.delete(id)
        return Response(None, 204)

    @route(
        router, "PATCH", "/api/v1/pages/{id}/sections/{section}", scope="pages:write", confined=True,
        conditional=True, answers={200: (m.SectionText, "The section as it is now.")}, headers_of=["ETag"],
    )  # fmt: skip
    async def update_section(request: Request, id: int, section: str, body: m.SectionPatch) -> Response:
        """Change one section of a page, and no byte of the others. If-Match takes its own ETag, or the page's."""
        wanted = required_match(request)
        async with gateway_of(request).queue.turn():
            page, tag = await read(request, id, fresh=True)
            text = str(page.get("content") or "")
            is_html = page.get("contentType") == "html"
            part = sections.find(text, section, html=is_html)
            own = section_tag(part.id, sections.text_of(text, part))
            if wanted is not None and own not in wanted:
                check_match(wanted, tag)
            if body.mode == "append":
                changed = sections.append(text, part, body.text, nested=body.nested, html=is_html)
            elif body.mode == "insertAfter":
                changed = sections.insert_after(text, part, body.text, html=is_html)
            else:
                changed = sections.replace(text, part, body.text, nested=body.nested, html=is_html)
            if not changed.strip():
                raise Refused(422, "validation", "Validation", "A page must have some text.")
            await _written(request, page, {"content": changed})
        try:
            now = sections.find(changed, part.id, html=is_html)
        except Exception:  # it was taken away, or has another heading now
            now = next((each for each in sections.outline(changed, html=is_html) if each.start == part.start), part)
        new = sections.text_of(changed, now)
        shown = {"pageId": id, "id": now.id, "title": now.title, "level": now.level, "chars": len(new), "text": new}
        return answer(shown, headers={"ETag": f'"{section_tag(now.id, new)}"'})

    @route(
        router, "POST", "/api/v1/pages/{id}/move", scope="pages:write", confined=True,
        answers={200: (m.PageOut, "The page at its new place.")},
    )  # fmt: skip
    async def move_page(request: Request, id: int, body: m.PageMove) -> Response:
        """Move a page to another path or locale; pages below it stay."""
        caller_of(request).check_place(body.path, body.locale)
        async with gateway_of(request).queue.turn():
            if caller_of(request).prefixes:
                await read(request, id, fresh=True)
            moved = await client_of(request).pages.move(id, body.path, locale=body.locale)
        return answer(m.shown(moved))

    @route(
        router, "POST", "/api/v1/pages/{id}/render", scope="pages:write", confined=True,
        answers={204: (None, "It was rendered.")},
    )  # fmt: skip
    async def render_page(request: Request, id: int) -> Response:
        """Render a page again."""
        async with gateway_of(request).queue.turn():
            await read(request, id)
            await client_of(request).pages.render(id)
        return Response(None, 204)

    @route(
        router, "POST", "/api/v1/pages/{id}/convert", scope="pages:write", confined=True,
        answers={200: (m.PageOut, "The page as it is now.")},
    )  # fmt: skip
    async def convert_page(request: Request, id: int, body: m.PageConvert) -> Response:
        """Convert a page to another editor."""
        async with gateway_of(request).queue.turn():
            await read(request, id)
            saved = await client_of(request).pages.convert(id, editor=body.editor)
        return answer(m.shown(saved))

    @route(
        router, "POST", "/api/v1/pages/{id}/restore", scope="pages:write", confined=True,
        answers={200: (m.PageOut, "The page as it is now.")},
    )  # fmt: skip
    async def restore_page(request: Request, id: int, body: m.PageRestore) -> Response:
        """Bring an old version of a page back, as a new one on top."""
        async with gateway_of(request).queue.turn():
            await read(request, id)
            client = client_of(request)
            if caller_of(request).prefixes:  # what the page was when it lay elsewhere is not for this caller
                caller_of(request).check_path((await client.pages.version(id, body.version_id)).path)
            saved = await client.pages.restore(id, body.version_id, move_back=body.move_back)
        return answer(m.shown(saved))

    @route(
        router, "POST", "/api/v1/pages/{id}/tags", scope="pages:write", confined=True,
        answers={200: (m.PageOut, "The page as it is now.")},
    )  # fmt: skip
    async def tag_page(
        request: Request,
        id: int,
        add: Annotated[list[str] | None, Query(description="Tags to add.")] = None,
        remove: Annotated[list[str] | None, Query(description="Tags to take away.")] = None,
    ) -> Response:
        """Add tags to a page, and take others away; the rest stays, whoever else changes them."""
        require(request, "pages:write")
        gone = {tag.strip().lower() for tag in remove or ()}
        async with gateway_of(request).queue.turn():
            page, _ = await read(request, id, fresh=True)
            kept = [tag for tag in page["tags"] if tag not in gone]
            more = [tag.strip().lower() for tag in add or () if tag.strip()]
            tags = list(dict.fromkeys([*kept, *more]))
            return await _written(request, page, {"tags": tags})


def _sent(body: m.In) -> dict[str, Any]:
    """What was given, as it was."""
    return body.model_dump(by_alias=True, mode="json", exclude_unset=True)


async def _change(request: Request, id: int, wanted: list[str] | None, changes: dict[str, Any]) -> Response:
    async with gateway_of(request).queue.turn():
        page, tag = await read(request, id, fresh=True)
        check_match(wanted, tag, current=_brief(page))
        return await _written(request, page, changes)


async def _written(request: Request, page: dict[str, Any], changes: dict[str, Any]) -> Response:
    """Write changes to a page as it was just read, unless somebody else changed it since."""
    client = client_of(request)
    moment, tag = page["updatedAt"], tag_of(page)
    for _ in range(_TRIES):
        try:
            saved = await client.pages.update(page["id"], expected=moment, **changes)
            break
        except PageChangedError as error:
            current = m.shown(error.current)
            moment, now = error.current.updated_at, tag_of(current)
            if now != tag:  # else the wiki only touched it, as when a page that it links to comes
                raise _changed(current, now) from None
    else:
        raise _changed(page, tag)
    fields = await _after(request, page, m.shown(saved), changes)
    return answer(fields, headers={"ETag": f'"{tag_of(fields)}"'})


def _changed(current: Mapping[str, Any], tag: str) -> Refused:
    return Refused(
        412,
        "page-changed",
        "Page changed",
        "Somebody else changed the page meanwhile. Nothing was written. Read it again, merge, and send the new ETag.",
        headers={"ETag": f'"{tag}"'},
        current=_brief(current),
    )


def _brief(page: Mapping[str, Any]) -> dict[str, Any]:
    return {name: page.get(name) for name in ("id", "path", "locale", "title", "updatedAt", "authorName")}


_NAMES: Final = {
    "publish_start_date": "publishStartDate",
    "publish_end_date": "publishEndDate",
    "script_css": "scriptCss",
    "script_js": "scriptJs",
    "editor": "editor",
}
_OWN_WORDS: Final = frozenset({"script_css", "script_js"})


async def _after(
    request: Request, before: Mapping[str, Any], saved: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """A page after a write: what the wiki says it saved, and of what it does not say, what was sent or there before.

    Reading it again could show, and tag, what others wrote meanwhile as if it were this write's. The wiki stores
    scripts in words of its own, so then it is read all the same, and taken where it still is this write's.
    """
    if _OWN_WORDS & changes.keys():
        with after_write("pages.update", saved):
            now, _ = await read(request, int(saved["id"]), fresh=True)
        if now.get("updatedAt") == saved.get("updatedAt"):
            return now
    known = {name: value for name, value in saved.items() if value is not None}
    sent = {_NAMES[name]: value for name, value in changes.items() if name in _NAMES}
    fields = {"isPrivate": False, "scriptCss": "", "scriptJs": "", **before, **known, **sent}
    fields.pop("render", None)
    return fields


def _created(page: Mapping[str, Any], tag: str) -> Response:
    headers = {"ETag": f'"{tag}"', "Location": f"/api/v1/pages/{page['id']}"}
    return Response(to_json(page), 201, headers, "application/json")
