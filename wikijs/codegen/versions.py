"""The schema as it was at each Wiki.js version since 2.0.1, and how many operations each version serves.

Run as a program (`python -m wikijs.codegen.versions`) it prints the table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypedDict, TypeVar, cast

from graphql import (
    DefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    FieldsOnCorrectTypeRule,
    FragmentDefinitionNode,
    FragmentsOnCompositeTypesRule,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    KnownArgumentNamesRule,
    KnownTypeNamesRule,
    ObjectTypeDefinitionNode,
    OperationDefinitionNode,
    PossibleFragmentSpreadsRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    TypeNode,
    ValuesOfCorrectTypeRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    build_ast_schema,
    parse,
    parse_type,
    validate,
)

from wikijs.codegen import bundled
from wikijs.codegen.corrections import changed
from wikijs.codegen.documents import spreads

# Rules whose verdict depends on the schema. The others hold for every version or for none.
RULES: Final = (
    FieldsOnCorrectTypeRule,
    FragmentsOnCompositeTypesRule,
    KnownArgumentNamesRule,
    KnownTypeNamesRule,
    PossibleFragmentSpreadsRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    ValuesOfCorrectTypeRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
)
_Typed = TypeVar("_Typed", FieldDefinitionNode, InputValueDefinitionNode)


class TypeChange(TypedDict("_TypeChange", {"from": str})):
    """A type that changed: from version `at` on it is `to`, before it was `from`."""

    at: str
    to: str


class History(TypedDict):
    """The part of facts.json that tells versions apart, by coordinates such as `Type.field(argument)`."""

    versions_with_a_schema_change: list[str]
    since_later: dict[str, str]
    removed: dict[str, str]
    type_changes: dict[str, list[TypeChange]]


@dataclass(frozen=True)
class Served:
    """How many of the operations are valid for one version."""

    version: str
    operations: frozenset[str]
    total: int


@cache
def history() -> History:
    """The history that schema/facts.json tells."""
    return cast("History", json.loads(bundled.facts().read_text(encoding="utf-8")))


@cache
def newest_schema() -> DocumentNode:
    """The SDL of the newest version, schema/wikijs.graphql."""
    return parse(bundled.schema().read_text(encoding="utf-8"))


def schema_at(version: str) -> GraphQLSchema:
    """Rebuild the schema that a server of a version has.

    Fields, arguments, input fields and enum values that came later are left out, with types that have nothing left;
    types that changed later are as they were.

    The facts do not tell everything:

    - What was removed since is missing, because its type is not told: see `removed` in facts.json. No operation written
      for the newest version can notice, unless a removed argument was required, as `hasLogo` and `logoIsSquare` of
      `SiteMutation.updateConfig` were before 2.1.113. That operation is refused there anyway, for its newer arguments.
    - `AuthenticationStrategyInput.isEnabled` was not there in 2.5.105, though it was before and is since 2.5.117.
    - Descriptions, permissions and rate limits are those of the newest version.

    Args:
        version: A Wiki.js version such as `2.5.105`. A version between two that changed the schema has the older one's.
    """
    definitions = (_definition_at(version_key(version), definition) for definition in newest_schema().definitions)
    return build_ast_schema(DocumentNode(definitions=tuple(definition for definition in definitions if definition)))


def report(documents: DocumentNode | None = None) -> tuple[Served, ...]:
    """Which operations each version serves, oldest version first.

    Served means that the version accepts the document. Input objects travel as variables, so values with newer fields
    may still be refused.

    Args:
        documents: Operations and fragments; those of queries/ unless given.
    """
    by_name = operations(documents or query_documents())
    return tuple(
        Served(
            version,
            frozenset(
                name for name, document in by_name.items() if not validate(schema, document, RULES, max_errors=1)
            ),
            len(by_name),
        )
        for version in history()["versions_with_a_schema_change"]
        for schema in [schema_at(version)]
    )


def first_served(rows: Sequence[Served]) -> dict[str, str]:
    """The version from which on each operation is served, by its name.

    Later than the version that brought the server's field where the operation selects or takes something newer.
    """
    first: dict[str, str] = {}
    still = rows[-1].operations if rows else frozenset[str]()
    for row in reversed(rows):
        still &= row.operations
        first.update(dict.fromkeys(still, row.version))
    return first


def query_documents() -> DocumentNode:
    """All operations and fragments of queries/."""
    files = sorted(bundled.queries().rglob("*.graphql"))
    return parse("\n".join(file.read_text(encoding="utf-8") for file in files))


def operations(documents: DocumentNode) -> dict[str, DocumentNode]:
    """Each operation by name, as a document of its own with the fragments it needs."""
    fragments = {node.name.value: node for node in documents.definitions if isinstance(node, FragmentDefinitionNode)}
    return {
        node.name.value: DocumentNode(definitions=(node, *(fragments[name] for name in spreads(node, fragments))))
        for node in documents.definitions
        if isinstance(node, OperationDefinitionNode) and node.name
    }


def table(rows: Sequence[Served]) -> str:
    """The report as text: version, operations served, and what was new in it."""
    lines = ["version   operations   first served here"]
    before: frozenset[str] = frozenset()
    for row in rows:
        new = sorted(row.operations - before) if before else []
        shown = ", ".join(new[:4]) + (f" and {len(new) - 4} more" if len(new) > 4 else "")
        lines.append(f"{row.version:<10}{len(row.operations):>3} of {row.total}   {shown}".rstrip())
        before |= row.operations
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    print(table(report()))  # noqa: T201


def version_key(version: str) -> tuple[int, ...]:
    """What versions are sorted by."""
    return tuple(int(part) for part in version.split("."))


def _present(coordinate: str, version: tuple[int, ...]) -> bool:
    return version_key(history()["since_later"].get(coordinate, "0")) <= version


def _type_at(coordinate: str, now: TypeNode, version: tuple[int, ...]) -> TypeNode:
    changes = sorted(history()["type_changes"].get(coordinate, ()), key=lambda change: version_key(change["at"]))
    return next((parse_type(change["from"]) for change in changes if version < version_key(change["at"])), now)


def _definition_at(version: tuple[int, ...], definition: DefinitionNode) -> DefinitionNode | None:
    """A definition as it was, None when the version has nothing of it."""
    match definition:
        case ObjectTypeDefinitionNode():
            fields = _fields_at(version, definition.name.value, definition.fields)
            return (
                changed(definition, fields=tuple(_arguments_at(version, definition.name.value, f) for f in fields))
                if fields
                else None
            )
        case InputObjectTypeDefinitionNode():
            inputs = _fields_at(version, definition.name.value, definition.fields)
            return changed(definition, fields=inputs) if inputs else None
        case EnumTypeDefinitionNode():
            values = tuple(v for v in definition.values if _present(f"{definition.name.value}.{v.name.value}", version))
            return changed(definition, values=values) if values else None
        case _:
            return definition


def _fields_at(version: tuple[int, ...], owner: str, fields: Sequence[_Typed]) -> tuple[_Typed, ...]:
    at = [(f"{owner}.{field.name.value}", field) for field in fields]
    return tuple(changed(f, type=_type_at(name, f.type, version)) for name, f in at if _present(name, version))


def _arguments_at(version: tuple[int, ...], owner: str, field: FieldDefinitionNode) -> FieldDefinitionNode:
    at = [(f"{owner}.{field.name.value}({argument.name.value})", argument) for argument in field.arguments]
    return changed(
        field,
        arguments=tuple(changed(a, type=_type_at(name, a.type, version)) for name, a in at if _present(name, version)),
    )


if __name__ == "__main__":
    main()
