"""What commands of the gateway stand on: its settings, its database, its extra."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...core.values.installing import pip_line
from ..frame.failures import CommandError
from ..frame.session import Session

if TYPE_CHECKING:
    from wikijs.gateway.access.credentials import Credentials
    from wikijs.gateway.access.keys import KeyRing
    from wikijs.gateway.settings import Settings
    from wikijs.gateway.store.database import Database

ConfigOption = Annotated[
    str | None,
    typer.Option(
        "--config", metavar="FILE", help="Its configuration; else WIKIJS_GATEWAY_CONFIG, or gateway.toml here."
    ),
]


def needed() -> None:
    """Refuse to go on without the extra.

    Raises:
        CommandError: It is missing.
    """
    if any(find_spec(name) is None for name in ("fastapi", "uvicorn", "sqlalchemy", "cryptography")):
        raise CommandError("The gateway is an extra.", hint=pip_line("cli", "gateway"))


def columns(names: Sequence[str]) -> dict[str, Callable[[Any], object]]:
    """Columns of a table of dictionaries."""
    return {name: itemgetter(name) for name in names}


def settings_of(session: Session, config: str | None) -> Settings:
    """The settings that a command is about."""
    needed()
    from wikijs.gateway.settings import load

    return load(config, session.environment)


@contextmanager
def database_of(session: Session, config: str | None) -> Generator[Database]:
    """The database that a command is about, with its tables up to date."""
    settings = settings_of(session, config)
    from wikijs.gateway.store.database import Database

    database = Database(settings.database)
    try:
        database.migrate()
        yield database
    finally:
        database.close()


@contextmanager
def keys_of(session: Session, config: str | None) -> Generator[KeyRing]:
    """The keys of a gateway."""
    from wikijs.gateway.access.keys import KeyRing

    with database_of(session, config) as database:
        keys = KeyRing(database)
        keys.load()
        yield keys


@contextmanager
def credentials_of(session: Session, config: str | None) -> Generator[Credentials]:
    """The wiki's credentials of a gateway."""
    from wikijs.gateway.access.credentials import Credentials, master_key

    settings = settings_of(session, config)
    key = master_key(settings.master_key_file, session.environment)
    with database_of(session, config) as database:
        yield Credentials(database, key)
