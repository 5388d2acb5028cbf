"""Checks a GraphQL document against the bundled schema before it is sent. Needs graphql-core (the extra `codegen`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from wikijs.exceptions import ConfigurationError, QueryError

from ..values.installing import pip_line

if TYPE_CHECKING:
    from graphql import DocumentNode, GraphQLError, GraphQLSchema

KNOWN: Final = "2.5.314"
"""The Wiki.js release whose schema comes with this package."""


def check(document: str, variables: Mapping[str, Any] | None = None, operation_name: str | None = None) -> None:
    """Refuse a document that a server of the bundled schema would refuse, in its own words.

    Args:
        document: The GraphQL text.
        variables: Values of its variables, as they would be sent.
        operation_name: Which operation is meant, where the document has several.

    Raises:
        QueryError: Every mistake, each with line and column.
        ConfigurationError: graphql-core is not installed.
    """
    try:
        import graphql
    except ModuleNotFoundError:
        raise ConfigurationError("Checking a document needs graphql-core.", hint=pip_line("codegen")) from None
    try:
        parsed = graphql.parse(document)
    except graphql.GraphQLError as error:
        _refuse([error], operation_name)
    else:
        schema = bundled_schema()
        _refuse(graphql.validate(schema, parsed), operation_name)
        _refuse(_wrong_variables(schema, parsed, variables or {}, operation_name), operation_name)


@cache
def bundled_schema() -> GraphQLSchema:
    """The schema of the newest Wiki.js that this package knows."""
    from graphql import build_schema

    from . import bundled

    return build_schema(bundled.schema().read_text(encoding="utf-8"), assume_valid=True)


def _wrong_variables(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], operation_name: str | None
) -> list[GraphQLError]:
    from graphql import GraphQLError, get_operation_ast, print_ast
    from graphql.execution.values import get_variable_values

    operation = get_operation_ast(document, operation_name)
    if operation is None:
        names = "none of that name" if operation_name else "more than one operation, or none"
        return [GraphQLError(f"The document has {names}: say with operation_name which one is meant.")]
    declared = {node.variable.name.value: node for node in operation.variable_definitions}
    unknown = [GraphQLError(f"The document has no variable ${name}.") for name in variables if name not in declared]
    # The library's own words quote the value, which may be a password.
    wrong = [
        GraphQLError(f"The value of ${name} does not fit its type, {print_ast(node.type)}.", node)
        for name, node in declared.items()
        if isinstance(get_variable_values(schema, [node], dict(variables)), list)
    ]
    return unknown + wrong


def _refuse(errors: list[GraphQLError], operation_name: str | None) -> None:
    if not errors:
        return
    items = [{"message": error.message} for error in errors]
    raise QueryError(
        " ".join(_placed(error) for error in errors),
        operation=operation_name,
        errors=items,
        hint=f"Checked against the schema of Wiki.js {KNOWN}; nothing was sent.",
    )


def _placed(error: GraphQLError) -> str:
    message = error.message if error.message.endswith((".", "?")) else f"{error.message}."
    if not error.locations:
        return message
    place = error.locations[0]
    return f"Line {place.line}, column {place.column}: {message}"
