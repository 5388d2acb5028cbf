"""`wikijs api-keys ...`."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, show_done, show_list
from ..frame.session import Session
from ..frame.structured import wants_data
from ..people.arguments import id_or_name

app = typer.Typer(no_args_is_help=True)

_FIELDS: Final = ("id", "name", "keyShort", "expiration", "createdAt", "updatedAt", "isRevoked")
_DAYS: Final = {"d": 1, "w": 7, "m": 30, "y": 365}


@group(app, example="wikijs api-keys create backup --group Readers --expires 90d")
def api_keys(session: Session) -> None:
    """API keys."""


@command(app, "list", example="wikijs api-keys list --active", fields=_FIELDS, lists=True, reads=True)
def list_keys(
    session: Session,
    *,
    active: Annotated[bool, typer.Option("--active", help="Leave out those that were revoked.")] = False,
) -> None:
    """List API keys, without the keys themselves."""
    with session.client() as client:
        found = client.api_keys.list(revoked=False if active else None)
    show_list(session, found, ("id", "name", "key_short", "expiration", "is_revoked"))


@command(app, "create", example="wikijs api-keys create backup --full-access --key-file ~/.wikijs-key")
def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="What to call it.")],
    *,
    group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Group whose permissions it has, by id or name.")
    ] = None,
    full_access: Annotated[bool, typer.Option("--full-access", help="Give it all permissions.")] = False,
    expires: Annotated[str, typer.Option(metavar="TIME", help="How long it is valid: 90d, 12w, 6m, 1y.")] = "1y",
    key_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the key to a new file that only you can read.")
    ] = None,
) -> None:
    """Create an API key and print it: the server shows it this once."""
    valid = _duration(expires)
    if key_file is not None and key_file.exists():
        raise CommandError(f"The file {key_file} exists.", hint="Name another one.", code=ExitCode.USAGE)
    with session.client() as client:
        made = client.api_keys.create(
            name, expires=valid, full_access=full_access, group=None if group is None else id_or_name(group)
        )
    row = {"id": made.id, "name": made.name, "expiresAt": made.expires_at, "groupId": made.group_id}
    if key_file is not None:
        _write_key(key_file, made.key)
        show_done(session, f"Created API key {made.id} ({made.name}) in {key_file}.", row)
    elif wants_data(session):
        show_done(session, "", row | {"key": made.key})
    else:
        note(f"Created API key {made.id} ({made.name}), valid until {made.expires_at:%Y-%m-%d}. It is shown this once:")
        sys.stdout.write(f"{made.key}\n")


@command(app, "revoke", example="wikijs api-keys revoke 3")
def revoke(session: Session, id: Annotated[int, typer.Argument(help="Id of the key.")]) -> None:
    """Revoke an API key. This cannot be undone."""
    with session.client() as client:
        key = client.api_keys.get(id)
        confirm(session, f"Revoke API key {id} ({key.name}) for good?")
        client.api_keys.revoke(id)
    show_done(session, f"Revoked API key {id} ({key.name}).", {"id": id, "name": key.name})


@command(app, "state", example="wikijs api-keys state --disable")
def state(
    session: Session,
    *,
    enable: Annotated[bool | None, typer.Option("--enable/--disable", help="Accept API keys, or none.")] = None,
) -> None:
    """Tell whether the wiki accepts API keys, or change it."""
    with session.client() as client:
        if enable:
            client.api_keys.enable()
        elif enable is False:
            confirm(session, "Refuse all API keys, the one in use here included?")
            client.api_keys.disable()
        enabled = client.api_keys.enabled() if enable is None else enable
    show_done(session, f"API keys are {'accepted' if enabled else 'refused'}.", {"enabled": enabled}, key="enabled")


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})([dwmy])", text.strip().lower())
    if not found:
        raise CommandError(f"{text!r} is no time.", hint="Write 90d, 12w, 6m or 1y.", code=ExitCode.USAGE)
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


def _write_key(file: Path, key: str) -> None:
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(f"{key}\n", encoding="utf-8")
    except OSError as error:
        note(f"wikijs: The file {file} cannot be written: {error.strerror}. The key, which is shown this once:")
        sys.stdout.write(f"{key}\n")
        raise typer.Exit(ExitCode.PARTLY) from None
