"""Several operations in one request, and each one's part of the answer.

Two ways, both understood by every Wiki.js 2.x:

- alias mode merges the operations into one document, each under response keys and variables of its own. The templates
  were prepared by code generation, so this is text replacement; no GraphQL is parsed.
- array mode posts a JSON array of ordinary requests, which the server executes in parallel.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from wikijs.exceptions import APIError, ConfigurationError, ServerError

from . import replies
from .answers.alike import parse_alike
from .documents.nonces import fresh
from .flow import Reply
from .operations import MARK, Operation, OperationSpec, encoded

BatchMode: TypeAlias = Literal["alias", "array"]
Outcome: TypeAlias = Any
"""A leaf, or the `APIError` that came in its place."""


def _prefix(index: int) -> str:
    return f"b{index}_"


def merge(operations: Sequence[Operation[Any]], nonce: str | None = None) -> dict[str, Any]:
    """One GraphQL request that executes all operations.

    Args:
        operations: All queries or all mutations.
        nonce: A response key by which the answer is known.

    Raises:
        ConfigurationError: The operations are not all queries or all mutations.
    """
    opening, rest = _halves(tuple(operation.spec for operation in operations))
    query = f"{opening}\n  {nonce}: __typename\n{rest}" if nonce else f"{opening}\n{rest}"
    variables = {
        f"b{index}_{name}": value
        for index, operation in enumerate(operations)
        for name, value in operation.variables.items()
    }
    return {"query": query, "operationName": "Batch", "variables": variables}


@lru_cache(maxsize=16)
def _halves(specs: tuple[OperationSpec[Any], ...]) -> tuple[str, str]:
    """The document up to the brace that opens its selection, and the rest: whoever reads all pages sends it often."""
    kinds = {spec.kind for spec in specs}
    if len(kinds) != 1 or "subscription" in kinds:
        raise ConfigurationError("A batch holds either queries or mutations, not both, and at least one of them.")
    definitions: list[str] = []
    selections: list[str] = []
    fragments: dict[str, str] = {}
    for index, spec in enumerate(specs):
        prefix = _prefix(index)
        if spec.variable_definitions:
            definitions.append(spec.variable_definitions.replace(MARK, prefix))
        selections.append(spec.selection.replace(MARK, prefix))
        fragments |= {name: spec.fragment_sources[name] for name in spec.fragments}
    head = f"{kinds.pop()} Batch" + (f"({', '.join(definitions)})" if definitions else "")
    return f"{head}\n{{", "\n".join([*selections, "}", *fragments.values()])


def body(operations: Sequence[Operation[Any]], mode: BatchMode) -> tuple[bytes, list[str]]:
    """The request of a batch as JSON bytes, and the response keys by which its answer is known."""
    kind = operations[0].spec.kind
    if mode == "alias":
        nonce = fresh(kind, len(operations))
        return encoded(merge(operations, nonce), "batch"), [nonce]
    nonces = [fresh(kind) for _ in operations]
    content = [operation.payload(nonce) for operation, nonce in zip(operations, nonces, strict=True)]
    return encoded(content, "batch"), nonces


def split(operations: Sequence[Operation[Any]], reply: Reply, mode: BatchMode) -> list[Outcome]:
    """Each operation's leaf or `APIError`, in order.

    Raises:
        APIError, EndpointError: The answer as a whole is a failure.
    """
    status = reply.status_code if mode == "alias" else 200
    if mode == "alias" and status == 200:
        leaves = parse_alike(operations, reply, _prefix)
        if leaves is not None:
            return leaves
    pairs = zip(operations, parts(operations, reply, mode), strict=True)
    return [outcome(operation, part, status) for operation, part in pairs]


def parts(operations: Sequence[Operation[Any]], reply: Reply, mode: BatchMode) -> list[Any]:
    """Each operation's part of the answer, as if it had been sent alone: decoded JSON with `data` and `errors`.

    Raises:
        APIError, EndpointError: The answer as a whole is a failure.
    """
    if mode == "alias":
        return _split_aliases(len(operations), replies.payload(reply, "Batch"), reply.status_code)
    answers = replies.decode(reply, "Batch")
    if not replies.is_list(answers):
        whole = replies.payload(reply, "Batch")
        errors = whole.get("errors") or [{"message": "The answer is no batch."}]
        replies.raise_errors(errors, operation="Batch", status=reply.status_code)
    if len(answers) != len(operations):
        raise ServerError(f"The server answered {len(answers)} of {len(operations)} operations.", operation="Batch")
    return answers


def _split_aliases(count: int, whole: dict[str, Any], status: int) -> list[Any]:
    data: dict[str, Any] | None = whole.get("data")
    errors: list[dict[str, Any]] = whole.get("errors") or []
    if not data and not any(_path(error) for error in errors):
        replies.raise_errors(errors or [{"message": "The answer is empty."}], operation="Batch", status=status)
    found: list[dict[str, Any]] = [{"data": {}, "errors": []} for _ in range(count)]
    places = {_prefix(index): part for index, part in enumerate(found)}
    for key, value in (data or {}).items():
        prefix, name = _parted(key)
        if prefix in places:
            places[prefix]["data"][name] = value
    for error in errors:
        prefix, name = _parted(str(path[0])) if (path := _path(error)) else ("", "")
        if prefix in places:
            places[prefix]["errors"].append({**error, "path": [name, *path[1:]]})
        elif not path:  # about the request as a whole
            for part in found:
                part["errors"].append(error)
    return found


def _parted(key: str) -> tuple[str, str]:
    """The prefix of a response key, and the key that the operation itself gave."""
    prefix, mark, name = key.partition("_")
    return prefix + mark, name


def _path(error: dict[str, Any]) -> list[Any]:
    path: Any = error.get("path")
    return path if replies.is_list(path) else []


def outcome(operation: Operation[Any], part: Any, status: int) -> Outcome:
    """The leaf of one operation from its part of the answer, or the `APIError` in its place."""
    try:
        return replies.parse_data(operation.spec, part, status)
    except APIError as error:
        return error


def settled(outcomes: Sequence[Outcome], *, return_exceptions: bool) -> tuple[Any, ...]:
    """The outcomes of a batch as its caller wants them.

    Raises:
        WikiJSException: The first failure, unless exceptions are to be returned.
    """
    if not return_exceptions:
        for each in outcomes:
            if isinstance(each, Exception):
                raise each
    return tuple(outcomes)
