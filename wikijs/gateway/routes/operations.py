"""Each single operation of the server, and many reads at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from fastapi import APIRouter
from pydantic import BaseModel, Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from wikijs.core.calls.exposure import exposure
from wikijs.core.calls.reading import ArgumentProblem, json_schema, operation_of
from wikijs.core.calls.signatures import Argument, Call, calls, find
from wikijs.core.flow import PAGE_WRITES
from wikijs.exceptions import WikiJSException

from ..door import client_of, failed, gateway_of, require, route, tier_of
from ..http.encoding import answer, plain
from ..http.problems import Refused
from .pages.models import In, Out

if TYPE_CHECKING:
    from wikijs.core.operations import Operation

_BATCH: Final = 50


def offered() -> dict[str, Call]:
    """Operations that have an address: none that is for nobody, and no subscription."""
    return {
        name: call
        for name, call in calls().items()
        if call.spec.kind != "subscription" and exposure(call).expose != "never"
    }


class BatchItem(In):
    """One read of a batch."""

    operation: str = Field(max_length=100, examples=["pages.single"])
    arguments: dict[str, Any] = Field(default_factory=dict[str, Any])


class BatchRequest(In):
    """Reads to do at once."""

    requests: list[BatchItem] = Field(min_length=1, max_length=_BATCH)


class BatchAnswer(Out):
    """What became of one read."""

    status: int
    data: Any = None
    problem: dict[str, Any] | None = None


class BatchResult(Out):
    """What became of each read, in their order."""

    results: list[BatchAnswer]


def add(router: APIRouter) -> None:
    """Register the routes."""
    for call in offered().values():
        _operation(router, call)

    @route(
        router, "POST", "/api/v1/batch", scope="ops:read", kind="read", answers={200: (BatchResult, "The answers.")},
    )  # fmt: skip
    async def run_batch(request: Request, body: BatchRequest) -> Response:
        """Do up to 50 reads in one request to the wiki. One that fails does not keep the others from their answers."""
        most = tier_of(request).batch
        if len(body.requests) > most:
            raise Refused(422, "batch-too-large", "Batch too large", f"This key may read {most} things at once.")
        operations: list[Operation[Any]] = []
        places: list[int] = []
        results: list[dict[str, Any]] = [{} for _ in body.requests]
        for place, item in enumerate(body.requests):
            try:
                operations.append(_read(request, item))
                places.append(place)
            except Refused as refused:
                results[place] = {"status": refused.status, "problem": refused.members}
        client: Any = client_of(request)
        found = await client.batch(*operations, return_exceptions=True) if operations else ()
        for place, value in zip(places, cast("Sequence[Any]", found), strict=True):
            results[place] = _result(request, value)
        return answer({"results": results})


def _read(request: Request, item: BatchItem) -> Operation[Any]:
    call = find(item.operation)
    if call is None or call.name not in offered():
        raise Refused(404, "operation-unknown", "Operation unknown", "There is no such operation.")
    if call.spec.kind != "query":
        raise Refused(422, "batch-reads", "Batch reads", "A batch only reads; send writes one by one.")
    _check(request, call)
    return _filled(call, item.arguments)


def _result(request: Request, value: Any) -> dict[str, Any]:
    if not isinstance(value, BaseException):
        return {"status": 200, "data": plain(value)}
    response = failed(request, value) if isinstance(value, WikiJSException) else None
    if response is None:
        raise value
    return {"status": response.status_code, "problem": json.loads(bytes(response.body))}


def _check(request: Request, call: Call) -> None:
    """Refuse callers who may not use an operation.

    Raises:
        Refused: They may not.
    """
    require(request, "ops:read" if call.spec.kind == "query" else "ops:write")
    if exposure(call).expose == "admin":
        require(request, "admin")


def _filled(call: Call, given: dict[str, Any]) -> Operation[Any]:
    try:
        return operation_of(call, given)
    except ArgumentProblem as problem:
        raise Refused(
            422,
            "validation",
            "Validation",
            f"{problem.pointer or 'The arguments'}: {problem.problem}.",
            errors=[{"pointer": problem.pointer, "detail": problem.problem}],
        ) from None


def _operation(router: APIRouter, call: Call) -> None:
    """The address of one operation."""
    reads = call.spec.kind == "query"
    path = f"/api/v1/ops/{call.namespace}/{call.operation}"
    about = exposure(call)
    extra: dict[str, Any] = {
        "description": call.documentation,
        "x-wikijs-operation": call.spec.server_field,
        "x-wikijs-requires": list(call.spec.requires),
        "x-wikijs-since": call.spec.since or None,
        "x-wikijs-effect": about.effect,
        "x-names": [argument.variable for argument in call.arguments] if reads else ["raw"],
    }
    if about.expose == "admin":
        extra["x-also-scope"] = "admin"

    @route(
        router, "GET" if reads else "POST", path, scope="ops:read" if reads else "ops:write",
        answers={200: (None, "What the wiki answered.")}, extra=extra,
        name=f"ops_{call.name.replace('.', '_').replace('-', '_')}",
        kind="search" if call.spec.server_field == "pages.search" else None,
    )  # fmt: skip
    async def run(request: Request) -> Response:
        _check(request, call)
        if about.instead is not None and request.query_params.get("raw") != "true":
            raise Refused(
                409,
                "operation-loses",
                "Operation loses",
                "The plain operation loses what it is not told. Use the resource, such as "
                f"PATCH /api/v1/{call.namespace}/{{id}}; or add raw=true if you mean it.",
            )
        given = _of_query(request, call) if reads else await _of_body(request)
        operation = _filled(call, given)
        client = client_of(request)
        if call.spec.server_field in PAGE_WRITES:
            async with gateway_of(request).queue.turn():
                return answer(plain(await client.execute(operation)))
        return answer(plain(await client.execute(operation)))


def _of_query(request: Request, call: Call) -> dict[str, Any]:
    """Arguments of a query, from the address."""
    given: dict[str, Any] = {}
    for argument in call.arguments:
        values = request.query_params.getlist(argument.variable)
        if values:
            read = [_text(argument, value) for value in values]
            given[argument.variable] = read if argument.is_list else read[-1]
    return given


def _text(argument: Argument, value: str) -> Any:
    """A value of an address as the kind that is wanted; left as it is where it is none, so that the reader says so."""
    if argument.kind == "int" and value.removeprefix("-").isdecimal() and len(value) < 12:
        return int(value)
    if argument.kind == "bool":
        return {"true": True, "false": False}.get(value, value)
    return value


async def _of_body(request: Request) -> dict[str, Any]:
    content = await request.body()
    if not content:
        return {}
    try:
        given: Any = await asyncio.to_thread(json.loads, content)
    except (ValueError, RecursionError):
        raise Refused(400, "json-invalid", "No JSON", "The body is no JSON.") from None
    if not isinstance(given, dict):
        raise Refused(
            422,
            "validation",
            "Validation",
            "The body is an object with the arguments.",
            errors=[{"pointer": "", "detail": "It is no object."}],
        )
    return cast("dict[str, Any]", given)


def describe_operation(call: Call, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """What OpenAPI says of the arguments and the answer of an operation."""
    schema = json_schema(call)
    definitions = schema.pop("$defs", {})
    result = TypeAdapter[Any](result_type(call)).json_schema(
        by_alias=True, mode="serialization", ref_template="#/components/schemas/{model}"
    )
    schemas.update(result.pop("$defs", {}))
    operation["responses"]["200"]["content"] = {"application/json": {"schema": result}}
    text = json.dumps({"schema": schema, "definitions": definitions}).replace("#/$defs/", "#/components/schemas/")
    read = json.loads(text)
    schemas.update(read["definitions"])
    if call.spec.kind == "query":
        required = set(schema.get("required", ()))
        operation["parameters"] = [
            {"name": name, "in": "query", "required": name in required, "schema": about}
            for name, about in read["schema"]["properties"].items()
        ]
        return
    operation["parameters"] = (
        [{"name": "raw", "in": "query", "required": False, "schema": {"type": "boolean"}}]
        if exposure(call).instead
        else []
    )
    operation["requestBody"] = {
        "required": bool(schema.get("required")),
        "content": {"application/json": {"schema": read["schema"]}},
    }


def result_type(call: Call) -> Any:
    """The type of what an operation gives."""
    model: Any = call.spec.result
    found: Any = model
    for attribute in call.spec.path:
        model.model_rebuild()
        found = model.model_fields[attribute].annotation
        model = next(
            (part for part in (found, *get_args(found)) if isinstance(part, type) and issubclass(part, BaseModel)), None
        )
    return found


def documented(name: str) -> Call | None:
    """The operation of an id of the document."""
    for known, call in offered().items():
        if name == f"ops_{known.replace('.', '_').replace('-', '_')}":
            return call
    return None
