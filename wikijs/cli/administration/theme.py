"""`wikijs theme ...`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import read_text
from ..frame.output import show_done, show_record
from ..frame.session import Session

app = typer.Typer(no_args_is_help=True)

# As `Iconset` and `TocPosition` of the facade.
Iconset = Literal["mdi", "fa", "fa4"]
TocPosition = Literal["left", "right", "off"]


@group(app, example="wikijs theme get")
def theme(session: Session) -> None:
    """How the wiki looks."""


@command(app, "get", example="wikijs theme get --filter injectCSS > wiki.css", reads=True)
def get(session: Session) -> None:
    """Show the theme and the code that is put into every page."""
    with session.client() as client:
        found = client.theming.get()
    show_record(session, found, {name.replace("_", " "): value or None for name, value in found})


@command(app, "set", example="wikijs theme set --dark --css wiki.css")
def set_theme(
    session: Session,
    *,
    theme: Annotated[str | None, typer.Option(help="Name of the theme.")] = None,
    dark: Annotated[bool | None, typer.Option("--dark/--light", help="Dark or light mode.")] = None,
    iconset: Annotated[Iconset | None, typer.Option(help="Set of icons.")] = None,
    toc: Annotated[TocPosition | None, typer.Option(help="Where the table of contents stands.")] = None,
    css: Annotated[str | None, typer.Option(metavar="FILE", help="File with CSS for every page; - is stdin.")] = None,
    head: Annotated[str | None, typer.Option(metavar="FILE", help="File with HTML for every head; - is stdin.")] = None,
    body: Annotated[str | None, typer.Option(metavar="FILE", help="File with HTML for every body; - is stdin.")] = None,
) -> None:
    """Change how the wiki looks. What is left out is kept; the server alone would erase code."""
    given: dict[str, Any] = {
        "theme": theme,
        "dark_mode": dark,
        "iconset": iconset,
        "toc_position": toc,
        "inject_css": css and read_text(css),
        "inject_head": head and read_text(head),
        "inject_body": body and read_text(body),
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise CommandError("Nothing to change.", hint="Give at least one option, such as --dark.", code=ExitCode.USAGE)
    with session.client() as client:
        changed = client.theming.update(**changes)
    show_done(session, f"Changed {', '.join(name.replace('_', ' ') for name in changes)}.", changed)
