"""A schema as text in one order, so that the same content is the same text, wherever it was read from.

The order is that of another schema, the one to be replaced: a change of the server then shows as a change of the lines
that it concerns. What is new comes after what it stood behind. Descriptions are left out: they are the server's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeVar, cast

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    Visitor,
    build_ast_schema,
    parse,
    print_schema,
    visit,
)

from wikijs.codegen.reading.corrections import changed

_Node = TypeVar("_Node", bound=Node)


def printed(schema: GraphQLSchema, like: GraphQLSchema | None = None) -> str:
    """The SDL of a schema.

    Args:
        schema: What to print.
        like: A schema whose order it gets; it keeps its own without.
    """
    document = parse(print_schema(schema))
    visit(document, _WithoutDescriptions())
    definitions: Iterable[DefinitionNode] = document.definitions
    if like is not None:
        definitions = _sorted(definitions, parse(print_schema(like)).definitions)
    return print_schema(build_ast_schema(DocumentNode(definitions=tuple(definitions)))) + "\n"


class _WithoutDescriptions(Visitor):
    def enter(self, node: Node, *_: Any) -> None:
        if getattr(node, "description", None) is not None:
            cast("Any", node).description = None


def _sorted(nodes: Iterable[DefinitionNode], like: Iterable[DefinitionNode]) -> list[DefinitionNode]:
    before = {_key(node): node for node in like}
    return [_inside(node, before.get(_key(node))) for node in _arranged(nodes, list(before), _key)]


def _inside(node: DefinitionNode, like: DefinitionNode | None) -> DefinitionNode:
    """A definition with its members in order."""
    match node, like:
        case DirectiveDefinitionNode(), DirectiveDefinitionNode():
            arguments = _arranged(node.arguments, _names(like.arguments), _name)
            locations = _arranged(node.locations, [place.value for place in like.locations], lambda place: place.value)
            return changed(node, arguments=tuple(arguments), locations=tuple(locations))
        case (
            ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode(),
            ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode(),
        ):
            known = {_name(field): field for field in like.fields}
            fields = [
                _with_arguments(field, known.get(_name(field))) for field in _arranged(node.fields, list(known), _name)
            ]
            return changed(node, fields=tuple(fields))
        case InputObjectTypeDefinitionNode(), InputObjectTypeDefinitionNode():
            return changed(node, fields=tuple(_arranged(node.fields, _names(like.fields), _name)))
        case EnumTypeDefinitionNode(), EnumTypeDefinitionNode():
            return changed(node, values=tuple(_arranged(node.values, _names(like.values), _name)))
        case _:
            return node


def _with_arguments(field: FieldDefinitionNode, like: FieldDefinitionNode | None) -> FieldDefinitionNode:
    if like is None:
        return field
    return changed(field, arguments=tuple(_arranged(field.arguments, _names(like.arguments), _name)))


def _arranged(nodes: Iterable[_Node], before: Sequence[str], key: Callable[[_Node], str]) -> list[_Node]:
    """Nodes in the order of `before`; new ones after the node that they stood behind."""
    by_key = {key(node): node for node in nodes}
    known = set(before)
    order: list[str | None] = [None, *(name for name in before if name in by_key)]
    for previous, name in pairwise([None, *by_key]):
        if name not in known:
            order.insert(order.index(previous) + 1, name)
    return [by_key[name] for name in order if name is not None]


def _key(node: DefinitionNode) -> str:
    """Types and directives have names of their own each; the one definition that has no name is `schema`."""
    name = getattr(node, "name", None)
    return f"{'@' if isinstance(node, DirectiveDefinitionNode) else ''}{name.value if name else ''}"


def _name(node: Any) -> str:
    return cast("str", node.name.value)


def _names(nodes: Iterable[Node]) -> list[str]:
    return [_name(node) for node in nodes]
