"""Plain data between the query files and the generated source: all that rendering knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wikijs.core.operations import OperationKind


@dataclass(frozen=True)
class Annotation:
    """A Python type as written, with the (module, name) pairs to import for it."""

    text: str
    imports: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Fact:
    """What is known about a field of the server, or about an operation, beyond its schema.

    `fields_require` holds permissions that parts of the document need besides: any one of each group.
    """

    since: str = ""
    requires: tuple[str, ...] = ()
    fields_require: tuple[tuple[str, ...], ...] = ()
    rate_limit: tuple[int, int] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """A variable of an operation."""

    variable: str
    name: str
    annotation: Annotation
    required: bool
    doc: str = ""
    serializer: str = ""


@dataclass(frozen=True, kw_only=True)
class OperationIR:
    """One operation. Its namespace is empty where it is a method of the client itself, in a user's own project."""

    name: str
    kind: OperationKind
    namespace: str
    method: str
    constructor: str
    server_field: str
    arguments: tuple[Argument, ...]
    keys: tuple[str, ...]
    path: tuple[str, ...]
    result: Annotation
    selection: str
    variable_definitions: str
    fragments: tuple[str, ...]
    comment: str
    fact: Fact | None

    @property
    def constant(self) -> str:
        """Name of its spec."""
        return self.constructor.upper()


@dataclass(frozen=True, kw_only=True)
class PackageIR:
    """Everything that rendering needs."""

    operations: tuple[OperationIR, ...]
    fragment_sources: Mapping[str, str]
    borrowed: str = ""
    """The package whose fragments are used besides; empty for none."""

    @property
    def namespaces(self) -> dict[str, list[OperationIR]]:
        """Operations by namespace, both in alphabetical order of their names."""
        found: dict[str, list[OperationIR]] = {}
        for operation in sorted(self.operations, key=lambda operation: (operation.namespace, operation.method)):
            found.setdefault(operation.namespace, []).append(operation)
        return found
