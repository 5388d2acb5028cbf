"""`wikijs system ...`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ..frame.command import command, group
from ..frame.output import show_done, show_record
from ..frame.progress import progress
from ..frame.session import Session

app = typer.Typer(no_args_is_help=True)

ENTITIES = "assets, comments, groups, history, navigation, pages, settings, users"


@group(app, example="wikijs system info")
def system(session: Session) -> None:
    """The server."""


@command(app, "info", example="wikijs system info --json", reads=True)
def info(session: Session) -> None:
    """Show version, database, platform and totals of the server."""
    with session.client() as client:
        server = client.system.info()
    show_record(session, server)


@command(app, "export", example="wikijs system export /var/backups/wiki --only pages --only assets")
def export(
    session: Session,
    path: Annotated[str, typer.Argument(metavar="DIR", help="Absolute path of a directory on the server's disk.")],
    *,
    only: Annotated[
        list[str] | None, typer.Option(metavar="WHAT", help=f"Export only one of {ENTITIES}; repeatable.")
    ] = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Return at once; the server goes on.")] = False,
) -> None:
    """Let the server export the wiki to a directory of its own. For one of yours see `pages export`."""
    options: dict[str, Any] = {"entities": only} if only else {}
    with session.client() as client, progress(session, "Exporting", total=100) as step:
        told = 0

        def tell(percent: int) -> None:
            nonlocal told
            step(percent - told)
            told = percent

        status = client.system.export(path, wait=not no_wait, progress=tell, **options)
    show_done(
        session, f"{'The server exports to' if no_wait else 'Exported to'} {path} on the server.", status, key="status"
    )
