"""Puts the portal and the documentation into an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..http.problems import of_status
from . import assets
from .desk import Desk
from .docs import errors, reference, site, trying
from .pages import audit, jobs, keys, limits, overview, playground, signing, usage, webhooks
from .rendering import redirect

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from ..runtime import Gateway


def add(app: FastAPI, gateway: Gateway) -> None:
    """Add the pages of a gateway to its application: the documentation always, the portal where it is switched on."""
    app.state.desk = desk = Desk(app, gateway)
    assets.add(app)
    if gateway.settings.portal:
        for module in (signing, overview, keys, usage, limits, webhooks, jobs, audit, playground):
            module.add(desk)
        desk.page("GET", "/portal/{path:path}", nothing, "anybody")
    for module in (reference, errors, trying, site):  # the site comes last: it takes what is left below /docs
        module.add(desk)


async def nothing(desk: Desk, request: Request) -> Response:
    """What is no page of the portal, or one of those that the browser asks for with a slash too many."""
    path = request.path_params["path"]
    if not path.strip("/"):
        return redirect(request, "portal")
    del desk
    raise of_status(404, "There is no such page.")
