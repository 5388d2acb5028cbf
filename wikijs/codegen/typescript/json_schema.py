"""Shapes of JSON Schema, as pydantic writes it: for what reaches TypeScript on other ways than GraphQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from wikijs.codegen.typescript import text
from wikijs.codegen.typescript.shapes import Array, Member, Nullable, Record, Reference, Scalar, Shape

_SCALARS: Final = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def shape_of(schema: Mapping[str, Any], *, complete: bool = False) -> Shape:
    """The shape of a schema. References are to types of the same names.

    Args:
        schema: The schema.
        complete: Whether whoever writes such values writes all fields, those with defaults too.
    """
    if "$ref" in schema:
        return Reference(name_of(schema["$ref"]))
    values = [schema["const"]] if "const" in schema else cast("list[Any]", schema.get("enum", []))
    if values:
        return _union([Scalar(json.dumps(value)) for value in values])
    alternatives: list[Any] = [each for key in ("anyOf", "oneOf", "allOf") for each in schema.get(key, ())]
    kind = str(schema.get("type"))
    if isinstance(schema.get("type"), list):
        alternatives = [{**schema, "type": each} for each in schema["type"]]
    if alternatives:
        return _union([shape_of(each, complete=complete) for each in alternatives])
    if kind == "array":
        return Array(shape_of(schema.get("items", {}), complete=complete))
    return _object(schema, complete=complete) if kind == "object" else Scalar(_SCALARS.get(kind, "unknown"))


def interfaces(definitions: Mapping[str, Any], *, complete: bool = False) -> Iterator[str]:
    """Source of a type for each definition; see `shape_of`."""
    for name, schema in definitions.items():
        doc = " ".join(str(schema.get("description", "")).split())
        shape = shape_of(schema, complete=complete)
        head = text.comment(doc) if doc else ""
        if isinstance(shape, Record):
            yield f"{head}export interface {type_name(name)} {text.members_of(shape.members)}\n"
        else:
            yield f"{head}export type {type_name(name)} = {text.type_of(shape)};\n"


def name_of(reference: str) -> str:
    """The type that a reference names."""
    return type_name(reference.rpartition("/")[2])


def type_name(name: str) -> str:
    """A name that TypeScript allows: pydantic writes `Page_Summary_` for generic models."""
    return "".join(part[:1].upper() + part[1:] for part in name.replace("-", "_").split("_"))


def _object(schema: Mapping[str, Any], *, complete: bool) -> Shape:
    properties: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    if not properties:
        values: Any = schema.get("additionalProperties", True)
        known = shape_of(cast("dict[str, Any]", values), complete=complete) if isinstance(values, dict) else None
        inner = text.type_of(known) if known else "unknown"
        return Scalar(f"Record<string, {inner}>")
    required = set(properties if complete else schema.get("required", ()))
    return Record(
        tuple(
            Member(
                text.key(name),
                shape_of(each, complete=complete),
                optional=name not in required,
                doc=" ".join(str(each.get("description", "")).split()),
            )
            for name, each in properties.items()
        )
    )


def _union(shapes: list[Shape]) -> Shape:
    present = [shape for shape in shapes if shape != Scalar("null")]
    inner: Shape = present[0] if len(present) == 1 else Scalar(" | ".join(dict.fromkeys(map(text.type_of, present))))
    return Nullable(inner) if len(present) < len(shapes) else inner
