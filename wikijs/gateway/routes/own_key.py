"""A new secret for the key that one has oneself, without an administrator."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ..access.tokens import digest_of, kind_of
from ..door import caller_of, gateway_of, route
from ..http.encoding import answer
from ..http.problems import Refused
from .admin import KeyOut, KeyRotation, shown

if TYPE_CHECKING:
    from ..access.keys import Key


def add(router: APIRouter) -> None:
    """Register the route."""

    @route(
        router, "POST", "/api/v1/me/rotate", scope="", confined=True,
        answers={200: (KeyOut, "The key, with its new secret, which is shown this once.")},
    )  # fmt: skip
    async def rotate_own_key(request: Request, body: KeyRotation) -> Response:
        """Give the key that calls a new secret; the old one is taken for a while. What it may do stays as it is."""
        gateway = gateway_of(request)
        key = caller_of(request).key
        if key is None:
            raise Refused(409, "no-key", "No key", "Only who comes with a key of the gateway can give it a new secret.")
        _check_newest(request, key)
        new, secret = await asyncio.to_thread(lambda: gateway.keys.rotate(key.id, grace=body.grace))
        return answer({**shown(new, gateway.clock()), "key": secret}, headers={"Cache-Control": "no-store"})


def _check_newest(request: Request, key: Key) -> None:
    """Whoever has but an old secret, which may be why there is a new one, must not lock out those who have the new."""
    text = request.headers.get("authorization", "").partition(" ")[2].strip()
    is_newest = (
        digest_of(text) == key.digest
        if not hasattr(request.state, "inside") and kind_of(text) == "wkg"
        else (key.old_until or 0.0) <= gateway_of(request).clock()  # of a login it is not known which secret began it
    )
    if not is_newest:
        raise Refused(
            409,
            "secret-replaced",
            "Secret replaced",
            "This key was given a new secret, and the old one is still taken for a while. Until that has passed only"
            " the new secret, or an administrator, can replace it again.",
        )
