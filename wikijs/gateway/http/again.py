"""The innermost middleware: gives answers again that are kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..access.checks import Asked, refusal
from ..limits.buckets import LocalLimits
from ..limits.policy import CHEAP, headers, raw
from .conditional import tags
from .problems import Refused

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from ..runtime import Gateway


class Again:
    """The innermost middleware: gives answers again. Whatever is not as always is left to the routes.

    Args:
        app: What is inside.
        gateway: The gateway.
    """

    def __init__(self, app: ASGIApp, gateway: Gateway) -> None:
        self._app = app
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not await self._given(scope, send):
            await self._app(scope, receive, send)

    async def _given(self, scope: Scope, send: Send) -> bool:
        gateway = self._gateway
        answers, policy = gateway.answers, gateway.policy
        if answers is None or not isinstance(policy.limits, LocalLimits):
            return False
        begun = time.perf_counter()
        sent: dict[bytes, bytes] = dict(scope["headers"])
        caller = gateway.authenticator.known(sent.get(b"authorization", b""))
        if caller is None or b"cache-control" in sent:
            return False
        found = answers.find(scope, caller)
        if found is None:
            return False
        origin = sent.get(b"origin")
        asked = Asked(caller, found.rule, "GET", None if origin is None else origin.decode("latin-1"), gateway.settings)
        if refusal(asked) is not None:
            return False  # the routes say why
        try:
            wanted = sent.get(b"if-none-match")
            known = found.tag is not None and wanted is not None and _is_known(wanted.decode("latin-1"), found.tag)
            tier, decision = await policy.take(caller, found.rule.kind, CHEAP)
        except Refused:
            return False  # the routes say why
        state = scope["state"]
        state["route"] = found.route
        state["limit_headers"] = raw(headers(tier, decision, gateway.clock()))
        status, body = (304, b"") if known else (200, found.body)
        size = str(len(body)).encode()
        head = [each for each in found.head if each[0] != b"content-type"] if known else found.head
        start = {"type": "http.response.start", "status": status}
        await send({**start, "headers": head if known else [*head, (b"content-length", size)]})
        await send({"type": "http.response.body", "body": body})
        spent = (time.perf_counter() - begun) * 1e3
        gateway.usage.note(caller.id, f"GET {found.route}", status, spent, len(body))
        return True


def _is_known(header: str, tag: str) -> bool:
    wanted = tags(header)
    return wanted is None or tag in wanted
