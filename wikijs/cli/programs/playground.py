"""`wikijs playground`."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from ...core.values.installing import pip_line
from ..frame.command import command
from ..frame.failures import CommandError
from ..frame.output import note
from ..frame.session import Session

app = typer.Typer()


@command(app, "playground", example="wikijs playground --read-only")
def playground(
    session: Session,
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 0,
    read_only: Annotated[bool, typer.Option("--read-only", help="Refuse mutations.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Ask the wiki in the browser, with GraphiQL: completion, documentation, history. It works offline.

    The browser talks to this command on this machine, which adds your token: no token is in the page. Whoever knows
    the address it prints may use the wiki as you until you stop it with Ctrl+C.
    """
    from importlib.util import find_spec

    from wikijs.core.transport.listening import unusable
    from wikijs.playground.server import HOST, PlaygroundServer

    if find_spec("graphql") is None:  # it is needed when the first query comes
        raise CommandError("The playground is an extra.", hint=pip_line("cli", "playground"))
    with session.client() as client:
        who = client.whoami()
        try:
            server = PlaygroundServer(client, port=port, read_only=read_only)
        except OSError as error:
            raise CommandError(unusable(HOST, port, error).message, hint="Choose another with --port.") from None
        with server:
            note(f"{client.url} as {who.name}, {'reading only' if read_only else 'writing too'}. Ctrl+C stops it.")
            typer.echo(server.url)
            with nullcontext() if no_browser else _opened(server.url):
                try:
                    server.serve()
                except KeyboardInterrupt:
                    note("Stopped.")


@contextmanager
def _opened(url: str) -> Generator[None]:
    """Open an address in the browser, without its secret in the list of processes, which everybody here can read.

    What the browser is started with is a file that only its owner can read, and which leads to the address.
    """
    import webbrowser
    from html import escape
    from tempfile import TemporaryDirectory

    from wikijs.config.storing import write_private

    with TemporaryDirectory(prefix="wikijs-playground-") as folder:
        page = Path(folder) / "playground.html"
        write_private(page, f'<!doctype html><meta http-equiv="refresh" content="0; url={escape(url)}">\n')
        webbrowser.open(page.as_uri())
        yield
