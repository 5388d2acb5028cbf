"""Asks the API of the same gateway, in the name of whoever is signed in: no socket, and no second copy of any rule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote, unquote, urlencode

from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.responses import Response

from ..http.encoding import to_json
from ..http.problems import of_status

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ..access.callers import Caller

_PASSED: Final = frozenset({b"host", b"accept", b"last-event-id"})


class Unanswered(Exception):  # noqa: N818  an answer, not an error
    """The API refused.

    Args:
        status: Its status.
        problem: What it said.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("detail", ""))
        self.status = status
        self.title = str(problem.get("title") or "Refused")
        self.detail = str(problem.get("detail") or "The gateway refused this.")
        self.kind = str(problem.get("type") or "").rpartition("#")[2]
        errors: list[dict[str, Any]] = problem.get("errors") or []
        self.errors = [(str(each.get("pointer", "")), str(each.get("detail", ""))) for each in errors]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the API answered."""

    status: int
    data: Any
    headers: Mapping[str, str]


class Api:
    """The API of an application.

    Args:
        app: The application.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._routes: ASGIApp = AsyncExitStackMiddleware(app.router)

    async def ask(
        self,
        request: Request,
        caller: Caller,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Reply:
        """One request.

        Args:
            request: The browser's, for whose sake it is.
            caller: In whose name.
            method: As of HTTP.
            path: Its path, with what is put into it quoted; see `place`.
            query: Its parameters; None is left out.
            body: What is sent as JSON.

        Raises:
            Unanswered: It was refused.
        """
        content = b"" if body is None else to_json(body)
        scope = self._scope(request, caller, method, path, query, content)
        status, headers, parts = 0, dict[str, str](), list[bytes]()
        is_sent = False

        async def receive() -> Message:
            nonlocal is_sent
            if is_sent:
                return {"type": "http.disconnect"}
            is_sent = True
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.update((name.decode(), value.decode("latin-1")) for name, value in message["headers"])
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self._routes(scope, receive, send)
        text = b"".join(parts)
        data: Any = json.loads(text) if text and "json" in headers.get("content-type", "") else None
        if status >= 400:
            raise Unanswered(status, cast("Mapping[str, Any]", data) if isinstance(data, dict) else {})
        return Reply(status, data, headers)

    def passed(self, request: Request, caller: Caller, path: str) -> Response:
        """An answer that goes to the browser as it comes, such as a stream."""
        return _Passed(self._routes, self._scope(request, caller, "GET", path, None, b""))

    def _scope(
        self, request: Request, caller: Caller, method: str, path: str, query: Mapping[str, Any] | None, content: bytes
    ) -> Scope:
        given = {name: value for name, value in (query or {}).items() if value is not None}
        headers = [each for each in request.scope["headers"] if each[0] in _PASSED]
        if content:
            headers += [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        state = request.state
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": request.scope.get("scheme", "http"),
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": urlencode(given, doseq=True).encode(),
            "headers": headers,
            "client": request.scope.get("client"),
            "server": request.scope.get("server"),
            "app": self._app,
            "state": {"request_id": state.request_id, "address": state.address, "inside": caller},
        }


class _Passed(Response):
    def __init__(self, routes: ASGIApp, scope: Scope) -> None:
        super().__init__()
        self._routes = routes
        self._scope = scope

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._routes(self._scope, receive, send)


def place(*parts: str) -> str:
    """A path of the API, each part of it quoted.

    Raises:
        Refused: A part leads anywhere else.
    """
    if any(part in {"", ".", ".."} or "/" in part for part in parts):
        raise of_status(404)
    return "/api/v1/" + "/".join(quote(part, safe="") for part in parts)
