"""The sandbox as an ASGI application."""

from __future__ import annotations

from ipaddress import ip_address
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response as StarletteResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from .body import LIMIT
from .messages import NoAnswerError, Request
from .subscriptions import Conversation

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from ..wiki import Wiki

IN_MEMORY = 1024 * 1024
"""Bytes of a form that are held in memory; a longer one goes to disk."""
ON_DISK = 1024 * IN_MEMORY
"""Bytes of a form that are kept at all; the server has no such bound, and no disk of ours."""


class Everything:
    """The ASGI endpoint of all paths and methods: the sandbox's own routing takes over from here."""

    def __init__(self, sandbox: Wiki) -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        incoming = StarletteRequest(scope, receive)
        if not is_own_host(incoming.headers.get("host", ""), self._sandbox.url):
            await StarletteResponse("This is not the host of the sandbox.", 421)(scope, receive, send)
            return
        is_form = incoming.headers.get("content-type", "").lower().startswith("multipart/")
        with SpooledTemporaryFile(IN_MEMORY) as form:
            if is_form:
                async for chunk in incoming.stream():
                    form.write(chunk[: max(0, ON_DISK - form.tell())])
                form.seek(0)
            request = Request(
                incoming.method,
                scope["raw_path"].decode("ascii"),
                scope["query_string"].decode(),
                dict(incoming.headers),
                b"" if is_form else await bounded(incoming),
                incoming.client.host if incoming.client else "127.0.0.1",
                form if is_form else None,
            )
            try:
                response = await self._sandbox.handle_async(request)
            except NoAnswerError:
                await gone(receive)
                return
        outgoing = StarletteResponse(response.body, response.status)
        if response.content_type:
            outgoing.headers["content-type"] = response.content_type
        for name, value in response.headers:
            outgoing.headers.append(name, value)
        await outgoing(scope, receive, send)


async def bounded(incoming: StarletteRequest) -> bytes:
    """A body, or so much of it that it is known to be too large; the rest is read and not held."""
    body = bytearray()
    async for chunk in incoming.stream():
        body += chunk[: LIMIT + 1 - len(body)]
    return bytes(body)


def is_own_host(host: str, url: str) -> bool:
    """Whether a request was meant for this sandbox, and not for a name of a stranger that leads here.

    A page of any site can have its own name lead to this machine, and then read what the sandbox answers. It has a dot
    in it; addresses and plain names, such as those of containers, do not belong to anybody else.
    """
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    name = name.strip("[]").lower()
    if not name or name == (urlsplit(url).hostname or "").lower() or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return "." not in name.rstrip(".") or name.endswith((".test", ".sandbox", ".example.com", ".internal"))
    return True


async def gone(receive: Receive) -> None:
    """Wait until the client gives up."""
    while (await receive())["type"] != "http.disconnect":
        pass


def application(sandbox: Wiki) -> Starlette:
    """An ASGI application that serves this sandbox."""

    async def subscribe(socket: WebSocket) -> None:
        await Conversation(sandbox, socket).hold()

    return Starlette(
        routes=[WebSocketRoute("/graphql-subscriptions", subscribe), Route("/{path:path}", Everything(sandbox))]
    )
