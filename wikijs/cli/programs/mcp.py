"""`wikijs mcp`."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from ...core.values.installing import pip_line
from ..frame.command import command
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note
from ..frame.session import Session

if TYPE_CHECKING:
    from wikijs import AsyncWikiJSClient
    from wikijs.mcp import Settings
    from wikijs.mcp.settings import Toolset

app = typer.Typer()

HOST = "127.0.0.1"


@command(app, "mcp", example="wikijs mcp --read-only")
def mcp(
    session: Session,
    *,
    read_only: Annotated[bool, typer.Option("--read-only", help="Offer no tool that writes.")] = False,
    toolsets: Annotated[
        str, typer.Option(metavar="NAMES", help="Of pages, assets, users and admin, separated by commas.")
    ] = "pages,assets",
    tools: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Offer these tools only, separated by commas.")
    ] = None,
    write_under: Annotated[
        str | None, typer.Option(metavar="FOLDERS", help="Write below these folders only, separated by commas.")
    ] = None,
    files: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Files below this folder may be uploaded.")
    ] = None,
    confirm: Annotated[
        Literal["ask", "token"],
        typer.Option(help="Before deleting, moving, restoring: ask through the host, or have the assistant repeat it."),
    ] = "ask",
    http: Annotated[
        bool, typer.Option("--http", help="Serve HTTP on this machine instead of stdin and stdout.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port for --http; 0 takes a free one.")] = 0,
) -> None:
    """Offer the wiki to assistants, by the Model Context Protocol.

    An assistant's host starts it and talks to it on stdin and stdout; see docs/mcp.md for the lines that hosts want.
    With --http it answers on 127.0.0.1 to whoever sends the secret that it prints, or that WIKIJS_MCP_SECRET holds.
    """
    from wikijs.exceptions import ConfigurationError
    from wikijs.mcp import Settings

    settings = Settings(
        read_only=read_only,
        toolsets=cast("tuple[Toolset, ...]", _names(toolsets)),
        tools=_names(tools),
        write_under=_names(write_under),
        files=files,
        confirm=confirm,
    )
    try:
        import mcp as _  # noqa: F401
    except ModuleNotFoundError:
        raise ConfigurationError("The MCP server is an extra.", hint=pip_line("cli", "mcp")) from None
    _serve(session, settings, port if http else None)


def _serve(session: Session, settings: Settings, port: int | None) -> None:
    import asyncio

    client = _client(session)
    try:
        asyncio.run(_on_stdio(client, settings) if port is None else _on_http(session, client, settings, port))
    except KeyboardInterrupt:
        note("Stopped.")


def _client(session: Session) -> AsyncWikiJSClient:
    from wikijs.config.connecting import async_client_of

    credentials = session.credentials
    return async_client_of(
        session.target,
        credentials.auth if credentials else None,
        timeout=session.timeout,
        locale=session.locale or session.environment.get("WIKIJS_LOCALE") or None,
    )


async def _on_stdio(client: AsyncWikiJSClient, settings: Settings) -> None:
    import asyncio
    import signal

    from wikijs.mcp import create_server

    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; no main thread
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, _stop)
    if sys.stdin.isatty():
        note("An assistant's host starts this and talks to it on stdin and stdout, see docs/mcp.md. Ctrl+C ends it.")
    async with client:
        await create_server(client, settings).run_stdio_async()


def _stop() -> None:
    """End at once: the thread that reads stdin cannot be woken, and everybody who ends would wait for its next line."""
    note("Stopped.")
    sys.stderr.flush()
    os._exit(ExitCode.INTERRUPTED)


async def _on_http(session: Session, client: AsyncWikiJSClient, settings: Settings, port: int) -> None:
    import secrets
    import socket

    import uvicorn

    from wikijs.core.transport.listening import unusable
    from wikijs.mcp import create_server
    from wikijs.mcp.http import PATH, application

    secret = session.environment.get("WIKIJS_MCP_SECRET") or secrets.token_urlsafe(24)
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(128)  # what is printed below can be called at once
    except OSError as error:
        listening.close()
        said = unusable(HOST, port, error).message
        raise CommandError(said, hint="Choose another with --port.", code=ExitCode.FAILED) from None
    async with client:
        served = application(create_server(client, settings), secret=secret)
        server = uvicorn.Server(uvicorn.Config(served, log_level="error", lifespan="on"))
        note(
            f"Assistants of this machine find {client.url} here, with Authorization: Bearer {secret}. Ctrl+C stops it."
        )
        typer.echo(f"http://{HOST}:{listening.getsockname()[1]}{PATH}")
        await server.serve(sockets=[listening])


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name for part in (text or "").split(",") if (name := part.strip()))
