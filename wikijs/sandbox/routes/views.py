"""Every other path is that of a page. This module sorts after those whose paths are their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..accounts.tokens import Identity
from ..context import Context
from ..http.messages import Request, Response, page_response, redirect_response
from ..pages.urls import parse_path
from . import route
from .page_views import page_and_tags, unauthorized

if TYPE_CHECKING:
    from ..storage.database import Row
    from ..wiki import Wiki


@route("GET", r"/.*")
def view(sandbox: Wiki, request: Request, identity: Identity) -> Response | None:
    """A page as people see it. Paths with a dot are those of assets, but for the extensions of pages."""
    ctx = Context(sandbox, request, identity.viewer)
    extensions = ctx.db.setting("site")["pageExtensions"].split(", ")
    is_file = any(request.path.endswith(f".{extension}") for extension in extensions)
    place = parse_path(request.path, strip_extension=is_file)
    if "." in place.path and not is_file:
        return None
    page, tags = page_and_tags(ctx, place)
    if not ctx.may(["read:pages"], place.path, place.locale, tags):
        is_guest = identity.viewer is not None and identity.viewer.is_guest
        return redirect_response("/login") if place.path == "home" and is_guest else unauthorized(sandbox)
    if page is not None:
        if not is_published(ctx, page) and not ctx.may(["write:pages"], place.path, place.locale, tags):
            return unauthorized(sandbox)
        return page_response(page["title"])
    return page_response("Welcome") if place.path == "home" else page_response("Page Not Found", 404)


def is_published(ctx: Context, page: Row) -> bool:
    """Whether readers may see a page at this time."""
    now = datetime.fromtimestamp(ctx.sandbox.clock(), UTC)
    start, end = page["publishStartDate"], page["publishEndDate"]
    begun = not start or ((moment := parsed(start)) is not None and moment <= now)
    going = not end or ((moment := parsed(end)) is not None and moment >= now)
    return bool(page["isPublished"]) and begun and going


def parsed(text: str) -> datetime | None:
    """A date as it is stored; None when it is none, since the server takes any text for one."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
