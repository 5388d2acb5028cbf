"""The same schema is the same text, in whatever order it was read."""

from __future__ import annotations

import random

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    build_ast_schema,
    build_schema,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from wikijs.codegen.reading.corrections import changed
from wikijs.core.documents import bundled
from wikijs.schema_tools.canonical import printed

TEXT = bundled.schema().read_text(encoding="utf-8")
SCHEMA = build_schema(TEXT)


def shuffled(document: DocumentNode, seed: int) -> DocumentNode:
    """The same definitions, fields, arguments and values in another order."""
    chance = random.Random(seed)

    def mixed(nodes):
        return tuple(chance.sample(nodes, len(nodes)))

    def inside(node):
        match node:
            case ObjectTypeDefinitionNode():
                return changed(node, fields=mixed([changed(f, arguments=mixed(f.arguments)) for f in node.fields]))
            case InputObjectTypeDefinitionNode():
                return changed(node, fields=mixed(node.fields))
            case EnumTypeDefinitionNode():
                return changed(node, values=mixed(node.values))
        return node

    return DocumentNode(definitions=mixed([inside(node) for node in document.definitions]))


@settings(max_examples=2)
@given(st.integers(0, 10_000))
def test_order_does_not_matter(seed: int) -> None:
    assert printed(build_ast_schema(shuffled(parse(TEXT), seed)), SCHEMA) == TEXT


def test_without_another_schema_the_order_stays() -> None:
    assert printed(SCHEMA) == TEXT


def test_descriptions_are_left_out_and_deprecations_kept() -> None:
    described = build_schema(
        '"A wiki."\ntype Query { "How many." count("Which." of: Int): Int @deprecated(reason: "x") }\n'
        'enum E { "First." A }'
    )
    assert printed(described) == (
        'type Query {\n  count(of: Int): Int @deprecated(reason: "x")\n}\n\nenum E {\n  A\n}\n'
    )


def test_what_is_new_stands_behind_what_it_stood_behind() -> None:
    like = build_schema("type Query { c: Int a(z: Int, y: Int): B } type B { x: Int }")
    new = build_schema(
        "type N { i: Int } type B { w: Int x: Int } type Query { first: N a(y: Int, n: Int, z: Int): B b: Int c: Int }"
    )
    assert printed(new, like) == (
        "type N {\n  i: Int\n}\n\n"
        "type Query {\n  first: N\n  c: Int\n  a(z: Int, y: Int, n: Int): B\n  b: Int\n}\n\n"
        "type B {\n  w: Int\n  x: Int\n}\n"
    )
