"""`wikijs whoami`."""

from __future__ import annotations

import typer

from .frame.command import command
from .frame.failures import ExitCode
from .frame.output import note, show_record
from .frame.session import Session

app = typer.Typer()

_FIELDS = (
    "kind",
    "userId",
    "name",
    "email",
    "groups",
    "keyId",
    "keyGroupId",
    "permissions",
    "warning",
    "actsAs",
)


@command(app, "whoami", example="wikijs whoami --json", fields=_FIELDS, reads=True)
def whoami(session: Session) -> None:
    """Show who the server takes you for.

    Wiki.js does not refuse a bad token: it silently serves a guest. This finds out. Exit code 4 means: you are a guest.
    """
    with session.client(or_guest=True) as client:
        identity = client.whoami()
    show_record(session, identity, key="name")
    if identity.is_guest:
        if not session.has_credentials:
            note("wikijs: No credentials were given: set WIKIJS_API_KEY, or log in with `wikijs auth login`.")
        raise typer.Exit(ExitCode.LOGIN_NEEDED)
