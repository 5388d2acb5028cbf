"""Names of the parts of a schema, such as `Page.title`, `PageQuery.tree(mode)` and `PageOrderBy.TITLE`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from graphql import (
    DefinitionNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    NamedTypeNode,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    visit,
)


def members(schema: GraphQLSchema) -> dict[str, str]:
    """All fields, arguments, input fields and enum values by coordinate, with their types; enum values have none."""
    return dict(_members(schema))


def type_names(schema: GraphQLSchema) -> set[str]:
    """Names of the schema's own types."""
    return {
        name
        for name, type_ in schema.type_map.items()
        if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
    }


def operation_fields(schema: GraphQLSchema) -> dict[str, str]:
    """The fields that do something, such as `pages.list`, with their coordinates."""
    return {
        f"{namespace}.{name}": f"{type_.name}.{name}"
        for root in (schema.query_type, schema.mutation_type)
        if root
        for namespace, type_ in _object_fields(root)
        for name in type_.fields
    }


class Usage:
    """What operations use of a schema. Fragments that several operations share are looked at once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: dict[int, tuple[DefinitionNode, frozenset[str]]] = {}

    def of(self, document: DocumentNode) -> frozenset[str]:
        """Everything that an operation with its fragments uses: types, and members by coordinate.

        Input objects count with all their fields, and enums with all their values: callers may send any, and the server
        may answer any.
        """
        return frozenset[str]().union(*(self._of(definition) for definition in document.definitions))

    def _of(self, definition: DefinitionNode) -> frozenset[str]:
        # By identity: nodes are compared by all that is in them. They are kept so that no other takes their place.
        _, names = self._known.get(id(definition), (None, None))
        if names is None:
            types = TypeInfo(self._schema)
            found = _Used(types)
            visit(DocumentNode(definitions=(definition,)), TypeInfoVisitor(types, found))
            for name in list(found.names):
                _reach(self._schema, name, found.names)
            names = frozenset(found.names)
            self._known[id(definition)] = definition, names
        return names


@lru_cache(maxsize=4)
def usage_of(schema: GraphQLSchema) -> Usage:
    """What operations use of a schema; remembered for the schemas compared last."""
    return Usage(schema)


class _Used(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.names: set[str] = set()
        self._types = types
        self._untyped: Any = types

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self._types.get_parent_type()
        if parent is None:
            return
        field = f"{parent.name}.{node.name.value}"
        self.names |= {parent.name, field}
        self.names |= {f"{field}({argument.name.value})" for argument in node.arguments}
        if type_ := _named(self._untyped.get_type()):
            self.names.add(str(type_))

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        type_: Any = node.type
        while not isinstance(type_, NamedTypeNode):
            type_ = type_.type
        self.names.add(type_.name.value)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        parent = _named(self._untyped.get_parent_input_type())
        if isinstance(parent, GraphQLInputObjectType):
            self.names |= {parent.name, f"{parent.name}.{node.name.value}"}

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> None:
        type_ = _named(self._untyped.get_input_type())
        if isinstance(type_, GraphQLEnumType):
            self.names |= {type_.name, f"{type_.name}.{node.value}"}


def argument_type(argument: GraphQLArgument) -> str:
    """The type of an argument, as SDL has it."""
    untyped: Any = argument  # graphql-core leaves a type parameter open here, and in what _named takes
    return str(untyped.type)


def _named(type_: Any) -> object:
    """A type without lists and non-null; None stays None."""
    return cast("object", get_named_type(type_))


def _reach(schema: GraphQLSchema, name: str, found: set[str]) -> None:
    """Add what an input object or an enum consists of."""
    type_ = schema.type_map.get(name)
    if isinstance(type_, GraphQLEnumType):
        found |= {f"{name}.{value}" for value in type_.values}
    elif isinstance(type_, GraphQLInputObjectType):
        for field, value in type_.fields.items():
            found.add(f"{name}.{field}")
            inner = str(_named(value.type))
            if inner not in found:
                found.add(inner)
                _reach(schema, inner, found)


def _members(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    for name, type_ in schema.type_map.items():
        if is_introspection_type(type_):
            continue
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field, value in type_.fields.items():
                yield f"{name}.{field}", str(value.type)
                for argument, given in cast("Mapping[str, GraphQLArgument]", value.args).items():
                    yield f"{name}.{field}({argument})", argument_type(given)
        elif isinstance(type_, GraphQLInputObjectType):
            for field, value in type_.fields.items():
                yield f"{name}.{field}", str(value.type)
        elif isinstance(type_, GraphQLEnumType):
            for value in type_.values:
                yield f"{name}.{value}", ""


def _object_fields(root: GraphQLObjectType) -> Iterator[tuple[str, GraphQLObjectType]]:
    for name, field in root.fields.items():
        if isinstance(field.type, GraphQLObjectType):
            yield name, field.type
