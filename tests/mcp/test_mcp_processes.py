"""The command as hosts run it: on stdin and stdout, and over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client, ConnectMode
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_host import GUIDE, VERSIONS, Called
from support.served import Served, served

_LONG = 120.0
"""Seconds after which a process must have said something, on the slowest machine."""


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("wiki") / "data") as server:
        with server.sandbox.client() as client:
            client.pages.create("docs/guide", title="Guide", content=GUIDE)
            client.pages.create("docs/other", title="Other", content="# Other\n\nteh other\n")
        yield server


def environment(wiki: Served, folder: Path) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "COVERAGE_PROCESS_START") if name in os.environ}
    return {
        **kept,
        "WIKIJS_URL": wiki.url,
        "WIKIJS_API_KEY": wiki.api_key,
        "XDG_CONFIG_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
    }


@pytest.mark.parametrize("mode", VERSIONS)
async def test_a_host_starts_it_finds_a_page_and_fixes_the_typo(
    wiki: Served, tmp_path: Path, mode: ConnectMode
) -> None:
    page = "docs/guide" if mode == "legacy" else "docs/other"
    with wiki.sandbox.client() as direct:
        before = direct.pages.get(page).content
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "wikijs.cli", "mcp"], env=dict(environment(wiki, tmp_path))
    )
    async with asyncio.timeout(_LONG), Client(command, mode=mode) as client:
        found = Called(await client.call_tool("grep_pages", {"text": "teh"}))
        assert page in {hit["path"] for hit in found.structured["hits"]}
        edit = {"page": page, "replace": [{"old": "teh", "new": "the"}]}
        edited = Called(await client.call_tool("edit_page", edit))
    assert edited.structured["changed"] is True
    with wiki.sandbox.client() as direct:
        assert direct.pages.get(page).content == before.replace("teh", "the")


async def test_stdout_holds_the_protocol_only(wiki: Served, tmp_path: Path) -> None:
    said = {**environment(wiki, tmp_path), "PYTHONWARNINGS": "always"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wikijs.cli", "--debug", "mcp", "--read-only"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=said,
    )
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": hello},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list", "params": {}},
        {"id": 3, "method": "tools/call", "params": {"name": "wiki_info", "arguments": {}}},
        {"id": 4, "method": "tools/call", "params": {"name": "get_page", "arguments": {"page": "no/such"}}},
        {"id": 5, "method": "tools/call", "params": {"name": "get_page", "arguments": {"page": 5}}},
        {"id": 6, "method": "no/such", "params": {}},
    ]
    assert process.stdin is not None
    assert process.stdout is not None
    lines: list[bytes] = []
    async with asyncio.timeout(_LONG):
        for message in messages:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
            await process.stdin.drain()
            if "id" in message:
                lines.append(await process.stdout.readline())
        process.stdin.close()
        rest = await process.stdout.read()
        await process.wait()
    answers = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    assert [answer["id"] for answer in answers] == [1, 2, 3, 4, 5, 6]
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    assert wiki.api_key not in str(answers)
    assert process.returncode == 0


@asynccontextmanager
async def over_http(wiki: Served, folder: Path, *options: str) -> AsyncIterator[tuple[str, str]]:
    """The address and the secret of a server in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wikijs.cli", "mcp", "--http", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(wiki, folder),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(_LONG):
            url = (await process.stdout.readline()).decode().strip()
            told = ""
            while (found := re.search(r"Bearer (\S+)\. ", told)) is None:
                told += (await process.stderr.readline()).decode()
            yield url, found[1]
    finally:
        process.terminate()
        await process.wait()


async def test_http_wants_the_secret_and_a_name_of_this_machine(wiki: Served, tmp_path: Path) -> None:
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    accept = {"accept": "application/json, text/event-stream"}
    async with over_http(wiki, tmp_path, "--read-only") as (url, secret), httpx2.AsyncClient(timeout=_LONG) as http:
        for headers in ({}, {"authorization": "Bearer x"}, {"authorization": secret}):
            answer = await http.post(url, json=body, headers={**accept, **headers})
            assert answer.status_code == 401
            assert secret not in answer.text
        known = {**accept, "authorization": f"Bearer {secret}"}
        assert (await http.post(url, json=body, headers=known)).status_code == 200
        rebound = await http.post(url, json=body, headers={**known, "host": "evil.example.com"})
        assert rebound.status_code == 421
        page = await http.post(url, json=body, headers={**known, "origin": "http://evil.example.com"})
        assert page.status_code == 403
        for mode in VERSIONS:
            async with (
                httpx2.AsyncClient(headers={"authorization": f"Bearer {secret}"}, timeout=_LONG) as own,
                Client(streamable_http_client(url, http_client=own), mode=mode) as client,
            ):
                called = Called(await client.call_tool("get_page", {"page": "docs/guide"}))
                assert called.fenced
