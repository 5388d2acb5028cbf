"""The wiki for assistants behind the gateway's keys: `/mcp` and `/mcp/readonly`.

Which tools there are follows from the scopes of the key. Each request stands for itself, so that any process of the
gateway can answer it.
"""

from __future__ import annotations

import json
import re
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ..access.checks import Rule
from ..door import caller_of, client_of, gateway_of, require
from ..http.problems import Refused

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from wikijs import AsyncWikiJSClient
    from wikijs.mcp.server import WikiServer

    from ..limits.tiers import RouteClass

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
KINDS: Final[dict[str, RouteClass]] = {
    **dict.fromkeys((*TOOLS["pages:write"], *TOOLS["pages:delete"], *TOOLS["ops:write"]), "write"),
    "search_pages": "search",
    "grep_pages": "search",
    "upload_asset": "upload",
}
"""The buckets that tools take from; the others are reads."""

_client: ContextVar[AsyncWikiJSClient] = ContextVar("client")
_caller: ContextVar[str] = ContextVar("caller")


def add(router: APIRouter) -> None:
    """Register the routes. OpenAPI does not describe them: the protocol says itself what it can do."""
    for path, endpoint in (("/mcp", speak), ("/mcp/readonly", speak_reading)):
        router.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            include_in_schema=False,
            response_model=None,
            openapi_extra={"x-wikijs-rule": Rule("", live=True)},  # what each tool needs is said by TOOLS
        )


async def speak(request: Request) -> Response:
    """Speak the Model Context Protocol."""
    return await answered(request, is_reading=False)


async def speak_reading(request: Request) -> Response:
    """The same with tools that read only."""
    return await answered(request, is_reading=True)


async def answered(request: Request, *, is_reading: bool) -> Response:
    """The answer to a request of an assistant.

    Raises:
        Refused: The key may not read pages, has used up what it may do, or the gateway cannot do this.
    """
    require(request, "pages:read")
    caller, gateway = caller_of(request), gateway_of(request)
    body = await request.body()
    method, tool = _asked(body)
    kind = KINDS.get(tool, "read")
    request.state.target = " ".join(filter(None, (request.url.path, method, tool)))
    request.state.only_reads = kind in {"read", "search"}
    if kind != "read":
        await gateway.policy.take(caller, kind)
        await gateway.policy.give_back(caller, "read", 1)
    tools = tuple(tool for scope, names in TOOLS.items() if scope in caller.scopes for tool in names)
    reading = is_reading or gateway.settings.read_only
    server = _server(tools, reading, "admin" in caller.scopes, gateway.questions_key)
    return _Answer(server, client_of(request), caller.id, body)


def _asked(body: bytes) -> tuple[str, str]:
    """The method that is called, and the tool, where they are known ones."""
    try:
        found: Any = json.loads(body)
        method, tool = str(found["method"]), str(found.get("params", {}).get("name", ""))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "", ""  # the protocol's own answer says what is wrong
    known = {name for names in TOOLS.values() for name in names}
    if method != "tools/call" or tool not in known:
        tool = ""
    return (method if re.fullmatch(r"[\w/]{1,40}", method, re.ASCII) else ""), tool


class _Answer(Response):
    """Hands a request over to the server."""

    def __init__(self, server: WikiServer, client: AsyncWikiJSClient, caller: str, content: bytes) -> None:
        super().__init__()
        self._server = server
        self._client = client
        self._caller = caller
        self._content: bytes | None = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from wikijs.mcp.http import answer_alone

        async def again() -> Message:
            """The body, which was read before, and then whatever comes."""
            content, self._content = self._content, None
            if content is None:
                return await receive()
            return {"type": "http.request", "body": content, "more_body": False}

        token, caller = _client.set(self._client), _caller.set(self._caller)
        try:
            await answer_alone(self._server, scope, again, send)
        finally:
            _client.reset(token)
            _caller.reset(caller)


@cache
def _server(tools: tuple[str, ...], is_reading: bool, is_admin: bool, secret: bytes) -> WikiServer:
    from wikijs.exceptions import ConfigurationError
    from wikijs.mcp import Settings, create_server

    toolsets: Any = ("pages", "assets", "users", "admin") if is_admin else ("pages", "assets")
    settings = Settings(tools=tools, toolsets=toolsets, read_only=is_reading, notices=False)
    try:
        return create_server(_client.get, settings, secret=secret, caller=_caller.get)
    except ConfigurationError as error:
        raise Refused(501, "not-implemented", "Not implemented", f"{error.message} {error.hint or ''}") from None
