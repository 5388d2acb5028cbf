"""The shapes of results and variables, as plain data: what types, validators and the reference are written from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    ListTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionNode,
    TypeNode,
)

from wikijs.codegen.python.annotations import named, non_null, type_of
from wikijs.codegen.reading.documents import Documents, comment_above

SCALARS: Final = {"String": "string", "ID": "string", "Int": "number", "Float": "number", "Boolean": "boolean"}
"""What comes over the wire for the scalars of GraphQL. Those of the schema are in `TEXTS` or anything."""
TEXTS: Final = frozenset({"Date", "PublishDate"})
"""Scalars that are texts. Dates stay texts: the server compares them as such."""


@dataclass(frozen=True)
class Scalar:
    """A value of a built-in type of TypeScript."""

    name: str


@dataclass(frozen=True)
class Reference:
    """A named type: an enum, an input or the result of a fragment."""

    name: str


@dataclass(frozen=True)
class Array:
    """A list."""

    item: Shape


@dataclass(frozen=True)
class Nullable:
    """The same, or null."""

    inner: Shape


@dataclass(frozen=True)
class Member:
    """A field of an object; an optional one may be missing."""

    key: str
    shape: Shape
    optional: bool = False
    doc: str = ""


@dataclass(frozen=True)
class Record:
    """An object."""

    members: tuple[Member, ...]


Shape: TypeAlias = Scalar | Reference | Array | Nullable | Record


class Shapes:
    """Finds shapes.

    Args:
        schema: The corrected schema.
        documents: Operations and fragments.
    """

    def __init__(self, schema: GraphQLSchema, documents: Documents) -> None:
        self._schema = schema
        self._documents = documents

    def fragment(self, node: FragmentDefinitionNode) -> Record:
        """The result of a fragment."""
        return self._record(self._schema.type_map[node.type_condition.name.value], node.selection_set.selections)

    def leaf(self, operation: OperationDefinitionNode, depth: int) -> Shape:
        """The value that users get: what the last of so many single fields holds."""
        parent: GraphQLNamedType | None = self._schema.get_root_type(operation.operation)
        selections: Iterable[SelectionNode] = operation.selection_set.selections
        nullable, shape = False, cast("Shape", Record(()))
        for _ in range(depth):
            field = next(iter(selections), None)
            type_ = type_of(parent, field) if field else None
            if type_ is None or not isinstance(field, FieldNode):  # lowering has walked this way before
                raise TypeError(field)
            nullable = nullable or _is_conditional(field) or not isinstance(type_, NonNullTypeNode)
            selections = field.selection_set.selections if field.selection_set else ()
            parent = self._schema.type_map[named(type_)]
            shape = self._result(type_, selections)
        return Nullable(_present(shape)) if nullable else shape

    def variables(self, operation: OperationDefinitionNode) -> tuple[Member, ...]:
        """The variables of an operation. Nothing means anything by null among the items of a list: none is offered."""
        return tuple(
            Member(
                definition.variable.name.value,
                self._input(definition.type),
                optional=not isinstance(definition.type, NonNullTypeNode) or definition.default_value is not None,
                doc=" ".join(comment_above(definition).split()),
            )
            for definition in operation.variable_definitions
        )

    def inputs(self, used: Iterable[str]) -> dict[str, Record]:
        """Input objects by name, with those that they need."""
        found: dict[str, Record] = {}
        waiting = sorted(used)
        while waiting:
            name = waiting.pop()
            type_ = self._schema.type_map.get(name)
            if name not in found and isinstance(type_, GraphQLInputObjectType):
                found[name] = self._input_object(type_)
                waiting.extend(references(found[name]))
        return dict(sorted(found.items()))

    def enums(self, used: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Values of enums by name."""
        types = {name: self._schema.type_map.get(name) for name in sorted(used)}
        return {name: tuple(type_.values) for name, type_ in types.items() if isinstance(type_, GraphQLEnumType)}

    def _input_object(self, type_: GraphQLInputObjectType) -> Record:
        nodes = {name: field.ast_node for name, field in type_.fields.items()}
        return Record(
            tuple(
                Member(
                    name,
                    self._input(node.type),
                    not isinstance(node.type, NonNullTypeNode) or node.default_value is not None,
                )
                for name, node in nodes.items()
                if node
            )
        )

    def _input(self, node: TypeNode) -> Shape:
        if not isinstance(node, NonNullTypeNode):
            return Nullable(self._input(non_null(node)))
        inner = node.type
        if isinstance(inner, ListTypeNode):
            return Array(self._input(non_null(inner.type)))
        return self._scalar(named(inner))

    def _result(self, node: TypeNode, selections: Iterable[SelectionNode]) -> Shape:
        if not isinstance(node, NonNullTypeNode):
            return Nullable(self._result(non_null(node), selections))
        inner = node.type
        if isinstance(inner, ListTypeNode):
            return Array(self._result(inner.type, selections))
        selected = tuple(selections)
        if not selected:
            return self._scalar(named(inner))
        only = selected[0]
        if len(selected) == 1 and isinstance(only, FragmentSpreadNode):
            return Reference(only.name.value)
        return self._record(self._schema.type_map[named(inner)], selected)

    def _record(self, parent: GraphQLNamedType, selections: Iterable[SelectionNode]) -> Record:
        fields: dict[str, list[FieldNode]] = {}
        for field in self._flat(selections):
            fields.setdefault((field.alias or field.name).value, []).append(field)
        return Record(tuple(self._member(key, parent, nodes) for key, nodes in fields.items()))

    def _member(self, key: str, parent: GraphQLNamedType, nodes: list[FieldNode]) -> Member:
        type_ = type_of(parent, nodes[0])
        if type_ is None:  # __typename
            return Member(key, Scalar(f'"{parent.name}"'))
        inside = [selection for node in nodes if node.selection_set for selection in node.selection_set.selections]
        return Member(key, self._result(type_, inside), optional=all(_is_conditional(node) for node in nodes))

    def _flat(self, selections: Iterable[SelectionNode]) -> Iterator[FieldNode]:
        for selection in selections:
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, FragmentSpreadNode):
                yield from self._flat(self._documents.fragments[selection.name.value].selection_set.selections)

    def _scalar(self, name: str) -> Shape:
        if isinstance(self._schema.type_map.get(name), GraphQLEnumType | GraphQLInputObjectType):
            return Reference(name)
        return Scalar("string" if name in TEXTS else SCALARS.get(name, "unknown"))


def references(shape: Shape) -> set[str]:
    """Names of the types that a shape names."""
    match shape:
        case Reference(name):
            return {name}
        case Array(inner) | Nullable(inner):
            return references(inner)
        case Record(members):
            return {name for member in members for name in references(member.shape)}
        case Scalar():
            return set()


def fragments_in(names: Iterable[str], fragments: Mapping[str, FragmentDefinitionNode]) -> list[str]:
    """Those names that are fragments, in order."""
    return sorted(name for name in names if name in fragments)


def _is_conditional(field: FieldNode) -> bool:
    return any(directive.name.value in {"include", "skip"} for directive in field.directives)


def _present(shape: Shape) -> Shape:
    return shape.inner if isinstance(shape, Nullable) else shape
