"""Command groups that are imported when they are wanted: the first help needs their names and a line each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import import_module
from typing import Any, ClassVar

import typer.main
from typer.core import TyperCommand

from .options import Group


class Placeholder(TyperCommand):
    """Stands for a command that was not made yet.

    Args:
        name: Name of the command.
        help: The first line of its help.
        load: Makes it.
        panel: Where it stands in the help of its group.
    """

    def __init__(self, name: str, help: str, load: Callable[[], Any], *, panel: str | None = None) -> None:
        super().__init__(name, help=help, rich_help_panel=panel)
        self.load = load


@cache
def load(name: str, module: str) -> Any:
    """What the variable `app` of a module holds: a group, or a single command where it has no callback."""
    app: typer.Typer = import_module(module).app
    parent = typer.Typer(add_completion=False)
    if app.registered_callback is None:
        parent.registered_commands += app.registered_commands
        return typer.main.get_command(parent)
    parent.callback()(_nothing)
    parent.add_typer(app, name=name)
    return typer.main.get_group(parent).commands[name]


def _nothing() -> None:
    """A group must have a callback to be one."""


class LazyGroup(Group):
    """A group whose commands are placeholders until one is invoked or completed."""

    table: ClassVar[Sequence[tuple[str, str, str]]] = ()

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for placeholder in self.placeholders():
            self.add_command(placeholder)

    def placeholders(self) -> Sequence[Placeholder]:
        """What stands for the commands."""
        return [Placeholder(name, line, partial(load, name, module)) for name, module, line in self.table]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name, imported now."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, Placeholder) else command, rest
