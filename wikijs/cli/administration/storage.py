"""`wikijs storage ...`."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import typer

from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.output import show_done, show_list
from ..frame.session import Session
from .modules import DryRunOption, KeyArgument, SettingsArgument, show_changes, show_module, show_modules, values_of

app = typer.Typer(no_args_is_help=True)

TARGET: Final = ("key", "title", "isEnabled", "isAvailable", "mode", "syncInterval", "settings")


@group(app, example="wikijs storage list")
def storage(session: Session) -> None:
    """Where the wiki copies its content to."""


@command(app, "list", example="wikijs storage list", fields=TARGET, lists=True, reads=True)
def list_targets(session: Session) -> None:
    """List storage targets, those in use first."""
    with session.client() as client:
        show_modules(session, client.storage.targets(), mode="mode", interval="sync_interval")


@command(app, "get", example="wikijs storage get git --json", fields=TARGET, reads=True)
def get(session: Session, key: KeyArgument) -> None:
    """Show a storage target and its settings. Secrets read ********."""
    with session.client() as client:
        found, settings = client.storage.get(key), client.storage.settings(key)
    actions = ", ".join(action.handler for action in found.actions or ())
    fields = {"key": found.key, "title": found.title, "mode": found.mode, "interval": found.sync_interval}
    show_module(session, found, settings, {**fields, "actions": actions or None})


@command(app, "set", example="wikijs storage set git branch=main repoUrl=git@example.com:wiki.git", fields=TARGET)
def set_settings(
    session: Session,
    key: KeyArgument,
    settings: SettingsArgument = [],  # noqa: B006  typer copies it
    *,
    mode: Annotated[Literal["sync", "push", "pull"] | None, typer.Option(help="Which way content goes.")] = None,
    interval: Annotated[str | None, typer.Option(metavar="DURATION", help="How often, such as PT5M.")] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Change settings of a storage target. What is not named is kept, secrets too."""
    values = values_of(settings)
    if not (values or mode or interval):
        raise CommandError("Say what to change.", hint="For example: branch=main.", code=ExitCode.USAGE)
    with session.client() as client:
        if dry_run:
            show_changes(session, key, client.storage.settings(key), values)
            return
        changed = client.storage.update(key, mode=mode, sync_interval=interval, config=values)
    show_done(session, f"Changed {changed.title}.", changed, key="key")


@command(app, "enable", example="wikijs storage enable disk", fields=TARGET)
def enable(session: Session, key: KeyArgument) -> None:
    """Use a storage target, and wait until it has started."""
    with session.client() as client:
        changed = client.storage.update(key, enabled=True)
    show_done(session, f"{changed.title} is in use.", changed, key="key")


@command(app, "disable", example="wikijs storage disable disk", fields=TARGET)
def disable(session: Session, key: KeyArgument) -> None:
    """Use a storage target no more. What is stored there stays."""
    with session.client() as client:
        changed = client.storage.update(key, enabled=False)
    show_done(session, f"{changed.title} is not in use any more.", changed, key="key")


@command(
    app, "status", example="wikijs storage status", fields=("key", "title", "status", "message"), lists=True, reads=True
)
def status(session: Session) -> None:
    """Show how the storage targets in use are doing."""
    with session.client() as client:
        found = client.storage.status()
    show_list(session, found, ("key", "title", "status", "message"), key="key")


@command(app, "run", example="wikijs storage run git sync")
def run(
    session: Session,
    key: KeyArgument,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="One of its actions, as `get` shows them.")],
) -> None:
    """Run an action of a storage target, such as sync, dump or importAll, and wait for it."""
    with session.client() as client:
        found = client.storage.get(key)
        known = [each.handler for each in found.actions or ()]
        if action not in known:
            raise CommandError(
                f"{found.title} has no action {action!r}.",
                hint=f"It has: {', '.join(known) or 'none'}.",
                code=ExitCode.USAGE,
            )
        if action in {"purge", "importAll"}:
            confirm(session, f"Run {action} of {found.title}?")
        client.storage.execute_action(key, handler=action)
    show_done(session, f"Ran {action} of {found.title}.", {"key": key, "action": action}, key="key")
