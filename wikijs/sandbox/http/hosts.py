"""Who may ask a sandbox that listens on this machine only."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

from .messages import HTML, text_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PORT = re.compile(r":\d{1,5}$")
REFUSAL = "This is not the host of the sandbox. Ask for it by localhost or 127.0.0.1."


class LoopbackOnly:
    """An application that answers only who asks for this machine by name.

    Any site can have its own name lead to 127.0.0.1, and then make a browser here read what the sandbox answers; the
    header `Host` tells such requests from ours.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in {"http", "websocket"} or is_loopback(_host(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": REFUSAL})
        else:
            response = text_response(REFUSAL, 403, HTML)
            headers = [(b"content-type", HTML.encode()), (b"content-length", str(len(response.body)).encode())]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": response.body})


def _host(scope: Scope) -> str:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    return hosts[0].decode("latin-1") if len(hosts) == 1 else ""


def is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, can only be this machine."""
    name = PORT.sub("", host).strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
