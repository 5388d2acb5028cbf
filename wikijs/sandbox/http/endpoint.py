"""`/graphql` at the HTTP level: what Express, body-parser and Apollo Server 2 do before and after execution."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ..accounts.tokens import Identity
from ..context import Context
from ..graphql.interleave import interleave
from ..graphql.requests import Result, execute, operation_of, prepared, request_error
from .messages import HTML, Request, Response, as_array, as_object, dumps, json_response, text_response

if TYPE_CHECKING:
    from ..wiki import Wiki

PLAYGROUND = "<!DOCTYPE html><html><head><title>GraphQL Playground</title></head><body></body></html>"
NOT_CACHED = ("cache-control", "private, no-cache, must-revalidate")


class RefusedError(Exception):
    """A request that ends with a plain text instead of a GraphQL result."""

    def __init__(self, message: str, status: int = 400, allow: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.allow = allow


async def graphql_endpoint(sandbox: Wiki, request: Request, identity: Identity, body: Any) -> Response:
    """Answer a request to `/graphql`; `body` is the parsed JSON, None when it was not JSON."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return Response(200, "text/html", PLAYGROUND.encode())
    context = Context(sandbox, request, identity.viewer)
    try:
        payload = payload_of(request, body)
        several = as_array(payload)
        if several is not None:
            return await batch(context, several)
        result = await answer(context, checked(payload))
    except RefusedError as error:
        response = text_response(str(error), error.status, HTML)
        if error.allow:
            response.headers.append(("allow", error.allow))
        return response
    status = 200 if "data" in result or is_unknown_hash(result) else 400
    response = json_response(result, status, newline=True)
    if is_unknown_hash(result):
        response.headers.append(NOT_CACHED)
    return response


def payload_of(request: Request, body: Any) -> Any:
    """The request, or the list of requests, that was sent in the body or the URL."""
    if request.method == "POST":
        if not body:
            raise RefusedError("POST body missing. Did you forget use body-parser middleware?", 500)
        return body
    if request.method != "GET":
        raise RefusedError("Apollo Server supports only GET/POST requests.", 405, "GET, POST")
    query = request.query()
    if not query:
        raise RefusedError("GET query missing.")
    return query


async def batch(context: Context, payloads: list[Any]) -> Response:
    """Answer an array of requests, run side by side; one that fails leaves the others alone."""
    requests = [checked(payload) for payload in payloads]
    results = await interleave([batch_entry(context, payload) for payload in requests])
    return Response(200, "application/json; charset=utf-8", dumps(results) + b"\n")


async def batch_entry(context: Context, payload: dict[str, Any]) -> Result:
    """One result of a batch."""
    try:
        return await answer(context, payload)
    except RefusedError as error:
        return request_error(str(error))


def checked(payload: Any) -> dict[str, Any]:
    """A request's parts, with variables and extensions parsed when they come as text."""
    parts = dict(as_object(payload) or {})
    if parts.get("query") and not isinstance(parts["query"], str):
        raise RefusedError("GraphQL queries must be strings.")
    for name, title in (("extensions", "Extensions"), ("variables", "Variables")):
        if isinstance(parts.get(name), str):
            try:
                parts[name] = json.loads(parts[name]) if parts[name] else None
            except ValueError:
                raise RefusedError(f"{title} are invalid JSON.") from None
    return parts


async def answer(context: Context, payload: dict[str, Any]) -> Result:
    """The result of one request."""
    query = payload.get("query") or None
    persisted = as_object((as_object(payload.get("extensions")) or {}).get("persistedQuery"))
    if persisted is not None:
        known = context.sandbox.persisted_queries
        digest = persisted.get("sha256Hash")
        if persisted.get("version") != 1:
            raise RefusedError("Unsupported persisted query version")
        if query is None:
            query = known.get(digest)
            if query is None:
                return request_error("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
        elif sha256(query.encode()).hexdigest() != digest:
            raise RefusedError("provided sha does not match query")
        else:
            known[digest] = query
    if query is None:
        raise RefusedError("Must provide query string.")
    document = prepared(query, context.sandbox.version)
    if isinstance(document, dict):
        return document
    operation_name = payload.get("operationName") or None
    operation = operation_of(document, operation_name)
    if context.request.method == "GET" and operation is not None and operation.operation.value != "query":
        raise RefusedError("GET supports only query operation", 405, "POST")
    return await execute(document, payload.get("variables"), operation_name, context)


def is_unknown_hash(result: Result) -> bool:
    """Whether the result asks the client to send the query itself, which Apollo does with status 200."""
    return "data" not in result and result["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
