"""One GraphQL request, from its text to its result: parsing, validation, variables, execution.

What is the same for all sandboxes (parsed and validated documents) is cached for the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from time import perf_counter
from typing import Any, Final

import graphql
from graphql import (
    DocumentNode,
    ExecutionContext,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSyntaxError,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
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
from .interleave import interleave, pause
from .schema import executable_schema
from .variables import variable_errors

Result = dict[str, Any]
"""`errors` before `data`, each only when there is one. Without `data` nothing was executed."""


_KNOWN_BY: Final = re.compile(r"\bnonce_[0-9a-z]{2,16}(?=: ?__typename\b)")
"""The name by which our clients know an answer again."""
TURN: Final = 0.05
"""Seconds for which a request may keep others waiting, between two fields of a namespace."""
ALL_ERRORS = 100_000
"""The server's GraphQL library names every error; ours would stop at 100."""


def prepared(query: str, version: str = NEWEST) -> DocumentNode | Result:
    """The parsed document, or the result that says what is wrong with it for a server of this version."""
    known = _KNOWN_BY.search(query)
    if known is None or query.count(known[0]) > 1:
        return _prepared(query, version)
    # The same document with a name of its own for each request, which would have to be parsed each time.
    stem, alias = f"{query[: known.start()]}{'_' * len(known[0])}{query[known.end() :]}", known[0]
    document = _prepared(stem, version)
    renamed = None if isinstance(document, dict) else _renamed(document, known.start(), alias)
    return renamed or _prepared.__wrapped__(query, version)  # messages name it


@lru_cache(maxsize=1024)
def _prepared(query: str, version: str) -> DocumentNode | Result:
    try:
        document = parse(query)
    except GraphQLSyntaxError as error:
        return {"errors": [formatted(error, "GRAPHQL_PARSE_FAILED")]}
    errors = validate(executable_schema(version), document, max_errors=ALL_ERRORS)
    if errors:
        return {"errors": [formatted(error, "GRAPHQL_VALIDATION_FAILED") for error in errors]}
    return document


def _renamed(document: DocumentNode, start: int, alias: str) -> DocumentNode | None:
    """A copy in which the first field of an operation, whose alias begins there, is called otherwise."""
    for number, operation in enumerate(document.definitions):
        if not isinstance(operation, OperationDefinitionNode):
            continue
        first, *others = operation.selection_set.selections
        if isinstance(first, FieldNode) and first.alias and first.alias.loc and first.alias.loc.start == start:
            name = NameNode(value=alias, loc=first.alias.loc)
            field = FieldNode(alias=name, name=first.name, arguments=(), directives=first.directives, loc=first.loc)
            selected = SelectionSetNode(selections=(field, *others), loc=operation.selection_set.loc)
            named = copy(operation)
            named.selection_set = selected
            definitions = (*document.definitions[:number], named, *document.definitions[number + 1 :])
            return DocumentNode(definitions=definitions, loc=document.loc)
    return None


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


@dataclass
class Selected:
    """The fields of one object: those that are left, and what came of the others."""

    parent: GraphQLObjectType
    source: Any
    path: Path | None
    left: Iterator[tuple[str, list[FieldNode]]]
    results: dict[str, Any] = field(default_factory=dict[str, Any])
    waiting: list[str] = field(default_factory=list[str])
    refusal: GraphQLError | None = None


class InterleavedExecution(ExecutionContext):
    """Executes like graphql-core, but needs no event loop to run the coroutines of one selection side by side."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.since = perf_counter()

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
        selected = Selected(parent_type, source_value, path, iter(fields.items()))
        if self.go_on(selected):
            return self.go_on_later(selected)
        if selected.waiting:
            return self.finish(selected)
        if selected.refusal is not None:
            raise selected.refusal
        return selected.results

    def go_on(self, selected: Selected) -> bool:
        """Execute fields; True when there are more of them and others have waited for long enough."""
        for name, nodes in selected.left:
            path = Path(selected.path, name, selected.parent.name)
            try:
                value = self.execute_field(selected.parent, selected.source, nodes, path)
            except GraphQLError as error:
                if not isinstance(error.original_error, PermissionError):
                    raise
                selected.refusal = selected.refusal or error
            else:
                if value is not Undefined:
                    selected.results[name] = value
                    if self.is_awaitable(value):
                        selected.waiting.append(name)
            # The fields of a namespace are what costs: a list of all pages, 40 times in one request.
            if path.prev is not None and path.prev.prev is None and self.has_worked_long():
                return True
        return False

    def has_worked_long(self) -> bool:
        """Whether nobody else had a turn for a while."""
        now = perf_counter()
        if now - self.since < TURN:
            return False
        self.since = now
        return True

    async def go_on_later(self, selected: Selected) -> dict[str, Any]:
        """The other fields, by turns with other requests."""
        more = True
        while more:
            await pause()
            self.since = perf_counter()
            more = self.go_on(selected)
        return await self.finish(selected)

    @staticmethod
    def build_response(data: dict[str, Any] | None, errors: list[GraphQLError]) -> ExecutionResult:
        """The result with errors in the order they happened, as the server reports them."""
        return ExecutionResult(data, errors or None)

    @staticmethod
    async def finish(selected: Selected) -> dict[str, Any]:
        """The values with coroutines replaced by what they return."""
        done = await interleave([selected.results[name] for name in selected.waiting])
        if selected.refusal is not None:
            raise selected.refusal
        return selected.results | dict(zip(selected.waiting, done, strict=True))
