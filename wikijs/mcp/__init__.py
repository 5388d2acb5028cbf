"""A wiki for assistants: an MCP server over a client.

    from wikijs import AsyncWikiJSClient
    from wikijs.mcp import Settings, create_server

    server = create_server(AsyncWikiJSClient("https://wiki.example.com", auth="API-KEY"), Settings(read_only=True))
    server.run("stdio")

The command `wikijs mcp` does this; see docs/mcp.md. It needs the extra `mcp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.values.installing import pip_line
from .settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from wikijs import AsyncWikiJSClient

    from .server import WikiServer

__all__ = ["Settings", "create_server"]


def create_server(
    client: AsyncWikiJSClient | Callable[[], AsyncWikiJSClient],
    settings: Settings | None = None,
    *,
    secret: bytes | None = None,
    caller: Callable[[], str] | None = None,
) -> WikiServer:
    """An MCP server that offers a wiki.

    Args:
        client: A client of the wiki, which stays the caller's; or what gives the client of the present request, where
            several people share the server.
        settings: What is offered; reading, and writing pages and files where nothing else is said.
        secret: At least 32 bytes that seal questions until they are answered, the same in all processes that may get
            the answer; of this process alone unless given.
        caller: Names who calls, where several people share the server: nobody's answer is good for another.

    Raises:
        ConfigurationError: The extra `mcp` is not installed, or the settings cannot be.
    """
    from wikijs.exceptions import ConfigurationError

    try:
        from .server import create
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"mcp", "mcp_types"}:
            raise
        raise ConfigurationError("The MCP server is an extra.", hint=pip_line("mcp")) from None
    return create(client, settings or Settings(), secret, caller)
