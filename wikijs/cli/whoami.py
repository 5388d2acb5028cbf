"""`wikijs whoami`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import typer

from .failures import ExitCode
from .output import note, write_json, write_record
from .session import Session

EXAMPLE: Final = "wikijs whoami --json"


def whoami(session: Session) -> None:
    """Show who the server takes you for.

    Wiki.js does not refuse a bad token: it silently serves a guest. This finds out. Exit code 4 means: you are a guest.
    """
    with session.client() as client:
        identity = client.whoami()
    fields = asdict(identity)
    if session.json:
        from pydantic.alias_generators import to_camel

        write_json({to_camel(name): value for name, value in fields.items()})
    else:
        write_record({name.replace("_", " "): value for name, value in fields.items() if value not in ((), "")})
    if identity.is_guest:
        if not session.has_credentials:
            note("wikijs: No credentials were given: set WIKIJS_API_KEY, or WIKIJS_EMAIL and WIKIJS_PASSWORD.")
        raise typer.Exit(ExitCode.LOGIN_NEEDED)
