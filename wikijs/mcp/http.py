"""The server over HTTP: on this machine with a secret, or wherever somebody else has checked who comes."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any, Final

from mcp.server.transport_security import TransportSecuritySettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    from .server import WikiServer

PATH: Final = "/mcp"
_LOCAL: Final = ("127.0.0.1", "localhost", "[::1]")


def application(server: WikiServer, *, secret: str | None, hosts: Sequence[str] = (), path: str = PATH) -> ASGIApp:
    """The server as an ASGI application.

    Requests that name another host are refused, so that no web page reaches it by a name of its own (DNS rebinding).

    Args:
        server: The server.
        secret: What callers have to send as `Authorization: Bearer`; None where whatever stands in front has checked
            who comes.
        hosts: Names by which it is called, with port, beside those of this machine.
        path: Where it answers.
    """
    names = [f"{name}:*" for name in _LOCAL] + list(_LOCAL) + list(hosts)
    origins = [f"{scheme}://{name}" for name in names for scheme in ("http", "https")]
    security = TransportSecuritySettings(allowed_hosts=names, allowed_origins=origins)
    app = server.streamable_http_app(streamable_http_path=path, transport_security=security)
    return app if secret is None else _Guarded(app, secret)


async def answer_alone(server: WikiServer, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request that stands for itself, where whatever stands in front has checked who comes.

    Args:
        server: The server; `create_server` was given what tells the client of the present request.
        scope, receive, send: The request, as ASGI has it.
    """
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    server.streamable_http_app(stateless_http=True, json_response=True, transport_security=security)
    manager = server.session_manager  # the one that was made just now: it is good for one run
    async with manager.run():
        await manager.handle_request(scope, receive, send)


class _Guarded:
    """Lets only those in who know the secret."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app = app
        self._expected = f"Bearer {secret}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_known(scope):
            body = json.dumps({"error": "Send the secret that the server printed as Authorization: Bearer."}).encode()
            headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        await self._app(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        headers: list[Any] = scope["headers"]
        given = [value for name, value in headers if name == b"authorization"]
        return len(given) == 1 and hmac.compare_digest(given[0], self._expected)
