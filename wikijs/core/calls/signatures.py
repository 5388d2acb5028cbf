"""The generated operations by name, and their arguments as the generated signatures tell them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, get_args

from wikijs.core.operations import MARK

if TYPE_CHECKING:
    from enum import Enum

    from pydantic import BaseModel

    from wikijs.core.operations import Operation, OperationSpec

_ANNOTATION: Final = re.compile(r"(?P<list>list\[)?(?P<kind>\w+)\]?(?P<rest>.*)")
_VARIABLE: Final = re.compile(rf"\${MARK}(\w+): ([\w!\[\]]+)")
_SIMPLE: Final[dict[str, type[Any]]] = {"str": str, "int": int, "bool": bool, "datetime": datetime}


@dataclass(frozen=True)
class Argument:
    """One argument of an operation.

    Attributes:
        name: Name in the generated signature, such as `new_password`.
        variable: Name in the schema, such as `newPassword`.
        declared: Type in the schema, such as `[String]!`.
        kind: Name of its type, of the items where it is a list: `str`, `int`, `bool`, `datetime`, that of an enum or of
            an input object.
        is_list: Whether it is a list.
        is_required: Whether it must be given.
        is_nullable: Whether it may be null, which the server tells apart from left out.
    """

    name: str
    variable: str
    declared: str
    kind: str
    is_list: bool
    is_required: bool
    is_nullable: bool

    @property
    def is_input(self) -> bool:
        """Whether it is an input object."""
        return self.kind.endswith("Input")

    @property
    def is_enum(self) -> bool:
        """Whether it is one of a few words."""
        return self.kind not in _SIMPLE and not self.is_input

    @property
    def item_type(self) -> type[Any]:
        """The Python type of it, of its items where it is a list. Loads the model of an input object."""
        if self.kind in _SIMPLE:
            return _SIMPLE[self.kind]
        found: type[Any] = getattr(
            import_module(f"wikijs_generated.{'input_types' if self.is_input else 'enums'}"), self.kind
        )
        return found

    @property
    def annotation(self) -> Any:
        """The Python type of it, without None."""
        return list[self.item_type] if self.is_list else self.item_type  # type: ignore[name-defined]

    @property
    def words(self) -> tuple[str, ...]:
        """The words of an enum; none for anything else."""
        members: type[Enum] | None = self.item_type if self.is_enum else None
        return tuple(member.value for member in members) if members else ()


@dataclass(frozen=True)
class Call:
    """One generated operation.

    Attributes:
        name: What it is called, such as `users.deactivate` or `pages.search-tags`.
        build: Makes the operation of its arguments.
        spec: What is fixed about it.
    """

    name: str
    build: Callable[..., Operation[Any]]
    spec: OperationSpec[Any]

    @property
    def namespace(self) -> str:
        """The part of the schema that it belongs to, such as `users`."""
        return self.name.partition(".")[0]

    @property
    def operation(self) -> str:
        """Its name within the namespace, such as `search-tags`."""
        return self.name.partition(".")[2]

    @property
    def documentation(self) -> str:
        """What the schema and the measured server say about it."""
        return inspect.getdoc(self.build) or ""

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.partition("\n")[0]

    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        """Its arguments, in the order of the generated signature."""
        declared = {plain(name): (name, kind) for name, kind in _VARIABLE.findall(self.spec.variable_definitions)}
        return tuple(_argument(item, declared) for item in inspect.signature(self.build).parameters.values())

    @cached_property
    def leaf(self) -> type[BaseModel] | None:
        """The model of what it gives, or of each where that is a list; None where it is no record. Loads the model."""
        model: type[BaseModel] | None = self.spec.result
        # Models are built at their first use; before that they have no types and no aliases.
        self.spec.result.model_rebuild()
        for attribute in self.spec.path:
            model = _model_in(model.model_fields[attribute].annotation) if model else None
            if model is not None:
                model.model_rebuild()
        return model

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields of what it gives, as JSON has them; none where that is no record. Loads its model."""
        return tuple(aliases(self.leaf)) if self.leaf else ()


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
    return _by_plain_name().get(plain(name))


def aliases(model: type[BaseModel]) -> list[str]:
    """The names of a model's fields as JSON has them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def plain(name: str) -> str:
    """A name without what tells spellings apart."""
    return name.replace("-", "").replace("_", "").lower()


@cache
def _by_plain_name() -> dict[str, Call]:
    return {plain(known): call for known, call in calls().items()}


def _name(constructor: str, spec: OperationSpec[Any]) -> str:
    namespace = spec.server_field.partition(".")[0] if "." in spec.server_field else constructor.partition("_")[0]
    return f"{namespace}.{constructor[len(namespace) + 1 :].replace('_', '-')}"


def _argument(parameter: inspect.Parameter, declared: dict[str, tuple[str, str]]) -> Argument:
    read = _ANNOTATION.fullmatch(str(parameter.annotation))
    assert read is not None  # noqa: S101  a test reads every signature
    variable, kind = declared[plain(parameter.name)]
    return Argument(
        parameter.name,
        variable,
        kind,
        read["kind"],
        is_list=bool(read["list"]),
        is_required=parameter.default is parameter.empty,
        is_nullable=not kind.endswith("!"),
    )


def _model_in(annotation: Any) -> type[BaseModel] | None:
    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
