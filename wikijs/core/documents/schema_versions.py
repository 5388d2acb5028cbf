"""The schema of an older Wiki.js, rebuilt from the newest one and the history that schema/facts.json tells."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TypedDict, TypeVar

from graphql import (
    DefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    TypeNode,
    parse_type,
)

_Node = TypeVar("_Node", bound=Node)
_Typed = TypeVar("_Typed", FieldDefinitionNode, InputValueDefinitionNode)


class TypeChange(TypedDict("_TypeChange", {"from": str})):
    """A type that changed: from version `at` on it is `to`, before it was `from`."""

    at: str
    to: str


class History(TypedDict):
    """The part of facts.json that tells versions apart, by coordinates such as `Type.field(argument)`."""

    versions_with_a_schema_change: list[str]
    since_later: dict[str, str]
    removed: dict[str, str]
    type_changes: dict[str, list[TypeChange]]


def order(version: str) -> tuple[int, ...]:
    """What versions such as `2.5.201` are compared by."""
    return tuple(int(part) for part in version.split("."))


def schema_at(newest: DocumentNode, history: History, version: str) -> DocumentNode:
    """Rebuild the schema that a server of a version has.

    Fields, arguments, input fields and enum values that came later are left out, with types that have nothing left;
    types that changed later are as they were.

    The facts do not tell everything:

    - What was removed since is missing, because its type is not told: see `removed` in facts.json. No operation written
      for the newest version can notice, unless a removed argument was required, as `hasLogo` and `logoIsSquare` of
      `SiteMutation.updateConfig` were before 2.1.113. That operation is refused there anyway, for its newer arguments.
    - `AuthenticationStrategyInput.isEnabled` was not there in 2.5.105, though it was before and is since 2.5.117.
    - Descriptions, permissions and rate limits are those of the newest version.

    Args:
        newest: The SDL of the newest version, parsed.
        history: What changed since 2.0.1.
        version: A Wiki.js version such as `2.5.105`. A version between two that changed the schema has the older one's.
    """
    then = _Then(history, order(version))
    kept = (then.definition(definition) for definition in newest.definitions)
    return DocumentNode(definitions=tuple(definition for definition in kept if definition))


class _Then:
    """What was there at one version."""

    def __init__(self, history: History, version: tuple[int, ...]) -> None:
        self._history = history
        self._version = version

    def definition(self, definition: DefinitionNode) -> DefinitionNode | None:
        """A definition as it was, None when the version has nothing of it."""
        match definition:
            case ObjectTypeDefinitionNode():
                owner = definition.name.value
                fields = tuple(self._with_arguments(owner, field) for field in self._fields(owner, definition.fields))
                return _changed(definition, fields=fields) if fields else None
            case InputObjectTypeDefinitionNode():
                inputs = self._fields(definition.name.value, definition.fields)
                return _changed(definition, fields=inputs) if inputs else None
            case EnumTypeDefinitionNode():
                owner = definition.name.value
                values = tuple(value for value in definition.values if self._has(f"{owner}.{value.name.value}"))
                return _changed(definition, values=values) if values else None
            case _:
                return definition

    def _fields(self, owner: str, fields: Sequence[_Typed]) -> tuple[_Typed, ...]:
        named = [(f"{owner}.{field.name.value}", field) for field in fields]
        return tuple(_changed(field, type=self._type(name, field.type)) for name, field in named if self._has(name))

    def _with_arguments(self, owner: str, field: FieldDefinitionNode) -> FieldDefinitionNode:
        named = [(f"{owner}.{field.name.value}({argument.name.value})", argument) for argument in field.arguments]
        arguments = tuple(
            _changed(argument, type=self._type(name, argument.type)) for name, argument in named if self._has(name)
        )
        return _changed(field, arguments=arguments)

    def _has(self, coordinate: str) -> bool:
        return order(self._history["since_later"].get(coordinate, "0")) <= self._version

    def _type(self, coordinate: str, now: TypeNode) -> TypeNode:
        changes = sorted(self._history["type_changes"].get(coordinate, ()), key=lambda change: order(change["at"]))
        return next((parse_type(change["from"]) for change in changes if self._version < order(change["at"])), now)


def _changed(node: _Node, **attributes: object) -> _Node:
    """A copy of a syntax node with other attributes."""
    twin = copy(node)
    for name, value in attributes.items():
        setattr(twin, name, value)
    return twin
