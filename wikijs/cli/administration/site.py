"""`wikijs site ...`."""

from __future__ import annotations

from typing import Annotated, get_type_hints

import typer

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import assignments, known_as
from ..frame.output import show_done, show_record
from ..frame.session import Session

app = typer.Typer(no_args_is_help=True)


@group(app, example="wikijs site get")
def site(session: Session) -> None:
    """Settings of the wiki."""


@command(app, "get", example="wikijs site get --filter title", reads=True)
def get(session: Session) -> None:
    """Show the settings of the wiki."""
    with session.client() as client:
        found = client.site.get()
    show_record(session, found, dict(found))


@command(app, "set", example="wikijs site set title='Harbour Lights' feature_page_comments=true")
def set_settings(
    session: Session,
    settings: Annotated[
        list[str],
        typer.Argument(metavar="NAME=VALUE...", help="Settings as `site get` names them; values as JSON."),
    ],
) -> None:
    """Change settings of the wiki. What is not named is kept."""
    from wikijs.resources.site import SiteChanges

    types = get_type_hints(SiteChanges)
    known = list(types)
    named = [f"{known_as(name, known)}{equals}{value}" for name, equals, value in (s.partition("=") for s in settings)]
    changes = assignments(named, types)
    for name in changes:
        if name not in known:
            from wikijs.permissions import suggestion

            raise CommandError(f"There is no setting {name!r}.", hint=suggestion(name, known), code=ExitCode.USAGE)
    with session.client() as client:
        changed = client.site.update(**changes)
    show_done(session, f"Changed {', '.join(changes)}.", changed)
