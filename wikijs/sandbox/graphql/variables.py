"""Variables of a GraphQL request: checked against their types, with the messages of graphql-js 15.

graphql-core checks them too, but shows values in Python's notation; the server shows them in JavaScript's.
"""

# pyright: reportUnknownVariableType=false
# graphql-core leaves the parameter of its wrapping types open.

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from graphql import (
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    coerce_input_value,
    is_input_type,
    type_from_ast,
)
from graphql.pyutils import inspect as inspect_python
from graphql.pyutils import print_path_list

from ..http.messages import as_array, as_object
from .errors import formatted, graphql_js

if TYPE_CHECKING:
    from graphql import GraphQLInputType

Entry = dict[str, Any]


def variable_errors(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> list[Entry]:
    """What is wrong with the variables, as entries of `errors`."""
    return [
        entry
        for definition in operation.variable_definitions or ()
        for entry in errors_of(schema, definition, variables)
    ]


def errors_of(schema: GraphQLSchema, definition: VariableDefinitionNode, variables: Mapping[str, Any]) -> list[Entry]:
    """What is wrong with one variable."""
    name = definition.variable.name.value
    type_ = type_from_ast(schema, definition.type)
    if type_ is None or not is_input_type(type_):
        return []  # validation has said so
    required = isinstance(type_, GraphQLNonNull)
    if name not in variables:
        if required and definition.default_value is None:
            return [complaint(definition, f'Variable "${name}" of required type "{type_}" was not provided.')]
        return []
    value = variables[name]
    if value is None and required:
        return [complaint(definition, f'Variable "${name}" of non-null type "{type_}" must not be null.')]
    entries: list[Entry] = []

    def collect(path: list[str | int], invalid: Any, error: GraphQLError) -> None:
        place = f' at "{name}{print_path_list(path)}"' if path else ""
        reason = graphql_js(error.message.replace(inspect_python(invalid), inspect_javascript(invalid)))
        text = f'Variable "${name}" got invalid value {inspect_javascript(invalid)}{place}; {reason}'
        entries.append(complaint(definition, text, "BAD_USER_INPUT"))

    coerce_input_value(value, cast("GraphQLInputType", type_), collect)
    return entries


def complaint(definition: VariableDefinitionNode, message: str, code: str = "INTERNAL_SERVER_ERROR") -> Entry:
    """An entry of `errors` that points at the variable's definition."""
    return formatted(GraphQLError(message, definition), code)


def inspect_javascript(value: Any, depth: int = 0) -> str:
    """A value of JSON as graphql-js shows it in messages: two levels deep, ten items long."""
    fields, items = as_object(value), as_array(value)
    if fields is not None:
        if depth > 1:
            return "[Object]"
        parts = ", ".join(f"{key}: {inspect_javascript(item, depth + 1)}" for key, item in fields.items())
        return f"{{ {parts} }}" if parts else "{}"
    if items is not None:
        if depth > 1:
            return "[Array]" if items else "[]"
        shown = [inspect_javascript(item, depth + 1) for item in items[:10]]
        rest = len(items) - 10
        if rest > 0:
            shown.append("... 1 more item" if rest == 1 else f"... {rest} more items")
        return f"[{', '.join(shown)}]"
    return json.dumps(value, ensure_ascii=False)
