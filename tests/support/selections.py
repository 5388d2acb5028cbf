"""Compares what recorded documents select with what the operations of this package select."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import wikijs_generated.operations as generated
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from wikijs.core.operations import OperationSpec

Selected = Mapping[str, "Selected"]
"""Selected field names, each with what is selected below it. Aliases count as not selected."""


@cache
def specs() -> tuple[OperationSpec[Any], ...]:
    """The specs of all operations of this package."""
    return tuple(value for value in vars(generated).values() if isinstance(value, OperationSpec))


@cache
def specs_by_field() -> Mapping[str, tuple[OperationSpec[Any], ...]]:
    """The specs for each field of the server, such as `pages.single`."""
    fields = dict.fromkeys(spec.server_field for spec in specs())
    return {name: tuple(spec for spec in specs() if spec.server_field == name) for name in fields}


@dataclass(frozen=True)
class Call:
    """One field of a namespace in a document, and the response keys that lead to it."""

    kind: str
    server_field: str
    keys: tuple[str, str]
    selected: Selected


def calls(document: str) -> list[Call]:
    """The server's fields that a document calls."""
    parsed = parse(document)
    return [
        Call(
            operation.operation.value,
            f"{namespace.name.value}.{field.name.value}",
            (_key(namespace), _key(field)),
            _below(field, parsed),
        )
        for operation in parsed.definitions
        if isinstance(operation, OperationDefinitionNode)
        for namespace in _fields(operation.selection_set, parsed)
        if namespace.selection_set is not None
        for field in _fields(namespace.selection_set, parsed)
        if not namespace.name.value.startswith("__")
    ]


@cache
def selected_by(spec: OperationSpec[Any]) -> Selected:
    """What an operation of this package selects below its field."""
    (call,) = calls(spec.document)
    return call.selected


def covers(wide: Selected, narrow: Selected) -> bool:
    """Whether everything of the second selection is in the first."""
    return all(name in wide and covers(wide[name], below) for name, below in narrow.items())


def _below(field: FieldNode, document: DocumentNode) -> Selected:
    if field.selection_set is None:
        return {}
    return {
        child.name.value: _below(child, document) for child in _fields(field.selection_set, document) if not child.alias
    }


def _fields(selection: SelectionSetNode, document: DocumentNode) -> Iterator[FieldNode]:
    for node in selection.selections:
        match node:
            case FieldNode():
                yield node
            case InlineFragmentNode():
                yield from _fields(node.selection_set, document)
            case FragmentSpreadNode():
                yield from _fields(_fragment(node.name.value, document).selection_set, document)
            case _:
                raise AssertionError(node)


def _fragment(name: str, document: DocumentNode) -> FragmentDefinitionNode:
    (found,) = [
        node for node in document.definitions if isinstance(node, FragmentDefinitionNode) and node.name.value == name
    ]
    return found


def _key(field: FieldNode) -> str:
    return (field.alias or field.name).value
