"""`wikijs help`."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import Annotated, Any

import typer

from ..frame.command import command
from ..frame.failures import CommandError, ExitCode
from ..frame.output import show_text, wants_data
from ..frame.session import Session

app = typer.Typer()


@command(app, "help", example="wikijs help pages list")
def show_help(
    session: Session,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND", help="The command, such as: pages list. All without it.")
    ] = None,
) -> None:
    """Show the help of a command, the same as `--help` behind it."""
    from ..app import app as everything

    root: Any = typer.main.get_command(everything)
    line: list[str] = list(words or ())
    known: Any = root
    for word in line:
        commands: dict[str, Any] = getattr(known, "commands", {})
        if word not in commands:
            raise CommandError(
                f"There is no command {' '.join(line)!r}.", hint="`wikijs help` lists them.", code=ExitCode.USAGE
            )
        found = commands[word]
        known = found.load() if hasattr(found, "load") else found
    if not wants_data(session):
        root(args=[*line, "--help"], prog_name="wikijs", standalone_mode=False)
        return
    with redirect_stdout(io.StringIO()) as shown:
        root(args=[*line, "--help"], prog_name="wikijs", standalone_mode=False)
    show_text(session, shown.getvalue(), command=" ".join(line))
