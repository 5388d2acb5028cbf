"""States of pages: how they are read for those who edit and those who only read, and how they are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from wikijs import ops
from wikijs.core.pages.state_tag import state_tag
from wikijs.exceptions import PageContentForbiddenError, PageNotFoundError, PermissionDeniedError

from ...door import caller_of, client_of
from .models import shown

if TYPE_CHECKING:
    from wikijs import AsyncWikiJSClient
    from wikijs.core.collaborators import CacheChoice


async def read(
    request: Request, id: int | None = None, place: tuple[str, str] | None = None, *, fresh: bool = False
) -> tuple[dict[str, Any], str]:
    """A page and the tag of its state.

    Args:
        request: The request, whose caller may be confined.
        id: Its id.
        place: Its locale and path, in the place of its id.
        fresh: Whether to read past the cache.
    """
    caller = caller_of(request)
    client = client_of(request)
    cache: CacheChoice = not (fresh or "no-cache" in request.headers.get("cache-control", ""))
    try:
        fields = await _fields(client, id, place, cache)
    except PageNotFoundError:
        if not caller.prefixes:
            raise
        fields = {}
    if fields and caller.may_see(str(fields["path"])):
        return fields, tag_of(fields)
    # Whether there is a page elsewhere is not for this caller: both are answered alike. A page that was asked for by
    # a path of the caller's may lie elsewhere, too, since some databases take paths of other letters for the same.
    raise caller.forbidden() if place is None else PageNotFoundError("This page does not exist.")


async def _fields(  # noqa: PLR0911  one way after the other
    client: AsyncWikiJSClient, id: int | None, place: tuple[str, str] | None, cache: CacheChoice
) -> dict[str, Any]:
    try:
        if place is None:
            return shown(await client.execute(ops.pages_single_for_editor(id or 0), cache=cache))
        return shown(await client.execute(ops.pages_single_by_path_for_editor(place[1], locale=place[0]), cache=cache))
    except PermissionDeniedError:
        pass  # it may read, but not edit
    try:
        if place is None:
            return shown(await client.execute(ops.pages_single(id or 0), cache=cache))
        return shown(await client.execute(ops.pages_single_by_path(place[1], locale=place[0]), cache=cache))
    except PermissionDeniedError:
        if place is None:
            try:
                return shown(await client.pages.get(id or 0))
            except PageContentForbiddenError as error:
                if error.page is None:
                    raise
                return shown(error.page)
        return shown(await client.execute(ops.pages_single_by_path_rendered(place[1], locale=place[0]), cache=cache))


def tag_of(fields: Mapping[str, Any]) -> str:
    """The tag of a page's state, as far as it is known."""
    known = {
        "path": "",
        "locale": "",
        "title": "",
        "description": "",
        "content": "",
        "editor": "",
        "scriptCss": "",
        "scriptJs": "",
        "isPublished": True,
        "isPrivate": False,
        **fields,
    }
    return state_tag(known)
