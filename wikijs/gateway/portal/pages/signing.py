"""Signing in, with a key or an account of the wiki, and out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from ...access.tokens import kind_of
from ...http.problems import Refused
from ...routes.me import log_in
from ..desk import Desk, text, visit_of
from ..rendering import redirect, render
from ..visits import signed_in

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

WHY: Final = {
    "ended": "You are signed out: your login has ended, or its key is not taken any more.",
    "out": "You are signed out.",
}


def add(desk: Desk) -> None:
    """Register the pages."""
    desk.page("GET", "/portal/sign-in", show, "anybody")
    desk.page("POST", "/portal/sign-in", enter, "anybody")
    desk.page("POST", "/portal/sign-out", leave)


async def show(desk: Desk, request: Request) -> Response:
    """The form."""
    if visit_of(request).caller is not None:
        return redirect(request, "portal")
    return _form(desk, request, note=WHY.get(request.query_params.get("why", ""), ""))


def _form(desk: Desk, request: Request, status: int = 200, *, note: str = "", problem: str = "") -> Response:
    return render(
        request,
        "sign-in.html",
        status,
        section="sign-in",
        note=note,
        problem=problem,
        accounts=desk.gateway.settings.pass_through,
        wiki=desk.gateway.settings.wiki,
        email=text(request, "email", 255) if request.method == "POST" else "",
    )


async def enter(desk: Desk, request: Request) -> Response:
    """Sign in. The cookie is a new one each time, whatever the browser came with."""
    try:
        cookie = await _entered(desk, request)
    except Refused as refused:
        if refused.status in {401, 403}:  # who goes on after that is counted, and fills no trail
            _note(desk, request, "", "", refused.status)
        if refused.status not in {401, 403, 422, 429}:
            raise
        return _form(desk, request, refused.status, problem=str(refused.members["detail"]))
    return signed_in(redirect(request, "portal"), request, desk.cookies, cookie)


async def _entered(desk: Desk, request: Request) -> str:
    gateway = desk.gateway
    address = request.state.address
    gateway.authenticator.check_guesses(address)
    sessions, credentials = gateway.sessions, gateway.credentials
    key, email, password = text(request, "key", 300), text(request, "email", 255), text(request, "password", 255)
    if key:
        if kind_of(key) not in {"wkg", None}:
            raise Refused(422, "validation", "Validation", "That is a token. Sign in with a key, wkg_….")
        caller = await gateway.authenticator.authenticate(f"Bearer {key}", address)
        if caller.key is None:
            raise Refused(422, "validation", "Validation", "Sign in with a key of the gateway, wkg_….")
        if caller.origins:  # it lies in a web page, where anybody finds it
            raise Refused(
                403,
                "origin-forbidden",
                "Origin forbidden",
                "This key is for web pages only; it does not open the portal.",
            )
        _note(desk, request, caller.id, caller.name, 303)
        return await asyncio.to_thread(lambda: sessions.enter(caller.name, key=caller.id))
    if not email or not password:
        raise Refused(
            422,
            "validation",
            "Validation",
            "Give a key" + (", or an e-mail address and a password." if gateway.settings.pass_through else "."),
        )
    if not gateway.settings.pass_through:
        raise Refused(403, "logins-off", "Logins off", "Accounts of the wiki are not taken here.")
    token = await log_in(request, email, password)
    _note(desk, request, "", email, 303)
    return await asyncio.to_thread(
        lambda: sessions.enter(email, seal=lambda family: credentials.seal({"token": token}, family))
    )


def _note(desk: Desk, request: Request, caller: str, name: str, status: int) -> None:
    desk.gateway.audit.note(
        caller=caller,
        name=name,
        address=request.state.address,
        action="POST /portal/sign-in",
        target="/portal",
        status=status,
        request_id=request.state.request_id,
    )


async def leave(desk: Desk, request: Request) -> Response:
    """Sign out: the login ends, also where somebody has copied its cookie."""
    await asyncio.to_thread(desk.gateway.sessions.revoke, desk.cookies.value(request, "login"))
    response = redirect(request, "portal/sign-in?why=out", {"Clear-Site-Data": '"cache"'})
    desk.cookies.put(response, request, "login", "", None)
    return response
