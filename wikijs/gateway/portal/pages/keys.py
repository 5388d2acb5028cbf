"""Keys: made, changed, rotated, revoked. A secret is shown once, in the answer to the form that made it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ...access.scopes import PRESETS, SCOPES
from ...limits.tiers import CLASSES
from ..asking import Unanswered, place
from ..desk import Desk, lines, many, require, text
from ..rendering import redirect, render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

DONE: Final = {
    "changed": "The key is changed.",
    "revoked": "The key is not taken any more, from now on.",
    "limits": "The key has other limits now.",
}
GRACES: Final = {0: "not at all", 3600: "for an hour", 86_400: "for a day", 7 * 86_400: "for a week"}
NUMBERS: Final = ("rate", "burst", "daily", "batch", "jobs", *(kind for kind in CLASSES if kind != "read"))


def add(desk: Desk) -> None:
    """Register the pages."""
    desk.page("GET", "/portal/keys", show_all)
    desk.page("GET", "/portal/keys/new", show_new)
    desk.page("POST", "/portal/keys/new", make)
    desk.page("GET", "/portal/keys/{id}", show_one)
    desk.page("POST", "/portal/keys/{id}", change)
    desk.page("POST", "/portal/keys/{id}/rotate", rotate)
    desk.page("POST", "/portal/keys/{id}/revoke", revoke)
    desk.page("POST", "/portal/keys/{id}/limits", limit)


async def show_all(desk: Desk, request: Request) -> Response:
    """All keys."""
    require(request, "admin")
    keys = (await desk.ask(request, "GET", place("admin", "keys"))).data["items"]
    state = request.query_params.get("state", "")
    chosen = [key for key in reversed(keys) if state in {"", key["state"]}]
    return render(request, "keys.html", section="keys", keys=chosen, state=state, count=len(keys))


async def show_new(desk: Desk, request: Request) -> Response:
    """The form for a new one."""
    require(request, "admin")
    blank = {"name": "", "scopes": ["read"], "tier": "free", "credential": "default", "expires": ""}
    return await _form(desk, request, {**blank, "prefixes": "", "origins": ""})


async def _form(
    desk: Desk, request: Request, values: dict[str, Any], *, refusal: Unanswered | None = None, id: str | None = None
) -> Response:
    tiers = (await desk.ask(request, "GET", place("admin", "tiers"))).data["items"]
    credentials = (await desk.ask(request, "GET", place("admin", "credentials"))).data["items"]
    groups: dict[str, dict[str, str]] = {}
    for scope, about in SCOPES.items():
        groups.setdefault(scope.partition(":")[0], {})[scope] = about
    return render(
        request,
        "key-form.html",
        refusal.status if refusal else 200,
        section="keys",
        id=id,
        values=values,
        refusal=refusal,
        tiers=tiers,
        credentials=[each["name"] for each in credentials],
        presets=PRESETS,
        groups=groups,
        form_number=secrets.token_hex(16),
        today=datetime.fromtimestamp(desk.gateway.clock(), UTC).date().isoformat(),
    )


def _values(request: Request) -> dict[str, Any]:
    return {
        "name": text(request, "name", 200),
        "scopes": many(request, "scope"),
        "tier": text(request, "tier", 64),
        "credential": text(request, "credential", 64),
        "expires": text(request, "expires", 10),
        "prefixes": text(request, "prefixes", 20_000),
        "origins": text(request, "origins", 20_000),
    }


def _body(request: Request, values: dict[str, Any]) -> dict[str, Any]:
    body = {name: values[name] for name in ("name", "scopes", "tier")}
    body |= {"credential": values["credential"] or "default"}
    body |= {"prefixes": lines(request, "prefixes"), "origins": lines(request, "origins")}
    return {**body, "expiresAt": end_of(values["expires"])}


def end_of(day: str) -> str | None:
    """The end of a day, which is when a key ends that says this day; None where it says none.

    Raises:
        Unanswered: It is no day.
    """
    if not day:
        return None
    try:
        begin = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Unanswered(422, {"title": "Validation", "detail": "The expiry is a day, such as 2027-03-31."}) from None
    return (begin + timedelta(days=1)).isoformat()


async def make(desk: Desk, request: Request) -> Response:
    """Make a key, and show it this once. The same form sent again, by a reload, makes no second one."""
    require(request, "admin")
    values = _values(request)
    if (before := await desk.made_by(request)) is not None:
        return redirect(request, _place(before))
    try:
        made = (await desk.ask(request, "POST", place("admin", "keys"), body=_body(request, values))).data
    except Unanswered as refusal:
        return await _form(desk, request, values, refusal=refusal)
    await desk.remember(request, made["id"])
    return render(request, "key-made.html", section="keys", made=made, base=desk.base(request), is_rotated=False)


async def show_one(desk: Desk, request: Request) -> Response:
    """One key, with its limits and what changed it."""
    require(request, "admin")
    id = request.path_params["id"]  # noqa: A001  what it is
    key = (await desk.ask(request, "GET", place("admin", "keys", id))).data
    overrides = (await desk.ask(request, "GET", place("admin", "overrides"))).data["items"]
    tiers = (await desk.ask(request, "GET", place("admin", "tiers"))).data["items"]
    if request.query_params.get("edit") == "1" and key["state"] != "revoked":
        ends = datetime.fromisoformat(key["expiresAt"]) - timedelta(seconds=1) if key["expiresAt"] else None
        values = {**key, "expires": ends.date().isoformat() if ends else ""}
        return await _form(
            desk,
            request,
            {**values, "prefixes": "\n".join(key["prefixes"]), "origins": "\n".join(key["origins"])},
            id=id,
        )
    return render(
        request,
        "key.html",
        section="keys",
        key=key,
        done=DONE.get(request.query_params.get("done", ""), ""),
        tier=next((tier for tier in tiers if tier["name"] == key["tier"]), None),
        override=next((each for each in overrides if each["key"] == id), None),
        numbers=NUMBERS,
        graces=GRACES,
        form_number=secrets.token_hex(16),
        used=await desk.gateway.policy.limits.used(id),
    )


async def change(desk: Desk, request: Request) -> Response:
    """Change what a key may do."""
    require(request, "admin")
    id = request.path_params["id"]  # noqa: A001
    values = _values(request)
    try:
        await desk.ask(request, "PATCH", place("admin", "keys", id), body=_body(request, values))
    except Unanswered as refusal:
        if refusal.status == 404:
            raise
        return await _form(desk, request, values, refusal=refusal, id=id)
    return redirect(request, f"{_place(id)}?done=changed")


async def rotate(desk: Desk, request: Request) -> Response:
    """Give a key a new secret, and show it this once."""
    require(request, "admin")
    id = request.path_params["id"]  # noqa: A001
    grace = text(request, "grace", 10)
    if await desk.made_by(request) is not None:
        return redirect(request, _place(id))
    body = {"grace": int(grace) if grace.isdecimal() else 86_400}
    made = (await desk.ask(request, "POST", place("admin", "keys", id, "rotate"), body=body)).data
    await desk.remember(request, id)
    return render(request, "key-made.html", section="keys", made=made, base=desk.base(request), is_rotated=True)


async def revoke(desk: Desk, request: Request) -> Response:
    """Take a key no more."""
    require(request, "admin")
    id = request.path_params["id"]  # noqa: A001
    await desk.ask(request, "DELETE", place("admin", "keys", id))
    return redirect(request, f"{_place(id)}?done=revoked")


async def limit(desk: Desk, request: Request) -> Response:
    """Give a key other limits, for a while or for good."""
    require(request, "admin")
    id = request.path_params["id"]  # noqa: A001
    given = {name: text(request, name, 12) for name in NUMBERS}
    wrong = [name for name, value in given.items() if value and not (value.isascii() and value.isdecimal())]
    if wrong:
        raise Unanswered(422, {"title": "Validation", "detail": f"{wrong[0]} is a whole number."})
    body = {
        "limits": {name: int(value) for name, value in given.items() if value},
        "until": end_of(text(request, "until", 10)),
        "reason": text(request, "reason", 500),
    }
    if not body["limits"]:
        raise Unanswered(422, {"title": "Validation", "detail": "Say at least one number that differs."})
    await desk.ask(request, "PUT", place("admin", "overrides", id), body=body)
    return redirect(request, f"{_place(id)}?done=limits")


def _place(id: str) -> str:
    return place("keys", id).replace("/api/v1/", "portal/")
