"""What `storage`, `search` and `auth strategies` have in common: modules of the server with settings of their own.

One grammar for all: `list`, `get KEY`, `set KEY NAME=VALUE...`, `enable KEY`, `disable KEY`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import assignments
from ..frame.output import show_done, show_list, show_record, wants_data
from ..frame.session import Session
from ..frame.structured import show_data
from ..frame.text import plain

if TYPE_CHECKING:
    from wikijs.resources.shared.module_settings import Setting

KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="Its key, as `list` shows it.")]
SettingsArgument = Annotated[
    list[str], typer.Argument(metavar="NAME=VALUE...", help="Settings as `get` names them; values as JSON.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would change; change nothing.")]


class Switched(Protocol):
    """A module that is on or off."""

    @property
    def key(self) -> str: ...
    @property
    def is_enabled(self) -> bool: ...


def show_modules(session: Session, found: Iterable[Switched], **more: str) -> None:
    """Show modules, those in use first.

    Args:
        session: The global options.
        found: The modules.
        more: Heads of further columns, and the attributes that they show.
    """
    columns = {"key": "key", "title": "title", "enabled": "is_enabled", **more}
    show_list(
        session,
        sorted(found, key=lambda each: (not each.is_enabled, each.key)),
        {head: attrgetter(attribute) for head, attribute in columns.items()},
        key="key",
    )


def show_module(
    session: Session, found: Switched, settings: Mapping[str, Setting], fields: Mapping[str, object]
) -> None:
    """Show a module and its settings; programs get the settings by name."""
    values = {name: setting.value for name, setting in settings.items()}
    if wants_data(session) or session.quiet:
        whole = {name: value for name, value in plain(found).items() if name not in {"config", "props"}}
        show_record(session, {**whole, "settings": values}, key="key")
        return
    shown = {name: _told(settings[name], value) for name, value in values.items()}
    show_record(session, found, {**fields, "enabled": found.is_enabled, **shown}, key="key")


def _told(setting: Setting, value: object) -> object:
    """A value of a setting; of one with choices, those too."""
    if setting.choices:
        return f"{value} (of {', '.join(setting.choices)})"
    return "" if value is None else value


def show_changes(session: Session, key: str, known: Mapping[str, Setting], changes: Mapping[str, object]) -> None:
    """Show what a change of settings would do.

    Raises:
        CommandError: There is no such setting.
    """
    for name in changes:
        if name not in known:
            raise CommandError(
                f"{key} has no setting {name!r}.", hint=f"It has: {', '.join(known) or 'none'}.", code=ExitCode.USAGE
            )
    rows = {name: {"now": known[name].value, "then": value} for name, value in changes.items()}
    if wants_data(session):
        show_data(session, {"key": key, "dryRun": True, "changes": rows})
        return
    for name, row in rows.items():
        now = "********" if known[name].secret and row["now"] else row["now"]
        show_done(session, f"{name}: {now} -> {row['then']}")


def values_of(settings: list[str], types: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Settings of the command line by name; read as their types where those are known."""
    return assignments(settings, types)
