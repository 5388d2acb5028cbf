"""Helps on narrow terminals: what is explained stands below its name, where a column beside it would be too narrow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from .tables import broken

LEAST: Final = 30
"""Columns that an explanation needs beside what it explains."""
_FRAME: Final = 12
"""Columns that the frame and the gaps of the wide form take."""
_INDENT: Final = 4

Entry = tuple[str, str, str]
"""Heading, name, explanation."""


def is_narrow(command: Any, context: Any, width: int) -> bool:
    """Whether explanations would have too little room beside the names, in a terminal of so many columns."""
    beside = max((_taken(each, context) for each in _shown(command, context)), default=0)
    names = [len(name) for _, name, _ in _commands(command, context)]
    return width - _FRAME - max([beside, *names]) < LEAST


def show(command: Any, context: Any, width: int) -> Iterator[tuple[str, str]]:
    """The lines of a help, each with its style."""
    room = max(width - 1, _INDENT + 1)
    yield from (("", line) for line in broken(command.get_usage(context), room))
    for part in (command.help or "").split("\n\n"):
        yield "", ""
        yield from (("", line) for text in part.splitlines() for line in broken(text, room))
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in (*_parameters(command, context), *_commands(command, context)):
        entries[entry[0]].append(entry)
    for heading, found in entries.items():
        yield "", ""
        yield "bold", f"{heading}:"
        for _, name, explanation in found:
            yield from (("bold cyan", f"  {line}") for line in broken(name.replace("|", "| "), room - 2))
            yield from (("", " " * _INDENT + line) for line in broken(explanation, room - _INDENT))
    for part in (command.epilog or "").split("\n\n"):
        yield "", ""
        yield from (("", line) for line in broken(part, room))


def _shown(command: Any, context: Any) -> list[Any]:
    return [each for each in command.get_params(context) if not getattr(each, "hidden", False)]


def _taken(parameter: Any, context: Any) -> int:
    """Columns that names and values take in the wide form, which keeps apart what this one puts behind each other."""
    return len((parameter.get_help_record(context) or ("",))[0]) + _INDENT


def _parameters(command: Any, context: Any) -> Iterator[Entry]:
    kinds = {"argument": "Arguments", "option": "Options"}
    for each in sorted(_shown(command, context), key=lambda each: each.param_type_name != "argument"):
        record = each.get_help_record(context)
        if record is not None:
            heading = getattr(each, "rich_help_panel", None) or kinds[each.param_type_name]
            yield heading, record[0], record[1].replace("  [", " [")


def _commands(command: Any, context: Any) -> Iterator[Entry]:
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        each = command.get_command(context, name)
        if each is not None and not each.hidden:
            explanation = (each.short_help or each.help or "").split("\n\n")[0]
            yield getattr(each, "rich_help_panel", None) or "Commands", name, explanation
