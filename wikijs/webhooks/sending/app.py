"""Endpoints that programs register by HTTP: an ASGI application to mount."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError, StoreError, WebhookNotFoundError, WikiJSException

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from .doors import Registering

_CREATE: Final = frozenset(
    {"url", "events", "paths", "locales", "tags", "payload", "version", "ordering", "wiki", "headers", "description"}
)
_UPDATE: Final = _CREATE - {"version", "wiki"}
_LISTS: Final = frozenset({"events", "paths", "locales", "tags"})
_LONGEST: Final = 65_536


class _Refused(Exception):  # noqa: N818  an answer, not an error
    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message


def application(hooks: Registering, token: str) -> Starlette:
    """The application; every request needs the token.

    Raises:
        ConfigurationError: The token is empty, or the extra is missing.
    """
    try:
        from starlette.applications import Starlette
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import JSONResponse
        from starlette.routing import Route
    except ModuleNotFoundError:
        raise ConfigurationError("The application is an extra.", hint=pip_line("webhooks")) from None
    if not token:
        raise ConfigurationError("The application of webhooks needs a token.")
    expected = f"Bearer {token}".encode()

    def route(work: Callable[[Request, dict[str, Any]], tuple[int, Any]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode("latin-1", "replace")
            if not hmac.compare_digest(given, expected):
                return JSONResponse({"error": "The token is missing or wrong."}, 401, {"www-authenticate": "Bearer"})
            try:
                status, content = await run_in_threadpool(work, request, await _body(request))
            except _Refused as refused:
                status, content = refused.status, {"error": refused.message}
            except WebhookNotFoundError as error:
                status, content = 404, {"error": error.message}
            except ConfigurationError as error:
                status, content = 422, {"error": error.message}
            except StoreError as error:
                status, content = 503, {"error": error.message}
            except WikiJSException as error:
                status, content = 400, {"error": error.message}
            return JSONResponse(content, status)

        return answer

    answers, place = Answers(hooks), "/v1/webhooks"
    table = (
        ("POST", place, answers.create),
        ("GET", place, answers.all),
        ("GET", f"{place}/{{id}}", answers.one),
        ("PATCH", f"{place}/{{id}}", answers.update),
        ("DELETE", f"{place}/{{id}}", answers.delete),
        ("POST", f"{place}/{{id}}/test", answers.test),
        ("POST", f"{place}/{{id}}/rotate", answers.rotate),
        ("POST", f"{place}/{{id}}/recover", answers.recover),
        ("GET", f"{place}/{{id}}/deliveries", answers.deliveries),
        ("POST", "/v1/deliveries/{id}/redeliver", answers.redeliver),
    )
    return Starlette(routes=[Route(path, route(work), methods=[method]) for method, path, work in table])


class Answers:
    """What each request does; all of it blocks."""

    def __init__(self, hooks: Registering) -> None:
        self._hooks = hooks

    def create(self, _: Request, body: dict[str, Any]) -> tuple[int, Any]:
        """Make an endpoint."""
        made = self._hooks.create(**_arguments(body, _CREATE, remote=True))
        return 201, {**made.endpoint.shown(), "secret": made.secret}

    def rotate(self, request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        """Change its secret."""
        seconds = body.get("keep_old_for", 86400)
        if not isinstance(seconds, int | float):
            raise _Refused(422, "keep_old_for is a number of seconds.")
        made = self._hooks.rotate_secret(_id(request), keep_old_for=seconds)
        return 200, {"id": made.id, "secret": made.secret}

    def update(self, request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        """Change it."""
        state = body.pop("state", None)
        if state not in {None, "active", "paused"}:
            raise _Refused(422, "state is active or paused.")
        endpoint = self._hooks.update(_id(request), **_arguments(body, _UPDATE, remote=True))
        if state is not None:
            (self._hooks.resume if state == "active" else self._hooks.pause)(endpoint.id)
        return 200, self._hooks.get(endpoint.id).shown()

    def delete(self, request: Request, _: dict[str, Any]) -> tuple[int, Any]:
        """Forget it."""
        self._hooks.delete(_id(request))
        return 200, {"id": _id(request)}

    def deliveries(self, request: Request, _: dict[str, Any]) -> tuple[int, Any]:
        """What became of its messages."""
        limit = request.query_params.get("limit", "100")
        if not limit.isdecimal():
            raise _Refused(422, "limit is a number.")
        self._hooks.get(_id(request))
        found = self._hooks.deliveries(
            _id(request), failed=request.query_params.get("failed") == "true", limit=min(int(limit), 1000)
        )
        return 200, {"deliveries": [each.shown() for each in found]}

    def recover(self, request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        """Send again what it never took."""
        try:
            since = datetime.fromisoformat(str(body.get("since")))
        except ValueError:
            raise _Refused(422, "since is a moment as ISO 8601.") from None
        return 200, {"recovered": self._hooks.recover(_id(request), since=since.astimezone())}

    def all(self, _: Request, __: dict[str, Any]) -> tuple[int, Any]:
        """All endpoints."""
        return 200, {"webhooks": [each.shown() for each in self._hooks.list()]}

    def one(self, request: Request, _: dict[str, Any]) -> tuple[int, Any]:
        """One endpoint."""
        return 200, self._hooks.get(_id(request)).shown()

    def test(self, request: Request, _: dict[str, Any]) -> tuple[int, Any]:
        """Try it out."""
        return 200, self._hooks.test(_id(request)).shown()

    def redeliver(self, request: Request, _: dict[str, Any]) -> tuple[int, Any]:
        """Send a message again."""
        return 200, self._hooks.redeliver(_id(request)).shown()


async def _body(request: Request) -> dict[str, Any]:
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LONGEST:
            raise _Refused(413, "The request is too long.")
    if not content:
        return {}
    try:
        body: Any = json.loads(content)
    except (ValueError, RecursionError):
        raise _Refused(400, "The body is no JSON.") from None
    if not isinstance(body, dict):
        raise _Refused(400, "The body is no JSON object.")
    return body  # pyright: ignore[reportUnknownVariableType]


def _arguments(body: dict[str, Any], known: frozenset[str], *, remote: bool) -> dict[str, Any]:
    """What a request says about an endpoint, as far as it makes sense."""
    from .senders import is_sink

    for name, value in body.items():
        if name not in known:
            raise _Refused(422, f"There is no field {name[:50]!r}.")
        is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)  # pyright: ignore[reportUnknownVariableType]
        is_map = isinstance(value, dict) and all(isinstance(each, str) for each in value.values())  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        fits = is_list if name in _LISTS else is_map if name == "headers" else isinstance(value, str)
        if not fits:
            raise _Refused(422, f"{name} is of another type.")
    if known is _CREATE and "url" not in body:
        raise _Refused(422, "url is missing.")
    if remote and is_sink(str(body.get("url", ""))):
        raise _Refused(422, "The URL of the endpoint must begin with https://.")
    return body


def _id(request: Request) -> str:
    return str(request.path_params["id"])
