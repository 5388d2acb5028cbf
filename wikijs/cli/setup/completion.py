"""`wikijs completion`."""

from __future__ import annotations

import io
from contextlib import nullcontext, redirect_stdout
from typing import Annotated, Literal

import typer

from ..frame.command import command
from ..frame.failures import CommandError
from ..frame.output import show_done, show_text, wants_data
from ..frame.session import Session

app = typer.Typer()

Shell = Literal["bash", "zsh", "fish", "powershell"]


@command(app, "completion", example="wikijs completion bash --install")
def completion(
    session: Session,
    shell: Annotated[Shell, typer.Argument(help="Your shell.")],
    *,
    install: Annotated[
        bool, typer.Option("--install", help="Install it for you, in your shell's start-up files.")
    ] = False,
) -> None:
    """Print the script that lets a shell complete commands and options, or install it."""
    from typer.completion import install_callback, shell_complete
    from typer.main import get_command, get_install_completion_arguments

    from ..app import app as everything

    _, parameter = get_install_completion_arguments()  # registers the shells, too
    top = get_command(everything)
    if not install:
        with redirect_stdout(io.StringIO()) if wants_data(session) else nullcontext() as script:
            shell_complete(top, {}, "wikijs", "_WIKIJS_COMPLETE", f"source_{shell}")
        if script is not None:
            show_text(session, script.getvalue(), shell=shell)
        return
    try:
        with top.make_context("wikijs", [], resilient_parsing=True) as context:
            context.resilient_parsing = False  # which would let typer do nothing
            install_callback(context, parameter, shell)
    except OSError as error:
        raise CommandError(f"It cannot be installed: {error.strerror}.") from None
    show_done(session, "Installed.")  # typer ends the program before
