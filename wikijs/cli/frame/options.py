"""The global options, and how `--json [FIELDS]` reads its optional value."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from .failures import NO_FIELD
from .structured import EVERY_FIELD

_PANEL: Final = "Global options"


def global_options(
    *,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="Root of the wiki; else WIKIJS_URL.", rich_help_panel=_PANEL)
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Wiki of the configuration; else WIKIJS_PROFILE. Reading commands take several: a,b.",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    all_profiles: Annotated[
        bool, typer.Option("--all-profiles", help="Ask all wikis of the configuration.", rich_help_panel=_PANEL)
    ] = False,
    # Arguments can be read by everybody in the list of processes: it is there to say so.
    api_key: Annotated[str | None, typer.Option("--api-key", "--token", metavar="KEY", hidden=True)] = None,
    api_key_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File that holds an API key; else WIKIJS_API_KEY.", rich_help_panel=_PANEL),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="How long to wait for the server; 30 by default.", rich_help_panel=_PANEL),
    ] = None,
    json: Annotated[
        str | None,
        typer.Option("--json", metavar="[FIELDS]", help="Print JSON, or only these fields.", rich_help_panel=_PANEL),
    ] = None,
    filter: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD:TEXT",
            help="Of a list only rows whose field has this text, or fits it with * and ?; repeat it for several.",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    jq: Annotated[
        str | None,
        typer.Option("--jq", metavar="PATH", help="Print what a path picks: '.[].title'.", rich_help_panel=_PANEL),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Of a list only these columns: id,path,title.", rich_help_panel=_PANEL),
    ] = None,
    yaml: Annotated[bool, typer.Option("--yaml", help="Print YAML.", rich_help_panel=_PANEL)] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print ids or paths only, a line each.", rich_help_panel=_PANEL)
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.", rich_help_panel=_PANEL)] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Leave the cache aside.", rich_help_panel=_PANEL)
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show operations and times on stderr.", rich_help_panel=_PANEL)
    ] = False,
) -> None:
    """The global options; typer reads them off this signature."""


class Command(TyperCommand):
    """A command that takes `--json` with or without a value, which typer's options cannot.

    The word after it is its value only if it lists fields of the command.
    """

    def field_names(self) -> Sequence[str]:
        """The fields that --json may ask for."""
        return ()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # the type of contexts is private to typer
        """Read the line."""
        ctx.meta[NO_FIELD] = next((after for word, after in pairwise(args) if word == "--json"), None)
        with _told_of(ctx):
            return super().parse_args(ctx, with_json_value(args, takers(self), self.field_names))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, the global options in one line."""
        with _as_shown(self, ctx):
            if not shown_narrow(self, ctx):
                super().format_help(ctx, formatter)


class Group(TyperGroup):
    """A group that takes `--json` without a value; with one it must be written `--json=FIELDS`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the line up to the name of the command."""
        with _told_of(ctx):
            return super().parse_args(ctx, with_json_value(args, takers(self), stop_early=True))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help; that of the whole program explains the global options, all others name them."""
        with _as_shown(self, ctx, shortened=ctx.parent is not None):
            if not shown_narrow(self, ctx):
                super().format_help(ctx, formatter)


def shown_narrow(command: Any, context: Any) -> bool:
    """Print the help of a command in the form for narrow terminals, where it is to be in it. Returns whether it was."""
    from rich.console import Console
    from rich.text import Text

    from .terminal.narrow import is_narrow, show

    console = Console(highlight=False)
    if not is_narrow(command, context, console.width):
        return False
    for style, line in show(command, context, console.width):
        console.print(Text(line, style=style), soft_wrap=True)
    return True


@contextmanager
def _told_of(context: Any) -> Generator[None]:
    """What is wrong with options knows the command they were given to; the parser does not say it."""
    try:
        yield
    except typer.TyperException as error:
        wrong: Any = error  # its classes are private to typer
        if getattr(wrong, "ctx", None) is None:
            wrong.ctx = context
        raise


@contextmanager
def _as_shown(command: Any, context: Any, *, shortened: bool = True) -> Generator[None]:
    """For its help: options that are just there have no type, and global options are named below it."""
    shared = [option for option in command.params if getattr(option, "rich_help_panel", None) == _PANEL and shortened]
    params = command.get_params(context)
    flags = [option for option in params if getattr(option, "is_flag", False) and option.metavar is None]
    epilog = command.epilog
    names = " ".join(option.opts[0] for option in shared)
    command.epilog = f"{epilog}\n\nGlobal options, see `wikijs --help`: {names}" if shared else epilog
    for option in shared:
        option.hidden = True
    for flag in flags:
        flag.metavar = ""
    try:
        yield
    finally:
        command.epilog = epilog
        for option in shared:
            option.hidden = False
        for flag in flags:
            flag.metavar = None


def takers(command: TyperCommand | TyperGroup) -> set[str]:
    """The options that take the word after them, whatever it is."""
    return {name for option in command.params if not getattr(option, "is_flag", True) for name in option.opts}


def with_json_value(
    arguments: Sequence[str], takers: set[str], fields: Callable[[], Sequence[str]] = tuple, *, stop_early: bool = False
) -> list[str]:
    """The arguments with every `--json` joined to its value.

    Args:
        arguments: What stands on the line.
        takers: Options that take the word after them, whatever it is.
        fields: Gives the fields that the command has.
        stop_early: Whether the first word that is no option ends the options, as in a group.
    """
    words, read = list(arguments), list[str]()
    while words and words[0] != "--":
        word = words.pop(0)
        if word == "--json":
            read.append(f"--json={words.pop(0) if words and _is_list(words[0], fields()) else EVERY_FIELD}")
            continue
        read.append(word)
        if word in takers and words:
            read.append(words.pop(0))
        elif stop_early and not word.startswith("-"):
            break
    return read + words


def _is_list(word: str, fields: Sequence[str]) -> bool:
    """Whether a word is meant as a list of fields: all are, or some of several, and the others are mistyped."""
    names = set(word.split(","))
    return bool(word) and (names <= set(fields) or ("," in word and not names.isdisjoint(fields)))
