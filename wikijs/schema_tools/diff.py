"""What changed between two schemas: how bad it is, which operations it touches, which version bump it calls for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import IntEnum
from typing import Final, Literal

from graphql import (
    BreakingChangeType,
    DangerousChangeType,
    GraphQLSchema,
    find_breaking_changes,
    find_dangerous_changes,
    specified_directives,
)

from .coordinates import members, type_names, usage_of
from .operations import Checked

Bump = Literal["major", "minor", "patch", "none"]


class Severity(IntEnum):
    """How much a change can hurt those who send operations.

    A breaking change refuses operations that were served, or answers with another type. A dangerous one serves them
    and may surprise them, as a new value of an enum does. A safe one cannot be noticed without asking for it.
    """

    SAFE = 1
    DANGEROUS = 2
    BREAKING = 3


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        severity: How much it can hurt.
        kind: Its kind in capitals, as GraphQL tools name it, such as `FIELD_REMOVED`.
        text: What changed, in one sentence.
        at: What it is about: a coordinate, a type, or a directive with an @ in front.
        touches: The operations that use it.
        renamed: The coordinate that it seems to have now, where something new of the same type is there.
    """

    severity: Severity
    kind: str
    text: str
    at: str
    touches: tuple[Checked, ...] = ()
    renamed: str = ""


@dataclass(frozen=True)
class Difference:
    """All changes, the worst first."""

    changes: tuple[Change, ...]

    @property
    def severity(self) -> Severity | None:
        """The worst there is; None without a change."""
        return max((change.severity for change in self.changes), default=None)

    @property
    def bump(self) -> Bump:
        """The version bump of a package that is compiled from the schema.

        Major where a breaking change touches an operation of this client: methods or models change. Minor for all other
        breaking and dangerous changes, and for what is new. Patch for the rest.
        """
        if not self.changes:
            return "none"
        if any(change.severity is Severity.BREAKING and change.touches for change in self.changes):
            return "major"
        minor = any(change.severity is not Severity.SAFE or change.kind.endswith("_ADDED") for change in self.changes)
        return "minor" if minor else "patch"

    def of(self, severity: Severity) -> tuple[Change, ...]:
        """The changes of one severity."""
        return tuple(change for change in self.changes if change.severity is severity)


# How graphql-core words its changes, and what each is about. What touches an operation is not the new thing, which it
# cannot know yet, but the one that got it.
_PLACES: Final[Mapping[str, str]] = {
    "TYPE_REMOVED": r"^(?:Standard scalar )?(?P<at>\w+) was removed",
    "TYPE_CHANGED_KIND": r"^(?P<at>\w+) changed from",
    "TYPE_REMOVED_FROM_UNION": r"union type (?P<at>\w+)\.$",
    "VALUE_REMOVED_FROM_ENUM": r"^(?P<member>\w+) was removed from enum type (?P<at>\w+)\.$",
    "REQUIRED_INPUT_FIELD_ADDED": r"field (?P<member>\w+) on input type (?P<at>\w+) was added",
    "IMPLEMENTED_INTERFACE_REMOVED": r"^(?P<at>\w+) no longer",
    "FIELD_REMOVED": r"^(?P<at>\w+\.\w+) was removed",
    "FIELD_CHANGED_KIND": r"^(?P<at>\w+\.\w+) changed type",
    "REQUIRED_ARG_ADDED": r"arg (?P<argument>\w+) on (?P<at>\w+\.\w+) was added",
    "ARG_REMOVED": r"^(?P<at>\w+\.\w+) arg (?P<argument>\w+) was removed",
    "ARG_CHANGED_KIND": r"^(?P<at>\w+\.\w+) arg (?P<argument>\w+) has changed type",
    "VALUE_ADDED_TO_ENUM": r"^(?P<member>\w+) was added to enum type (?P<at>\w+)\.$",
    "TYPE_ADDED_TO_UNION": r"union type (?P<at>\w+)\.$",
    "OPTIONAL_INPUT_FIELD_ADDED": r"field (?P<member>\w+) on input type (?P<at>\w+) was added",
    "OPTIONAL_ARG_ADDED": r"arg (?P<argument>\w+) on (?P<at>\w+\.\w+) was added",
    "IMPLEMENTED_INTERFACE_ADDED": r"to interfaces implemented by (?P<at>\w+)\.$",
    "ARG_DEFAULT_VALUE_CHANGE": r"^(?P<at>\w+\.\w+) arg (?P<argument>\w+) has changed default",
}
# GraphQL's own directives differ with the library that a schema was read by, not with the server.
_OF_GRAPHQL: Final = {"oneOf", *(directive.name for directive in specified_directives)}
_OWNER_TOUCHES: Final = {"REQUIRED_INPUT_FIELD_ADDED", "VALUE_ADDED_TO_ENUM", "OPTIONAL_INPUT_FIELD_ADDED"}
_FIELD_TOUCHES: Final = {"REQUIRED_ARG_ADDED", "OPTIONAL_ARG_ADDED"}


def compare(old: GraphQLSchema, new: GraphQLSchema, operations: Iterable[Checked] = ()) -> Difference:
    """All changes from one schema to another.

    Args:
        old: What there was.
        new: What there is.
        operations: Those to attribute the changes to.
    """
    users = _Users(operations, old, new)
    found = [
        *_located(find_breaking_changes(old, new), Severity.BREAKING, users),
        *_located(find_dangerous_changes(old, new), Severity.DANGEROUS, users),
    ]
    before, now = members(old), members(new)
    found = [_with_hint(change, before, now) for change in found]
    new_types = type_names(new) - type_names(old)
    found += [Change(Severity.SAFE, "TYPE_ADDED", f"{name} was added.", name, users.of(name)) for name in new_types]
    found += _safe(before, now, new_types, {change.at for change in found}, users)
    return Difference(tuple(sorted(found, key=lambda change: (-change.severity, change.at, change.kind))))


class _Users:
    """Who uses what of either schema."""

    def __init__(self, operations: Iterable[Checked], old: GraphQLSchema, new: GraphQLSchema) -> None:
        before, now = usage_of(old), usage_of(new)
        self._used = [
            (operation, before.of(operation.document) | now.of(operation.document)) for operation in operations
        ]

    def of(self, name: str) -> tuple[Checked, ...]:
        return tuple(operation for operation, names in self._used if name in names)


def _located(
    changes: Sequence[tuple[BreakingChangeType | DangerousChangeType, str]], severity: Severity, users: _Users
) -> Iterator[Change]:
    for type_, text in changes:
        kind = type_.name
        place = re.search(_PLACES.get(kind, "(?!)"), text)
        if place is None:  # the changes of directives, which no operation of a client uses
            directive = re.search(r"(?:from|directive) (\w+)", text) or re.search(r"(\w+)", text)
            if directive and directive[1] not in _OF_GRAPHQL:
                yield Change(severity, kind, text, f"@{directive[1]}")
            continue
        parts = place.groupdict()
        owner: str = parts["at"]
        at = f"{owner}.{parts['member']}" if parts.get("member") else owner
        at = f"{owner}({parts['argument']})" if parts.get("argument") else at
        yield Change(severity, kind, text, at, users.of(owner if kind in _OWNER_TOUCHES | _FIELD_TOUCHES else at))


def _with_hint(change: Change, before: Mapping[str, str], now: Mapping[str, str]) -> Change:
    """Say where something removed may have gone: something new of the same type beside it."""
    if change.kind not in {"FIELD_REMOVED", "ARG_REMOVED", "VALUE_REMOVED_FROM_ENUM"}:
        return change
    owner, mark, name = _parted(change.at)
    beside = [
        other
        for other, type_ in now.items()
        if other not in before and type_ == before.get(change.at) and _parted(other)[:2] == (owner, mark)
    ]
    names = {_parted(other)[2]: other for other in beside}
    close = get_close_matches(name, names, n=1, cutoff=0.6) or (list(names) if len(names) == 1 else [])
    if not close:
        return change
    text = f"{change.text.rstrip('.')}; {names[close[0]]} of the same type is new: renamed?"
    return replace(change, text=text, renamed=names[close[0]])


def _parted(coordinate: str) -> tuple[str, str, str]:
    """A coordinate as what has it, what kind of a member it is, and its own name."""
    field, mark, argument = coordinate.rstrip(")").partition("(")
    if mark:
        return field, mark, argument
    owner, mark, name = coordinate.partition(".")
    return owner, mark, name


def _safe(
    before: Mapping[str, str], now: Mapping[str, str], new_types: set[str], told: set[str], users: _Users
) -> Iterator[Change]:
    """What the others leave out: new members of types, and types that promise more than before."""
    for at, type_ in now.items():
        owner, mark, _ = _parted(at)
        if at in told or owner in new_types or owner.partition(".")[0] in new_types:
            continue
        if at not in before:
            if mark == "(" and owner not in before:
                continue  # told with its field
            suffix = f" of type {type_}" if type_ else ""
            yield Change(Severity.SAFE, "FIELD_ADDED", f"{at} was added{suffix}.", at, users.of(at))
        elif before[at] != type_:
            text = f"{at} changed type from {before[at]} to {type_}."
            yield Change(Severity.SAFE, "TYPE_NARROWED", text, at, users.of(at))
