"""Limits: one's own, and for administrators those of all tiers and what differs from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..asking import place
from ..desk import Desk, require, text, visit_of
from ..rendering import redirect, render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def add(desk: Desk) -> None:
    """Register the pages."""
    desk.page("GET", "/portal/limits", show)
    desk.page("POST", "/portal/limits/drop", drop)


async def show(desk: Desk, request: Request) -> Response:
    """The page."""
    own = (await desk.ask(request, "GET", place("me", "limits"))).data
    tiers, overrides, names = [], [], {}
    if visit_of(request).may("admin"):
        tiers = (await desk.ask(request, "GET", place("admin", "tiers"))).data["items"]
        overrides = (await desk.ask(request, "GET", place("admin", "overrides"))).data["items"]
        keys = (await desk.ask(request, "GET", place("admin", "keys"))).data["items"]
        names = {each["id"]: each["name"] for each in keys}
    now = desk.gateway.clock()
    return render(
        request,
        "limits.html",
        section="limits",
        own=own,
        tiers=tiers,
        overrides=overrides,
        names=names,
        left_in=round((86_400 - now % 86_400) / 3600, 1),
        is_done=request.query_params.get("done") == "dropped",
    )


async def drop(desk: Desk, request: Request) -> Response:
    """Give a key the limits of its tier again."""
    require(request, "admin")
    await desk.ask(request, "DELETE", place("admin", "overrides", text(request, "key", 32)))
    return redirect(request, "portal/limits?done=dropped")
