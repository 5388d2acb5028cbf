"""The first page: who one is, what was used, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..asking import place
from ..charts import chart, over_time, whole
from ..desk import Desk, caller_at, visit_of
from ..rendering import render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def add(desk: Desk) -> None:
    """Register the page."""
    desk.page("GET", "/portal", show)


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
    )
