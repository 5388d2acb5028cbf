"""The reference of the command: each subcommand with its options, an example, and what that prints on the demo wiki."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import typer.main
from click import unstyle as strip_ansi

from wikijs.cli.app import app
from wikijs.cli.frame.lazy import Placeholder
from wikijs.cli.frame.options import _PANEL as GLOBAL

LINES: Final = 24


def pages() -> Iterator[tuple[str, str, str]]:
    """File name, title and text of a page for each command at the top, and of the page of the global options."""
    root = typer.main.get_command(app)
    yield "commands/index.md", "The command", _top(root)
    for name in root.list_commands(None):  # type: ignore[attr-defined]
        command = loaded(root.commands[name])  # type: ignore[attr-defined]
        if not command.hidden:
            yield f"commands/{name}.md", f"wikijs {name}", "\n".join(_page(command, ("wikijs", name), 1))


def loaded(command: Any) -> Any:
    """A command, made if it was not yet."""
    return command.load() if isinstance(command, Placeholder) else command


def leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """All commands that do something, with the words that call them."""
    command = loaded(command)
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name in command.list_commands(None):
        yield from leaves(command.commands[name], (*path, name))


def _top(root: Any) -> str:
    lines = ["# The command `wikijs`", "", *_help(root), "", "| command | does |", "|---|---|"]
    lines += [
        f"| [`{name}`]({name}.md) | {_first(root.commands[name])} |"
        for name in root.list_commands(None)
        if not loaded(root.commands[name]).hidden
    ]
    options = [option for option in loaded(root.commands["whoami"]).params if _is_global(option)]
    return "\n".join([*lines, "", "## Global options", "", *_options(options), ""])


def _page(command: Any, path: tuple[str, ...], level: int) -> Iterator[str]:
    command = loaded(command)
    yield f"{'#' * level} `{' '.join(path)}`"
    yield ""
    yield from _help(command)
    if path == ("wikijs", "call"):  # its commands are the operations, which have a page of their own
        yield from ("Its commands are all [operations of the server](../operations.md).", "")
    elif hasattr(command, "commands"):
        for name in command.list_commands(None):
            yield from _page(command.commands[name], (*path, name), min(level + 1, 4))
    if hasattr(command, "commands"):
        return
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    words = " ".join([*path, *(each.metavar or each.name.upper() for each in arguments)])
    yield from ("```text", f"{words} [OPTIONS]", "```", "")
    own = [each for each in command.params if not _is_global(each) and not getattr(each, "hidden", False)]
    own = [each for each in own if each.name != "help"]
    yield from _options(own)
    example, fields = _epilog(command)
    if example:
        yield from ("", "```sh", example, "```", "")
        yield from _printed(" ".join(path[1:]), example)
    if fields:
        yield from (f"Fields of `--json`: {', '.join(f'`{name}`' for name in fields.split(', '))}.", "")


def _printed(name: str, line: str) -> Iterator[str]:
    """What the example prints, or why that is not shown."""
    from . import running

    if name in running.NOT_RUN:
        yield from (f"Not run here: {running.NOT_RUN[name]}.", "")
        return
    found = kept().get(name)
    if found is None or found.line != line:
        return
    if not found.printed:
        yield from (
            "It prints nothing here: what it wrote is in the file." if ">" in line else "It prints nothing.",
            "",
        )
        return
    cut = found.printed if len(found.printed) <= LINES else [*found.printed[:LINES], "…"]
    yield from ("```text", *cut, "```", "")


@cache
def kept() -> dict[str, Any]:
    """What the examples print, from the file that `website.running` writes."""
    from . import running

    return running.kept()


def example(command: Any) -> str:
    """The example that a command's help has."""
    return _epilog(command)[0]


def _help(command: Any) -> Iterator[str]:
    yield from (_escape(command.help or ""), "")


def _first(command: Any) -> str:
    return _escape((loaded(command).help or "").partition("\n")[0])


def _is_global(option: Any) -> bool:
    return getattr(option, "rich_help_panel", None) == GLOBAL


def _options(options: list[Any]) -> Iterator[str]:
    if not options:
        return
    yield from ("| option | |", "|---|---|")
    for option in options:
        names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
        if option.param_type_name == "argument":
            names = f"`{option.metavar or option.name.upper()}`"
        elif not getattr(option, "is_flag", False) and option.metavar:
            names += f" `{option.metavar}`"
        yield f"| {names.replace('|', chr(92) + '|')} | {_escape(getattr(option, 'help', None) or '')} |"


def _escape(text: str) -> str:
    text = strip_ansi(text).replace("|", "\\|") if "\n" not in text else strip_ansi(text)
    return re.sub(r"<(?=[A-Za-z/])", "&lt;", text)


def _epilog(command: Any) -> tuple[str, str]:
    epilog = strip_ansi(command.epilog or "")
    example = re.search(r"Example: (.*?)(?:\n\n|$)", epilog, re.DOTALL)
    fields = re.search(r"Fields of --json: (.*)", epilog, re.DOTALL)
    return (example[1].strip() if example else "", fields[1].strip() if fields else "")
