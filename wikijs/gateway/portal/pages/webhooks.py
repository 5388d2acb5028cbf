"""Webhooks and what became of their messages."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from ..asking import Unanswered, place
from ..desk import Desk, lines, many, require, text
from ..rendering import redirect, render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

EVENTS: Final = {
    "*": "everything",
    "page.*": "pages: created, changed, moved, deleted",
    "page.created": "pages that are created",
    "page.updated": "pages that change",
    "page.deleted": "pages that are deleted",
    "asset.*": "files",
    "comment.*": "comments",
    "user.*": "users",
    "group.*": "groups",
    "quota.*": "keys that near or reach their quota",
}
DONE: Final = {
    "paused": "The webhook is paused; messages wait.",
    "active": "The webhook goes on.",
    "deleted": "The webhook is gone, and all that waited for it.",
    "changed": "The webhook is changed.",
}
PAYLOADS: Final = {
    "thin": "thin: what happened, and to which page",
    "full": "full: with the page as it is",
    "cloudevents": "as CloudEvents",
}


def add(desk: Desk) -> None:
    """Register the pages."""
    desk.page("GET", "/portal/webhooks", show_all)
    desk.page("GET", "/portal/webhooks/new", show_new)
    desk.page("POST", "/portal/webhooks/new", make)
    desk.page("GET", "/portal/webhooks/{id}", show_one)
    desk.page("POST", "/portal/webhooks/{id}/state", switch)
    desk.page("POST", "/portal/webhooks/{id}/test", test)
    desk.page("POST", "/portal/webhooks/{id}/rotate", rotate)
    desk.page("POST", "/portal/webhooks/{id}/delete", delete)
    desk.page("POST", "/portal/webhooks/{id}/redeliver", redeliver)


async def show_all(desk: Desk, request: Request) -> Response:
    """All webhooks."""
    require(request, "webhooks")
    hooks = (await desk.ask(request, "GET", place("webhooks"))).data["items"]
    done = DONE.get(request.query_params.get("done", ""), "")
    return render(request, "webhooks.html", section="webhooks", hooks=hooks, done=done)


async def show_new(desk: Desk, request: Request) -> Response:
    """The form for a new one."""
    require(request, "webhooks")
    return _form(request, {"url": "", "events": ["page.*"], "paths": "", "payload": "thin", "description": ""})


def _form(request: Request, values: dict[str, Any], refusal: Unanswered | None = None) -> Response:
    return render(
        request,
        "webhook-form.html",
        refusal.status if refusal else 200,
        section="webhooks",
        values=values,
        refusal=refusal,
        events=EVENTS,
        payloads=PAYLOADS,
        form_number=secrets.token_hex(16),
    )


async def make(desk: Desk, request: Request) -> Response:
    """Make a webhook, and show its secret this once."""
    require(request, "webhooks")
    if await desk.made_by(request) is not None:
        return redirect(request, "portal/webhooks")
    values: dict[str, Any] = {
        "url": text(request, "url"),
        "events": many(request, "event"),
        "paths": text(request, "paths", 20_000),
        "payload": text(request, "payload", 20) or "thin",
        "description": text(request, "description", 500),
    }
    body = {**values, "paths": lines(request, "paths"), "events": values["events"] or ["*"]}
    try:
        made = (await desk.ask(request, "POST", place("webhooks"), body=body)).data
    except Unanswered as refusal:
        return _form(request, values, refusal)
    await desk.remember(request, made["id"])
    return render(request, "webhook-made.html", section="webhooks", made=made)


async def show_one(desk: Desk, request: Request, tried: dict[str, Any] | None = None) -> Response:
    """One webhook and its deliveries, the latest first."""
    require(request, "webhooks")
    id = request.path_params["id"]  # noqa: A001  what it is
    hook = (await desk.ask(request, "GET", place("webhooks", id))).data
    failed = request.query_params.get("failed") == "1"
    query = {"limit": 50, "failed": "true" if failed else None}
    found = (await desk.ask(request, "GET", place("webhooks", id, "deliveries"), query=query)).data["items"]
    return render(
        request,
        "webhook.html",
        section="webhooks",
        hook=hook,
        deliveries=found,
        failed=failed,
        tried=tried,
        done=DONE.get(request.query_params.get("done", ""), ""),
    )


async def switch(desk: Desk, request: Request) -> Response:
    """Pause a webhook, or let it go on."""
    require(request, "webhooks")
    state = "paused" if text(request, "state") == "paused" else "active"
    await desk.ask(request, "PATCH", _hook(request), body={"state": state})
    return redirect(request, f"{_page(request)}?done={state}")


async def test(desk: Desk, request: Request) -> Response:
    """Send a message to try it out, and say what came of it."""
    require(request, "webhooks")
    return await show_one(desk, request, (await desk.ask(request, "POST", f"{_hook(request)}/test")).data)


async def rotate(desk: Desk, request: Request) -> Response:
    """Sign with a new secret, and show it this once."""
    require(request, "webhooks")
    made = (await desk.ask(request, "POST", f"{_hook(request)}/rotate", body={})).data
    return render(request, "webhook-made.html", section="webhooks", made=made)


async def delete(desk: Desk, request: Request) -> Response:
    """Forget a webhook."""
    require(request, "webhooks")
    await desk.ask(request, "DELETE", _hook(request))
    return redirect(request, "portal/webhooks?done=deleted")


async def redeliver(desk: Desk, request: Request) -> Response:
    """Send a message again, and say what came of it."""
    require(request, "webhooks")
    path = place("webhooks", request.path_params["id"], "deliveries", text(request, "delivery", 200), "redeliver")
    return await show_one(desk, request, (await desk.ask(request, "POST", path)).data)


def _hook(request: Request) -> str:
    return place("webhooks", request.path_params["id"])


def _page(request: Request) -> str:
    return _hook(request).replace("/api/v1/", "portal/")
