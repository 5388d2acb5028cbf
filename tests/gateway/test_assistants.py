"""The wiki for assistants behind the gateway's keys."""

from __future__ import annotations

from typing import Any

import pytest

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
