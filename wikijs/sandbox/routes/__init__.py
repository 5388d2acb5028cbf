"""What the server answers outside `/graphql`, one module for each concern.

    @route("GET", r"/healthz")
    def health(sandbox: Wiki, request: Request, identity: Identity) -> Response: ...

The pattern must match the whole path; its groups are passed as further arguments. Modules are tried in the order of
their names and routes in the order of their definition, so what matches any path goes into a module that sorts last.
A route may return None to leave the request to the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeVar

from ..http.messages import Request, Response, page_response

if TYPE_CHECKING:
    from ..accounts.tokens import Identity
    from ..wiki import Wiki

Route = Callable[..., "Response | None"]
F = TypeVar("F", bound=Route)

_registry: list[tuple[str, re.Pattern[str], Route]] = []


def route(method: str, pattern: str) -> Callable[[F], F]:
    """Register a function as the answer to requests of this method and path."""

    def register(function: F) -> F:
        _registry.append((method, re.compile(pattern), function))
        return function

    return register


@cache
def routes() -> list[tuple[str, re.Pattern[str], Route]]:
    """All routes, after importing every module of this package."""
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        import_module(f"{__name__}.{module.name}")
    return _registry


def respond(sandbox: Wiki, request: Request, identity: Identity) -> Response:
    """The answer to a request outside `/graphql`."""
    method = "GET" if request.method == "HEAD" else request.method
    for wanted, pattern, function in routes():
        if wanted == method and (match := pattern.fullmatch(request.path)):
            response = function(sandbox, request, identity, *match.groups())
            if response is not None:
                return response
    return page_response("Page Not Found" if method == "GET" else "Error", 404)
