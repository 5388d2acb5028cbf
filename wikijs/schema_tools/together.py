"""Many operations as one document, and whose each error in it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from graphql import (
    DefinitionNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    Node,
    NoUnusedFragmentsRule,
    OperationDefinitionNode,
    parse,
    print_ast,
    specified_rules,
    validate,
)

from wikijs.codegen.errors import CodegenError

from .operations import Checked, way_of

Place: TypeAlias = tuple[int, int]
"""Line and column, from 1."""

_NO_LIMIT = 1_000_000
_RULES = [rule for rule in specified_rules if rule is not NoUnusedFragmentsRule]


class Located(NamedTuple):
    """An error of a server."""

    message: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Refusal:
    """Why an operation is refused.

    Attributes:
        message: In the words of the server.
        missing: Whether what the operation does is missing altogether, not only a part of what it takes or selects.
    """

    message: str
    missing: bool


class Together:
    """Operations of one owner, whose names and fragments differ.

    Attributes:
        text: The document.
    """

    def __init__(self, operations: Sequence[Checked]) -> None:
        unique = {
            (type(node), print_ast(node.name) if node.name else ""): node
            for operation in operations
            for node in operation.document.definitions
            if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode)
        }
        self.text = "\n\n".join(print_ast(node) for node in unique.values()) + "\n"
        self._operations = operations
        self._definitions = parse(self.text).definitions
        self._starts = [_start(definition) for definition in self._definitions]
        self._users: dict[tuple[type[Node], str], list[int]] = {}
        for index, operation in enumerate(operations):
            for node in operation.document.definitions:
                self._users.setdefault(_key(node), []).append(index)
        indices = {operation.name: index for index, operation in enumerate(operations)}
        self._ways = {
            _start(field): indices[_key(definition)[1]]
            for definition in self._definitions
            for field in way_of(definition)
        }

    def refused_by(self, schema: GraphQLSchema) -> list[tuple[Refusal, ...]]:
        """Why a schema refuses each operation; empty for one that it serves."""
        errors = validate(schema, parse(self.text), _RULES, max_errors=_NO_LIMIT)
        located = [
            Located(error.message, tuple((place.line, place.column) for place in error.locations or ()))
            for error in errors
        ]
        return self.sorted_out(located, "the schema")

    def sorted_out(self, errors: Iterable[Located], server: str) -> list[tuple[Refusal, ...]]:
        """The errors of each operation, those in its fragments included.

        Raises:
            CodegenError: An error is nowhere in the document.
        """
        found: list[list[Refusal]] = [[] for _ in self._operations]
        for error in errors:
            users = {index for place in error.places for index in self._of(place)}
            if not users:
                raise CodegenError(f"{server}: the operations could not be checked: {error.message}")
            for index in sorted(users):
                missing = any(self._ways.get(place) == index for place in error.places)
                found[index].append(Refusal(error.message, missing))
        return [tuple(refusals) for refusals in found]

    def _of(self, place: Place) -> list[int]:
        """The operations that a place belongs to."""
        before = bisect_right(self._starts, place)
        return self._users[_key(self._definitions[before - 1])] if before else []


def _key(node: DefinitionNode) -> tuple[type[Node], str]:
    name = getattr(node, "name", None)
    return type(node), name.value if name else ""


def _start(node: Node) -> Place:
    if node.loc is None:  # everything here was parsed with locations
        raise TypeError(node)
    return node.loc.start_token.line, node.loc.start_token.column
