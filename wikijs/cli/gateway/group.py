"""`wikijs gateway init`, `serve`, `check`, `migrate`, `backup`, `demo`."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...core.values.installing import pip_line
from ..frame.command import command, group
from ..frame.failures import CommandError
from ..frame.output import note, show_done, show_list
from ..frame.session import Session
from .keys import credentials, keys
from .opening import ConfigOption, columns, database_of, needed, settings_of
from .request import request

if TYPE_CHECKING:
    from socket import socket

    from wikijs.gateway.runtime import Gateway
    from wikijs.gateway.settings import Settings

app = typer.Typer(no_args_is_help=True)
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Host = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Address to listen on.")]

_FILE = """\
# The gateway. Everything here can also be said in the environment: WIKIJS_GATEWAY_WIKI and so on.
wiki = {wiki}
database = "gateway.db"          # or postgresql://user@host/name
# redis = "redis://localhost:6379/0"      # limits that several processes share
# host = "127.0.0.1"
# port = 8700
# public_url = "https://api.example.com"  # how browsers reach it, through a proxy with TLS
# trusted_proxies = ["127.0.0.1"]
# cors_origins = ["https://app.example.com"]
# pass_through = true                     # callers may come with tokens of the wiki itself
# portal = false                          # no pages at /portal
# docs = "site"                           # a built documentation site, shown at /docs

# [tiers.pro]
# rate = 600
# burst = 100
# daily = 100000
"""


@group(app, example="wikijs gateway demo")
def gateway(session: Session) -> None:
    """A gateway in front of the wiki: REST with keys, limits, jobs and events."""


app.add_typer(keys, name="keys")
app.add_typer(credentials, name="credentials")
command(app, "request", example="wikijs gateway request GET '/api/v1/pages?limit=3'")(request)


@command(app, "init", example="wikijs gateway init --url https://wiki.example.com")
def init(
    session: Session,
    *,
    folder: Annotated[str, typer.Option("--in", metavar="FOLDER", help="Where its files shall lie.")] = ".",
    force: Annotated[bool, typer.Option("--force", help="Write over a configuration that is there.")] = False,
) -> None:
    """Write a configuration, make the key that encrypts credentials, and the database."""
    needed()
    from wikijs.config.storing import write_private
    from wikijs.gateway.access.credentials import Credentials, master_key
    from wikijs.gateway.settings import load
    from wikijs.gateway.store.database import Database

    place = Path(folder) / "gateway.toml"
    if place.exists() and not force:
        raise CommandError(f"{place} is there already.", hint="--force writes over it.")
    target = session.target
    Path(folder).mkdir(parents=True, exist_ok=True)
    write_private(place, _FILE.format(wiki=json.dumps(target.url)))
    settings = load(place, {})
    key = master_key(settings.master_key_file, session.environment, make=True)
    database = Database(settings.database)
    try:
        database.migrate()
        found = session.credentials
        token = found.auth.current if found is not None else None
        if token is not None and token.is_api_key:
            Credentials(database, key).put("default", "api_key", {"key": token.value})
            note("The API key of the wiki is stored, encrypted, as its credential `default`.")
        else:
            note("Store a credential of the wiki next: wikijs gateway credentials add")
    finally:
        database.close()
    show_done(
        session, f"{place} is written. Make a key with `wikijs gateway keys create NAME`.", {"config": str(place)}
    )


@command(app, "serve", example="wikijs gateway serve --port 8700")
def serve(
    session: Session,
    *,
    host: Host = None,
    port: Port = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="Refuse all writes.")] = False,
    docs: Annotated[
        str | None, typer.Option("--docs", metavar="DIR", help="The built documentation site, shown at /docs.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes; more than one need PostgreSQL and Redis.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Serve until Ctrl+C or SIGTERM; what is under way is ended first. It starts without the wiki, and says so."""
    settings = settings_of(session, config)
    if host is not None:
        settings = replace(settings, host=host)
    if port is not None:
        settings = replace(settings, port=port)
    if read_only:
        settings = replace(settings, read_only=True)
    if docs is not None:
        settings = replace(settings, docs=docs)
    if workers is not None:
        settings = replace(settings, workers=workers)
    run(settings, config)


def run(settings: Settings, config: str | None = None) -> None:
    """Serve a gateway."""
    from wikijs.gateway.serving import listening

    settings = settings.checked()
    with listening(settings) as bound:
        _serve_on(bound, settings, config)


def _serve_on(bound: socket, settings: Settings, config: str | None) -> None:
    from wikijs.gateway.app import create_app
    from wikijs.gateway.serving import serve, serve_many

    host, port = bound.getsockname()[:2]
    pages = "The portal is at /portal, the reference at /docs." if settings.portal else "The reference is at /docs."
    place = f"http://{'[' + host + ']' if ':' in host else host}:{port}"
    made = create_app(settings)
    note(f"Gateway of {settings.wiki} on {place}. {pages} Ctrl+C stops it.")
    gateway: Gateway = made.state.gateway
    if not gateway.keys.all():
        note("There is no key yet. `wikijs gateway keys create NAME --scope all` makes one, also while this runs.")
    if settings.workers > 1:
        asyncio.run(gateway.stop())  # it was made to see that it can be: each process makes its own
        serve_many(settings, bound, config)
    else:
        serve(made, settings, bound)


@command(app, "check", example="wikijs gateway check", fields=("name", "problem"))
def check(session: Session, *, config: ConfigOption = None) -> None:
    """Look whether a gateway of this configuration can work: database, wiki, credentials, what they may do."""
    settings = settings_of(session, config).checked()
    found = asyncio.run(_look(settings))
    show_list(
        session,
        found,
        columns(("name", "state", "detail")),
        key="name",
    )
    if any(each["state"] == "problem" for each in found):
        raise CommandError("The gateway cannot work like this.")


async def _look(settings: Settings) -> list[dict[str, Any]]:
    from wikijs.gateway.checking import look
    from wikijs.gateway.runtime import Gateway

    gateway = Gateway(settings)
    try:
        return await look(gateway)
    finally:
        await gateway.stop()


@command(app, "migrate", example="wikijs gateway migrate")
def migrate(session: Session, *, config: ConfigOption = None) -> None:
    """Bring the database to what this version needs. `serve` does so, too."""
    with database_of(session, config) as database:
        show_done(
            session,
            f"The database {database.name} is of version {database.version()}.",
            {"version": database.version()},
        )


@command(app, "backup", example="wikijs gateway backup gateway-2026-12-01.db")
def backup(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The copy; it must not be there yet.")],
    *,
    config: ConfigOption = None,
) -> None:
    """Copy the database file while the gateway runs. The key that encrypts credentials is no part of it."""
    with database_of(session, config) as database:
        database.backup(Path(file))
    show_done(session, f"{file} is written.", {"file": file})


@command(app, "demo", example="wikijs gateway demo")
def demo(
    session: Session,
    *,
    port: Port = 8700,
) -> None:
    """Run a gateway over a sandbox with some pages, and print a key and three lines that use it. Ctrl+C ends it all.

    Nothing is kept, and no wiki is needed.
    """
    needed()
    from importlib.util import find_spec

    if find_spec("graphql") is None or find_spec("markdown_it") is None:
        raise CommandError("The demo needs the sandbox, an extra.", hint=pip_line("cli", "gateway", "sandbox"))
    from wikijs.gateway.demo import Demo
    from wikijs.gateway.serving import listening, serve
    from wikijs.gateway.settings import Settings

    bound = listening(Settings(wiki="http://wikijs.sandbox", port=port or 0))
    with Demo(bound.getsockname()[1]) as shown:
        sys.stdout.write(shown.text)
        sys.stdout.flush()
        serve(shown.app, shown.settings, bound)
