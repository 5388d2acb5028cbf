"""The playground's server on its port, and the command that starts it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx2
import pytest

from wikijs.playground.server import PlaygroundServer
from wikijs.sandbox import Sandbox


@pytest.fixture
def server() -> Iterator[PlaygroundServer]:
    with Sandbox(seed="demo") as sandbox, sandbox.client() as client, PlaygroundServer(client) as server:
        thread = threading.Thread(target=server.serve)
        thread.start()
        yield server
        server.close()
        thread.join(5)


def test_pages_files_and_queries_over_http(server: PlaygroundServer) -> None:
    with httpx2.Client(base_url=server.url) as browser:
        assert "Wiki.js playground" in browser.get("").text
        assert browser.head("").content == b""
        assert "GraphiQL" in browser.get("graphiql.min.js").text
        reply = browser.post("graphql", json={"query": "{ pages { single(id: 1) { path } } }"})
        assert reply.json() == {"data": {"pages": {"single": {"path": "home"}}}}


def test_it_listens_on_this_machine_only(server: PlaygroundServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    assert len(server.url.split("/")[3]) >= 22  # 128 bits that nobody guesses


def test_bodies_without_an_end_or_too_large_are_refused(server: PlaygroundServer) -> None:
    with httpx2.Client(base_url=server.url) as browser:
        assert browser.post("graphql", content=iter([b"{}"])).status_code == 413  # of a length nobody knows
        assert browser.post("graphql", content=b" " * 5_000_001).status_code == 413


def test_a_server_that_never_served_can_be_closed() -> None:
    with Sandbox() as sandbox, sandbox.client() as client, PlaygroundServer(client):
        pass
