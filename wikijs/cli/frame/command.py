"""What all commands share: the global options, before or after the subcommand, and how they fail."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, Final, TypeVar, cast, get_type_hints

import typer

from ..completing import with_completion
from .failures import CommandError, ExitCode, report
from .many import asks_several, each_wiki
from .options import Command, Group, global_options
from .session import Session, debugging
from .structured import EVERY_FIELD, parse_filter, wants_data

KEY_ON_THE_LINE: Final = (
    "An API key on the command line can be read by everyone on this machine, in the list of processes, and stays in the"
    " history of the shell. It was not used."
)
CUT_SHORT: Final = (
    "wikijs: The output was closed before the work was done: a part of it may be missing in the wiki.\n"
    "  Look at the wiki, and run the command again with its output in a file.\n"
)
SAFE_WAYS: Final = (
    "Set WIKIJS_API_KEY, or give --api-key-file FILE, or keep it in a profile: `wikijs config init`."
    " Take a new key if others may have seen this one."
)
_WRAP: Final = re.compile(r"(?<!\n)\n(?!\n|- |[A-Z]\w+: )")

F = TypeVar("F", bound=Callable[..., None])


def command(
    app: typer.Typer,
    name: str,
    *,
    example: str,
    fields: Sequence[str] = (),
    cls: type[Command] | None = None,
    lists: bool = False,
    reads: bool = False,
    gathers: bool = False,
) -> Callable[[F], F]:
    """Register a function as a command. It gets the session first, its own arguments after it.

    Args:
        app: The group it belongs to.
        name: Its name.
        example: A command line that shows it, for its help.
        fields: The names of the server's model that `--json FIELDS` may ask for.
        cls: A class that says the fields itself.
        lists: Whether it prints a list, so that --filter field:text and --columns make sense.
        reads: Whether it changes nothing and writes no file but that of --output, so that it may run on several wikis.
        gathers: Whether it puts results of several wikis into one file, by `session.gathered`.
    """

    def register(function: F) -> F:
        epilog = f"Example: {example}"
        if fields:
            epilog += f"\n\nFields of --json: {', '.join(dict.fromkeys(fields))}"
        wrapped = _with_global_options(function, fields, reads=reads, lists=lists, gathers=gathers)
        app.command(name, epilog=epilog, cls=cls or _with_fields(fields))(wrapped)
        return function

    return register


def _with_fields(names: Sequence[str]) -> type[Command]:
    class Named(Command):
        def field_names(self) -> Sequence[str]:
            return names

    return Named


def group(app: typer.Typer, *, example: str, cls: type[Group] = Group) -> Callable[[F], F]:
    """Register a function as what a command group does before its commands; its docstring describes the group."""

    def register(function: F) -> F:
        app.callback(epilog=f"Example: {example}", cls=cls)(_with_global_options(function))
        return function

    return register


def _with_global_options(
    function: Callable[..., None],
    fields: Sequence[str] | None = None,
    *,
    reads: bool = False,
    lists: bool = False,
    gathers: bool = False,
) -> Callable[..., None]:
    own, shared = _parameters(function)[1:], _shared()
    files = dict(filter(None, map(file_by_name, own)))

    def run(context: typer.Context, **values: Any) -> None:
        session = context.ensure_object(Session)
        session.command = context.command_path.partition(" ")[2]
        for option in shared:
            given = values.pop(option.name)
            if given is None or given is False or given == []:
                continue  # an option that is not given here may have been given before
            setattr(session, option.name, given)
        session.no_stream = next((name for at, name in files.items() if "-" in _texts(values.get(at))), None)
        if fields is not None and asks_several(session):
            # Of one file the last wiki would be left.
            only_reads = reads and (gathers or values.get("output") in {None, "-"})
            each_wiki(session, lambda one: _run(one, function, dict(values), fields, lists=lists), reads=only_reads)
        else:
            _run(session, function, values, fields, lists=lists)

    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    parameters = [context, *with_completion([*own, *shared])]
    run.lists = lists  # type: ignore[attr-defined]  # what tests and the reference ask for
    run.__doc__ = unwrapped(function.__doc__ or "")
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def file_by_name(parameter: inspect.Parameter) -> tuple[str, str] | None:
    """Name and spelling of a parameter that is a file or a folder and cannot be stdin or stdout; None for others.

    Those that can be say so in their help.
    """
    info: Any = next(iter(getattr(parameter.annotation, "__metadata__", ())), None)
    named = str(getattr(info, "metavar", None) or "")
    if not (re.search(r"\bFILE\b|DIR|TARGET|BACKUP|BEFORE|AFTER", named) or "Path" in str(parameter.annotation)):
        return None
    if re.search(r"stdin|stdout|printed|prints|\bId\b|\bIds\b", str(info.help)):
        return None
    if type(info).__name__ != "OptionInfo":
        return parameter.name, (named or parameter.name.upper()).strip("[]")
    written = [info.default, *(info.param_decls or ())]  # typer takes the first spelling for a default
    declared = [each for each in written if isinstance(each, str) and each.startswith("--")]
    return parameter.name, declared[0] if declared else f"--{parameter.name.replace('_', '-')}"


def _texts(value: Any) -> list[str]:
    return [*map(str, cast("list[object]", value))] if isinstance(value, list) else [str(value)]


def unwrapped(text: str) -> str:
    """A docstring whose paragraphs are a line each, so that a terminal of any width wraps them once.

    Lines that start with a dash or with a heading, such as "Permission:", stay lines.
    """
    return _WRAP.sub(" ", inspect.cleandoc(text))


@cache
def _shared() -> list[inspect.Parameter]:
    return _parameters(global_options)


def _parameters(function: Callable[..., None]) -> list[inspect.Parameter]:
    hints = get_type_hints(function, include_extras=True)
    return [
        parameter.replace(annotation=hints[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(function).parameters.values()
    ]


def _run(
    session: Session,
    function: Callable[..., None],
    values: dict[str, Any],
    fields: Sequence[str] | None,
    *,
    lists: bool,
) -> None:
    is_done = False
    try:
        if fields is not None:  # a group has none, and leaves the check to the command below it
            _check(session, fields, lists=lists)
        with debugging(session.debug):
            function(session, **values)
            is_done = True
            sys.stdout.flush()  # here a reader that has gone away is noticed while it can still be handled
    except typer.Abort:  # Ctrl+C at a question
        sys.stderr.write("\n")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except BrokenPipeError:
        if is_done or not session.has_written():
            raise
        sys.stderr.write(CUT_SHORT)
        with suppress(OSError, ValueError):  # what waits to be written would fail once more when the program ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(ExitCode.PARTLY) from None
    except (typer.Exit, typer.TyperException):
        raise
    except Exception as error:
        code = report(error, has_credentials=session.has_credentials, command=session.command)
        if session.debug:
            _show_place(error)
        raise typer.Exit(code) from None
    finally:
        session.close()


def _check(session: Session, fields: Sequence[str], *, lists: bool) -> None:
    """Refuse what the output cannot look like before anything is sent."""
    if session.api_key is not None:
        raise CommandError(KEY_ON_THE_LINE, hint=SAFE_WAYS, code=ExitCode.USAGE)
    if session.no_stream is not None:
        raise CommandError(
            f"{session.no_stream} has to be the name of a file: - stands for stdin or stdout elsewhere only.",
            hint="The help of an option says where it does.",
            code=ExitCode.USAGE,
        )
    if session.json and session.yaml:
        raise CommandError("--json and --yaml exclude each other.", code=ExitCode.USAGE)
    if session.picks is not None:
        parse_filter(session.picks)
    if not lists and (session.rows or session.columns is not None):
        option = "--filter field:text" if session.rows else "--columns"
        raise CommandError(
            f"This command prints no list: {option} does not go with it.",
            hint="--jq picks parts of any result.",
            code=ExitCode.USAGE,
        )
    if session.columns is not None and wants_data(session):
        raise CommandError("--columns is for tables.", hint="Write --json id,path instead.", code=ExitCode.USAGE)
    if fields:
        check_fields(session, fields)


def check_fields(session: Session, fields: Sequence[str]) -> None:
    """Refuse fields that a command does not have.

    Raises:
        CommandError: --json asks for one.
    """
    if session.json in {None, EVERY_FIELD}:
        return
    unknown = [name for name in (session.json or "").split(",") if name not in fields]
    if unknown:
        raise CommandError(
            f"This command has no field {unknown[0]!r}.",
            hint=f"It has: {', '.join(fields)}." if fields else "Its result is no record: give --json without fields.",
            code=ExitCode.USAGE,
        )


def _show_place(error: Exception) -> None:
    """The way to an error without its texts and values, which may hold a token."""
    import traceback

    for frame in traceback.extract_tb(error.__traceback__):
        sys.stderr.write(f"wikijs: {frame.filename}:{frame.lineno} in {frame.name}\n")
