"""One GraphQL request, from its text to its result: parsing, validation, variables, execution.

What is the same for all sandboxes (parsed and validated documents) is cached for the process.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import graphql
from graphql import (
    DocumentNode,
    ExecutionContext,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    Undefined,
    get_operation_ast,
    parse,
    validate,
)
from graphql.pyutils import AwaitableOrValue, Path

from ..context import Context
from ..http.messages import as_object
from ..versions import NEWEST
from .errors import exception, formatted
from .interleave import interleave
from .schema import executable_schema
from .variables import variable_errors

Result = dict[str, Any]
"""`errors` before `data`, each only when there is one. Without `data` nothing was executed."""


ALL_ERRORS = 100_000
"""The server's GraphQL library names every error; ours would stop at 100."""


@lru_cache(maxsize=512)
def prepared(query: str, version: str = NEWEST) -> DocumentNode | Result:
    """The parsed document, or the result that says what is wrong with it for a server of this version."""
    try:
        document = parse(query)
    except GraphQLSyntaxError as error:
        return {"errors": [formatted(error, "GRAPHQL_PARSE_FAILED")]}
    errors = validate(executable_schema(version), document, max_errors=ALL_ERRORS)
    if errors:
        return {"errors": [formatted(error, "GRAPHQL_VALIDATION_FAILED") for error in errors]}
    return document


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The operation that a request means, or None when it does not say or names none."""
    return get_operation_ast(document, name)


async def execute(document: DocumentNode, variables: Any, operation_name: str | None, context: Context) -> Result:
    """Execute an operation of a valid document."""
    if variables is not None and not isinstance(variables, dict | list):
        return request_error(
            "Variables must be provided as an Object where each property is a variable value."
            " Perhaps look to see if an unparsed JSON string was provided."
        )
    given = as_object(variables) or {}
    operation = operation_of(document, operation_name)
    schema = executable_schema(context.sandbox.version)
    wrong = variable_errors(schema, operation, given) if operation else []
    if wrong:
        return {"errors": wrong}
    outcome = graphql.execute(  # pyright: ignore[reportUnknownMemberType]  # its `middleware` is loosely typed
        schema,
        document,
        {},
        context,
        given,
        operation_name,
        execution_context_class=InterleavedExecution,
    )
    executed = outcome if isinstance(outcome, ExecutionResult) else await outcome
    errors = [formatted(error) for error in executed.errors or ()]
    if executed.data is None:
        return {"errors": errors}
    return {"errors": errors, "data": executed.data} if errors else {"data": executed.data}


def request_error(message: str, code: str = "INTERNAL_SERVER_ERROR") -> Result:
    """The result of a request that was not executed for a reason outside its document."""
    return {"errors": [{"message": message, "extensions": {"code": code, "exception": exception(message)}}]}


class InterleavedExecution(ExecutionContext):
    """Executes like graphql-core, but needs no event loop to run the coroutines of one selection side by side."""

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        fields: dict[str, list[FieldNode]],
    ) -> AwaitableOrValue[dict[str, Any]]:
        """The values of the fields of one object.

        A missing permission fails the object only after the other fields were tried: the server looks at permissions
        asynchronously, so more of them may have an error to tell.
        """
        results: dict[str, Any] = {}
        waiting: list[str] = []
        refusal: GraphQLError | None = None
        for name, nodes in fields.items():
            try:
                value = self.execute_field(parent_type, source_value, nodes, Path(path, name, parent_type.name))
            except GraphQLError as error:
                if not isinstance(error.original_error, PermissionError):
                    raise
                refusal = refusal or error
                continue
            if value is not Undefined:
                results[name] = value
                if self.is_awaitable(value):
                    waiting.append(name)
        if waiting:
            return self.finish(results, waiting, refusal)
        if refusal is not None:
            raise refusal
        return results

    @staticmethod
    def build_response(data: dict[str, Any] | None, errors: list[GraphQLError]) -> ExecutionResult:
        """The result with errors in the order they happened, as the server reports them."""
        return ExecutionResult(data, errors or None)

    @staticmethod
    async def finish(results: dict[str, Any], waiting: list[str], refusal: GraphQLError | None) -> dict[str, Any]:
        """The same values with coroutines replaced by what they return."""
        done = await interleave([results[name] for name in waiting])
        if refusal is not None:
            raise refusal
        return results | dict(zip(waiting, done, strict=True))
