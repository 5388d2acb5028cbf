"""What the SDL of the server's source tree says with directives and introspection does not show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import (
    ConstDirectiveNode,
    DocumentNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    value_from_ast_untyped,
)


@dataclass(frozen=True)
class Guard:
    """What a field needs: any of the permissions, and not more calls than the limit (calls, seconds)."""

    requires: tuple[str, ...] = ()
    rate_limit: tuple[int, int] | None = None


Permissions: TypeAlias = Mapping[str, Guard]
"""By coordinate, such as `PageQuery.list`. What is not in it needs nothing."""


def of_directives(document: DocumentNode) -> Permissions | None:
    """The permissions of all fields; None where no field has any, as in SDL printed from introspection."""
    found = {
        f"{node.name.value}.{field.name.value}": guard
        for node in document.definitions
        if isinstance(node, ObjectTypeDefinitionNode | ObjectTypeExtensionNode | InterfaceTypeDefinitionNode)
        for field in node.fields
        if (guard := _guard(field.directives)) != Guard()
    }
    return found or None


def _guard(directives: Iterable[ConstDirectiveNode]) -> Guard:
    given = {
        directive.name.value: {
            argument.name.value: value_from_ast_untyped(argument.value) for argument in directive.arguments
        }
        for directive in directives
    }
    limit: dict[str, Any] | None = given.get("rateLimit")
    return Guard(
        requires=tuple(str(name) for name in given.get("auth", {}).get("requires") or ()),
        rate_limit=None if limit is None else (int(limit.get("limit", 60)), int(limit.get("duration", 60))),
    )
