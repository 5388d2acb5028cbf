"""`wikijs gateway keys ...` and `wikijs gateway credentials ...`."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from wikijs.core.tokens import read_token

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import read_text
from ..frame.output import note, show_done, show_list
from ..frame.session import Session
from ..frame.structured import show_data, wants_data
from .opening import ConfigOption, columns, credentials_of, keys_of

if TYPE_CHECKING:
    from wikijs.gateway.access.keys import Key

keys = typer.Typer(no_args_is_help=True)
credentials = typer.Typer(no_args_is_help=True)

FIELDS: Final = (
    "id",
    "name",
    "state",
    "tier",
    "scopes",
    "prefixes",
    "origins",
    "credential",
    "created_at",
    "expires_at",
    "last_used_at",
)
Id = Annotated[str, typer.Argument(metavar="ID", help="The key, by the eight characters after wkg_.")]
Scopes = Annotated[
    list[str] | None,
    typer.Option("--scope", metavar="NAME", help="read, write, all, or a single one such as pages:read; repeat it."),
]
Prefixes = Annotated[
    list[str] | None, typer.Option("--under", metavar="FOLDER", help="Only pages below it; repeat it for several.")
]
Origins = Annotated[
    list[str] | None, typer.Option("--origin", metavar="ORIGIN", help="Only from web pages of it; repeat it.")
]
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@group(keys, example="wikijs gateway keys create 'docs site' --scope read")
def keys_group(session: Session) -> None:
    """Keys of the gateway."""


@command(keys, "create", example="wikijs gateway keys create 'docs site' --scope read --tier pro", fields=FIELDS)
def create(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who uses it, and for what.")],
    *,
    scope: Scopes = None,
    tier: Annotated[str, typer.Option(metavar="NAME", help="Whose limits it has: free, pro, enterprise.")] = "free",
    under: Prefixes = None,
    origin: Origins = None,
    credential: Annotated[str, typer.Option(metavar="NAME", help="The wiki's credential that is used.")] = "default",
    expires: Annotated[str | None, typer.Option(metavar="TIME", help="After which time it ends, such as 90d.")] = None,
    config: ConfigOption = None,
) -> None:
    """Make a key. It is printed this once; nobody can show it again."""
    ends = time.time() + duration(expires) if expires else None
    with keys_of(session, config) as ring:
        key, secret = ring.create(
            name,
            scopes=scope or ["read"],
            tier=tier,
            prefixes=under or (),
            origins=origin or (),
            credential=credential,
            expires_at=ends,
            created_by="command line",
        )
    _show_secret(session, key, secret)


@command(keys, "list", example="wikijs gateway keys list", fields=FIELDS, lists=True, reads=True)
def list_keys(session: Session, *, config: ConfigOption = None) -> None:
    """List keys, without their secrets."""
    with keys_of(session, config) as ring:
        found = [shown(key) for key in ring.all()]
    show_list(
        session,
        found,
        columns(("id", "name", "state", "tier", "scopes", "last_used_at")),
    )


@command(keys, "rotate", example="wikijs gateway keys rotate Ab3dE5gH --grace 1h", fields=FIELDS)
def rotate(
    session: Session,
    id: Id,
    *,
    grace: Annotated[str, typer.Option(metavar="TIME", help="For how long the old secret is still taken.")] = "24h",
    config: ConfigOption = None,
) -> None:
    """Give a key a new secret. It is printed this once."""
    with keys_of(session, config) as ring:
        key, secret = ring.rotate(id, grace=duration(grace))
    _show_secret(session, key, secret)


@command(keys, "revoke", example="wikijs gateway keys revoke Ab3dE5gH", fields=FIELDS)
def revoke(session: Session, id: Id, *, config: ConfigOption = None) -> None:
    """Take a key no more, from now on."""
    with keys_of(session, config) as ring:
        key = ring.revoke(id)
    show_done(session, f"The key {id} ({key.name}) is not taken any more.", shown(key))


@group(credentials, example="wikijs gateway credentials add default --kind api_key")
def credentials_group(session: Session) -> None:
    """The wiki's credentials that the gateway uses; encrypted where it keeps them."""


@command(credentials, "add", example="wikijs gateway credentials add default --kind api_key", fields=("name", "kind"))
def add(
    session: Session,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Its name; keys that say no other use `default`.")
    ] = "default",
    *,
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="api_key, login, environment, keyring or guest.")
    ] = "api_key",
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Of a login.")] = None,
    variable: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of kind environment: which variable holds it.")
    ] = None,
    service: Annotated[str | None, typer.Option(metavar="NAME", help="Of kind keyring.")] = None,
    user: Annotated[str | None, typer.Option(metavar="NAME", help="Of kind keyring.")] = None,
    config: ConfigOption = None,
) -> None:
    """Store a credential. An API key or a password is asked for, or read from standard input."""
    secret: dict[str, str] = {}
    if kind == "api_key":
        secret["key"] = _asked("API key of the wiki")
        read_token(secret["key"])  # a typing error is told now, not when the wiki is asked
    elif kind == "login":
        secret = {"email": email or "", "password": _asked("password of the wiki")}
    elif kind == "environment":
        secret["variable"] = variable or ""
    elif kind == "keyring":
        secret = {"service": service or "", "user": user or ""}
    with credentials_of(session, config) as store:
        store.put(name, kind, secret)  # type: ignore[arg-type]  # checked there
    show_done(session, f"The credential {name} is stored.", {"name": name, "kind": kind})


@command(
    credentials,
    "list",
    example="wikijs gateway credentials list",
    fields=("name", "kind", "problem"),
    lists=True,
    reads=True,
)
def list_credentials(session: Session, *, config: ConfigOption = None) -> None:
    """List the wiki's credentials, without what is secret."""
    with credentials_of(session, config) as store:
        found = [asdict(each) for each in store.all()]
    show_list(session, found, columns(("name", "kind", "problem")), key="name")


@command(credentials, "remove", example="wikijs gateway credentials remove old", fields=("name",))
def remove(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    *,
    config: ConfigOption = None,
) -> None:
    """Forget a credential."""
    with credentials_of(session, config) as store:
        store.delete(name)
    show_done(session, f"The credential {name} is forgotten.", {"name": name})


def shown(key: Key) -> dict[str, Any]:
    """A key as people and programs see it."""
    return {
        "id": key.id,
        "name": key.name,
        "state": "active" if key.problem(time.time()) is None else "revoked" if key.revoked_at else "expired",
        "tier": key.tier,
        "scopes": sorted(key.scopes),
        "prefixes": list(key.prefixes),
        "origins": list(key.origins),
        "credential": key.credential,
        "created_at": _moment(key.created_at),
        "expires_at": _moment(key.expires_at),
        "last_used_at": _moment(key.last_used_at),
    }


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def duration(text: str) -> float:
    """Seconds of a time such as 90d or 24h.

    Raises:
        CommandError: It is none.
    """
    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or unit not in _UNITS:
        raise CommandError(f"{text!r} is no time.", hint="Write it like 90d, 24h, 30m or 10s.", code=ExitCode.USAGE)
    return timedelta(**{_UNITS[unit]: int(number)}).total_seconds()


def _show_secret(session: Session, key: Key, secret: str) -> None:
    if wants_data(session):
        show_data(session, {**shown(key), "key": secret})
    else:
        typer.echo(secret)
        note("Keep this key: it is not shown again.")


def _asked(what: str) -> str:
    """A secret: asked for on a terminal, else the first line of standard input.

    Raises:
        CommandError: There is none.
    """
    if sys.stdin.isatty():
        answer: str = typer.prompt(what, hide_input=True, err=True)
    else:
        answer = next(iter(read_text("-").splitlines()), "")
    if not answer.strip():
        raise CommandError(
            f"No {what} was given.", hint="Type it at a terminal, or give it on standard input.", code=ExitCode.USAGE
        )
    return answer.strip()
