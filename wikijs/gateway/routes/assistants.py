"""The wiki for assistants behind the gateway's keys: `/mcp` and `/mcp/readonly`.

Which tools there are follows from the scopes of the key. Each request stands for itself, so that any process of the
gateway can answer it.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ..door import Rule, caller_of, client_of, gateway_of, require
from ..http.problems import Refused

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from wikijs import AsyncWikiJSClient
    from wikijs.mcp.server import WikiServer

TOOLS: Final[dict[str, tuple[str, ...]]] = {
    "pages:read": ("wiki_info", "search_pages", "grep_pages", "list_pages", "get_page", "page_history"),
    "pages:write": ("create_page", "edit_page", "set_page", "move_page", "restore_page"),
    "pages:delete": ("delete_page",),
    "assets:read": ("list_assets",),
    "assets:write": ("upload_asset",),
    "ops:read": ("find_operations", "run_read_operation"),
    "ops:write": ("run_write_operation",),
}
"""The tools that a key has with each scope."""

_client: ContextVar[AsyncWikiJSClient] = ContextVar("client")


def add(router: APIRouter) -> None:
    """Register the routes. OpenAPI does not describe them: the protocol says itself what it can do."""
    for path, endpoint in (("/mcp", speak), ("/mcp/readonly", speak_reading)):
        router.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            include_in_schema=False,
            response_model=None,
            openapi_extra={"x-wikijs-rule": Rule("")},  # what each tool needs is said by TOOLS
        )


async def speak(request: Request) -> Response:
    """Speak the Model Context Protocol."""
    return answered(request, is_reading=False)


async def speak_reading(request: Request) -> Response:
    """The same with tools that read only."""
    return answered(request, is_reading=True)


def answered(request: Request, *, is_reading: bool) -> Response:
    """The answer to a request of an assistant.

    Raises:
        Refused: The key may not read pages, or the gateway cannot do this.
    """
    require(request, "pages:read")
    scopes = caller_of(request).scopes
    tools = tuple(tool for scope, names in TOOLS.items() if scope in scopes for tool in names)
    reading = is_reading or gateway_of(request).settings.read_only
    return _Answer(_server(tools, reading, "admin" in scopes), client_of(request))


class _Answer(Response):
    """Hands a request over to the server."""

    def __init__(self, server: WikiServer, client: AsyncWikiJSClient) -> None:
        super().__init__()
        self._server = server
        self._client = client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from wikijs.mcp.http import answer_alone

        token = _client.set(self._client)
        try:
            await answer_alone(self._server, scope, receive, send)
        finally:
            _client.reset(token)


@cache
def _server(tools: tuple[str, ...], is_reading: bool, is_admin: bool) -> WikiServer:
    from wikijs.exceptions import ConfigurationError
    from wikijs.mcp import Settings, create_server

    toolsets: Any = ("pages", "assets", "users", "admin") if is_admin else ("pages", "assets")
    settings = Settings(tools=tools, toolsets=toolsets, read_only=is_reading)
    try:
        return create_server(_client.get, settings)
    except ConfigurationError as error:
        raise Refused(501, "not-implemented", "Not implemented", f"{error.message} {error.hint or ''}") from None
