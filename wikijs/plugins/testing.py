"""Tests for plugins: `check(MyPlugin)` runs one in both clients, through every way in which a call can end.

No network is used: a small server of prepared answers stands in the place of the wiki.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from wikijs.exceptions import PluginError, WikiJSException

from .types import Plugin

if TYPE_CHECKING:
    import httpx2

URL: Final = "http://wiki.example.com"
_TAG: Final = {"id": 1, "tag": "x", "title": "x", "createdAt": None, "updatedAt": None}


def _key() -> str:
    claims = base64.urlsafe_b64encode(b'{"api": 7, "grp": 1, "aud": "urn:wiki.js"}').decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{claims}.PluginCheckSignature"


SECRET: Final = _key()
"""The API key that is used; no plugin may show it."""


@dataclass
class Report:
    """What `check` found.

    Attributes:
        problems: What is wrong, a sentence each; empty when nothing is.
        outcomes: What each call ended with, by client and way: a value's type, or an exception's.
        effects: Writes that reached the server, by client and way.
    """

    problems: list[str] = field(default_factory=list[str])
    outcomes: dict[str, str] = field(default_factory=dict[str, str])
    effects: dict[str, int] = field(default_factory=dict[str, int])

    def __bool__(self) -> bool:
        return not self.problems


class Server:
    """Answers reads and writes; the first answers of a write may be lost, refused, or broken."""

    def __init__(self, way: str) -> None:
        self._way = way
        self.writes = 0
        self.requests = 0
        self.seen: list[httpx2.Request] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to one request."""
        import httpx2

        self.requests += 1
        self.seen.append(request)
        asked: Any = json.loads(request.content)
        write = "mutation" in str(asked.get("query", ""))
        way = self._way
        if way == "not connected" and self.requests == 1:
            raise httpx2.ConnectError("refused", request=request)
        if way == "refused":
            return _json({"errors": [{"message": "Forbidden", "path": ["x"]}], "data": None})
        if way == "server error":
            return httpx2.Response(502, headers={"content-type": "text/html"}, content=b"<h1>Bad Gateway</h1>")
        if not write:
            if way == "lost" and self.requests == 1:
                raise httpx2.ReadError("lost", request=request)
            return _json({"data": {"comments": {"list": []}}})
        self.writes += 1
        if way == "lost":
            raise httpx2.ReadError("lost", request=request)
        done = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": "ok"}
        return _json({"data": {"comments": {"delete": {"responseResult": done}}}})


def _json(body: Any) -> httpx2.Response:
    import httpx2

    return httpx2.Response(200, headers={"content-type": "application/json"}, content=json.dumps(body).encode())


WAYS: Final = ("answered", "not connected", "lost", "refused", "server error")
"""How a call can end."""


def check(plugin: Callable[[], Plugin], *, sends_writes: bool = True) -> Report:
    """Run a plugin in both clients through every outcome, and raise when something is wrong with it.

    Args:
        plugin: The class, or a function that makes an object: one is made for each client and way.
        sends_writes: False for a plugin that keeps writes back on purpose.

    Returns:
        What happened.

    Raises:
        AssertionError: Something is wrong; the message lists all of it.
    """
    report = Report()
    try:
        made = plugin()
    except Exception as error:
        raise AssertionError(f"It cannot be made: {type(error).__name__}: {error}") from error
    if not isinstance(made, Plugin):  # pyright: ignore[reportUnnecessaryIsInstance]  anything may be given
        raise AssertionError(f"{type(made).__name__} is no subclass of wikijs.plugins.Plugin.")  # noqa: TRY004
    bare = Report()
    for way in WAYS:
        _run(None, way, bare)
        _run(plugin, way, report)
    for label, sent in report.effects.items():
        if sent != bare.effects[label] and (sends_writes or sent > bare.effects[label]):
            report.problems.append(f"{label}: the write reached the wiki {sent} times, without the plugin it is ")
            report.problems[-1] += f"{bare.effects[label]}"
    for way in WAYS:
        for kind in ("read", "write"):
            one, other = (report.outcomes[f"{client} {kind} {way}"] for client in ("blocking", "async"))
            if one != other:
                report.problems.append(f"{kind} {way}: the blocking client ended with {one}, the other with {other}")
    if report.problems:
        raise AssertionError("\n".join(["The plugin does not pass:", *report.problems]))
    return report


def _run(plugin: Callable[[], Plugin] | None, way: str, report: Report) -> None:
    """Read and write in both clients."""
    for kind, operation in zip(("read", "write"), _operations(), strict=True):
        for client in ("blocking", "async"):
            server, heard, label = Server(way), _Heard(), f"{client} {kind} {way}"
            with heard:
                plugins = [] if plugin is None else [plugin()]
                outcome = (
                    _blocking(operation, server, plugins)
                    if client == "blocking"
                    else asyncio.run(_asynchronous(operation, server, plugins))
                )
            report.outcomes[label] = type(outcome).__name__
            report.effects[label] = server.writes
            report.problems += (f"{label}: {problem}" for problem in (*_ended(outcome), *_failures(server), *heard.all))


def _operations() -> tuple[Any, Any]:
    from wikijs import ops

    return ops.comments_list("docs", locale="en"), ops.comments_delete(1)


def _strategy() -> Any:
    from wikijs.middleware import RetryStrategy

    return RetryStrategy(2, initial_delay=0, jitter=0)


def _ended(outcome: object) -> Iterator[str]:
    if isinstance(outcome, PluginError):
        yield str(outcome)
    elif isinstance(outcome, Exception) and not isinstance(outcome, WikiJSException):
        yield f"it ended with {type(outcome).__name__}: {outcome}"


def _failures(server: Server) -> Iterator[str]:
    for request in server.seen:
        if request.headers.get("authorization") != f"Bearer {SECRET}":
            yield "a request went out without the client's token"
        if request.headers.get("content-type") != "application/json":
            yield "a request went out with another content type"


def _blocking(operation: Any, server: Server, plugins: list[Plugin]) -> object:
    import httpx2

    from wikijs import WikiJSClient

    http = httpx2.Client(transport=httpx2.MockTransport(server.answer))
    with http, WikiJSClient(URL, SECRET, http_client=http, retry=_strategy(), plugins=plugins) as client:
        _without_patience(client)
        try:
            return client.execute(operation)
        except Exception as error:
            return error


async def _asynchronous(operation: Any, server: Server, plugins: list[Plugin]) -> object:
    import httpx2

    from wikijs import AsyncWikiJSClient

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(server.answer))
    async with http, AsyncWikiJSClient(URL, SECRET, http_client=http, retry=_strategy(), plugins=plugins) as client:
        _without_patience(client)
        try:
            return await client.execute(operation)
        except Exception as error:
            return error


def _without_patience(client: Any) -> None:
    client._policy.settle_waits = (0.0, 0.0)


class _Heard(logging.Handler):
    """Listens for what plugins raise where it is only logged, and for the token in any log line."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one record."""
        text = record.getMessage()
        if text.startswith("the plugin "):
            self.all.append(text)
        if SECRET in text:
            self.all.append("it logged the token")

    def __enter__(self) -> None:
        logging.getLogger().addHandler(self)

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
