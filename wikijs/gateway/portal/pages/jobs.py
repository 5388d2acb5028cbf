"""Jobs: how far they are, live where there is JavaScript, and what became of their items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...jobs.kinds import KINDS
from ...jobs.store import ENDED
from ..asking import place
from ..desk import Desk, caller_at, require, visit_of
from ..rendering import redirect, render
from .audit import next_cursor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

DONE: Final = {
    "cancelled": "The job ends after the item under way.",
    "retried": "The items that failed are tried again.",
}
STATUSES: Final = ("done", "failed", "left")


def add(desk: Desk) -> None:
    """Register the pages."""
    desk.page("GET", "/portal/jobs", show_all)
    desk.page("GET", "/portal/jobs/{id}", show_one)
    desk.page("GET", "/portal/jobs/{id}/events", watch)
    desk.page("POST", "/portal/jobs/{id}/cancel", cancel)
    desk.page("POST", "/portal/jobs/{id}/retry", retry)


async def show_all(desk: Desk, request: Request) -> Response:
    """All jobs, the newest first."""
    require(request, "jobs")
    found = (await desk.ask(request, "GET", place("jobs"), query={"limit": 50})).data["items"]
    return render(request, "jobs.html", section="jobs", jobs=found, kinds=KINDS, is_all=visit_of(request).may("admin"))


async def show_one(desk: Desk, request: Request) -> Response:
    """One job."""
    require(request, "jobs")
    id = request.path_params["id"]  # noqa: A001  what it is
    job = (await desk.ask(request, "GET", place("jobs", id))).data
    status = request.query_params.get("status", "")
    status = status if status in STATUSES else ""
    query = {"limit": 50, "status": status or None, "cursor": request.query_params.get("cursor")}
    items: list[Any] = []
    cursor = None
    if job["state"] in ENDED:
        reply = await desk.ask(request, "GET", place("jobs", id, "items"), query=query)
        items, cursor = reply.data["items"], next_cursor(reply.headers.get("link", ""))
    return render(
        request,
        "job.html",
        section="jobs",
        job=job,
        about=KINDS[job["kind"]].about if job["kind"] in KINDS else "",
        is_over=job["state"] in ENDED,
        items=items,
        cursor=cursor,
        status=status,
        statuses=STATUSES,
        done=DONE.get(request.query_params.get("done", ""), ""),
        can_retry=caller_at(request).key is not None,
    )


async def watch(desk: Desk, request: Request) -> Response:
    """The same stream that the API has, for the page."""
    require(request, "jobs")
    return desk.api.passed(request, caller_at(request), place("jobs", request.path_params["id"], "events"))


async def cancel(desk: Desk, request: Request) -> Response:
    """Let a job end."""
    require(request, "jobs")
    await desk.ask(request, "POST", place("jobs", request.path_params["id"], "cancel"))
    return redirect(request, f"{_page(request.path_params['id'])}?done=cancelled")


async def retry(desk: Desk, request: Request) -> Response:
    """Begin a job of the items that failed."""
    require(request, "jobs")
    job = (await desk.ask(request, "POST", place("jobs", request.path_params["id"], "retry"))).data
    return redirect(request, f"{_page(job['id'])}?done=retried")


def _page(id: str) -> str:
    return place("jobs", id).replace("/api/v1/", "portal/")
