"""`wikijs plugins ...`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import typer

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.output import show_done, show_list
from ..frame.session import Session

app = typer.Typer(no_args_is_help=True)

_LISTED: Final = ("name", "package", "target", "used")


@group(app, example="wikijs plugins list")
def plugins(session: Session) -> None:
    """Plugins that can be had by name, and whether they work."""


@command(app, "list", example="wikijs plugins list", fields=_LISTED, reads=True)
def list_(session: Session) -> None:
    """List the plugins that can be had by name, and whether your profile uses them. None of them is loaded for it.

    Write `plugins = ["audit"]` into a profile to use one with the commands.
    """
    from wikijs.plugins.discovery import available

    used = _used(session)
    found = [_Listed(each.name, each.package, each.target, each.name in used) for each in available()]
    show_list(session, found, _LISTED, key="name")


@dataclass(frozen=True)
class _Listed:
    """A plugin, and whether the profile uses it."""

    name: str
    package: str
    target: str
    used: bool


def _used(session: Session) -> tuple[str, ...]:
    try:
        profile = session.target.profile
    except CommandError:  # no wiki is chosen: a list can be had all the same
        return ()
    return profile.plugins if profile is not None else ()


@command(app, "check", example="wikijs plugins check my-plugin", reads=True)
def check(
    session: Session,
    name: Annotated[str, typer.Argument(help="Name of the plugin.")],
    *,
    keeps_writes_back: Annotated[
        bool, typer.Option("--keeps-writes-back", help="Whether it keeps writes from being sent on purpose.")
    ] = False,
) -> None:
    """Run a plugin in both clients through every way in which a call can end, without a network."""
    from wikijs.plugins.discovery import load
    from wikijs.plugins.testing import check as run

    load(name)  # what is wrong with its name or its installation is said as such
    try:
        report = run(lambda: load(name), sends_writes=not keeps_writes_back)
    except AssertionError as error:
        _, *problems = str(error).splitlines()
        raise CommandError(f"The plugin {name!r} does not pass: {'; '.join(problems)}", code=ExitCode.FAILED) from None
    show_done(session, f"The plugin {name} passes: {len(report.outcomes)} calls in both clients.")
