"""An assistant's host that talks to a server over a sandbox, without processes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mcp.client.client import Client, ConnectMode
from mcp_types import CallToolResult, ElicitResult, TextContent

VERSIONS: tuple[ConnectMode, ...] = ("legacy", "2026-07-28")
"""The protocol of 2025-11-25 and before, and that of 2026-07-28."""
Answer = Callable[[str], ElicitResult]
_FENCE = re.compile(r"<<<wiki ([0-9a-f]{16}) untrusted text of [^\n]*\n(.*?)\n>>>wiki \1(?=\n|\Z)", re.DOTALL)


def yes(_question: str) -> ElicitResult:
    """Somebody who agrees to everything."""
    return ElicitResult(action="accept", content={"yes": True})


@dataclass
class Host:
    """An assistant's host."""

    client: Client
    questions: list[str] = field(default_factory=list)

    async def call(self, tool: str, **arguments: Any) -> Called:
        """Call a tool that works."""
        result = await self.client.call_tool(tool, arguments)
        called = Called(result)
        assert not result.is_error, called.text
        return called

    async def fails(self, tool: str, **arguments: Any) -> str:
        """Call a tool that does not; returns what it says."""
        result = await self.client.call_tool(tool, arguments)
        assert result.is_error, Called(result).text
        return Called(result).text


@dataclass
class Called:
    """What a tool gave."""

    result: CallToolResult

    @property
    def text(self) -> str:
        """All that an assistant reads."""
        assert all(isinstance(block, TextContent) for block in self.result.content)
        return "\n".join(block.text for block in self.result.content if isinstance(block, TextContent))

    @property
    def fenced(self) -> list[str]:
        """The parts that are marked as the wiki's."""
        return [found[2] for found in _FENCE.finditer(self.text)]

    @property
    def ours(self) -> str:
        """The rest."""
        return _FENCE.sub("", self.text)

    @property
    def structured(self) -> dict[str, Any]:
        """What programs read."""
        assert self.result.structured_content is not None
        return json.loads(json.dumps(self.result.structured_content))

    def said(self, name: str) -> str:
        """What stands behind a word: `version: …`."""
        found = re.search(rf"^{re.escape(name)}:? (.*)$", self.ours, re.MULTILINE)
        assert found, self.ours
        return found[1]


Connect = Callable[..., Any]


GUIDE = """A guide.

# Install

Run teh installer.

## Linux

apt install it

## Windows

click

# Use

Use it.
"""
