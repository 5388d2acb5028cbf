"""The MCP Inspector's command line, which others wrote, lists and calls the server as hosts start it.

Skipped with a reason where Node, npm or the package cannot be had.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp_host import GUIDE
from support.served import Served, served

FOLDER = Path(__file__).parents[2] / ".stamps" / "inspector"
PACKAGE = "@modelcontextprotocol/inspector@2.12.0"
UNUSED = ("vite", "@vitejs/plugin-react", "@napi-rs/keyring")
"""Large parts of it that only its web pages and keychains take."""
NODE = shutil.which("node")
NPM = shutil.which("npm")
_LONG = 240


@pytest.fixture(scope="module")
def inspector() -> Path:
    """The command line, installed once."""
    if NODE is None or NPM is None:
        pytest.skip("Node and npm are not installed, so the MCP Inspector is not run")
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = FOLDER / "node_modules" / ".bin" / "mcp-inspector"
    with (FOLDER / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # another worker may be at it
        stamp = FOLDER / "installed"
        if not stamp.exists() or stamp.read_text() != PACKAGE:
            overrides = dict.fromkeys(UNUSED, "npm:is-in-ci@2.0.0")  # a package of one line
            (FOLDER / "package.json").write_text(json.dumps({"private": True, "overrides": overrides}))
            install = [NPM, "install", PACKAGE, "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"]
            try:
                subprocess.run(install, cwd=FOLDER, timeout=_LONG, check=True, capture_output=True)
            except (subprocess.SubprocessError, OSError) as error:
                pytest.skip(f"{PACKAGE} could not be installed, so the MCP Inspector is not run: {error}"[:300])
            stamp.write_text(PACKAGE)
    return command


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("wiki") / "data") as server:
        with server.sandbox.client() as client:
            client.pages.create("docs/guide", title="Guide", content=GUIDE)
        yield server


def inspected(inspector: Path, wiki: Served, folder: Path, *arguments: str) -> Any:
    """What the Inspector prints of a server that it starts from a host's configuration."""
    assert NODE is not None
    environment = {"WIKIJS_URL": wiki.url, "WIKIJS_API_KEY": wiki.api_key, "XDG_CONFIG_HOME": str(folder)}
    host = folder / "mcp.json"
    server = {"command": sys.executable, "args": ["-m", "wikijs.cli", "mcp", "--read-only"], "env": environment}
    host.write_text(json.dumps({"mcpServers": {"wiki": server}}))
    command = [NODE, str(inspector), "--cli", "--config", str(host), "--server", "wiki", *arguments]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "COVERAGE_PROCESS_START") if name in os.environ}
    kept["MCP_INSPECTOR_SECRET_STORE"] = "memory"
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONG, check=False, env=kept, cwd=folder)
    assert done.returncode == 0, done.stderr + done.stdout
    assert wiki.api_key not in done.stdout
    return json.loads(done.stdout)


def test_it_lists_the_tools(inspector: Path, wiki: Served, tmp_path: Path) -> None:
    tools = inspected(inspector, wiki, tmp_path, "--method", "tools/list")["tools"]
    assert {"get_page", "grep_pages", "wiki_info"} <= {tool["name"] for tool in tools}
    assert not {"edit_page", "delete_page"} & {tool["name"] for tool in tools}
    assert all(tool["inputSchema"]["type"] == "object" for tool in tools)


def test_it_calls_a_tool(inspector: Path, wiki: Served, tmp_path: Path) -> None:
    call = ("--method", "tools/call", "--tool-name", "get_page", "--tool-arg", "page=docs/guide", "section=linux")
    (block,) = inspected(inspector, wiki, tmp_path, *call)["content"]
    assert "## Linux\n\napt install it" in block["text"]
