"""What a server is told to offer."""

from __future__ import annotations

import builtins
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from wikijs import AsyncWikiJSClient
from wikijs.exceptions import ConfigurationError
from wikijs.mcp import Settings, create_server


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"toolsets": ("page",)}, "no toolset 'page'"),
        ({"confirm": "never"}, "confirm cannot be 'never'"),
        ({"write_under": ("docs", " / ")}, "an empty folder"),
        ({"files": Path("/no/such/folder")}, "is no folder"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        Settings(**given)


def test_a_tool_that_there_is_not_is_refused(async_wikijs_client: AsyncWikiJSClient) -> None:
    with pytest.raises(ConfigurationError, match=r"There is no tool 'get_pages'"):
        create_server(async_wikijs_client, Settings(tools=("get_pages",)))


def test_without_the_extra_it_says_what_to_install(
    async_wikijs_client: AsyncWikiJSClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = builtins.__import__

    def refuse(name: str, *arguments: Any, **given: Any) -> Any:
        if name == "mcp" or name.startswith("mcp."):
            raise ModuleNotFoundError("No module named 'mcp'", name="mcp")
        return importing(name, *arguments, **given)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.delitem(sys.modules, "wikijs.mcp.server", raising=False)
    with pytest.raises(ConfigurationError, match=r'pip install "py-wikijs\[mcp\]"'):
        create_server(async_wikijs_client)


def test_the_logging_of_the_program_is_left_alone(async_wikijs_client: AsyncWikiJSClient) -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    create_server(async_wikijs_client)
    assert (root.handlers[:], root.level) == before


async def test_a_server_of_several_people_asks_for_the_client_of_each_call(
    async_wikijs_client: AsyncWikiJSClient,
) -> None:
    asked: list[int] = []

    def client() -> AsyncWikiJSClient:
        asked.append(1)
        return async_wikijs_client

    server = create_server(client)
    await server.call_tool("wiki_info", {}, None)
    assert asked
