"""One small wiki of prepared answers behind both clients, for plugins."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import httpx2

from tests.support.jwt import api_key
from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs.middleware import RetryStrategy
from wikijs.plugins import Plugin

KEY = api_key()
READ = ops.comments_list("docs", locale="en")
WRITE = ops.comments_delete(7)
DONE = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": "ok"}


class Server:
    """Answers comments; the first answers may be others."""

    def __init__(self, *first: httpx2.Response | Exception) -> None:
        self.first: list[httpx2.Response | Exception] = list(first)
        self.requests: list[httpx2.Request] = []
        self.writes = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if "mutation" in request.content.decode():
            self.writes += 1
        if self.first:
            answer = self.first.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return self.usual(request)

    def usual(self, request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.content)
        document = asked["query"]
        if "login" in document.lower() and "jwt" in document:
            from tests.support.wiki import login_body

            return httpx2.Response(200, json=login_body())
        if "systemInfo" in document or "system {" in document:
            return httpx2.Response(200, json={"data": {"system": {"info": {"currentVersion": "2.5.314"}}}})
        if "mutation" in document:
            return httpx2.Response(200, json={"data": {"comments": {"delete": {"responseResult": DONE}}}})
        roots = re.findall(r"(\w+): comments", document) or ["comments"]
        return httpx2.Response(200, json={"data": {root: {"list": []} for root in roots}})


class LosingGroups(Server):
    """Has the group 3 until it is deleted; the answer to that is lost. It is read back that it is gone."""

    def usual(self, request: httpx2.Request) -> httpx2.Response:
        if b"mutation" in request.content:
            raise httpx2.ReadError("lost")
        moment = "2026-01-01T00:00:00.000Z"
        group = {"id": 3, "name": "a", "isSystem": False, "userCount": 0, "createdAt": moment, "updatedAt": moment}
        return httpx2.Response(200, json={"data": {"groups": {"list": [] if self.writes else [group]}}})


class Both:
    """Runs the same in the blocking or the asynchronous client."""

    def __init__(self, colour: str) -> None:
        self.colour = colour

    def run(
        self,
        action: Callable[[Any], Any],
        plugins: Sequence[Plugin | str] = (),
        server: Server | None = None,
        auth: Any = KEY,
        **options: Any,
    ) -> Any:
        """What an action with a client gave, or raised."""
        server = server if server is not None else Server()
        options = {"retry": RetryStrategy(2, initial_delay=0, jitter=0), **options}
        if self.colour == "blocking":
            http = httpx2.Client(transport=httpx2.MockTransport(server))
            with http, WikiJSClient("http://wiki.example.com", auth, http_client=http, plugins=plugins, **options) as c:
                c._policy.settle_waits = (0.0, 0.0)
                return action(c)

        async def main() -> Any:
            http = httpx2.AsyncClient(transport=httpx2.MockTransport(server))
            async with (
                http,
                AsyncWikiJSClient("http://wiki.example.com", auth, http_client=http, plugins=plugins, **options) as c,
            ):
                c._policy.settle_waits = (0.0, 0.0)
                return await action(c)

        return asyncio.run(main())

    def read(self, plugins: Sequence[Plugin | str] = (), server: Server | None = None, **options: Any) -> Any:
        return self.run(lambda client: client.execute(READ), plugins, server, **options)

    def write(self, plugins: Sequence[Plugin | str] = (), server: Server | None = None, **options: Any) -> Any:
        return self.run(lambda client: client.execute(WRITE), plugins, server, **options)


def html(status: int = 502) -> httpx2.Response:
    """An answer of a proxy."""
    return httpx2.Response(status, headers={"content-type": "text/html"}, content=b"<h1>no</h1>")
