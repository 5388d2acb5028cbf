"""The reference: a page for each route, with what it takes, what it answers, and code that calls it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from ...http.problems import of_status
from ...samples import KEY, LANGUAGES, URL, value
from ..desk import Desk
from ..rendering import render

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

TITLES: Final = {
    "pages": "Pages",
    "tree": "Tree",
    "search": "Search",
    "grep": "Search in contents",
    "recent": "Recent changes",
    "tags": "Tags",
    "assets": "Files",
    "asset-folders": "Folders of files",
    "comments": "Comments",
    "users": "Users",
    "groups": "Groups",
    "navigation": "Navigation",
    "site": "Site",
    "theme": "Theme",
    "batch": "Batches",
    "jobs": "Jobs",
    "events": "Events",
    "webhooks": "Webhooks",
    "me": "Own key",
    "auth": "Tokens",
    "admin": "Administration",
    "operations": "GraphQL and health",
    "ops": "Single operations of the wiki",
}
"""Groups of routes, in the order in which they are shown."""
_DEEPEST: Final = 5


@dataclass(frozen=True, slots=True)
class Operation:
    """A route as the reference shows it.

    Attributes:
        id: Its id in the contract.
        method, path: Its address.
        group: The group it is in.
        about: What the contract says of it.
    """

    id: str
    method: str
    path: str
    group: str
    about: Mapping[str, Any]

    @property
    def summary(self) -> str:
        """What it does, in a line."""
        return str(self.about.get("summary") or "")

    @property
    def words(self) -> str:
        """What a search looks through."""
        scope = self.about.get("x-scope") or ""
        return f"{self.method} {self.path} {self.id.replace('_', ' ')} {self.summary} {scope}".lower()


def add(desk: Desk) -> None:
    """Register the pages."""
    desk.page("GET", "/docs/api", show_all, "anybody")
    desk.page("GET", "/docs/api/{id}", show_one, "anybody")


@cache
def _operations(app: FastAPI) -> dict[str, Operation]:
    document = app.openapi()
    order = list(TITLES)
    found = [
        Operation(about["operationId"], method.upper(), path, about["tags"][0], about)
        for path, methods in document["paths"].items()
        for method, about in methods.items()
    ]
    found.sort(key=lambda each: order.index(each.group) if each.group in order else len(order))
    return {each.id: each for each in found}


async def show_all(desk: Desk, request: Request) -> Response:
    """All routes, or those that have the words that are searched for."""
    asked = request.query_params.get("q", "")[:100]
    words = asked.lower().split()
    groups: dict[str, list[Operation]] = {}
    for each in _operations(desk.app).values():
        if all(word in each.words for word in words):
            groups.setdefault(TITLES.get(each.group, each.group), []).append(each)
    count = sum(len(each) for each in groups.values())
    return render(request, "reference.html", section="reference", groups=groups, asked=asked, count=count)


async def show_one(desk: Desk, request: Request) -> Response:
    """One route."""
    operation = _operations(desk.app).get(request.path_params["id"])
    if operation is None:
        raise of_status(404, "There is no such route.")
    document = desk.app.openapi()
    schemas: Mapping[str, Any] = document["components"]["schemas"]
    about = operation.about
    content: Mapping[str, Any] = cast("Mapping[str, Any]", about.get("requestBody") or {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    answers = [
        (status, str(each.get("description", "")), _schema_of(each))
        for status, each in about["responses"].items()
        if status.startswith("2")
    ]
    return render(
        request,
        "operation.html",
        section="reference",
        operation=operation,
        about=about,
        paragraphs=str(about.get("description") or "").strip().split("\n\n"),
        parameters=[(each, kind_of(each.get("schema", {}), schemas)) for each in about.get("parameters", ())],
        fields=fields_of(body, schemas) if body else [],
        kinds=list(content),
        answers=[
            (status, text, fields_of(schema, schemas) if schema else [], shown(schema, schemas))
            for status, text, schema in answers
        ],
        failures=[
            (status, document["components"]["responses"][f"Problem{status}"]["description"])
            for status in about["responses"]
            if status.startswith(("4", "5"))
        ],
        samples=[(label, each["source"]) for (_, label), each in zip(LANGUAGES, about["x-codeSamples"], strict=True)],
        base=desk.base(request),
        names=(URL, KEY),
    )


def _schema_of(answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for kind, content in answer.get("content", {}).items():
        if "json" in kind:
            return cast("Mapping[str, Any] | None", content.get("schema"))
    return None


def shown(schema: Mapping[str, Any] | None, schemas: Mapping[str, Any]) -> str:
    """An example of an answer as JSON; nothing where none is described."""
    if not schema or (not schema.get("properties") and "$ref" not in schema):
        return ""
    filled = _all(schema, schemas)
    return "" if filled in ({}, None) else json.dumps(filled, indent=2, ensure_ascii=False)


def _all(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value with all properties, as answers have them."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if depth > _DEEPEST:
        return None
    properties: Mapping[str, Any] = schema.get("properties") or {}
    if properties:
        return {each: _all(about, schemas, each, depth + 1) for each, about in properties.items()}
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return _all(schema[key][0], schemas, name, depth)
    if schema.get("type") == "array":
        return [_all(schema.get("items", {}), schemas, name, depth + 1)]
    if not schema.get("type") and "enum" not in schema:
        return None
    return value(schema, schemas, name, depth)


def fields_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[tuple[str, str, bool, str]]:
    """The properties of an object: name, kind, whether it is needed, what it is."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    needed = set(schema.get("required", ()))
    found: list[tuple[str, str, bool, str]] = []
    properties: Mapping[str, Any] = schema.get("properties", {})
    for name, about in properties.items():
        text = str(about.get("description") or "")
        if "default" in about and about["default"] not in (None, "", []):
            text = f"{text} Else {json.dumps(about['default'])}.".strip()
        found.append((name, kind_of(about, schemas), name in needed, text))
    return found


def kind_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """A schema in a word or two."""
    if "$ref" in schema:
        return kind_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if schema.get("enum"):
        return " | ".join(str(each) for each in schema["enum"][:12])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(kind_of(each, schemas) for each in schema[key]))
    kind: Any = schema.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(cast("list[str]", kind))
    if kind == "array":
        return f"list of {kind_of(schema.get('items', {}), schemas)}"
    return "date and time" if schema.get("format") == "date-time" else str(kind)
