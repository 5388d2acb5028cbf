"""TypeScript source of names, types, strings and comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final, cast

from graphql.utilities import strip_ignored_characters

from wikijs.codegen.intermediate import Fact, OperationIR
from wikijs.codegen.python import docstrings
from wikijs.codegen.typescript.shapes import Array, Member, Nullable, Record, Reference, Scalar, Shape
from wikijs.core.operations import MARK

WIDTH: Final = 120
ROOT_MARK: Final = "\x02"
"""Stands before the field at the root, which a batch gives a key of its own. `MARK` stands before each variable."""
ARGUMENTS_MARK: Final = "\x03"
"""Stands for all variables of an operation as arguments of their names."""
_PLACEHOLDER: Final = "Mark0f70b1e5"  # a name as far as GraphQL is concerned

_WORDS: Final = """
    arguments await break case catch class const continue debugger default delete do else enum eval export extends false
    finally for function if implements import in instanceof interface let new null package private protected public
    return static super switch this throw true try typeof undefined var void while with yield
"""
RESERVED: Final = frozenset(_WORDS.split())
"""What no function can be called."""


def function(operation: str) -> str:
    """`PagesList` as `pagesList`, `TFALogin` as `tfaLogin`."""
    head = re.match(r"[A-Z]+(?![a-z])|[A-Z]", operation)
    return operation[: head.end()].lower() + operation[head.end() :] if head else operation


def variables_type(operation: str) -> str:
    """Name of the type of an operation's variables."""
    return f"{operation[:1].upper()}{operation[1:]}Variables"


def type_of(shape: Shape, indent: int = 0, prefix: str = "") -> str:
    """A type as written. Objects are written out over several lines, at so many levels of two spaces."""
    match shape:
        case Scalar(name):
            return name
        case Reference(name):
            return prefix + name
        case Array(item):
            inner = type_of(item, indent, prefix)
            several = isinstance(item, Nullable) or (isinstance(item, Scalar) and " | " in item.name)
            return f"({inner})[]" if several else f"{inner}[]"
        case Nullable(inner):
            return f"{type_of(inner, indent, prefix)} | null"
        case Record(members):
            return members_of(members, indent, prefix)


def members_of(members: Iterable[Member], indent: int = 0, prefix: str = "") -> str:
    """The body of an interface."""
    pad = "  " * indent
    lines: list[str] = []
    for member in members:
        shape = type_of(member.shape, indent + 1, prefix)
        mark, undefined = ("?", " | undefined") if member.optional else ("", "")
        if member.doc:
            lines.append(comment(member.doc, indent + 1))
        lines.append(f"{pad}  {member.key}{mark}: {shape}{undefined};\n")
    return f"{{\n{''.join(lines)}{pad}}}" if lines else "{}"


def comment(text: str, indent: int = 0) -> str:
    """A documentation comment and the end of its line."""
    pad = "  " * indent
    safe = text.replace("*/", "*\\/")
    if "\n" not in safe and len(pad) + len(safe) + 7 <= WIDTH:
        return f"{pad}/** {safe} */\n"
    lines = "".join(f"{pad} *{' ' if line else ''}{line}\n" for line in safe.splitlines())
    return f"{pad}/**\n{lines}{pad} */\n"


def literal(text: str) -> str:
    """A string. Control characters are escaped as TypeScript knows them."""
    return re.sub(r"\\u00([01][0-9a-f])", r"\\x\1", json.dumps(text, ensure_ascii=False))


def selection(operation: OperationIR) -> str:
    """The template of an operation's selection without anything that GraphQL ignores."""
    text = _stripped(operation.selection)
    root, colon, rest = text.removeprefix(MARK).partition(":")
    same = colon and re.match(rf"{root}\b", rest)
    text = f"{ROOT_MARK}{rest}" if same else text
    names = [argument.variable for argument in operation.arguments]
    arguments = f"({' '.join(f'{name}:${MARK}{name}' for name in names)})"
    # The same text comes from the definitions at run time, where these hold no default that has a `$` in it.
    derivable = names and text.count(arguments) == 1 and definitions(operation).count("$") == len(names)
    return text.replace(arguments, ARGUMENTS_MARK) if derivable else text


def definitions(operation: OperationIR) -> str:
    """The template of an operation's variable definitions, as short."""
    if not operation.variable_definitions:
        return ""
    return _stripped(f"query({operation.variable_definitions}){{x}}").removeprefix("query(").removesuffix("){x}")


def stripped(source: str) -> str:
    """GraphQL without anything that GraphQL ignores."""
    return strip_ignored_characters(source)


def _stripped(template: str) -> str:
    return stripped(template.replace(MARK, _PLACEHOLDER)).replace(_PLACEHOLDER, MARK)


def documentation(operation: OperationIR) -> str:
    """What is known about an operation: what the query file says, then what is known about the server."""
    text = camel(operation.comment or f"Run the {operation.kind} `{operation.name}`.", operation)
    return "\n\n".join(
        [text, "\n".join([*facts(operation.fact), f"Operation: `{operation.server_field}` ({operation.kind})."])]
    )


def facts(fact: Fact | None) -> list[str]:
    """What is known about the server, a line each."""
    return docstrings.facts(fact)


def camel(text: str, operation: OperationIR) -> str:
    """A comment of the query files, which names arguments as Python does, with the names that TypeScript has."""
    names = {argument.name: argument.variable for argument in operation.arguments}
    return _renamed(text, names)


def plain(text: str) -> str:
    """The same for a comment above a fragment."""
    return _renamed(text, {})


def _renamed(text: str, names: Mapping[str, str]) -> str:
    # Fields of results, and arguments of other operations, are written as Python does too.
    named = re.sub(r"`([a-z][a-z0-9_]*)`", lambda match: f"`{names.get(match[1]) or _joined(match[1])}`", text)
    return re.sub(r"\bNone\b", "null", named)


def _joined(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])_([a-z0-9])", lambda match: match[1].upper(), name)


def table(value: object) -> str:
    """Plain data, with names of keys as written by hand."""
    match value:
        case dict():
            rows = cast("dict[str, object]", value)
            return "{ " + ", ".join(f"{key(name)}: {table(row)}" for name, row in rows.items()) + " }"
        case list():
            return "[" + ", ".join(table(each) for each in cast("list[object]", value)) + "]"
        case _:
            return literal(value) if isinstance(value, str) else json.dumps(value)


def key(name: str) -> str:
    """A name of a field as written."""
    return name if re.fullmatch(r"[A-Za-z_]\w*|\d+", name) else literal(name)
