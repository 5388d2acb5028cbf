"""All commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from wikijs import __version__

from . import graphql, pages, sandbox, system, whoami
from .command import command, group
from .session import Session


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"py-wikijs {__version__}")
        raise typer.Exit


# The traceback that typer would print shows what frames hold; `command` reports failures instead.
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@group(app, example="wikijs --url https://wiki.example.com pages list --limit 10")
def root(
    session: Session,
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Work with a Wiki.js 2.x from the command line.

    Set WIKIJS_URL and WIKIJS_API_KEY, or give --url and --api-key-file. WIKIJS_EMAIL and WIKIJS_PASSWORD log in
    instead of a key.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 4 login needed, 130 interrupted.
    """


app.add_typer(pages.app, name="pages")
app.add_typer(system.app, name="system")
command(app, "whoami", example=whoami.EXAMPLE)(whoami.whoami)
command(app, "graphql", example=graphql.EXAMPLE)(graphql.graphql)
command(app, "sandbox", example=sandbox.EXAMPLE)(sandbox.sandbox)
