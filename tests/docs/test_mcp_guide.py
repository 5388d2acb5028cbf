"""The configurations of hosts in docs/mcp.md are what these hosts take, and what they start answers."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import TextContent

from .conftest import Served

GUIDE = (Path(__file__).parents[2] / "docs" / "mcp.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def servers() -> dict[str, dict[str, Any]]:
    """What each host starts."""
    found: dict[str, dict[str, Any]] = {}
    for block in blocks("json"):
        for key in ("mcpServers", "servers", "context_servers"):
            if key in (read := json.loads(block)):
                found[f"{key} {len(found)}"] = read[key]["wiki"]
    (continues,) = [yaml.safe_load(block) for block in blocks("yaml")]
    assert (continues["schema"], continues["name"], continues["version"]) == ("v1", "Wiki", "0.0.1")
    found["continue"] = continues["mcpServers"][0]
    (line,) = [line for block in blocks("console") for line in block.splitlines() if line.startswith("claude mcp add")]
    before, after = shlex.split(line)[3:], shlex.split(line)[shlex.split(line).index("--") + 1 :]
    environment = dict(before[place + 1].split("=", 1) for place, word in enumerate(before) if word == "--env")
    found["claude code"] = {"command": after[0], "args": after[1:], "env": environment}
    return found


@pytest.mark.parametrize("host", sorted(servers()))
async def test_what_a_host_starts_answers(host: str, wiki: Served, tmp_path: Path) -> None:
    given = servers()[host]
    assert set(given) <= {"type", "name", "command", "args", "env"}
    assert given["command"] == "wikijs"
    assert given["env"].keys() == {"WIKIJS_URL", "WIKIJS_API_KEY"}
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "WIKIJS_URL": wiki.url,
        "WIKIJS_API_KEY": wiki.api_key,
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
    }
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "wikijs.cli", *given["args"]], env=environment, cwd=tmp_path
    )
    if host in {"claude code", "continue"}:  # all others start the same line
        async with Client(command) as client:
            called = await client.call_tool("get_page", {"page": "docs/intro"})
        (block,) = called.content
        assert isinstance(block, TextContent)
        assert "# Introduction" in block.text


def test_claude_code_gets_its_options_before_the_name() -> None:
    """It takes any number of words behind --env, so something else has to stand between the last one and the name."""
    (line,) = [line for block in blocks("console") for line in block.splitlines() if line.startswith("claude mcp add")]
    words = shlex.split(line)
    assert words[words.index("--") - 3 : words.index("--") + 1] == ["--transport", "stdio", "wiki", "--"]


def test_vs_code_asks_for_the_key() -> None:
    (read,) = [json.loads(block) for block in blocks("json") if '"servers"' in block]
    (asked,) = read["inputs"]
    assert (asked["type"], asked["password"]) == ("promptString", True)
    assert read["servers"]["wiki"]["type"] == "stdio"
    assert read["servers"]["wiki"]["env"]["WIKIJS_API_KEY"] == f"${{input:{asked['id']}}}"


def test_the_guide_names_every_tool_and_option() -> None:
    from typer.testing import CliRunner

    from wikijs.cli.app import app
    from wikijs.mcp.server import NAMES

    assert [name for name in NAMES if f"`{name}`" not in GUIDE] == []
    shown = CliRunner().invoke(app, ["mcp", "--help"]).output
    options = set(re.findall(r"--(?:read-only|toolsets|tools|write-under|files|confirm|http|port)\b", shown))
    assert {option for option in options if option not in GUIDE} == set()
