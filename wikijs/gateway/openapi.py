"""The OpenAPI document: the contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from .access.scopes import SCOPES
from .http.problems import Problem
from .routes.operations import describe_operation, documented
from .samples import add_samples

_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_DESCRIPTION: Final = """\
REST for a Wiki.js 2.x, with keys, limits, jobs and events. Send a key as `Authorization: Bearer wkg_…`.

Failures are `application/problem+json`. Reads answer with an `ETag`; writes of pages want it as `If-Match`. A write
with an `Idempotency-Key` is done once, however often it is sent.
"""
_TAGS: Final = {
    "pages": "Pages, their parts, history and links.",
    "tree": "What lies in folders.",
    "me": "Who calls.",
    "auth": "Tokens that last for an hour.",
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document of an application."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(
        title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes, openapi_version="3.1.0"
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "A key of the gateway, `wkg_…`, or a token of it."}
    }
    responses: dict[str, Any] = document["components"].setdefault("responses", {})
    document["x-scopes"] = SCOPES
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _finish(path, method, operation, schemas, responses)
    add_samples(document)
    app.openapi_schema = document
    return document


def _finish(
    path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any], components: dict[str, Any]
) -> None:
    """What an operation needs, in the words of OpenAPI."""
    rule: dict[str, Any] = operation.pop("x-wikijs-rule", None) or {}
    parts = path.split("/")
    operation["tags"] = [parts[3] if path.startswith("/api/v1/") else "operations"]
    scope = rule.get("scope")
    if scope is not None:
        operation["security"] = [{"key": []}]
        if scope:
            operation["x-scope"] = scope
    for status in operation.pop("x-status", ()):
        operation["responses"][str(status)] = {"description": HTTPStatus(status).phrase, "content": _PROBLEM}
    operation.pop("x-names", None)
    for status, answer in operation["responses"].items():
        if answer.get("content") == _PROBLEM:
            components.setdefault(f"Problem{status}", dict(answer))
            operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    call = documented(operation["operationId"])
    if call is not None:
        describe_operation(call, operation, schemas)
    operation["x-limit-class"] = rule.get("kind", "read")
    if "422" in operation["responses"] and "HTTPValidationError" in json.dumps(operation["responses"]["422"]):
        operation["responses"]["422"]["content"] = _PROBLEM
    parameters: list[dict[str, Any]] = operation.setdefault("parameters", [])
    known = {each["name"].lower() for each in parameters}
    for name, when, text in _HEADERS:
        if when(method, operation, rule) and name.lower() not in known:
            parameters.append(
                {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}
            )
    if not parameters:
        operation.pop("parameters")
    operation["summary"] = (operation.get("description") or "").split("\n")[0].rstrip(".")


_When = Callable[[str, dict[str, Any], dict[str, Any]], bool]
_HEADERS: Final[tuple[tuple[str, _When, str], ...]] = (
    (
        "If-Match",
        lambda method, operation, _: method in {"patch", "put", "delete"} and "412" in operation["responses"],
        "The ETag of the state that is changed, or `*`.",
    ),
    (
        "If-None-Match",
        lambda method, operation, _: method == "get" and "304" in operation["responses"],
        "The ETag that is known already.",
    ),
    (
        "Idempotency-Key",
        lambda method, _, rule: method != "get" and rule.get("scope") is not None,
        "Makes that this request is done once, however often it is sent.",
    ),
)


def written(document: dict[str, Any]) -> bytes:
    """The document as bytes, the same each time."""
    return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
