"""The schema as it was at each Wiki.js version since 2.0.1, and how many operations each version serves.

Run as a program (`python -m wikijs.codegen.versions`) it prints the table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, cast

from graphql import (
    DocumentNode,
    FieldsOnCorrectTypeRule,
    FragmentDefinitionNode,
    FragmentsOnCompositeTypesRule,
    GraphQLSchema,
    KnownArgumentNamesRule,
    KnownTypeNamesRule,
    OperationDefinitionNode,
    PossibleFragmentSpreadsRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    ValuesOfCorrectTypeRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    build_ast_schema,
    parse,
    validate,
)

from wikijs.core.documents import bundled, schema_versions
from wikijs.core.documents.schema_versions import History

from .documents import spreads

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
    """The schema that a server of a version has, as `wikijs.core.documents.schema_versions` rebuilds it from the facts.

    Args:
        version: A Wiki.js version such as `2.5.105`. A version between two that changed the schema has the older one's.
    """
    return build_ast_schema(schema_versions.schema_at(newest_schema(), history(), version))


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


if __name__ == "__main__":
    main()
