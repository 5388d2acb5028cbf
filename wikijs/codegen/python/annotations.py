"""Python types of GraphQL types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from ariadne_codegen.client_generators.constants import SIMPLE_TYPE_MAP
from graphql import (
    FieldDefinitionNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    SelectionNode,
    TypeNode,
)

from wikijs.codegen.intermediate import Annotation
from wikijs.codegen.naming import snake

from ..reading.config import Scalar

ANY = Annotation("Any", frozenset({("typing", "Any")}))


class Annotator:
    """Writes annotations for types as they stand in a schema or a query file.

    Args:
        schema: The schema that they are of.
        scalars: Custom scalars by name.
        homes: Modules of the classes that another package has already, by name.
    """

    def __init__(
        self, schema: GraphQLSchema, scalars: Mapping[str, Scalar], homes: Mapping[str, str] | None = None
    ) -> None:
        self._homes = homes or {}
        self._schema = schema
        self._scalars = scalars

    def result(self, node: TypeNode, fragment: str | None = None) -> Annotation:
        """Type of a selected field; `fragment` names the model where it is an object."""
        model = self._imported(fragment, f".fragments.{snake(fragment)}") if fragment else None
        return self._annotation(node, model, null_items=True)

    def argument(self, node: TypeNode) -> Annotation:
        """Type of a variable. No operation means anything by null among the items of a list, so none is offered."""
        return self._annotation(node, None, null_items=False)

    def serializer(self, node: TypeNode) -> str:
        """The function, as a dotted name, that makes JSON of a variable's value; empty where none is needed."""
        scalar = self._scalars.get(named(node))
        return scalar.serialize if scalar else ""

    def _annotation(self, node: TypeNode, model: Annotation | None, *, null_items: bool) -> Annotation:
        if isinstance(node, NonNullTypeNode):
            return self._non_null(node.type, model, null_items=null_items)
        return optional(self._non_null(node, model, null_items=null_items))

    def _non_null(self, node: TypeNode, model: Annotation | None, *, null_items: bool) -> Annotation:
        if isinstance(node, ListTypeNode):
            inner = node.type if null_items else non_null(node.type)
            item = self._annotation(inner, model, null_items=null_items)
            return Annotation(f"list[{item.text}]", item.imports)
        return model or self._named(named(node))

    def _named(self, name: str) -> Annotation:
        type_ = self._schema.type_map[name]
        if isinstance(type_, GraphQLEnumType):
            return self._imported(name, ".enums")
        if isinstance(type_, GraphQLInputObjectType):
            return self._imported(name, ".input_types")
        if name in self._scalars:
            module, _, python = self._scalars[name].type.rpartition(".")
            return Annotation(python, frozenset({(module, python)} if module else ()))
        return Annotation(SIMPLE_TYPE_MAP[name]) if name in SIMPLE_TYPE_MAP else ANY

    def _imported(self, name: str, module: str) -> Annotation:
        return Annotation(name, frozenset({(self._homes.get(name, module), name)}))


def optional(annotation: Annotation) -> Annotation:
    """The same type, or None."""
    if annotation.text.endswith(" | None") or annotation == ANY:
        return annotation
    return Annotation(f"{annotation.text} | None", annotation.imports)


def named(node: TypeNode) -> str:
    """Name of a type without its wrappers."""
    while isinstance(node, NonNullTypeNode | ListTypeNode):
        node = node.type
    return cast("NamedTypeNode", node).name.value


def non_null(node: TypeNode) -> TypeNode:
    """The same type, never null."""
    return node if isinstance(node, NonNullTypeNode) else NonNullTypeNode(type=node)


def type_of(parent: GraphQLNamedType | None, node: SelectionNode) -> TypeNode | None:
    """Type of a selected field; None for what is no field of an object, such as a spread or `__typename`."""
    if not isinstance(parent, GraphQLObjectType) or not isinstance(node, FieldNode):
        return None
    field = parent.fields.get(node.name.value)
    definition: FieldDefinitionNode | None = field.ast_node if field else None
    return definition.type if definition else None
