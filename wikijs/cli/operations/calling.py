"""The generated operations as commands: an option for each argument, and the operation of what was given."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

import typer

from wikijs.core.calls.reading import ArgumentProblem, operation_of
from wikijs.core.calls.signatures import aliases

from ..frame.failures import CommandError, ExitCode

if TYPE_CHECKING:
    from wikijs.core.calls.signatures import Argument, Call
    from wikijs.core.operations import Operation

_TAKEN: Final = frozenset({"filter"})
"""Names of arguments that global options have too; theirs get an ending."""
_SENTENCE: Final = re.compile(r"(?<=\.)\s+")


def parameter_of(argument: Argument) -> str:
    """The name of an argument among those of the global options."""
    return f"{argument.name}_argument" if argument.name in _TAKEN else argument.name


def option_of(argument: Argument) -> str:
    """The option that takes an argument."""
    return f"--{parameter_of(argument).replace('_', '-')}"


def parameters(call: Call) -> Iterator[inspect.Parameter]:
    """The arguments as typer wants them."""
    for argument in call.arguments:
        kind: Any = str
        metavar = None
        if argument.is_input:
            metavar = "JSON"
        elif argument.is_enum:
            kind = Literal[argument.words]
        elif argument.kind == "datetime":
            metavar = "DATE"
        else:
            kind = argument.item_type
        wanted: Any = list[kind] if argument.is_list else kind
        names = [option_of(argument)]
        if argument.kind == "bool":
            names = [f"{names[0]}/--no-{names[0][2:]}"]
        option = typer.Option(*names, metavar=metavar, help=_help(call, argument), show_default=False)
        yield inspect.Parameter(
            parameter_of(argument),
            inspect.Parameter.KEYWORD_ONLY,
            annotation=Annotated[wanted if argument.is_required else wanted | None, option],
            default=inspect.Parameter.empty if argument.is_required else None,
        )


def _help(call: Call, argument: Argument) -> str:
    """The argument's type in the schema, and what the documentation says about it."""
    about = call.documentation.partition("\n\nPermission:")[0].partition("\n\nPublic")[0].replace("\n", " ")
    said = [sentence for sentence in _SENTENCE.split(about) if f"`{argument.name}`" in sentence]
    given = "JSON, or @FILE; repeat it for several." if argument.is_input else ""
    given = given or ("Repeat it for several." if argument.is_list else "")
    return " ".join(part for part in (f"({argument.declared})", given, *said) if part)


def read(call: Call, given: dict[str, Any]) -> Operation[Any]:
    """The operation with the arguments of the command line.

    Raises:
        CommandError: One of them cannot be read.
    """
    values: dict[str, Any] = {}
    for argument in call.arguments:
        value = given.get(parameter_of(argument))
        if value is None or (value == [] and not argument.is_required):
            continue
        if argument.is_input:
            value = [item for text in value for item in _objects(argument, text)]
        elif argument.kind == "datetime":
            value = _date(argument, value)
        values[argument.name] = value
    try:
        return operation_of(call, values)
    except ArgumentProblem as problem:
        raise _explained(call, problem) from None


def _explained(call: Call, problem: ArgumentProblem) -> CommandError:
    _, name, *inside = problem.pointer.split("/")
    argument = next(argument for argument in call.arguments if argument.name == name)
    place = ".".join(inside[1:])  # the first part says which of several
    hint = f"Its fields: {', '.join(aliases(argument.item_type))}." if argument.is_input else None
    return _wrong(argument, f"{place}: {problem.problem}" if place else problem.problem, hint)


def _objects(argument: Argument, text: str) -> Sequence[Any]:
    """Input objects, of JSON on the line or in a file: one, or an array of them."""
    try:
        written: Any = json.loads(_of_file(argument, text))
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise _wrong(argument, f"this is no JSON: {reason}") from None
    return cast("Sequence[Any]", written) if isinstance(written, list) else [written]


def _of_file(argument: Argument, text: str) -> str:
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "unreadable") if isinstance(error, OSError) else "not a text file"
        raise _wrong(argument, f"the file {text[1:]} cannot be read: {reason}") from None


def _date(argument: Argument, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise _wrong(
            argument, f"{text!r} is no date", "Write it like 2026-05-01 or 2026-05-01T12:00:00+02:00."
        ) from None


def _wrong(argument: Argument, problem: str, hint: str | None = None) -> CommandError:
    return CommandError(f"{option_of(argument)}: {problem.rstrip('.')}.", hint=hint, code=ExitCode.USAGE)
