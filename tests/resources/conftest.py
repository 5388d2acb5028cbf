"""One wiki for the tests of the facade: the sandbox, and a real server too where WIKIJS_URL names one.

Every test works in a folder of its own and leaves nothing behind.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from support.echo import echoed
from wikijs_generated.enums import PageRuleMatch
from wikijs_generated.fragments import PageForEditor
from wikijs_generated.input_types import PageRuleInput

from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs.sandbox import Sandbox

LIVE_URL = os.environ.get("WIKIJS_URL")

Meddle = Callable[[dict[str, Any], Callable[[], httpx2.Response]], httpx2.Response]
"""Answers a request in the server's place: gets its JSON, and a function that asks the server."""


_OF_THE_BODY = ("content-length", "content-encoding", "transfer-encoding")


class Meddler(httpx2.BaseTransport):
    """A man in the middle, for what a server does only now and then, or did in earlier releases."""

    def __init__(self, inner: httpx2.BaseTransport, meddle: Meddle) -> None:
        self._inner = inner
        self._meddle = meddle

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        def ask() -> httpx2.Response:
            response = self._inner.handle_request(request)
            response.read()
            return response

        content = request.read()
        if not content:
            return ask()
        response = self._meddle(json.loads(content), ask)
        if not response.headers.get("content-type", "").startswith("application/json"):
            return response
        headers = {name: value for name, value in response.headers.items() if name not in _OF_THE_BODY}
        return httpx2.Response(response.status_code, headers=headers, content=echoed(content, response.content))

    def close(self) -> None:
        self._inner.close()


def answer(data: Any = None, *, errors: Any = None, status: int = 200) -> httpx2.Response:
    """An answer in JSON."""
    return httpx2.Response(status, json={"data": data, **({"errors": errors} if errors else {})})


def with_locales(main: str, *others: str) -> Meddle:
    """A man in the middle for a wiki that says it has these locales."""

    def meddle(request: dict[str, Any], ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        if request.get("operationName") != "LocalizationConfig":
            return ask()
        settings = {"locale": main, "autoUpdate": False, "namespacing": bool(others), "namespaces": [main, *others]}
        return answer({"localization": {"config": settings}})

    return meddle


@dataclass
class Area:
    """A folder of a wiki that belongs to one test, and clients for that wiki.

    Attributes:
        client: A client that may do everything.
        folder: Path of the folder.
    """

    url: str
    key: str
    folder: str
    transport: Callable[[], httpx2.BaseTransport]
    async_transport: Callable[[], httpx2.AsyncBaseTransport]
    is_live: bool
    _open: list[httpx2.Client] = field(default_factory=list)
    _groups: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.client_with(self.key)
        self.pages = self.client.pages

    @property
    def database(self) -> str:
        """Name of the wiki's database."""
        return self.client.system.info().db_type or ""

    def path(self, name: str) -> str:
        """A path in this folder."""
        return f"{self.folder}/{name}"

    def client_with(self, key: str | None, meddle: Meddle | None = None) -> WikiJSClient:
        """Another client; with `meddle`, one that talks through a man in the middle."""
        transport = self.transport() if meddle is None else Meddler(self.transport(), meddle)
        http = httpx2.Client(transport=transport, timeout=60)
        self._open.append(http)
        # The sandbox has no limits that a client should wait for.
        return WikiJSClient(self.url, key, http_client=http, rate_limiter=self.is_live)

    def meddled(self, meddle: Meddle) -> WikiJSClient:
        """A client that may do everything and talks through a man in the middle."""
        return self.client_with(self.key, meddle)

    def limited(self, *permissions: str) -> WikiJSClient:
        """A client whose key has these permissions, for all paths."""
        return self.client_with(self.limited_key(*permissions))

    def limited_key(self, *permissions: str) -> str:
        """A key with these permissions, for all paths."""
        name = f"test {uuid4().hex[:8]}"
        group = self.client.execute(ops.groups_create(name)).group
        assert group is not None
        self._groups.append(group.id)
        rule = PageRuleInput(
            id="1", deny=False, match=PageRuleMatch.START, roles=list(permissions), path="", locales=[]
        )
        self.client.execute(
            ops.groups_update(
                group.id, name=name, redirect_on_login="/", permissions=list(permissions), page_rules=[rule]
            )
        )
        made = self.client.execute(
            ops.authentication_create_api_key(name, expiration="1d", full_access=False, group=group.id)
        )
        assert made.key
        return made.key

    def state(self, id: int) -> PageForEditor:
        """A page as the server has it, read without the facade."""
        return self.client.execute(ops.pages_single_for_editor(id))

    def clean_up(self) -> None:
        """Delete what the test made."""
        if self.is_live:
            for page in self.client.pages.list(folder=self.folder):
                self.client.pages.delete(page.id)
            for group in self._groups:
                self.client.execute(ops.groups_delete(group))
        for http in self._open:
            http.close()


def _area(is_live: bool) -> Area:
    folder = f"test-{uuid4().hex[:10]}"
    if is_live:
        assert LIVE_URL
        key = os.environ["WIKIJS_API_KEY"]
        return Area(LIVE_URL, key, folder, httpx2.HTTPTransport, httpx2.AsyncHTTPTransport, is_live)
    sandbox = Sandbox()
    return Area(sandbox.url, sandbox.api_key, folder, sandbox.transport, sandbox.transport, is_live)


@pytest.fixture(params=["sandbox", *([pytest.param("live", marks=pytest.mark.live)] if LIVE_URL else [])])
def wiki(request: pytest.FixtureRequest) -> Iterator[Area]:
    """A wiki with nothing in it that concerns the test, and a folder there."""
    area = _area(request.param == "live")
    yield area
    area.clean_up()


@pytest.fixture
def sandbox_wiki() -> Iterator[Area]:
    """The sandbox alone, for what would take a real server minutes."""
    area = _area(is_live=False)
    yield area
    area.clean_up()


@pytest.fixture
async def aclient(wiki: Area) -> AsyncIterator[AsyncWikiJSClient]:
    """An asynchronous client of the same wiki."""
    async with httpx2.AsyncClient(transport=wiki.async_transport(), timeout=60) as http:
        yield AsyncWikiJSClient(wiki.url, wiki.key, http_client=http)
