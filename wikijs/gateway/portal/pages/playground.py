"""GraphiQL in the portal, for keys with the scope graphql."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from starlette.responses import Response

from ...http.encoding import answer
from ...http.problems import Refused, of_status
from ..asking import Unanswered
from ..desk import Desk, caller_at, require, visit_of
from ..rendering import STYLED, render

if TYPE_CHECKING:
    from starlette.requests import Request

HEADER = "x-form-token"
_MOST = 200_000


def add(desk: Desk) -> None:
    """Register the page, and where it asks."""
    desk.page("GET", "/portal/playground", show)

    async def ask(request: Request) -> Response:
        return await _asked(desk, request)

    desk.app.router.add_route("/portal/graphql", ask, methods=["POST"], include_in_schema=False)


async def show(desk: Desk, request: Request) -> Response:
    """The page."""
    del desk
    require(request, "graphql")
    is_any = visit_of(request).may("graphql:any")
    return render(request, "playground.html", section="playground", policy=STYLED, is_any=is_any)


async def _asked(desk: Desk, request: Request) -> Response:
    """What a document gives. A page of another site cannot send the header, and the cookie does not go with it."""
    request.state.route = "/portal/graphql"
    try:
        return answer(await _run(desk, request))
    except Unanswered as error:
        return answer({"errors": [{"message": error.detail}]})
    except Refused as error:
        return error.response(instance="/portal/graphql", request_id=request.state.request_id)


async def _run(desk: Desk, request: Request) -> Any:
    from ..visits import begin

    cookie = desk.cookies.value(request, "login")
    caller = desk.gateway.authenticator.signed_in(cookie)
    request.state.visit = visit = begin(desk.cookies, request, caller)
    if caller is None:
        raise of_status(401)
    desk.pace.check(caller.id)
    if request.headers.get(HEADER) != visit.token or not desk.cookies.is_own(request):
        raise of_status(403)
    require(request, "graphql")
    try:
        body: Any = json.loads((await request.body())[:_MOST])
    except (ValueError, RecursionError):
        raise of_status(400) from None
    asked = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    if asked.get("operationName") == "IntrospectionQuery" and not visit.may("graphql:any"):
        return {"data": introspection()}
    given = {name: asked[name] for name in ("query", "variables", "operationName") if name in asked}
    return (await desk.api.ask(request, caller_at(request), "POST", "/graphql", body=given)).data


def introspection() -> dict[str, Any]:
    """The schema of Wiki.js as it is known here: a key for compiled operations may not ask the wiki itself."""
    from wikijs.playground.answers import bundled_introspection

    return bundled_introspection()
