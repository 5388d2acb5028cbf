"""Routes that tell about the server itself and need no user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..accounts.tokens import Identity, public_jwk, public_pem
from ..http.messages import Request, Response, json_response, text_response
from . import route

if TYPE_CHECKING:
    from ..wiki import Wiki


@route("GET", "/healthz")
def health(_sandbox: Wiki, _request: Request, _identity: Identity) -> Response:
    """Whether the server works."""
    return json_response({"ok": True})


@route("GET", "/.well-known/apollo/server-health")
def apollo_health(_sandbox: Wiki, _request: Request, _identity: Identity) -> Response:
    """Whether GraphQL works."""
    response = json_response({"status": "pass"})
    response.content_type = "application/health+json; charset=utf-8"
    return response


@route("GET", "/.well-known/jwk.json")
def jwk(sandbox: Wiki, _request: Request, _identity: Identity) -> Response:
    """The key that tokens can be verified with."""
    return json_response(public_jwk(sandbox.key))


@route("GET", "/.well-known/jwk.pem")
def pem(sandbox: Wiki, _request: Request, _identity: Identity) -> Response:
    """The same key in the older notation."""
    return text_response(public_pem(sandbox.key))
