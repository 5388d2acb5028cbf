"""`wikijs logs ...`."""

from __future__ import annotations

import re
import sys
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from wikijs import exceptions as exc

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.output import printable
from ..frame.session import Session
from ..frame.structured import wants_data
from ..frame.text import compact

if TYPE_CHECKING:
    from wikijs_generated.fragments import LogLine

app = typer.Typer(no_args_is_help=True)

LEVELS: Final = ("error", "warn", "info", "verbose", "debug", "silly")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")

Level = Literal["error", "warn", "info", "verbose", "debug", "silly"]


@group(app, example="wikijs logs tail")
def logs(session: Session) -> None:
    """The log of the server."""


@command(app, "tail", example="wikijs logs tail --level warn --json")
def tail(
    session: Session,
    *,
    lines: Annotated[int | None, typer.Option("-n", "--lines", min=1, help="Stop after this many lines.")] = None,
    level: Annotated[Level, typer.Option(help="Leave out what is less severe.")] = "silly",
    grep: Annotated[str | None, typer.Option(metavar="REGEX", help="Only lines that this fits.")] = None,
) -> None:
    """Follow the log of the server until Ctrl+C; with --json a line of JSON each.

    Wiki.js shows it to users who logged in and may manage the system, never to an API key.
    """
    wanted = LEVELS[: LEVELS.index(level) + 1]
    pattern = _pattern(grep)
    with session.client() as client:
        trail = (
            line
            for line in client.logging.live_trail()
            if (line.level in wanted or line.level not in LEVELS) and (pattern is None or pattern.search(line.output))
        )
        try:
            for line in islice(trail, lines):
                _show(session, line)
        except exc.InvalidTokenError as error:
            hint = "Log in as a user with manage:system: wikijs auth login."
            raise CommandError(error.message, hint=hint, code=ExitCode.LOGIN_NEEDED) from None


def _pattern(grep: str | None) -> re.Pattern[str] | None:
    try:
        return None if grep is None else re.compile(grep)
    except re.error as error:
        raise CommandError(f"{grep!r} is no regular expression: {error}.", code=ExitCode.USAGE) from None


def _show(session: Session, line: LogLine) -> None:
    text = printable(_COLOURS.sub("", line.output))
    if wants_data(session):
        sys.stdout.write(compact({"timestamp": line.timestamp, "level": line.level, "output": text}) + "\n")
    else:
        sys.stdout.write(f"{line.timestamp:%H:%M:%S} {line.level:<7} {text}\n")
    sys.stdout.flush()
