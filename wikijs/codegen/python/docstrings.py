"""Docstrings of generated operations: what the query file says, then what is known about the server."""

from __future__ import annotations

from wikijs.codegen.intermediate import Fact, OperationIR


def of_operation(operation: OperationIR) -> str:
    """Docstring of an operation's constructor and of its methods in both colours."""
    parts = [
        operation.comment or f"Run the {operation.kind} `{operation.name}`.",
        _arguments(operation),
        "\n".join([*facts(operation.fact), f"Operation: `{operation.server_field}` ({operation.kind})."]),
    ]
    return "\n\n".join(part for part in parts if part)


def _arguments(operation: OperationIR) -> str:
    lines = [
        f"    {argument.name}: {' '.join(argument.doc.split())}" for argument in operation.arguments if argument.doc
    ]
    return "\n".join(["Args:", *lines]) if lines else ""


def facts(fact: Fact | None) -> list[str]:
    """What is known about the server, a line each."""
    if fact is None:
        return []
    groups = [_any_of(permissions) for permissions in (fact.requires, *fact.fields_require) if permissions]
    lines = [f"Permission: {'; and '.join(groups)}." if groups else "Public."]
    if fact.note:
        lines.append(fact.note)
    if fact.since:
        lines.append(f"Server: {fact.since} or later.")
    if fact.rate_limit:
        lines.append("Rate limit: {} calls per {} s.".format(*fact.rate_limit))
    return lines


def _any_of(permissions: tuple[str, ...]) -> str:
    return ("any of " if len(permissions) > 1 else "") + ", ".join(f"`{permission}`" for permission in permissions)
