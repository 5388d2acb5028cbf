"""A folder of files that belongs to one test, for clients of either colour, and a man in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from support.echo import echoed
from wikijs_generated.facades.blocking.assets import Assets

from tests.resources.conftest import Area
from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc

OF_THE_WAY = {"content-encoding", "content-length", "transfer-encoding"}
"""Headers that are true of one connection only."""
PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def again(answer: httpx2.Response) -> httpx2.Response:
    """An answer that has not been used yet."""
    return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


Meddle = Callable[[httpx2.Request, Callable[[], httpx2.Response]], httpx2.Response]
"""Answers a request in the server's place; the function asks the server."""


class Between(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A man in the middle of either colour; counts uploads."""

    def __init__(self, inner: httpx2.BaseTransport, meddle: Meddle | None) -> None:
        self._inner = inner
        self._meddle = meddle or (lambda _, ask: ask())
        self.requests: list[tuple[str, str]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        content = request.read()
        self.requests.append((request.method, request.url.path))
        plain = httpx2.Request(request.method, request.url, headers=request.headers, content=content)

        def ask() -> httpx2.Response:
            response = self._inner.handle_request(plain)
            response.read()
            headers = {name: value for name, value in response.headers.items() if name not in OF_THE_WAY}
            return httpx2.Response(response.status_code, headers=headers, content=response.content)

        response = self._meddle(plain, ask)
        if request.url.path != "/graphql":
            return response
        headers = {name: value for name, value in response.headers.items() if name not in OF_THE_WAY}
        return httpx2.Response(response.status_code, headers=headers, content=echoed(content, response.content))

    def close(self) -> None:
        self._inner.close()

    async def aclose(self) -> None:
        self._inner.close()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        content = await request.aread()
        return self.handle_request(
            httpx2.Request(request.method, request.url, headers=request.headers, content=content)
        )


class InLoop:
    """The asynchronous face, called like the blocking one."""

    def __init__(self, runner: asyncio.Runner, face: object) -> None:
        self._runner = runner
        self._face = face

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._face, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await method(*args, **kwargs)

        return lambda *args, **kwargs: self._runner.run(call(*args, **kwargs))


class Files:
    """A folder of a wiki that belongs to one test, and the facade under test."""

    def __init__(self, wiki: Area, colour: str, runner: asyncio.Runner) -> None:
        self.wiki = wiki
        self.folder = f"/{wiki.folder}"
        self._colour = colour
        self._runner = runner
        self._closing: list[Callable[[], object]] = []
        self.assets = self.through(None)[0]

    def through(self, meddle: Meddle | None, key: str | None = "") -> tuple[Assets, Between]:
        """The facade of a client that talks through a man in the middle, and him."""
        key = self.wiki.key if key == "" else key
        between = Between(self.wiki.transport(), meddle)
        if self._colour == "sync":
            http = httpx2.Client(transport=between, timeout=60)
            self._closing.append(http.close)
            return WikiJSClient(self.wiki.url, key, http_client=http).assets, between
        ahttp = httpx2.AsyncClient(transport=between, timeout=60)
        self._closing.append(lambda: self._runner.run(ahttp.aclose()))
        face: Any = InLoop(self._runner, AsyncWikiJSClient(self.wiki.url, key, http_client=ahttp).assets)
        return face, between

    def at(self, name: str) -> str:
        """Path of a file in this folder."""
        return f"{self.folder}/{name}"

    def put(self, name: str, content: bytes = PIXEL, **options: Any) -> Any:
        """Upload to this folder."""
        return self.assets.upload(content, name=name, **{"folder": self.folder, **options})

    def clean_up(self) -> None:
        try:
            self.assets.delete_many(self.assets.list(self.folder, recursive=True)).raise_for_errors()
        except exc.NotFoundError:
            pass  # the test made no folder
        finally:
            for close in self._closing:
                close()


@contextmanager
def files_of(wiki: Area, colour: str) -> Iterator[Files]:
    """The facade of a client of this colour, and a folder that is emptied afterwards."""
    with asyncio.Runner() as runner:
        files = Files(wiki, colour, runner)
        try:
            yield files
        finally:
            files.clean_up()


def uploads(between: Between) -> int:
    return between.requests.count(("POST", "/u"))
