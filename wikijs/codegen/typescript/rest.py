"""The gateway's routes, from its OpenAPI document: types of what they take and give, and a table of their addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from wikijs.codegen.errors import CodegenError
from wikijs.codegen.typescript import json_schema, text
from wikijs.codegen.typescript.shapes import Array, Member, Nullable, Record, Reference, Scalar, Shape

_PREFIX: Final = "/api/v1/"
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_OWN: Final = ("/api/v1/ops/", "/graphql")
"""Addresses for which the package has something better: its operations."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """An address with a method.

    Attributes:
        name: As a method is called in TypeScript.
        method: Of HTTP, in capitals.
        path: With names of parameters in braces.
        scope: What a key needs for it; None where anybody may come.
        doc: What it does.
        given: Parameters of path and query.
        body: What it takes; None for nothing.
        result: What it gives.
        blob: Whether it gives bytes.
        once: Whether it takes an Idempotency-Key.
    """

    name: str
    method: str
    path: str
    scope: str | None
    doc: str
    given: tuple[Member, ...]
    body: Member | None
    result: Shape
    blob: bool
    once: bool

    @property
    def address(self) -> str:
        """As the table has it: `POST* pages` takes an Idempotency-Key, `blob` stands behind what gives bytes."""
        short = self.path.removeprefix(_PREFIX)
        return f"{self.method}{'*' if self.once else ''} {short}{' blob' if self.blob else ''}"

    @property
    def arguments(self) -> Record:
        """All that a call is given."""
        return Record((*self.given, self.body) if self.body else self.given)


def read(contract: Path) -> dict[str, Any]:
    """The document.

    Raises:
        CodegenError: It cannot be read.
    """
    try:
        found: dict[str, Any] = json.loads(contract.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CodegenError(f"{contract}: the contract of the gateway cannot be read: {error}.") from None
    return found


def routes(document: Mapping[str, Any]) -> list[Route]:
    """The routes that the package calls, by name."""
    found = [
        _route(path, method, each)
        for path, methods in document["paths"].items()
        if not path.startswith(_OWN)
        for method, each in methods.items()
        if method in _METHODS and not _is_stream(each)
    ]
    return sorted(found, key=lambda route: route.name)


def module(document: Mapping[str, Any]) -> str:
    """Types and table as a module."""
    found = routes(document)
    definitions: Mapping[str, Any] = document["components"]["schemas"]
    shapes = [Reference("Problem"), *(each.result for each in found), *(each.arguments for each in found)]
    used = _reachable(shapes, definitions)
    rows = "".join(f"  {route.name}: {text.literal(route.address)},\n" for route in found)
    return "\n".join(
        [
            "/** The routes of the gateway, from its OpenAPI document. */\n",
            *json_schema.interfaces({name: definitions[name] for name in sorted(used)}),
            f"/** What each route takes and gives. */\nexport interface Routes {{\n{''.join(map(_entry, found))}}}\n",
            f"/** Where they are. */\nexport const ROUTES: Readonly<Record<keyof Routes, string>> = {{\n{rows}}};\n",
        ]
    )


def reference(document: Mapping[str, Any], note: str) -> str:
    """A page of the reference."""
    parts = [
        f"{note}\n# Routes of a gateway\n",
        "`gateway.call(name, given)` for each of them, from `@py-wikijs/sdk/gateway`; `pages`, `jobs`, `events` and the"
        " other namespaces of `Gateway` are made of them.\n",
    ]
    for route in routes(document):
        parts.append(f"## {route.name}\n\n{route.doc}\n")
        scope = f" Needs the scope `{route.scope}`." if route.scope else ""
        parts.append(f"`{route.method} {route.path}`.{scope}\n")
        if route.arguments.members:
            parts.append("| given | type | |\n|---|---|---|")
            for member in route.arguments.members:
                kind = text.type_of(member.shape).replace("|", "\\|").replace("\n", " ")
                parts.append(f"| `{member.key}` | `{kind}` | {member.doc or ('' if member.optional else 'needed')} |")
            parts.append("")
        parts.append(f"Gives `{_flat(route.result)}`.\n")
    return "\n".join(parts)


def _flat(shape: Shape) -> str:
    return " ".join(text.type_of(shape).split())


def _entry(route: Route) -> str:
    scope = f" Scope: {route.scope}." if route.scope else ""
    given = text.members_of(route.arguments.members, 2)
    doc = text.comment(f"{route.doc}{scope}", 1)
    return f"{doc}  {route.name}: {{\n    given: {given};\n    result: {text.type_of(route.result, 2)};\n  }};\n"


def _route(path: str, method: str, operation: Mapping[str, Any]) -> Route:
    parameters = [each for each in operation.get("parameters", ()) if each["in"] != "header"]
    given = tuple(
        Member(
            text.key(each["name"]),
            json_schema.shape_of(each["schema"]),
            optional=not each.get("required", False),
            doc=_line(each.get("description", "")),
        )
        for each in parameters
    )
    headers = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"}
    result, blob = _result(operation)
    return Route(
        name=_joined(operation["operationId"]),
        method=method.upper(),
        path=path,
        scope=operation.get("x-scope"),
        doc=_line(operation.get("description", "")),
        given=given,
        body=_body(operation),
        result=result,
        blob=blob,
        once="Idempotency-Key" in headers,
    )


def _body(operation: Mapping[str, Any]) -> Member | None:
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    if "application/octet-stream" in content:
        return Member("body", Scalar("Blob | ArrayBuffer | Uint8Array<ArrayBuffer>"), doc="The bytes.")
    if "application/json" not in content:
        return None
    shape = json_schema.shape_of(content["application/json"]["schema"])
    return Member("body", shape, optional=not operation["requestBody"].get("required", False))


def _result(operation: Mapping[str, Any]) -> tuple[Shape, bool]:
    """What it gives, and whether that is bytes."""
    content: dict[str, Any] = {}
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            content = {**response.get("content", {}), **content}
    if "application/octet-stream" in content:
        return Scalar("Blob"), True
    if "text/plain" in content:
        return Scalar("string"), False
    if "application/json" in content:
        return json_schema.shape_of(content["application/json"]["schema"]), False
    return Scalar("undefined"), False


def _is_stream(operation: Mapping[str, Any]) -> bool:
    return "text/event-stream" in operation["responses"].get("200", {}).get("content", {})


def _reachable(shapes: list[Shape], definitions: Mapping[str, Any]) -> set[str]:
    by_type = {json_schema.type_name(name): name for name in definitions}
    found: set[str] = set()
    waiting = [name for shape in shapes for name in _names(shape)]
    while waiting:
        name = by_type.get(waiting.pop())
        if name is not None and name not in found:
            found.add(name)
            waiting += _names(json_schema.shape_of(definitions[name]))
    return found


def _names(shape: Shape) -> Iterator[str]:
    """Names of types in a shape; unions and maps of JSON Schema are texts already."""
    match shape:
        case Reference(name):
            yield name
        case Array(inner) | Nullable(inner):
            yield from _names(inner)
        case Record(members):
            for member in members:
                yield from _names(member.shape)
        case Scalar(name):
            yield from re.findall(r"\b[A-Z]\w*", re.sub(r'"[^"]*"', "", name))


def _line(description: str) -> str:
    return " ".join(description.split())


def _joined(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)
