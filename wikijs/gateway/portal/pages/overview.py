"""The first page: who one is, what was used, what comes next."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from ...limits.buckets import DAY
from ..asking import place
from ..charts import chart, over_time, whole
from ..desk import Desk, caller_at, text, visit_of
from ..rendering import redirect, render
from .keys import GRACES

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def add(desk: Desk) -> None:
    """Register the pages."""
    desk.page("GET", "/portal", show)
    desk.page("POST", "/portal/rotate", rotate)


async def show(desk: Desk, request: Request) -> Response:
    """The page."""
    visit = visit_of(request)
    me = (await desk.ask(request, "GET", place("me"))).data
    limits = (await desk.ask(request, "GET", place("me", "limits"))).data
    usage: list[dict[str, Any]] = (await desk.ask(request, "GET", place("me", "usage"), query={"hours": 24})).data[
        "items"
    ]
    counts: dict[str, int] = {}
    if visit.may("admin"):
        keys = (await desk.ask(request, "GET", place("admin", "keys"))).data["items"]
        counts["keys"] = sum(key["state"] == "active" for key in keys)
        usage = (await desk.ask(request, "GET", place("admin", "usage"), query={"hours": 24})).data["items"]
    gateway = desk.gateway
    return render(
        request,
        "overview.html",
        section="overview",
        me=me,
        limits=limits,
        chart=chart(over_time(usage, 24, gateway.clock()), "Requests of the last 24 hours, by hour"),
        total=whole(usage),
        counts=counts,
        wiki=gateway.settings.wiki,
        problem=gateway.unreachable if visit.may("admin") else None,
        base=desk.base(request),
        is_account=caller_at(request).key is None,
        graces=GRACES,
        form_number=secrets.token_hex(16),
    )


async def rotate(desk: Desk, request: Request) -> Response:
    """Give one's own key a new secret, and show it this once."""
    grace = text(request, "grace", 10)
    if await desk.made_by(request) is not None:
        return redirect(request, "portal")
    body = {"grace": int(grace) if grace.isdecimal() else DAY}
    made = (await desk.ask(request, "POST", place("me", "rotate"), body=body)).data
    await desk.remember(request, made["id"])
    return render(
        request, "key-made.html", section="overview", made=made, base=desk.base(request), is_rotated=True, back="portal"
    )
