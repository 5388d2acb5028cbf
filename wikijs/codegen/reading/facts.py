"""What is known about the server beyond its schema: permissions, first versions, rate limits.

The facts file tells these for each field. An operation needs more than its own field does: the newest and the most
guarded thing that its document touches decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    print_ast,
    visit,
)

from wikijs.codegen.errors import CodegenError
from wikijs.codegen.intermediate import Fact

from ..python.annotations import named
from .config import Config


@dataclass(frozen=True)
class Facts:
    """The facts file.

    Attributes:
        operations: By server field, such as `pages.single`.
        since: First version of what came later, by coordinate: `Page.scriptJs`, `PageQuery.tree(mode)`.
        changed: Version and former type of what had another type, by coordinate.
        permissions: Permissions of which a field needs any, by coordinate.
    """

    operations: Mapping[str, Fact]
    since: Mapping[str, str] = field(default_factory=dict[str, str])
    changed: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict[str, tuple[tuple[str, str], ...]])
    permissions: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def of(
        self,
        server_field: str,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        schema: GraphQLSchema,
    ) -> Fact | None:
        """What is known about an operation: about its own field, and about everything else in its document."""
        fact = self.operations.get(server_field)
        if fact is None:
            return None
        touched = _Touched(operation, self, schema)
        types = TypeInfo(schema)
        visit(
            DocumentNode(definitions=(operation, *fragments.values())), TypeInfoVisitor(types, touched.visitor(types))
        )
        return replace(
            fact,
            since=max([fact.since, *touched.versions], key=_order),
            fields_require=_needed(touched.permissions, besides=fact.requires),
        )


class _Touched:
    """Collects what the parts of a document need."""

    def __init__(self, operation: OperationDefinitionNode, facts: Facts, schema: GraphQLSchema) -> None:
        self._facts = facts
        self._schema = schema
        self._variables = {node.variable.name.value: node for node in operation.variable_definitions}
        self.versions: list[str] = []
        self.permissions: list[tuple[str, ...]] = []

    def visitor(self, types: TypeInfo) -> Visitor:
        touched = self

        class Visit(Visitor):
            def enter_field(self, node: FieldNode, *_: Any) -> None:
                touched.enter_field(types, node)

            def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
                touched.versions.extend(touched.first_of_type(named(node.type)))

        return Visit()

    def enter_field(self, types: TypeInfo, node: FieldNode) -> None:
        parent = types.get_parent_type()
        if parent is None or node.name.value.startswith("__"):
            return
        coordinate = f"{parent.name}.{node.name.value}"
        if coordinate in self._facts.since:
            self.versions.append(self._facts.since[coordinate])
        if coordinate in self._facts.permissions:
            self.permissions.append(self._facts.permissions[coordinate])
        if node.selection_set:  # a leaf of another type is read all the same; another object has other fields
            now = str(_type(types)).strip("[]!")
            changes = self._facts.changed.get(coordinate, ())
            self.versions.extend(at for at, former in changes if former.strip("[]!") != now)
        for argument in node.arguments:
            self.versions.extend(self._first_of_argument(f"{coordinate}({argument.name.value})", argument))

    def _first_of_argument(self, coordinate: str, argument: ArgumentNode) -> Iterator[str]:
        if coordinate in self._facts.since:
            yield self._facts.since[coordinate]
        if isinstance(argument.value, VariableNode):
            given = print_ast(self._variables[argument.value.name.value].type)
            for at, former in self._facts.changed.get(coordinate, ()):
                if given not in {former, f"{former}!"}:
                    yield at

    def first_of_type(self, name: str) -> Iterator[str]:
        """A type is as old as the oldest thing in it; one whose parts are all newer came with the first of them."""
        type_ = self._schema.type_map.get(name)
        if isinstance(type_, GraphQLInputObjectType | GraphQLEnumType):
            members = type_.fields if isinstance(type_, GraphQLInputObjectType) else type_.values
            yield min((self._facts.since.get(f"{name}.{member}", "") for member in members), key=_order)


def load(config: Config) -> Facts | None:
    """The facts file with the additions of the settings; None without a file.

    Raises:
        CodegenError: The file is not JSON, or a row lacks something.
    """
    if config.facts is None:
        return None
    name = config.shown(config.facts)
    try:
        facts = json.loads(config.facts.read_text(encoding="utf-8"))
        oldest = facts["versions_with_a_schema_change"][0]
        return Facts(
            {where: _fact(row, oldest) for where, row in {**facts["operations"], **config.facts_of}.items()},
            facts.get("since_later", {}),
            {
                where: tuple((row["at"], row["from"]) for row in rows)
                for where, rows in facts.get("type_changes", {}).items()
            },
            {where: tuple(permissions) for where, permissions in facts.get("field_permissions", {}).items()},
        )
    except ValueError as error:
        raise CodegenError(f"{name}: not valid JSON: {error}.") from None
    except KeyError as error:
        raise CodegenError(f"{name}: something lacks {error}.") from None


def _type(types: TypeInfo) -> object:
    return types.get_type()  # pyright: ignore  graphql-core leaves a type parameter open


def _needed(groups: Iterable[tuple[str, ...]], *, besides: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The groups that are not met anyway by whoever meets another one."""
    all_groups = {frozenset(group) for group in (besides, *groups) if group}
    return tuple(
        group
        for group in sorted(set(groups))
        if set(group) != set(besides) and not any(other < set(group) for other in all_groups)
    )


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if version else ()


def _fact(row: Mapping[str, Any], oldest: str) -> Fact:
    limit = row.get("rate_limit")
    return Fact(
        since="" if row["since"] == oldest else row["since"],
        requires=tuple(row["requires"]),
        rate_limit=(limit["limit"], limit["duration"]) if limit else None,
        note=row.get("note", ""),
    )
