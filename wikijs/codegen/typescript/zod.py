"""Validators for those who want them: results as schemas of zod/mini, left out by bundlers where they are not used."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter

from wikijs.codegen.typescript import text
from wikijs.codegen.typescript.modules import Package
from wikijs.codegen.typescript.shapes import Array, Member, Nullable, Record, Reference, Scalar, Shape, references


def module(package: Package) -> str:
    """A schema for each fragment and each enum, and for the result of each operation."""
    fragments = package.fragments
    order = TopologicalSorter(
        {name: sorted(references(record) & fragments.keys()) for name, record in fragments.items()}
    ).static_order()
    used = {name for record in fragments.values() for name in references(record)}
    used |= {name for operation in package.operations for name in references(operation.result)}
    parts = [
        "/** Schemas of results, for zod 4; any library that takes Standard Schema can use them. */\n",
        'import * as z from "zod/mini";\n',
        'import type * as types from "./types.js";\n',
    ]
    for name, values in package.enums.items():
        if name in used:
            members = ", ".join(text.literal(value) for value in values)
            parts.append(_schema(name, f"z.enum([{members}])"))
    parts += [_schema(name, _object(fragments[name].members, 1)) for name in order]
    rows = "".join(f"  {each.function}: {validator(each.result, 1)},\n" for each in package.operations)
    parts.append(
        f"/** By the function of an operation, the schema of its result. */\n"
        f"export const schemas = /* @__PURE__ */ (() => ({{\n{rows}}}))();\n"
    )
    return "\n".join(parts)


def validator(shape: Shape, indent: int = 0) -> str:
    """The schema of a shape, as written."""
    match shape:
        case Scalar(name):
            known = {each: f"z.{each}()" for each in ("string", "number", "boolean", "unknown")}
            written = known.get(name, f"z.literal({name})")
        case Reference(name):
            written = name
        case Array(item):
            written = f"z.array({validator(item, indent)})"
        case Nullable(inner):
            written = f"z.nullable({validator(inner, indent)})"
        case Record(members):
            written = _object(members, indent)
    return written


def _object(members: Iterable[Member], indent: int) -> str:
    pad = "  " * indent
    lines: list[str] = []
    for member in members:
        schema = validator(member.shape, indent + 1)
        lines.append(f"{pad}  {member.key}: {f'z.optional({schema})' if member.optional else schema},\n")
    return f"z.object({{\n{''.join(lines)}{pad}}})"


def _schema(name: str, schema: str) -> str:
    # A function that is called at once: bundlers may drop the whole, but not each call inside.
    return f"export const {name}: z.ZodMiniType<types.{name}> = /* @__PURE__ */ (() =>\n  {schema})();\n"
