"""`wikijs sandbox`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from ...core.values.installing import pip_line
from ..frame.command import command
from ..frame.failures import CommandError
from ..frame.session import Session


class OnOff(StrEnum):
    """A switch."""

    ON = "on"
    OFF = "off"


app = typer.Typer()


@command(app, "sandbox", example="wikijs sandbox --seed demo")
def sandbox(
    session: Session,
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 3000,
    seed: Annotated[str, typer.Option(help="What is in it: empty, demo, or a number of pages.")] = "empty",
    data: Annotated[
        str | None, typer.Option(metavar="FILE", help="File that keeps the wiki; in memory without it.")
    ] = None,
    latency: Annotated[str, typer.Option(metavar="TIME", help="Time each answer takes, such as 25ms.")] = "0",
    rate_limit: Annotated[
        OnOff, typer.Option(metavar="on|off", help="Whether logins and comments are limited as on a server.")
    ] = OnOff.ON,
    fail: Annotated[
        str | None, typer.Option(metavar="STATUS:SHARE", help="Share of requests to fail, such as 502:0.1.")
    ] = None,
    version: Annotated[
        str, typer.Option(metavar="VERSION", help="Wiki.js to pose as, from 2.0.1 on, such as 2.5.201.")
    ] = "2.5.314",
    database: Annotated[
        str, typer.Option(metavar="NAME", help="Database to pose as: postgres, mariadb or sqlite.")
    ] = "postgres",
) -> None:
    """Run a stand-in for Wiki.js on this machine until Ctrl+C. The global options do not concern it."""
    try:
        from wikijs.sandbox.http.server import StartError, serve
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("wikijs"):
            raise
        raise CommandError("The sandbox is an extra.", hint=pip_line("sandbox")) from None
    try:
        serve(
            host=host,
            port=port,
            seed=seed,
            data=data,
            latency=latency,
            rate_limit=rate_limit is OnOff.ON,
            fail=fail,
            version=version,
            database=database,
        )
    except StartError as error:
        raise CommandError(str(error)) from None
