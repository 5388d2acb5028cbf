"""What a list of tools costs an assistant."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from mcp_host import Connect

bpe_openai = pytest.importorskip("bpe_openai", reason="counts tokens without asking the internet for tables")


def tokens(value: Any) -> int:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(bpe_openai.get_encoding("o200k_base").encode(text))


async def test_the_list_of_tools_is_short(connect: Connect) -> None:
    async with connect() as host:
        tools = [
            tool.model_dump(mode="json", by_alias=True, exclude_none=True)
            for tool in (await host.client.list_tools()).tools
        ]
        instructions = host.client.instructions or ""
    assert len(tools) == 17
    assert tokens(tools) <= 3_000
    assert tokens([{key: value for key, value in tool.items() if key != "outputSchema"} for tool in tools]) <= 2_000
    assert tokens(instructions) <= 150
    assert all(tool["description"].endswith(".") for tool in tools)
    assert all(not re.search(r'"title":"', json.dumps(tool["inputSchema"], separators=(",", ":"))) for tool in tools)


async def test_annotations_say_what_a_tool_does(connect: Connect) -> None:
    async with connect() as host:
        tools = {tool.name: tool.annotations for tool in (await host.client.list_tools()).tools}
    reading = {name for name, hints in tools.items() if hints and hints.read_only_hint}
    destroying = {name for name, hints in tools.items() if hints and hints.destructive_hint}
    assert reading == {
        *("wiki_info", "search_pages", "grep_pages", "list_pages", "get_page", "page_history", "list_assets"),
        *("find_operations", "run_read_operation"),
    }
    assert destroying == {"delete_page", "run_write_operation"}
    edit = tools["edit_page"]
    assert edit is not None
    assert edit.idempotent_hint is None  # appending twice appends twice
