"""Who wrote what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ..asking import place
from ..desk import Desk, require
from ..rendering import render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def add(desk: Desk) -> None:
    """Register the page."""
    desk.page("GET", "/portal/audit", show)


async def show(desk: Desk, request: Request) -> Response:
    """The page, the latest first."""
    require(request, "admin")
    caller = request.query_params.get("caller", "")[:32]
    query = {"caller": caller or None, "limit": 50, "cursor": request.query_params.get("cursor")}
    reply = await desk.ask(request, "GET", place("admin", "audit"), query=query)
    keys = (await desk.ask(request, "GET", place("admin", "keys"))).data["items"]
    return render(
        request,
        "audit.html",
        section="audit",
        entries=reply.data["items"],
        caller=caller,
        keys=keys,
        cursor=next_cursor(reply.headers.get("link", "")),
    )


def next_cursor(link: str) -> str | None:
    """The cursor that leads on, of a header Link."""
    found = re.match(r'<([^>]*)>; rel="next"', link)
    return parse_qs(urlsplit(found[1]).query).get("cursor", [None])[0] if found else None
