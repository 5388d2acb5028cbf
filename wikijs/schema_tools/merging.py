"""The facts that introspection does not show, carried over to another schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

from graphql import GraphQLSchema

from wikijs.codegen.errors import CodegenError
from wikijs.core.documents.schema_versions import order

from .coordinates import members, operation_fields
from .permissions import Guard, Permissions

Facts: TypeAlias = dict[str, Any]
"""The content of facts.json."""

TO_FILL_IN: Final = "Fill in requires and rate_limit, which introspection does not show, and remove this line."
_V = TypeVar("_V")


@dataclass(frozen=True)
class Merged:
    """Facts for another schema, and what happened to them.

    Attributes:
        facts: The new content of facts.json.
        to_fill_in: Operations whose permissions and rate limit somebody has to look up.
        permissions: Fields whose permissions differ from those known, in words.
    """

    facts: Facts
    to_fill_in: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


def as_text(facts: Facts) -> str:
    """The facts as facts.json holds them."""
    return json.dumps(facts, indent=1, ensure_ascii=False)


def merge(
    facts: Facts,
    old: GraphQLSchema,
    new: GraphQLSchema,
    version: str | None,
    permissions: Permissions | None = None,
) -> Merged:
    """Facts about a schema from those about another one.

    What the new schema lacks is forgotten, or told as removed; what it has besides gets `version` as its first version.
    Where the schema comes from a version older than the newest one known, the facts are cut down to it.

    Args:
        facts: Facts about the old schema.
        old: The schema they are about.
        new: The schema to have facts about.
        version: The Wiki.js version that the new schema comes from, where known.
        permissions: What the new schema's SDL says about them; None where it does not.

    Raises:
        CodegenError: The schema has something new, and the version is not known.
    """
    return _Merge(deepcopy(facts), members(old), members(new), version, permissions).run(operation_fields(new), new)


@dataclass
class _Merge:
    facts: Facts
    old: Mapping[str, str]
    new: Mapping[str, str]
    version: str | None
    permissions: Permissions | None
    changed: bool = field(default=False)

    def run(self, operations: Mapping[str, str], schema: GraphQLSchema) -> Merged:
        facts = self.facts
        newest = max(facts["versions_with_a_schema_change"], key=order)
        if self.version is not None and order(self.version) < order(newest):
            self._cut_down(self.version)
        else:
            self._record_changes()
        for part in ("since_later", "type_changes", "field_permissions"):
            facts[part] = _kept(facts[part], self.new.__contains__)
        facts["operations"] = _kept(facts["operations"], operations.__contains__)
        added = [name for name in operations if name not in facts["operations"]]
        kinds = {id(schema.query_type): "query", id(schema.mutation_type): "mutation"}
        for name in added:
            kind = kinds[id(schema.query_type if _is_query(schema, name) else schema.mutation_type)]
            facts["operations"][name] = self._operation(kind, operations[name])
        differing = tuple(self._permissions(operations, added)) if self.permissions is not None else ()
        return Merged(facts, tuple(added) if self.permissions is None else (), differing)

    def _cut_down(self, version: str) -> None:
        """Forget what came after a version."""
        facts, key = self.facts, order(version)
        facts["versions_with_a_schema_change"] = [
            known for known in facts["versions_with_a_schema_change"] if order(known) <= key
        ]
        facts["removed"] = _kept_values(facts["removed"], lambda since: order(since) <= key)
        facts["type_changes"] = {
            where: kept
            for where, rows in facts["type_changes"].items()
            if (kept := [row for row in rows if order(row["at"]) <= key])
        }

    def _record_changes(self) -> None:
        facts = self.facts
        for where, type_ in self.new.items():
            if where not in self.old:
                facts["since_later"][where] = self._named_version(where)
                facts["removed"].pop(where, None)  # it is back
            elif self.old[where] != type_:
                row = {"at": self._named_version(where), "from": self.old[where], "to": type_}
                facts["type_changes"].setdefault(where, []).append(row)
        for where in self.old:
            if where not in self.new:
                facts["removed"][where] = self._named_version(where)
        if self.changed:
            versions: list[str] = facts["versions_with_a_schema_change"]
            facts["versions_with_a_schema_change"] = sorted({*versions, self._named_version("")}, key=order)
            facts["since_later"] = dict(sorted(facts["since_later"].items()))
            facts["removed"] = dict(sorted(facts["removed"].items()))

    def _named_version(self, where: str) -> str:
        self.changed = True
        if self.version is None:
            raise CodegenError(
                f"The schema differs at {where}, and the version of the server is not known: give --server-version."
            )
        return self.version

    def _operation(self, kind: str, where: str) -> dict[str, Any]:
        guard = (self.permissions or {}).get(where, Guard())
        row = {"kind": kind, "type": where.partition(".")[0], "since": self._since(where), **_as_row(guard)}
        return row if self.permissions is not None else {**row, "todo": TO_FILL_IN}

    def _since(self, where: str) -> str:
        oldest: str = self.facts["versions_with_a_schema_change"][0]
        since: str = self.facts["since_later"].get(where, self.version or oldest)
        return since

    def _permissions(self, operations: Mapping[str, str], added: Iterable[str]) -> Iterable[str]:
        """Take over the permissions that the SDL tells; yields a sentence for each difference."""
        told = self.permissions or {}
        coordinates = set(operations.values())
        for name, where in operations.items():
            guard, row = told.get(where, Guard()), self.facts["operations"][name]
            known = {key: row.get(key) for key in ("requires", "rate_limit")}
            if name not in added and known != _as_row(guard):
                yield f"{name}: {_said(known)} became {_said(_as_row(guard))}."
            row.update(_as_row(guard))
            row.pop("todo", None)
        fields = {where: list(guard.requires) for where, guard in told.items() if guard.requires}
        guarded: dict[str, list[str]] = self.facts["field_permissions"]
        for where in [*guarded, *(where for where in fields if where not in guarded)]:
            if where not in coordinates and where in self.new and guarded.get(where) != fields.get(where):
                yield f"{where}: {_any_of(guarded.get(where))} became {_any_of(fields.get(where))}."
        self.facts["field_permissions"] = {
            where: fields[where]
            for where in [*guarded, *fields]
            if where in fields and where not in coordinates and where in self.new
        }


def _is_query(schema: GraphQLSchema, name: str) -> bool:
    namespace, _, field_name = name.partition(".")
    root = schema.query_type.fields.get(namespace) if schema.query_type else None
    return root is not None and field_name in getattr(root.type, "fields", {})


def _as_row(guard: Guard) -> dict[str, Any]:
    limit = guard.rate_limit
    return {
        "requires": list(guard.requires),
        "rate_limit": None if limit is None else {"limit": limit[0], "duration": limit[1]},
    }


def _said(row: Mapping[str, Any]) -> str:
    limit = row["rate_limit"]
    return _any_of(row["requires"]) + (f", {limit['limit']} calls in {limit['duration']} s" if limit else "")


def _any_of(permissions: Iterable[str] | None) -> str:
    return " or ".join(permissions or ()) or "no permission"


def _kept(rows: Mapping[str, _V], wanted: Callable[[str], bool]) -> dict[str, _V]:
    return {name: row for name, row in rows.items() if wanted(name)}


def _kept_values(rows: Mapping[str, str], wanted: Callable[[str], bool]) -> dict[str, str]:
    return {name: row for name, row in rows.items() if wanted(row)}
