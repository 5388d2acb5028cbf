"""A sandbox on this machine answers this machine only, and holds no more of a request than the server would take."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from wikijs.sandbox import Sandbox
from wikijs.sandbox.http.body import LIMIT
from wikijs.sandbox.http.hosts import LoopbackOnly, is_loopback


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:3000", "LOCALHOST.:1", "wiki.localhost:3000", "127.0.0.1:9", "127.1.2.3", "[::1]:3000"],
)
def test_names_of_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "example.com", "localhost.example.com", "127.0.0.1.nip.io", "10.0.0.1", "[2001:db8::1]:80", "0.0.0.0"]
)
def test_names_of_others(host: str) -> None:
    assert not is_loopback(host)


@pytest.fixture
def asgi() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


async def ask(app: object, host: str, **options: object) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000") as client:
        return await client.post("/graphql", headers={"host": host, "content-type": "application/json"}, **options)


async def test_who_asks_for_another_host_is_refused(asgi: Sandbox) -> None:
    app = LoopbackOnly(asgi.asgi)
    refused = await ask(app, "evil.example:3000", json={"query": "{__typename}"})
    assert (refused.status_code, "not the host of the sandbox" in refused.text) == (403, True)
    assert (await ask(app, "localhost:3000", json={"query": "{__typename}"})).json() == {
        "data": {"__typename": "Query"}
    }


async def test_a_websocket_for_another_host_is_closed(asgi: Sandbox) -> None:
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": "/graphql-subscriptions", "headers": [(b"host", b"evil.example")]}
    await LoopbackOnly(asgi.asgi)(scope, receive, send)
    assert [(message["type"], message["code"]) for message in sent] == [("websocket.close", 1008)]


async def test_a_body_without_end_is_refused_and_not_held(asgi: Sandbox) -> None:
    async def parts() -> object:
        yield b"{"
        for _ in range(12):
            yield b" " * (1024 * 1024)

    answer = await ask(asgi.asgi, "localhost", content=parts())
    assert answer.status_code == 413
    assert LIMIT < 12 * 1024 * 1024
