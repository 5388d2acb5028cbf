"""Each address that writes, ended by what follows its write: the answer says that it was done, or that nobody knows."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.support.cutting import MUTATION, Cutting, wiki_in
from wikijs import WikiJSClient
from wikijs.gateway import Gateway
from wikijs.gateway.app import application
from wikijs.resources.navigation import NavigationItem
from wikijs.sandbox import Sandbox

from .conftest import settings_at


@dataclass
class Call:
    """How a route is called.

    Attributes:
        path: Its address, with ids of what `prepare` made.
        json: The body.
        more: Other arguments of the request.
        begins: What the write that counts has in its address or content.
    """

    path: str
    json: Any = None
    more: dict[str, Any] | None = None
    begins: bytes = MUTATION


DELETION: Final = "mutation { pages { deleteTag(id: 1) { responseResult { succeeded } } } }"
CALLS: Final[dict[str, Call]] = {
    "POST /api/v1/asset-folders": Call("asset-folders", {"path": "/deep/er"}),
    "POST /api/v1/assets": Call(
        "assets", more={"params": {"name": "new.png"}, "content": b"x" * 9,
                        "headers": {"content-type": "application/octet-stream"}}, begins=b"/u",
    ),
    "DELETE /api/v1/assets/{id}": Call("assets/1"),
    "PATCH /api/v1/assets/{id}": Call("assets/1", {"name": "renamed.png"}),
    "DELETE /api/v1/comments/{id}": Call("comments/1"),
    "PATCH /api/v1/comments/{id}": Call("comments/1", {"content": "Changed."}),
    "POST /api/v1/groups": Call("groups", {"name": "New", "permissions": ["read:pages"]}),
    "DELETE /api/v1/groups/{id}": Call("groups/3"),
    "PATCH /api/v1/groups/{id}": Call("groups/3", {"name": "Renamed"}),
    "POST /api/v1/groups/{id}/members": Call("groups/3/members", {"user": 4}),
    "DELETE /api/v1/groups/{id}/members/{user}": Call("groups/3/members/3"),
    "PUT /api/v1/navigation": Call("navigation", {"items": [{"label": "A", "target": "/"}], "mode": "MIXED"}),
    "POST /api/v1/pages": Call("pages", {"path": "docs/new", "title": "N", "content": "x", "scriptCss": "p{top:1px}"}),
    "PUT /api/v1/pages/by-path/{locale}/{path}": Call("pages/by-path/en/docs/up", {"title": "U", "content": "x"}),
    "DELETE /api/v1/pages/{id}": Call("pages/2"),
    "PATCH /api/v1/pages/{id}": Call("pages/2", {"title": "Changed", "scriptCss": "p{color:red}"}),
    "POST /api/v1/pages/{id}/comments": Call("pages/2/comments", {"content": "Another."}),
    "POST /api/v1/pages/{id}/convert": Call("pages/2/convert", {"editor": "ckeditor"}),
    "POST /api/v1/pages/{id}/move": Call("pages/2/move", {"path": "docs/moved"}),
    "POST /api/v1/pages/{id}/render": Call("pages/2/render"),
    "POST /api/v1/pages/{id}/restore": Call("pages/1/restore", {"versionId": 1}),
    "PATCH /api/v1/pages/{id}/sections/{section}": Call("pages/2/sections/one", {"text": "new text", "mode": "append"}),
    "POST /api/v1/pages/{id}/tags": Call("pages/2/tags?add=new"),
    "PATCH /api/v1/site": Call("site", {"title": "T"}),
    "DELETE /api/v1/tags/{tag}": Call("tags/x"),
    "PATCH /api/v1/tags/{tag}": Call("tags/x", {"tag": "renamed"}),
    "PATCH /api/v1/theme": Call("theme", {"darkMode": True}),
    "POST /api/v1/users": Call(
        "users", {"email": "n@example.com", "name": "New", "password": "correct horse", "groups": [3]}
    ),
    "DELETE /api/v1/users/{id}": Call("users/3?replaceWith=1"),
    "PATCH /api/v1/users/{id}": Call("users/3", {"location": "Here"}),
    "POST /api/v1/users/{id}/{action}": Call("users/3/deactivate"),
    "POST /api/v1/ops/pages/update-tag": Call("ops/pages/update-tag", {"id": 1, "tag": "new", "title": "New"}),
    "POST /graphql": Call("/graphql", {"query": DELETION}),
}  # fmt: skip
ELSEWHERE: Final = (
    "/api/v1/admin/",
    "/api/v1/auth/",
    "/api/v1/batch",
    "/api/v1/events/",
    "/api/v1/jobs",
    "/api/v1/me/",
    "/api/v1/webhooks",
)
"""What writes to the gateway's own store, reads, or leaves its work to jobs, which write through bulk methods."""


def prepare(client: WikiJSClient) -> None:
    """What the calls change."""
    for name in ("a", "b"):
        client.pages.create(f"docs/{name}", title=name.upper(), content=f"# One\n\n{name}", tags=["x", "y"])
        client.users.create(f"{name}@example.com", name=f"User {name}", password="correct horse battery")
        client.assets.upload(b"x" * 20, name=f"{name}.png")
    client.pages.update(1, content="# One\n\nsecond")
    client.groups.create("Group")
    client.groups.add_user(3, 3)
    client.comments.update_provider("default", config={"minDelay": 0})
    client.comments.create(1, content="A comment.")
    client.navigation.set([NavigationItem(label="H", target="/", id="h")])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a wiki with something to change."""
    return wiki_in(tmp_path_factory.mktemp("wiki"), prepare)


@dataclass
class Cut:
    """A gateway in front of one wiki after the other."""

    client: TestClient
    transport: Swapped

    def over(self, data: Path, spared: int, begins: bytes) -> Cutting:
        """Stand in front of this one from now on, whose answers end after a write."""
        self.transport.sandbox.close()
        self.transport.sandbox = Sandbox(data=data)
        self.transport.inner = Cutting(self.transport.sandbox.transport(), spared, begins=begins)
        return self.transport.inner


class Swapped(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Asks the wiki that is there now."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.inner: Any = sandbox.transport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        answer: httpx2.Response = self.inner.handle_request(request)
        return answer

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        answer: httpx2.Response = await self.inner.handle_async_request(request)
        return answer


@pytest.fixture(scope="module")
def gateway(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cut]:
    """A gateway that is let do everything."""
    folder = tmp_path_factory.mktemp("gateway")
    shutil.copy(prepared, folder / "wiki.db")
    sandbox = Sandbox(data=folder / "wiki.db")
    transport = Swapped(sandbox)
    http, blocking = httpx2.AsyncClient(transport=transport), httpx2.Client(transport=transport)
    gateway = Gateway(settings_at(folder, sandbox.url, cache_seconds=0), http=http, blocking_http=blocking)
    gateway.credentials.put("default", "api_key", {"key": sandbox.api_key})
    # Which of the requests is cut is counted: none may come from what goes on beside answering.
    setattr(gateway, "_look_at_credentials", partial(asyncio.sleep, 0))  # noqa: B010  mypy knows better
    with TestClient(application(gateway)) as client:
        client.headers["authorization"] = f"Bearer {gateway.keys.create('t', scopes=('all',), tier='enterprise')[1]}"
        yield Cut(client, transport)
    transport.sandbox.close()


def test_every_route_that_writes_is_in_the_table(gateway: Cut) -> None:
    told = gateway.client.get("/openapi.json").json()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in told.items() for method in methods if method != "get"}
    missing = {route for route in routes - set(CALLS) if not route.partition(" ")[2].startswith(ELSEWHERE)}
    assert not {route for route in missing if "/ops/" not in route}  # those are made of one pattern, tried once
    assert len(missing) > 50


@pytest.mark.parametrize("route", CALLS)
def test_an_answer_after_a_write_says_that_it_was_done(
    route: str, gateway: Cut, prepared: Path, tmp_path: Path
) -> None:
    call, method = CALLS[route], route.partition(" ")[0]
    # Comments are let through once in 15 seconds.
    for spared in range(1 if route.endswith("/comments") else 8):
        shutil.copy(prepared, tmp_path / f"{spared}.db")
        cutting = gateway.over(tmp_path / f"{spared}.db", spared, call.begins)
        address = call.path if call.path.startswith("/") else f"/api/v1/{call.path}"
        cutting.is_on = True
        arguments: dict[str, Any] = ({"json": call.json} if call.json is not None else {}) | (call.more or {})
        arguments["headers"] = {"if-match": "*"} | arguments.get("headers", {})
        answer = gateway.client.request(method, address, **arguments)
        assert cutting.is_written, answer.text
        if answer.status_code >= 300:
            outcome = answer.json().get("outcome")
            assert outcome in {"applied", "unknown"}, f"after {spared} requests: {answer.text}"
            # Programs send again by themselves what ended with 5xx.
            assert outcome == "unknown" or answer.status_code < 500, answer.text
        if not cutting.has_struck:
            assert answer.status_code < 300, answer.text
            return
