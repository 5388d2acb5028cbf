"""Operations as values: what the generated code emits and everything else in this package takes.

An `OperationSpec` holds what is fixed about one operation (document, result model, permissions, first server version,
rate limit). An `Operation` is a spec with variables filled in. Executing, batching, caching, retrying and logging all
work on these two, so none of them ever parses GraphQL.

This module is the only part of `wikijs` that generated code imports. It is kept free of the HTTP library and loads no
model: `OperationSpec.result` imports the model's module at first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

from .values.records import record

if TYPE_CHECKING:
    from pydantic import BaseModel

T_co = TypeVar("T_co", covariant=True)

OperationKind = Literal["query", "mutation", "subscription"]

MARK: Final = "\x01"
"""Stands in templates for the prefix that tells operations sharing one document apart. Never legal in GraphQL."""


class UnsetType(Enum):
    """Type of `UNSET`, the default of arguments that are not sent at all; `None` is sent as null."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = UnsetType.UNSET


def given(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that were given a value, `None` included. Generated constructors call it."""
    return {name: value for name, value in variables.items() if value is not UNSET}


def encoded(request: object, operation: str) -> bytes:
    """A request as JSON bytes.

    Raises:
        ValidationError: A variable cannot be written as JSON: half a character, or an object of some class.
    """
    from pydantic_core import PydanticSerializationError, to_json

    try:
        return to_json(request, by_alias=True)
    except PydanticSerializationError as error:
        from wikijs.exceptions import ValidationError

        reason = str(error).removeprefix("Error serializing to JSON: ")
        raise ValidationError(f"A value cannot be sent as JSON: {reason}.", operation=operation) from None


@record(eq=False, kw_only=True)
class OperationSpec(Generic[T_co]):
    """The fixed part of one GraphQL operation, written by code generation.

    `variable_definitions` and `selection` are templates: each root response key and each variable carries `MARK` in
    front, so that several operations can be merged into one document by replacing the mark with a prefix each.
    """

    name: str
    """Name of the operation in its document, such as `PagesList`."""
    kind: OperationKind
    server_field: str
    """The server's field, such as `pages.list`."""
    model: str
    """Where the result model lives, `module:Class`, loaded at first use."""
    path: tuple[str, ...]
    """Attributes that lead from the result model to the leaf, the value that users get."""
    keys: tuple[str, ...]
    """Response keys that lead to the leaf in plain JSON, one for each attribute of `path`."""
    selection: str
    """Template of the selection set, without the outer braces."""
    fragment_sources: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Sources of all fragments of the package by name; shared by its specs."""
    fragments: tuple[str, ...] = ()
    """Names of the fragments this operation needs, nested ones included."""
    variable_definitions: str = ""
    """Template of the variable definitions, without parentheses."""
    requires: tuple[str, ...] = ()
    """Permissions of which the caller needs any one; empty when the operation is public."""
    since: str = ""
    """First Wiki.js release that has the operation; empty when it has always been there."""
    rate_limit: tuple[int, int] | None = None
    """The server's own limit: calls, seconds."""
    custom: bool = False
    """Whether it belongs to a user's own project. Its variables and its result may then be anything, so the cache drops
    its answers at any write that may concern them, and a write of unknown outcome is never settled nor sent again."""

    @cached_property
    def document(self) -> str:
        """The GraphQL document of the operation, for itself."""
        return "".join(self.halves)

    @cached_property
    def halves(self) -> tuple[str, str]:
        """The document up to the brace that opens its selection, and the rest."""
        variables = f"({self.variable_definitions})" if self.variable_definitions else ""
        root = self.selection[len(MARK) :].partition(":")[0]
        body = self.selection.replace(f"{MARK}{root}: {root}", root, 1)
        opening = f"{self.kind} {self.name}{variables} {{\n".replace(MARK, "")
        rest = [f"{body}\n}}".replace(MARK, ""), *(self.fragment_sources[name] for name in self.fragments)]
        return opening, "\n\n".join(rest) + "\n"

    @cached_property
    def result(self) -> type[BaseModel]:
        """The pydantic model of the whole `data` of a reply. Imported at first use."""
        module, _, name = self.model.partition(":")
        model: type[BaseModel] = getattr(import_module(module), name)
        return model


@record(eq=False)
class Operation(Generic[T_co]):
    """One operation with its variables: what the client executes.

    `T_co` is the type of the leaf that executing it returns. Variables that were left out are absent; `None` is sent as
    null, which the server tells apart from absent.
    """

    spec: OperationSpec[T_co]
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    before: Any = None
    """What a write changes, as it was read before, where that is known: tells afterwards whether the write happened."""

    @property
    def name(self) -> str:
        """Name of the operation, such as `PagesList`."""
        return self.spec.name

    def payload(self, nonce: str | None = None) -> dict[str, Any]:
        """The GraphQL request: query, operationName, variables (models still unserialised).

        Args:
            nonce: A response key by which the answer is known, see `wikijs.core.documents.nonces`.
        """
        spec = self.spec
        opening, rest = spec.halves
        document = f"{opening}  {nonce}: __typename\n{rest}" if nonce else opening + rest
        return {"query": document, "operationName": spec.name, "variables": self.variables}

    def body(self, nonce: str | None = None) -> bytes:
        """The request as JSON bytes."""
        return encoded(self.payload(nonce), self.spec.server_field)

    def __repr__(self) -> str:
        # Variables may hold passwords, page contents, tokens: their names are enough to recognise a call.
        return f"<Operation {self.spec.server_field}({', '.join(self.variables)})>"
