"""GraphQL: operations that this project compiled, so that its TypeScript client works here; others with a scope."""

from __future__ import annotations

import asyncio
import json
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from wikijs.core.calls.exposure import exposure
from wikijs.core.documents.bounds import too_much
from wikijs.core.flow import PAGE_WRITES
from wikijs.exceptions import APIError, WikiJSException

from ..access.checks import missing
from ..door import caller_of, client_of, gateway_of, route, tier_of
from ..http.encoding import answer
from ..http.problems import Refused, shortened
from .operations import offered

if TYPE_CHECKING:
    from wikijs.core.calls.signatures import Call

_LONGEST: Final = 100_000
"""Characters of a document, or of all documents of one request, at most."""
_TOKENS: Final = 4_000
_DEPTH: Final = 50
OURS: Final = {"tokens": 1_000, "depth": 20}
"""What no compiled operation comes near to, so that more need not be parsed to know that it is none."""
_OURS_LONGEST: Final = 16_384
_SCHEMA: Final = {
    "type": "object",
    "required": ["query"],
    "properties": {
        "query": {"type": "string"},
        "operationName": {"type": ["string", "null"]},
        "variables": {"type": ["object", "null"]},
    },
}


def add(router: APIRouter) -> None:
    """Register the route."""

    @route(
        router, "POST", "/graphql", scope="graphql", kind="read",
        answers={200: (None, "`data` and `errors`, as the wiki gives them.")},
        extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {
            "anyOf": [_SCHEMA, {"type": "array", "items": _SCHEMA, "minItems": 1, "maxItems": 50}],
        }}}}},
    )  # fmt: skip
    async def graphql(request: Request) -> Response:
        """Run a compiled operation, or several; any other document with the scope graphql:any."""
        try:
            body: Any = await asyncio.to_thread(json.loads, await request.body())
        except (ValueError, RecursionError):
            raise Refused(400, "json-invalid", "No JSON", "The body is no JSON.") from None
        if isinstance(body, list):
            many: list[Any] = cast("Any", body)
            most = tier_of(request).batch
            if not 1 <= len(many) <= most:
                raise Refused(422, "batch-too-large", "Batch too large", f"This key may ask {most} things at once.")
            asked = [_asked(each) for each in many]
        else:
            asked = [_asked(body)]
        if sum(len(document) for document, _, _ in asked) > _LONGEST * min(len(asked), 2):
            raise Refused(413, "too-large", "Too large", "The documents are too long.")
        scopes = caller_of(request).scopes
        await asyncio.to_thread(_check_all, scopes, [document for document, _, _ in asked])
        answers = [await _run(request, *each) for each in asked]
        return answer(answers if isinstance(body, list) else answers[0])


def _asked(body: Any) -> tuple[str, str | None, dict[str, Any]]:
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    document, name, variables = fields.get("query"), fields.get("operationName"), fields.get("variables")
    if not isinstance(document, str) or not isinstance(name, str | None) or not isinstance(variables, dict | None):
        raise Refused(
            422, "validation", "Validation", "The body has a query, and may have variables and operationName."
        )
    return document, name, cast("dict[str, Any]", variables or {})


def _check_all(scopes: frozenset[str], documents: list[str]) -> None:
    for document in documents:
        _check(scopes, document)


def _check(scopes: frozenset[str], document: str) -> None:
    """Refuse documents that a caller with these scopes may not run.

    Raises:
        Refused: It may not.
    """
    call = _known(document)
    if call is not None:
        if exposure(call).expose == "admin" and "admin" not in scopes:
            raise missing("admin")
        if call.spec.kind == "mutation" and "ops:write" not in scopes:
            raise missing("ops:write")
        return
    if "graphql:any" not in scopes:
        raise Refused(
            403,
            "document-unknown",
            "Document unknown",
            "This is no operation that py-wikijs compiled; other documents need the scope graphql:any.",
            requiredScope="graphql:any",
        )
    reason = _why_not(document, may_write="ops:write" in scopes and "admin" in scopes)
    if reason is not None:
        raise Refused(403, "document-forbidden", "Document forbidden", reason)


async def _run(request: Request, document: str, name: str | None, variables: dict[str, Any]) -> dict[str, Any]:
    client = client_of(request)
    gateway = gateway_of(request)
    call = _known(document)
    try:
        if call is None or call.spec.server_field in PAGE_WRITES:
            async with gateway.queue.turn():
                return {"data": await client.graphql(document, variables, operation_name=name)}
        return {"data": await client.graphql(document, variables, operation_name=name)}
    except APIError as error:
        errors = [dict(each) for each in error.errors] or [{"message": shortened(error.message)}]
        return {"data": error.data, "errors": errors}
    except WikiJSException:
        raise


def _known(document: str) -> Call | None:
    """The compiled operation that a document is; None where it is none."""
    if len(document) > _OURS_LONGEST or too_much(document, **OURS) is not None:
        return None
    return _compiled().get(_normal(document) or "")


@cache
def _compiled() -> dict[str, Call]:
    """Operations by their document, however it is laid out."""
    found: dict[str, Call] = {}
    for call in offered().values():
        text = _normal(call.spec.document)
        if text is not None:
            found[text] = call
    return found


@lru_cache(512)
def _normal(document: str) -> str | None:
    """A document without its layout, its fragments by name, without `__typename` at its root; None where it is none."""
    from graphql import FieldNode, GraphQLError, OperationDefinitionNode, parse, print_ast
    from graphql.utilities import strip_ignored_characters

    try:
        parsed = parse(document, no_location=True)
    except (GraphQLError, RecursionError):
        return None
    parts: list[str] = []
    for node in parsed.definitions:
        if isinstance(node, OperationDefinitionNode):
            kept = [
                each
                for each in node.selection_set.selections
                if not (isinstance(each, FieldNode) and each.name.value == "__typename")
            ]
            node.selection_set.selections = tuple(kept)
        parts.append(strip_ignored_characters(print_ast(node)))
    return "\n".join(sorted(parts))


def _why_not(document: str, *, may_write: bool) -> str | None:
    """Why a document is not run: it writes, or asks for what is for nobody."""
    from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

    reason = too_much(document, tokens=_TOKENS, depth=_DEPTH)
    if reason is not None:
        return reason
    try:
        definitions = parse(document, no_location=True).definitions
    except GraphQLError as error:
        return f"The document cannot be understood: {error.message}"
    except RecursionError:
        return "The document is nested too deeply."
    kinds = {node.operation for node in definitions if isinstance(node, OperationDefinitionNode)}
    if OperationType.SUBSCRIPTION in kinds:
        return "Subscriptions are not run here; see /api/v1/events."
    if OperationType.MUTATION in kinds:
        return (
            None if may_write and not _for_nobody(document) else "Documents of one's own that write are not run here."
        )
    return None


def _for_nobody(document: str) -> bool:
    """Whether a document names an operation that is for nobody."""
    from wikijs.core.calls.exposure import exposures

    names = {field.rpartition(".")[2] for field, about in exposures().items() if about.expose == "never"}
    return any(name in document for name in names)
