"""Whether operations fit a server: which are missing there, which it refuses, which differ, which are forbidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from graphql import GraphQLSchema

from . import diff, server, sources
from .diff import Severity
from .operations import Checked, of_client
from .server import ALL, Held, IntrospectionOffError
from .sources import Loaded
from .together import Refusal, Together

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wikijs import WikiJSClient


class Fit(StrEnum):
    """How an operation fits.

    `missing`: the server has no such field. `refused`: it has, but takes or gives something else. `changed`: it serves
    the operation, but something about it differs from what the client was made for. `fits`: it is as expected.
    """

    MISSING = "missing"
    REFUSED = "refused"
    CHANGED = "changed"
    FITS = "fits"


@dataclass(frozen=True)
class Finding:
    """One operation.

    Attributes:
        operation: Which.
        fit: How it fits.
        reasons: Why it does not fit, in the words of the server or of the comparison.
        lacks: Groups of permissions of which the caller has none.
    """

    operation: Checked
    fit: Fit
    reasons: tuple[str, ...] = ()
    lacks: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Report:
    """What was found out.

    Attributes:
        name: The server or schema.
        version: Its Wiki.js version, where known.
        compared: Whether the whole schema could be compared; otherwise the server was only asked what it would accept,
            and nothing is told as changed.
        held: What the caller may do; None where there is no server.
        findings: One for each operation, in their order.
    """

    name: str
    version: str | None
    compared: bool
    held: Held | None
    findings: tuple[Finding, ...]

    def of(self, *fits: Fit) -> tuple[Finding, ...]:
        """Findings of these kinds."""
        return tuple(finding for finding in self.findings if finding.fit in fits)

    @property
    def lacking(self) -> tuple[Finding, ...]:
        """Findings about operations that the caller may not do."""
        return tuple(finding for finding in self.findings if finding.lacks)

    @property
    def severity(self) -> Severity | None:
        """Breaking where something is missing or refused, dangerous where something differs, None where all fits."""
        if self.of(Fit.MISSING, Fit.REFUSED):
            return Severity.BREAKING
        return Severity.DANGEROUS if self.of(Fit.CHANGED) else None


def check_schema(loaded: Loaded, operations: Sequence[Checked], held: Held | None = None) -> Report:
    """Whether operations fit a schema.

    Raises:
        CodegenError: The operations could not be checked.
    """
    refusals = [refused for group in _by_owner(operations) for refused in _together(group).refused_by(loaded.schema)]
    differing = _differences(loaded.schema, operations)
    findings = tuple(
        _finding(operation, refused, differing.get(operation.name, ()) if operation.owner == "client" else (), held)
        for operation, refused in zip(operations, refusals, strict=True)
    )
    return Report(loaded.name, loaded.version, True, held, findings)


def check_server(client: WikiJSClient, operations: Sequence[Checked], *, introspect: bool = True) -> Report:
    """Whether operations fit a running wiki. Executes none of them.

    Args:
        client: A client of the wiki.
        operations: What to check; those of one owner stand together.
        introspect: False to ask the server what it would accept, as is done where it does not tell its schema.

    Raises:
        CodegenError: The operations could not be checked.
        WikiJSException: The wiki cannot be reached.
    """
    held = server.held(client)
    if introspect:
        try:
            return check_schema(server.introspect(client), operations, held)
        except IntrospectionOffError:
            pass  # the other way works everywhere
    refusals = [refused for group in _by_owner(operations) for refused in server.refusals(client, group)]
    findings = tuple(
        _finding(operation, refused, (), held) for operation, refused in zip(operations, refusals, strict=True)
    )
    return Report(client.url, server.version(client), False, held, findings)


def _together(operations: Sequence[Checked]) -> Together:
    return _of_client() if tuple(map(id, operations)) == tuple(map(id, of_client())) else Together(operations)


@cache
def _of_client() -> Together:
    """The document of all operations of this client, which is the same each time."""
    return Together(of_client())


def _by_owner(operations: Iterable[Checked]) -> list[list[Checked]]:
    """Operations that can share a document: names and fragments of the user may be those of the client."""
    return [list(group) for _, group in groupby(operations, lambda operation: operation.owner)]


def _differences(schema: GraphQLSchema, operations: Sequence[Checked]) -> dict[str, tuple[str, ...]]:
    """What differs from the schema that this client was compiled from, by operation of the client."""
    ours = [operation for operation in operations if operation.owner == "client"]
    found: dict[str, tuple[str, ...]] = {}
    for change in diff.compare(sources.carried().schema, schema, ours).changes:
        if change.severity is not Severity.SAFE:
            for operation in change.touches:
                found[operation.name] = (*found.get(operation.name, ()), change.text)
    return found


def _finding(
    operation: Checked, refusals: tuple[Refusal, ...], differences: tuple[str, ...], held: Held | None
) -> Finding:
    lacks = _lacks(operation, held)
    missing = [refusal for refusal in refusals if refusal.missing]
    if refusals:
        told = missing or refusals
        reasons = tuple(dict.fromkeys(refusal.message for refusal in told))
        return Finding(operation, Fit.MISSING if missing else Fit.REFUSED, reasons, lacks)
    return Finding(operation, Fit.CHANGED if differences else Fit.FITS, differences, lacks)


def _lacks(operation: Checked, held: Held | None) -> tuple[tuple[str, ...], ...]:
    if held is None or held.permissions is None or ALL in held.permissions:
        return ()
    return tuple(group for group in operation.requires if held.permissions.isdisjoint(group))
