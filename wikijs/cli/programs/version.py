"""`wikijs version`."""

from __future__ import annotations

import sys

import typer

from wikijs import __version__

from ..frame.command import command
from ..frame.session import Session
from ..frame.structured import show_data, wants_data

app = typer.Typer()


@command(app, "version", example="wikijs version", fields=("version",))
def version(session: Session) -> None:
    """Print the version of py-wikijs."""
    if wants_data(session):
        show_data(session, {"version": __version__})
    else:
        sys.stdout.write(f"py-wikijs {__version__}\n")
