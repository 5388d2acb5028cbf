"""The table of what the server's SDL gets wrong, and the schema corrected by it.

Operations are written for the server and must be valid for its own SDL. The corrected schema is only what code is
generated from: it says what really comes back.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar, cast

import graphql
from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    OperationDefinitionNode,
    SelectionNode,
    TypeNode,
    build_ast_schema,
    extend_schema,
    get_named_type,
    parse,
    parse_type,
    print_ast,
    print_schema,
)

from wikijs.codegen.errors import CodegenError

Action = Literal["unselectable", "type"]

_REQUIRED = {"unselectable": {"at", "action", "reason", "source"}, "type": {"at", "action", "to", "reason", "source"}}
_OPTIONAL = {"unselectable": {"below"}, "type": set[str]()}
Node = TypeVar("Node", bound=graphql.Node)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One row. `below` is given only for `unselectable`, `to` always and only for `type`."""

    at: str
    action: Action
    reason: str
    source: str
    below: str = ""
    to: str = ""


@dataclass(frozen=True)
class Corrections:
    """The table: SDL of types that the server does not know, and the rows."""

    additions: str = ""
    rows: tuple[Correction, ...] = ()


class Violation(NamedTuple):
    """A selection of an unselectable field, and why it must not be selected."""

    message: str
    node: FieldNode


def load(path: Path, schema: GraphQLSchema, name: str | None = None) -> Corrections:
    """Read and check a table.

    Args:
        path: The TOML file.
        schema: The server's own schema, which rows must fit.
        name: What messages call the file; its own name unless given.

    Raises:
        CodegenError: Names the file and each row that is wrong.
    """
    name = name or path.name
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise CodegenError(f"{name}: this is no text in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise CodegenError(f"{name}: not valid TOML: {error}.") from None
    if unknown := sorted(table.keys() - {"additions", "correction"}):
        raise CodegenError(f"{name}: there is no setting `{unknown[0]}`; use `additions` and `[[correction]]`.")
    additions: str = table.get("additions", "")
    extended = _extended(schema, additions, name)
    rows = [(number, cast("dict[str, Any]", row)) for number, row in enumerate(table.get("correction", ()), 1)]
    problems = [
        f"{name}: row {number} ({row.get('at', 'no field')}): {problem}"
        for number, row in rows
        if (problem := _problem(row, extended))
    ]
    places: dict[tuple[str, ...], int] = {}
    for number, row in rows:
        place = (str(row.get("at")), str(row.get("action")), str(row.get("below", "")))
        if (first := places.setdefault(place, number)) != number:
            problems.append(f"{name}: row {number} ({place[0]}): the same as row {first}.")
    if problems:
        raise CodegenError(*problems)
    return Corrections(additions, tuple(Correction(**row) for _, row in rows))


def fitting(table: Corrections, known: GraphQLSchema, schema: GraphQLSchema) -> Corrections:
    """The rows that hold for another schema too: those about fields that it has, with the type that was corrected.

    Args:
        table: The table, which fits `known`.
        known: The schema that the rows were written for.
        schema: The other schema.
    """

    def holds(row: Correction) -> bool:
        if not all(_has_field(at, schema) for at in (row.at, row.below) if at):
            return False
        return row.action != "type" or _field_type(row.at, known) == _field_type(row.at, schema)

    rows = tuple(row for row in table.rows if holds(row))
    needed = {_name_of(parse_type(row.to)) for row in rows if row.to}
    additions = [node for node in _definitions(table.additions) if cast("Any", node).name.value in needed]
    return Corrections("\n\n".join(print_ast(node) for node in additions), rows)


def apply(schema: GraphQLSchema, corrections: Corrections) -> GraphQLSchema:
    """The schema that code is generated from.

    Three rules come first, because rows may take them back: namespaces, their fields, and items of lists are null only
    beside an error, and errors are raised. Then the types of the rows.
    """
    retyped = {row.at: parse_type(row.to) for row in corrections.rows if row.action == "type"}
    promised = _never_null(schema)

    def corrected(definition: DefinitionNode) -> DefinitionNode:
        if not isinstance(definition, ObjectTypeDefinitionNode):
            return definition
        fields: list[FieldDefinitionNode] = []
        for field in definition.fields:
            at = f"{definition.name.value}.{field.name.value}"
            type_ = _items_non_null(field.type)
            fields.append(changed(field, type=retyped.get(at) or (_non_null(type_) if at in promised else type_)))
        return changed(definition, fields=tuple(fields))

    definitions = tuple(corrected(definition) for definition in parse(print_schema(schema)).definitions)
    return build_ast_schema(DocumentNode(definitions=definitions + _definitions(corrections.additions)))


def violations(document: DocumentNode, corrections: Corrections, schema: GraphQLSchema) -> list[Violation]:
    """Selections of unselectable fields, also those that only a fragment's place makes so.

    Args:
        document: All operations and fragments; already valid for the schema.
        corrections: The table.
        schema: The server's own schema.
    """
    rows = [row for row in corrections.rows if row.action == "unselectable"]
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}

    def walk(node: SelectionNode, parent: GraphQLObjectType, above: frozenset[str]) -> Iterator[Violation]:
        match node:
            case FieldNode() if node.name.value in parent.fields:
                at = f"{parent.name}.{node.name.value}"
                for row in rows:
                    if row.at == at and (not row.below or row.below in above):
                        yield Violation(_refusal(row), node)
                yield from inside(node, _named_type(parent, node.name.value), above | {at})
            case FragmentSpreadNode():
                yield from inside(fragments[node.name.value], parent, above)
            case InlineFragmentNode():
                yield from inside(node, parent, above)
            case _:
                pass

    def inside(
        node: FieldNode | FragmentDefinitionNode | InlineFragmentNode | OperationDefinitionNode,
        type_: object,
        above: frozenset[str],
    ) -> Iterator[Violation]:
        if node.selection_set and isinstance(type_, GraphQLObjectType):
            for selection in node.selection_set.selections:
                yield from walk(selection, type_, above)

    found: dict[tuple[str, int], Violation] = {}
    for definition in document.definitions:
        # Fragments are walked by themselves too: one that nothing spreads yet must not select what always fails.
        if isinstance(definition, FragmentDefinitionNode):
            start: object = schema.type_map.get(definition.type_condition.name.value)
        elif isinstance(definition, OperationDefinitionNode):
            start = schema.get_root_type(definition.operation)
        else:
            continue
        for violation in inside(definition, start, frozenset()):
            found.setdefault((violation.message, id(violation.node)), violation)
    return list(found.values())


def _refusal(row: Correction) -> str:
    place = f" below {row.below}" if row.below else ""
    return f"{row.at} cannot be selected{place}. {row.reason}"


def _never_null(schema: GraphQLSchema) -> set[str]:
    """Coordinates of namespaces and of their fields."""
    roots = [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root]
    namespaces = [
        field.type
        for root in roots
        if root is not schema.subscription_type
        for field in root.fields.values()
        if isinstance(field.type, GraphQLObjectType)
    ]
    return {f"{type_.name}.{field}" for type_ in (*roots, *namespaces) for field in type_.fields}


def _extended(schema: GraphQLSchema, additions: str, name: str) -> GraphQLSchema:
    try:
        return extend_schema(schema, DocumentNode(definitions=_definitions(additions)))
    except (GraphQLError, TypeError) as error:
        message = error.message if isinstance(error, GraphQLError) else str(error)
        raise CodegenError(f"{name}: the additions are no valid SDL: {message.rstrip('.')}.") from None


def _problem(row: Mapping[str, Any], schema: GraphQLSchema) -> str:
    """What is wrong with a row, or nothing."""
    action = row.get("action")
    if action not in _REQUIRED:
        return f'the action is "unselectable" or "type", not "{action}".'
    for key in sorted(_REQUIRED[action] | row.keys()):
        if key not in _REQUIRED[action] | _OPTIONAL[action]:
            return f'"{key}" has no meaning for the action "{action}".'
        if not isinstance(row.get(key), str) or not row[key].strip():
            return f'"{key}" is missing or empty.'
    for key in ("at", "below"):
        if key in row and not _has_field(row[key], schema):
            return f"the schema has no field `{row[key]}`."
    if action == "type":
        try:
            known = _name_of(parse_type(row["to"])) in schema.type_map
        except GraphQLError:
            known = False
        if not known:
            return f"`{row['to']}` is no type of the schema or of the additions."
    return ""


def _has_field(coordinate: str, schema: GraphQLSchema) -> bool:
    type_name, _, field = coordinate.partition(".")
    type_ = schema.type_map.get(type_name)
    return isinstance(type_, GraphQLObjectType) and field in type_.fields


def _field_type(coordinate: str, schema: GraphQLSchema) -> str:
    type_name, _, field = coordinate.partition(".")
    type_ = cast("GraphQLObjectType", schema.type_map[type_name])
    return str(type_.fields[field].type)


def _named_type(parent: GraphQLObjectType, field: str) -> object:
    """Type of a field without lists and non-null."""
    type_: Any = parent.fields[field].type
    return cast("object", get_named_type(type_))


def _name_of(node: TypeNode) -> str:
    while isinstance(node, NonNullTypeNode | ListTypeNode):
        node = node.type
    return cast("NamedTypeNode", node).name.value


def _definitions(sdl: str) -> tuple[DefinitionNode, ...]:
    return parse(sdl).definitions if sdl.strip() else ()


def _non_null(node: TypeNode) -> TypeNode:
    return node if isinstance(node, NonNullTypeNode) else NonNullTypeNode(type=node)


def _items_non_null(node: TypeNode) -> TypeNode:
    if isinstance(node, ListTypeNode):
        return ListTypeNode(type=_non_null(_items_non_null(node.type)))
    if isinstance(node, NonNullTypeNode):
        return NonNullTypeNode(type=_items_non_null(node.type))
    return node


def changed(node: Node, **attributes: object) -> Node:
    """A copy of a syntax node with other attributes."""
    twin = copy(node)
    for name, value in attributes.items():
        setattr(twin, name, value)
    return twin
