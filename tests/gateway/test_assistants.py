"""The wiki for assistants behind the gateway's keys."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client, ConnectMode
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult

from tests.support.gated import gated
from tests.support.served import served
from wikijs.gateway.routes import assistants
from wikijs.gateway.routes.assistants import TOOLS
from wikijs.mcp.server import NAMES

from .conftest import Gate, Gates

HEADERS = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25"}


def ask(gate: Gate, key: str | None, method: str, path: str = "/mcp", **params: Any) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return gate.calls(key).post(path, json=body, headers=HEADERS)


def tools(gate: Gate, key: str, path: str = "/mcp") -> set[str]:
    answer = ask(gate, key, "tools/list", path)
    assert answer.status_code == 200, answer.text
    return {tool["name"] for tool in answer.json()["result"]["tools"]}


def test_each_tool_belongs_to_a_scope() -> None:
    assert sorted(name for names in TOOLS.values() for name in names) == sorted(NAMES)


def test_the_tools_are_those_of_the_scopes(gate: Gate) -> None:
    assert tools(gate, gate.key("pages:read")) == set(TOOLS["pages:read"])
    assert tools(gate, gate.key("pages:read", "pages:write")) == {*TOOLS["pages:read"], *TOOLS["pages:write"]}
    assert tools(gate, gate.key()) == set(NAMES)
    reading = tools(gate, gate.key(), "/mcp/readonly")
    assert "get_page" in reading
    assert "edit_page" not in reading


def test_a_page_is_read_and_edited_with_a_key(gate: Gate) -> None:
    with gate.sandbox.client() as direct:
        page = direct.pages.create("mcp/a", title="A", content="teh page\n")
        key = gate.key("pages:read", "pages:write")
        read = ask(gate, key, "tools/call", name="get_page", arguments={"page": "mcp/a"}).json()
        assert "teh page" in read["result"]["content"][0]["text"]
        edit = {"page": "mcp/a", "replace": [{"old": "teh", "new": "the"}]}
        done = ask(gate, key, "tools/call", name="edit_page", arguments=edit).json()
        assert done["result"]["structuredContent"]["changed"] is True
        assert direct.pages.get(page.id).content == "the page\n"
        refused = ask(gate, gate.key("pages:read"), "tools/call", name="edit_page", arguments=edit).json()
        assert refused["result"]["isError"] is True
        assert gate.sandbox.api_key not in str((read, done, refused))


@pytest.mark.parametrize("key", [None, "wkg_nonsense"])
def test_without_a_good_key_there_is_nothing(gate: Gate, key: str | None) -> None:
    assert ask(gate, key, "tools/list").status_code == 401


def test_a_key_that_may_not_read_pages_or_is_confined_is_refused(gate: Gate) -> None:
    assert ask(gate, gate.key("assets:read"), "tools/list").status_code == 403
    assert ask(gate, gate.key("all", prefixes=("docs",)), "tools/list").status_code == 403


def test_a_gateway_that_only_reads_offers_no_tool_that_writes(gates: Gates) -> None:
    gate = gates(read_only=True)
    assert "edit_page" not in tools(gate, gate.key())


def test_writes_and_searches_take_from_their_own_buckets_and_stand_in_the_audit_trail(gates: Gates) -> None:
    gate = gates()
    key = gate.key("pages:read", "pages:write", tier="free")
    most = gate.gateway.settings.tiers["free"].write
    wrong = {"page": "no/such", "replace": [{"old": "a", "new": "b"}]}
    answers = [ask(gate, key, "tools/call", name="edit_page", arguments=wrong).status_code for _ in range(most + 1)]
    assert 429 in answers
    assert answers[0] == 200
    assert ask(gate, key, "tools/list").status_code in {200, 429}  # what is left of the whole
    asked = gate.client.get("/api/v1/admin/audit?limit=200").json()["items"]
    assert "/mcp tools/call edit_page" in {each["target"] for each in asked}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"method": 5, "params": []}',
        b'"x"',
        b"[" * 5000,
        b'{"method": "tools/call", "params": {"name": {}}}',
    ],
)
def test_nonsense_is_the_protocols_business(gate: Gate, body: bytes) -> None:
    headers = {**HEADERS, "content-type": "application/json"}
    assert gate.calls(gate.key()).post("/mcp", content=body, headers=headers).status_code in {200, 400, 406, 415}


def test_a_key_that_makes_requests_be_done_once_is_none_of_the_protocols_business(gate: Gate) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {**HEADERS, "idempotency-key": "a"}
    answers = [gate.calls(gate.key()).post("/mcp", json=body, headers=headers) for _ in range(2)]
    key = gate.key("pages:read")
    answers += [gate.calls(key).post("/mcp", json=body, headers=headers) for _ in range(2)]
    assert all(answer.json()["result"]["tools"] for answer in answers)


def test_a_revoked_key_a_key_of_other_origins_and_one_that_expired_have_nothing(gate: Gate) -> None:
    key = gate.key("pages:read")
    assert tools(gate, key)
    gate.gateway.keys.revoke(gate.gateway.keys.all()[-1].id)
    for method in ("tools/list", "resources/templates/list", "prompts/list", "completion/complete", "ping"):
        assert ask(gate, key, method).status_code == 401
    late = gate.key("pages:read", expires_at=gate.gateway.clock() - 1)
    assert ask(gate, late, "tools/list").status_code == 401
    other = gate.key("pages:read", origins=["https://docs.example.com"])
    foreign = gate.calls(other)
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    answer = foreign.post("/mcp", json=body, headers={**HEADERS, "origin": "https://evil.example.com"})
    assert answer.status_code == 403


def test_resources_completion_and_prompts_are_for_those_who_may_read_pages_only(gate: Gate) -> None:
    with gate.sandbox.client() as direct:
        direct.pages.create("secret/plan", title="Plan", content="The plan.")
    ref = {"type": "ref/resource", "uri": "wikijs://page/{locale}/{+path}"}
    complete = {"ref": ref, "argument": {"name": "path", "value": "secret"}}
    read = {"uri": "wikijs://page/en/secret/plan"}
    reader, confined, writer = gate.key("pages:read"), gate.key("all", prefixes=("docs",)), gate.key("assets:write")
    assert "The plan." in ask(gate, reader, "resources/read", **read).text
    assert "secret/plan" in ask(gate, reader, "completion/complete", **complete).text
    for key in (confined, writer):
        for method, params in (("resources/read", read), ("completion/complete", complete), ("prompts/list", {})):
            answer = ask(gate, key, method, **params)
            assert answer.status_code == 403
            assert "plan" not in answer.text


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_both_protocols_speak_through_the_gateway_and_any_process_takes_the_answer(
    tmp_path: Path, mode: ConnectMode
) -> None:
    asked: list[str] = []

    async def yes(_context: Any, params: Any) -> ElicitResult:
        asked.append(params.message)
        assistants._server.cache_clear()  # as if another process of the gateway were to take the answer
        return ElicitResult(action="accept", content={"yes": True})

    with served(tmp_path / "wiki.db") as wiki, gated(tmp_path, wiki.url, wiki.api_key, feed=False) as gate:
        with wiki.sandbox.client() as direct:
            direct.pages.create("mcp/a", title="A", content="teh page\n")
        headers = {"authorization": f"Bearer {gate.key}"}
        async with (
            asyncio.timeout(120),
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(
                streamable_http_client(f"{gate.url}/mcp", http_client=http), mode=mode, elicitation_callback=yes
            ) as client,
        ):
            assert len((await client.list_tools()).tools) == len(NAMES)
            read = await client.call_tool("get_page", {"page": "mcp/a"})
            assert "teh page" in str(read.content)
            gone = await client.call_tool("delete_page", {"pages": ["mcp/a"]})
        if mode == "legacy":  # whose questions need a connection that stays
            assert gone.is_error
            assert asked == []
        else:
            assert not gone.is_error
            assert len(asked) == 1
        with wiki.sandbox.client() as direct:
            assert len(direct.pages.list()) == (1 if mode == "legacy" else 0)
