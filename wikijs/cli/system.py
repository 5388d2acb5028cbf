"""`wikijs system ...`."""

from __future__ import annotations

import typer

from .command import command, group
from .output import show_record
from .session import Session

app = typer.Typer(no_args_is_help=True)


@group(app, example="wikijs system info")
def system(session: Session) -> None:
    """The server."""


@command(app, "info", example="wikijs system info --json")
def info(session: Session) -> None:
    """Show version, database, platform and totals of the server."""
    with session.client() as client:
        server = client.system.info()
    show_record(session, server)
