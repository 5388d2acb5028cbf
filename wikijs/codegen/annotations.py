"""Python types of GraphQL types."""

from __future__ import annotations

from collections.abc import Mapping

from ariadne_codegen.client_generators.constants import SIMPLE_TYPE_MAP
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLType,
)

from wikijs.codegen.intermediate import Annotation
from wikijs.codegen.naming import snake

ANY = Annotation("Any", frozenset({("typing", "Any")}))


class Annotator:
    """Writes annotations.

    Args:
        scalars: Python types of custom scalars by name, each `module.Type`.
    """

    def __init__(self, scalars: Mapping[str, str]) -> None:
        self._scalars = scalars

    def result(self, type_: GraphQLOutputType, fragment: str | None = None) -> Annotation:
        """Type of a selected field; `fragment` names the model where it is an object."""
        model = Annotation(fragment, frozenset({(f".fragments.{snake(fragment)}", fragment)})) if fragment else None
        return self._annotate(type_, model, null_items=True)

    def argument(self, type_: GraphQLInputType) -> Annotation:
        """Type of a variable. No operation means anything by null among the items of a list, so none is offered."""
        return self._annotate(type_, None, null_items=False)

    def _annotate(self, type_: GraphQLType, model: Annotation | None, *, null_items: bool) -> Annotation:
        if isinstance(type_, GraphQLNonNull):
            return self._non_null(type_.of_type, model, null_items=null_items)
        return optional(self._non_null(type_, model, null_items=null_items))

    def _non_null(self, type_: GraphQLType, model: Annotation | None, *, null_items: bool) -> Annotation:
        if isinstance(type_, GraphQLList):
            item_type = type_.of_type
            if not null_items and not isinstance(item_type, GraphQLNonNull):
                item_type = GraphQLNonNull(item_type)
            item = self._annotate(item_type, model, null_items=null_items)
            return Annotation(f"list[{item.text}]", item.imports)
        assert isinstance(type_, GraphQLNamedType)
        return model or self._named(type_)

    def _named(self, type_: GraphQLNamedType) -> Annotation:
        name = type_.name
        if isinstance(type_, GraphQLEnumType):
            return Annotation(name, frozenset({(".enums", name)}))
        if isinstance(type_, GraphQLInputObjectType):
            return Annotation(name, frozenset({(".input_types", name)}))
        if name in self._scalars:
            module, _, python = self._scalars[name].rpartition(".")
            return Annotation(python, frozenset({(module, python)} if module else ()))
        return Annotation(SIMPLE_TYPE_MAP[name]) if name in SIMPLE_TYPE_MAP else ANY


def optional(annotation: Annotation) -> Annotation:
    """The same type, or None."""
    if annotation.text.endswith(" | None") or annotation is ANY:
        return annotation
    return Annotation(f"{annotation.text} | None", annotation.imports)
