"""The generated operations as commands: their arguments as options, read off the generated signatures."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast, get_args

import typer

from ..frame.failures import CommandError, ExitCode

if TYPE_CHECKING:
    from pydantic import BaseModel

    from wikijs.core.operations import Operation, OperationSpec

_ARGUMENT: Final = re.compile(r"(?P<list>list\[)?(?P<kind>\w+)\]?(?P<unset>.*)")
_SIMPLE: Final[dict[str, Any]] = {"str": str, "int": int, "bool": bool, "datetime": datetime}
_TAKEN: Final = frozenset({"filter"})
"""Names of arguments that global options have too; theirs get an ending."""
_SENTENCE: Final = re.compile(r"(?<=\.)\s+")


@dataclass(frozen=True)
class Argument:
    """One argument of an operation.

    Attributes:
        name: Name in the generated signature.
        kind: Name of its type, of the items where it is a list.
        is_list: Whether it is a list.
        is_required: Whether it must be given.
    """

    name: str
    kind: str
    is_list: bool
    is_required: bool

    @property
    def parameter(self) -> str:
        """Its name among those of the global options."""
        return f"{self.name}_argument" if self.name in _TAKEN else self.name

    @property
    def option(self) -> str:
        """The option that takes it."""
        return f"--{self.parameter.replace('_', '-')}"

    @property
    def is_input(self) -> bool:
        """Whether it is an input object, which is given as JSON."""
        return self.kind.endswith("Input")


@dataclass(frozen=True)
class Call:
    """One generated operation.

    Attributes:
        name: What it is called here, such as `users.deactivate`.
        build: Makes the operation of its arguments.
        spec: What is fixed about it.
    """

    name: str
    build: Callable[..., Operation[Any]]
    spec: OperationSpec[Any]

    @property
    def documentation(self) -> str:
        """What the schema and the measured server say about it."""
        return inspect.getdoc(self.build) or ""

    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        """Its arguments, in the order of the schema."""
        return tuple(_argument(item) for item in inspect.signature(self.build).parameters.values())

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields of what it gives; none where that is no record. Loads its model."""
        model = _leaf(self.spec)
        return tuple(field.alias or name for name, field in model.model_fields.items()) if model else ()


@cache
def calls() -> dict[str, Call]:
    """All generated operations by name."""
    from wikijs_generated import operations

    found = (
        Call(_name(name, spec), build, spec)
        for name, build in vars(operations).items()
        if inspect.isfunction(build) and (spec := getattr(operations, name.upper(), None)) is not None
    )
    return {call.name: call for call in sorted(found, key=lambda call: call.name)}


def find(name: str) -> Call | None:
    """The operation of that name; also as the schema and as Python write it."""
    return {_plain(known): call for known, call in calls().items()}.get(_plain(name))


def _name(constructor: str, spec: OperationSpec[Any]) -> str:
    namespace = spec.server_field.partition(".")[0] if "." in spec.server_field else constructor.partition("_")[0]
    return f"{namespace}.{constructor[len(namespace) + 1 :].replace('_', '-')}"


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _argument(parameter: inspect.Parameter) -> Argument:
    read = _ARGUMENT.fullmatch(str(parameter.annotation))
    assert read is not None  # noqa: S101  a test reads every signature
    return Argument(
        parameter.name, read["kind"], is_list=bool(read["list"]), is_required=parameter.default is parameter.empty
    )


def parameters(call: Call) -> Iterator[inspect.Parameter]:
    """The arguments as typer wants them."""
    for argument in call.arguments:
        kind: Any = _SIMPLE.get(argument.kind, str)
        metavar = None
        if argument.is_input:
            metavar = "JSON"
        elif argument.kind not in _SIMPLE:
            kind = Literal[tuple(item.value for item in _generated("enums", argument.kind))]
        elif argument.kind == "datetime":
            kind, metavar = str, "DATE"
        repeated = argument.is_list
        wanted: Any = list[kind] if repeated else kind
        names = [argument.option]
        if argument.kind == "bool":
            names = [f"{argument.option}/--no-{argument.option[2:]}"]
        option = typer.Option(*names, metavar=metavar, help=_help(call, argument), show_default=False)
        yield inspect.Parameter(
            argument.parameter,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=Annotated[wanted if argument.is_required else wanted | None, option],
            default=inspect.Parameter.empty if argument.is_required else None,
        )


def _help(call: Call, argument: Argument) -> str:
    """The argument's type in the schema, and what the documentation says about it."""
    variable = re.sub(r"_(\w)", lambda letter: letter[1].upper(), argument.name)
    declared = re.search(rf"\${re.escape(chr(1))}?{variable}: ([\w!\[\]]+)", call.spec.variable_definitions)
    about = call.documentation.partition("\n\nPermission:")[0].partition("\n\nPublic")[0].replace("\n", " ")
    said = [sentence for sentence in _SENTENCE.split(about) if f"`{argument.name}`" in sentence]
    given = "JSON, or @FILE; repeat it for several." if argument.is_input else ""
    given = given or ("Repeat it for several." if argument.is_list else "")
    return " ".join(part for part in (f"({declared[1]})" if declared else "", given, *said) if part)


def read(call: Call, given: dict[str, Any]) -> Operation[Any]:
    """The operation with the arguments of the command line.

    Raises:
        CommandError: One of them cannot be read.
    """
    values: dict[str, Any] = {}
    for argument in call.arguments:
        value = given.get(argument.parameter)
        if value is None or (value == [] and not argument.is_required):
            continue
        if argument.is_input:
            values[argument.name] = [item for text in value for item in _inputs(argument, text)]
        elif argument.kind == "datetime":
            values[argument.name] = _date(argument, value)
        elif argument.kind in _SIMPLE:
            values[argument.name] = value
        else:
            values[argument.name] = _generated("enums", argument.kind)(value)
    return call.build(**values)


def _inputs(argument: Argument, text: str) -> Sequence[BaseModel]:
    """Input objects, of JSON on the line or in a file: one, or an array of them."""
    from pydantic import ValidationError

    model: type[BaseModel] = _generated("input_types", argument.kind)
    try:
        written: Any = json.loads(_of_file(argument, text))
        items = cast("Sequence[Any]", written) if isinstance(written, list) else [written]
        inputs = [model.model_validate(item) for item in items]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        problem = f"{place}: {first['msg']}" if place else first["msg"]
        raise _wrong(argument, problem, f"Its fields: {', '.join(_aliases(model))}.") from None
    except ValueError as error:
        raise _wrong(argument, f"this is no JSON: {error}") from None
    return inputs


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
    return CommandError(f"{argument.option}: {problem.rstrip('.')}.", hint=hint, code=ExitCode.USAGE)


def _generated(module: str, name: str) -> Any:
    from importlib import import_module

    return getattr(import_module(f"wikijs_generated.{module}"), name)


def _leaf(spec: OperationSpec[Any]) -> type[BaseModel] | None:
    """The model of what an operation gives, or of each where that is a list."""
    model: type[BaseModel] | None = spec.result
    spec.result.model_rebuild()  # models are built at their first use; before that they have no types and no aliases
    for attribute in spec.path:
        model = _model_in(model.model_fields[attribute].annotation) if model else None
        if model is not None:
            model.model_rebuild()
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _aliases(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
