"""Routes with what stands before them, and without the framework's machinery where there is nothing for it to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from .access.checks import Rule
from .door import Handler, enter, rule_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class GatewayRoute(APIRoute):
    """A route with what stands before it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        quick = quick_handler(self)
        if quick is not None:
            self._whole, self._quick = self.app, quick
            self._numbers = tuple(each.name for each in self.dependant.path_params if _kind(each) is int)
            self._arguments = rule_of(self.openapi_extra) or Rule(""), self.path_format, _names(self)
            self.app = self._either

    def get_route_handler(self) -> Handler:
        """The handler, with everything around it."""
        inner = super().get_route_handler()
        rule = rule_of(self.openapi_extra) or Rule("")
        place, known = self.path_format, _names(self)

        async def handle(request: Request) -> Response:
            return await enter(request, rule, inner, place, known)

        return handle

    async def _either(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Without a query there is nothing to be read but the path: the framework's machinery would cost the most."""
        place: dict[str, str] = scope["path_params"]
        if scope["query_string"] or not all(_is_number(place[name]) for name in self._numbers):
            await self._whole(scope, receive, send)
            return
        rule, route, known = self._arguments
        request = Request(scope, receive, send)
        response = await enter(request, rule, self._quick, route, known)
        await response(scope, receive, send)


def _names(route: APIRoute) -> frozenset[str]:
    """Names of the parameters that a route takes."""
    names = frozenset(field.alias for field in route.dependant.query_params)
    return names | frozenset((route.openapi_extra or {}).get("x-names", ()))


def quick_handler(route: APIRoute) -> Handler | None:
    """What answers a request without a query; None for routes that read more than a path, or check it."""
    needs = route.dependant
    others = (needs.body_params, needs.header_params, needs.cookie_params, needs.dependencies)
    function: Any = needs.call
    if route.methods != {"GET"} or any(others) or any(field.field_info.is_required() for field in needs.query_params):
        return None
    defaults = {field.name: field.get_default() for field in needs.query_params}
    kinds = {field.name: _kind(field) for field in needs.path_params}
    if any(kind not in {int, str} for kind in kinds.values()) or needs.request_param_name != "request":
        return None
    if any(field.field_info.metadata for field in needs.path_params):
        return None
    numbers = [name for name, kind in kinds.items() if kind is int]

    async def handle(request: Request) -> Response:
        given: dict[str, Any] = dict(request.path_params)
        for name in numbers:
            given[name] = int(given[name])
        response: Response = await function(request=request, **given, **defaults)
        return response

    return handle


def _kind(field: Any) -> Any:
    return field.field_info.annotation


def _is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 16
