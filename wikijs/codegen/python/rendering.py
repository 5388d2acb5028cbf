"""Python source of everything that is not a model, from plain data. Written unformatted; ruff lays it out later."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from wikijs.codegen.intermediate import Annotation, Argument, OperationIR, PackageIR
from wikijs.core.operations import MARK

from .. import naming
from ..reading.config import Config
from . import docstrings

FUTURE = "from __future__ import annotations"


def operations_module(package: PackageIR, config: Config) -> str:
    """Specs and constructors of all operations."""
    operations = sorted(package.operations, key=lambda operation: operation.constructor)
    fragments = "".join(f"    {name!r}: {literal(source)},\n" for name, source in package.fragment_sources.items())
    fragments = f"    **_BORROWED,\n{fragments}" if package.borrowed else fragments
    return "\n".join(
        [
            quoted("Every operation: its spec, and a constructor that fills in variables."),
            FUTURE,
            "from collections.abc import Mapping",
            "from typing import TYPE_CHECKING, Any, Final",
            f"from {config.operations_module} import UNSET, Operation, OperationSpec, UnsetType, given",
            *([f"from {package.borrowed}.operations import FRAGMENTS as _BORROWED"] if package.borrowed else []),
            typing_imports(operations, exclude=("Any",)),
            f"FRAGMENTS: Final[Mapping[str, str]] = {{\n{fragments}}}\n",
            *(spec(operation, config) for operation in operations),
            *(constructor(operation) for operation in operations),
        ]
    )


def client_module(package: PackageIR, config: Config, *, asynchronous: bool) -> str:
    """Namespaces of one colour, and a base class of clients that has them all."""
    prefix, executor = ("Async", "AsyncExecutor") if asynchronous else ("", "Executor")
    iterator = "AsyncIterator" if asynchronous else "Iterator"
    return "\n".join(
        [
            quoted(f"Namespaces of the {'asynchronous' if asynchronous else 'synchronous'} client."),
            FUTURE,
            "import builtins",
            "from functools import cached_property",
            "from typing import TYPE_CHECKING, Any",
            f"from {config.operations_module} import UNSET, UnsetType",
            "from . import operations as _operations",
            typing_imports(
                package.operations,
                exclude=("Any",),
                more=[("collections.abc", iterator), (config.executors_module, executor)],
            ),
            *(namespace(name, members, asynchronous=asynchronous) for name, members in package.namespaces.items()),
            *generated_client(package, prefix=prefix, executor=executor),
        ]
    )


def generated_client(package: PackageIR, *, prefix: str, executor: str) -> list[str]:
    """A class that has all namespaces."""
    return [
        f"class {prefix}GeneratedClient:",
        quoted("All namespaces, on one executor.", 4),
        f"    def __init__(self, executor: {executor}) -> None:\n        self._executor = executor\n",
        *(
            f"    @cached_property\n    def {name}(self) -> {prefix}{naming.pascal(name)}:\n"
            f"{quoted(f'Operations of `{name}`.', 8)}\n"
            f"        return {prefix}{naming.pascal(name)}(self._executor)\n"
            for name in package.namespaces
        ),
    ]


def lazy_module(doc: str, names: Mapping[str, str]) -> str:
    """A package's `__init__` that imports each name from its module when it is first used."""
    ordered = sorted(names)
    imports = "".join(f"    from {names[name]} import {name}\n" for name in ordered)
    table = "".join(f"    {name!r}: {names[name]!r},\n" for name in ordered)
    public = "".join(f"    {name!r},\n" for name in ordered)
    return f"""{quoted(doc)}
{FUTURE}
from importlib import import_module
from typing import TYPE_CHECKING, Final
if TYPE_CHECKING:
{imports or "    pass"}
_MODULES: Final[dict[str, str]] = {{
{table}}}

def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    value: object = getattr(import_module(_MODULES[name], __name__), name)
    globals()[name] = value
    return value

def __dir__() -> list[str]:
    return sorted(_MODULES)

__all__ = [
{public}]
"""


BASE_MODEL = '''"""Bases of all models."""

from typing import Any

from pydantic import BaseModel as PydanticBaseModel
from pydantic import ConfigDict, SerializationInfo, SerializerFunctionWrapHandler, model_serializer
from pydantic.alias_generators import to_camel


class BaseModel(PydanticBaseModel):
    """Base of results: fields have Python names, take both spellings, and unknown ones are ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,
        extra="ignore",
        protected_namespaces=(),
        validate_by_alias=True,
        validate_by_name=True,
    )

    def __repr_args__(self) -> Any:
        """What a repr shows: never a token, a key or a password, which end in logs and in the reports of tests."""
        from wikijs.core.values.redaction import shown_fields

        return shown_fields(super().__repr_args__())


class InputModel(BaseModel):
    """Base of inputs: fields that were not given are left out, since the server tells absent from null."""

    @model_serializer(mode="wrap")
    def _without_unset(self, serialize: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        data: dict[str, Any] = serialize(self)
        for name, field in type(self).model_fields.items():
            if name not in self.model_fields_set:
                data.pop((field.serialization_alias if info.by_alias else None) or name, None)
        return data
'''


def literal(text: str) -> str:
    """A string literal that shows the lines of its text as lines."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace(MARK, "\\x01")
    return f'"""\\\n{escaped}"""' if "\n" in text else repr(text)


def quoted(text: str, indent: int = 0) -> str:
    """A docstring."""
    pad = " " * indent
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = "\n".join(f"{pad}{line}" if line else "" for line in escaped.splitlines())
    return f'{pad}"""{lines.lstrip()}\n{pad}"""' if "\n" in text else f'{pad}"""{escaped}"""'


def typing_imports(
    operations: Iterable[OperationIR],
    *,
    exclude: Collection[str],
    more: Iterable[tuple[str, str]] = (),
    above: str = "",
) -> str:
    """Imports of what only annotations name; `above` are the dots of a module that lies deeper in the package."""
    found = set(more)
    for operation in operations:
        found |= operation.result.imports
        for argument in operation.arguments:
            found |= argument.annotation.imports
    lines = [
        f"    from {above if module.startswith('.') else ''}{module} import {name}\n"
        for module, name in sorted(found)
        if name not in exclude
    ]
    return f"if TYPE_CHECKING:\n{''.join(lines)}" if lines else ""


def spec(operation: OperationIR, config: Config) -> str:
    """The spec of an operation."""
    fact = operation.fact
    model = f"{operation.constructor}:{naming.pascal(operation.name)}"
    settings: dict[str, str] = {
        "name": repr(operation.name),
        "kind": repr(operation.kind),
        "server_field": repr(operation.server_field),
        # A user's package may be anywhere in another one.
        "model": f'f"{{__package__}}.{model}"' if config.client else repr(f"{config.package}.{model}"),
        "path": repr(operation.path),
        "keys": repr(operation.keys),
        "selection": literal(operation.selection),
    }
    if operation.variable_definitions:
        settings["variable_definitions"] = repr(operation.variable_definitions)
    if operation.fragments:
        settings["fragment_sources"] = "FRAGMENTS"
        settings["fragments"] = repr(operation.fragments)
    if fact and fact.requires:
        settings["requires"] = repr(fact.requires)
    if fact and fact.since:
        settings["since"] = repr(fact.since)
    if fact and fact.rate_limit:
        settings["rate_limit"] = repr(fact.rate_limit)
    if config.client:
        settings["custom"] = "True"
    arguments = "".join(f"    {name}={value},\n" for name, value in settings.items())
    return f"{operation.constant}: Final[OperationSpec[{operation.result.text}]] = OperationSpec(\n{arguments})\n"


def constructor(operation: OperationIR) -> str:
    """The function that fills in its variables."""
    variables = ", ".join(f"{argument.variable!r}: {_value(argument)}" for argument in operation.arguments)
    optional = any(not argument.required for argument in operation.arguments)
    value = f"given({{{variables}}})" if optional else f"{{{variables}}}"
    # Imported where they are used: scalars know pydantic, which importing operations must not load.
    serializers = {argument.serializer.rpartition(".") for argument in operation.arguments if argument.serializer}
    imports = "".join(f"    from {module} import {name}\n" for module, _, name in sorted(serializers))
    return (
        f"def {operation.constructor}({_parameters(operation.arguments)}) -> Operation[{operation.result.text}]:\n"
        f"{quoted(docstrings.of_operation(operation), 4)}\n"
        f"{imports}"
        f"    return Operation({operation.constant}{f', {value}' if variables else ''})\n"
    )


def _value(argument: Argument) -> str:
    if not argument.serializer:
        return argument.name
    made = f"{argument.serializer.rpartition('.')[2]}({argument.name})"
    return made if argument.required else f"{argument.name} and {made}"  # UNSET and None stay as they are


def namespace(name: str, operations: Iterable[OperationIR], *, asynchronous: bool) -> str:
    """The class with the methods of a namespace."""
    operations = list(operations)
    prefix, executor = ("Async", "AsyncExecutor") if asynchronous else ("", "Executor")
    methods = {operation.method for operation in operations}
    return "\n".join(
        [
            f"class {prefix}{naming.pascal(name)}:",
            quoted(f"Operations of `{name}`.", 4),
            f"    def __init__(self, executor: {executor}) -> None:\n        self._executor = executor\n",
            *(method(operation, methods, asynchronous=asynchronous) for operation in operations),
        ]
    )


def method(operation: OperationIR, methods: Collection[str], *, asynchronous: bool) -> str:
    """A method of a class with an `_executor` and these methods."""
    values = [
        argument.name if index == 0 and argument.required else f"{argument.name}={argument.name}"
        for index, argument in enumerate(operation.arguments)
    ]
    result = unshadowed(operation.result, methods)
    wait, define, run = "", "def", "execute"
    if operation.kind == "subscription":
        result, run = f"{'Async' if asynchronous else ''}Iterator[{result}]", "subscribe"
    elif asynchronous:
        wait, define = "await ", "async def"
    parameters = ", ".join(filter(None, ("self", _parameters(operation.arguments, methods))))
    return (
        f"    {define} {operation.method}({parameters}) -> {result}:\n"
        f"{quoted(docstrings.of_operation(operation), 8)}\n"
        f"        return {wait}self._executor.{run}(_operations.{operation.constructor}({', '.join(values)}))\n"
    )


def _parameters(arguments: Sequence[Argument], methods: Collection[str] = ()) -> str:
    """Keyword-only past the first, and altogether when the first may be left out."""
    parts: list[str] = []
    for argument in arguments:
        unset = "" if argument.required else " | UnsetType = UNSET"
        parts.append(f"{argument.name}: {unshadowed(argument.annotation, methods)}{unset}")
    if arguments[1:] or (arguments and not arguments[0].required):
        parts.insert(1 if arguments[0].required else 0, "*")
    return ", ".join(parts)


def unshadowed(annotation: Annotation, methods: Collection[str]) -> str:
    """An annotation inside a class, where a method called `list` hides the type."""
    return re.sub(
        r"\b(bool|float|int|list|str)\b",
        lambda match: f"builtins.{match[0]}" if match[0] in methods else match[0],
        annotation.text,
    )
