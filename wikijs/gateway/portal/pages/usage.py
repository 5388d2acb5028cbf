"""What was used: by time, by route, and for administrators by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..asking import place
from ..charts import chart, over_time, shares, whole
from ..desk import Desk, visit_of
from ..rendering import render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SPANS: Final = {24: "24 hours", 24 * 7: "7 days", 24 * 31: "31 days"}


def add(desk: Desk) -> None:
    """Register the page."""
    desk.page("GET", "/portal/usage", show)


async def show(desk: Desk, request: Request) -> Response:
    """The page."""
    asked = request.query_params.get("hours", "24")
    hours = int(asked) if asked.isdecimal() and len(asked) < 5 and int(asked) in SPANS else 24
    is_admin = visit_of(request).may("admin")
    key = request.query_params.get("key", "")[:32] if is_admin else ""
    keys: list[dict[str, Any]] = []
    if is_admin:
        keys = (await desk.ask(request, "GET", place("admin", "keys"))).data["items"]
        query = {"hours": hours, "key": key or None}
        reply = await desk.ask(request, "GET", place("admin", "usage"), query=query)
    else:
        reply = await desk.ask(request, "GET", place("me", "usage"), query={"hours": hours})
    rows: list[dict[str, Any]] = reply.data["items"]
    what = f"Requests of the last {SPANS[hours]}, by {'hour' if hours <= 48 else 'day'}"
    return render(
        request,
        "usage.html",
        section="usage",
        hours=hours,
        spans=SPANS,
        key=key,
        keys=keys,
        names={each["id"]: each["name"] for each in keys},
        chart=chart(over_time(rows, hours, desk.gateway.clock()), what),
        total=whole(rows),
        routes=shares(rows, "route"),
        by_key=shares(rows, "key") if is_admin and not key else [],
    )
