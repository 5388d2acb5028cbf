"""Addresses with a slash at the end, which are those without it. This module sorts before all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..accounts.tokens import Identity
from ..http.messages import TEXT, Request, Response
from . import route

if TYPE_CHECKING:
    from ..wiki import Wiki


@route("GET", r"(/.+)/")
@route("POST", r"(/.+)/")
def without_slash(_sandbox: Wiki, request: Request, _identity: Identity, path: str) -> Response:
    """The way to the address without its last slash."""
    location = path + (f"?{request.query_string}" if request.query_string else "")
    return Response(301, TEXT, f"Moved Permanently. Redirecting to {location}".encode(), [("location", location)])
