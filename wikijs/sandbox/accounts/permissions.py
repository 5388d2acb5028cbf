"""Who may do what: the two layers of checks the server has.

The first is global: each field may list permissions of which the caller needs any one (`FIELDS`, read from
`schema/facts.json`). The second is about a page or an asset: rules of the caller's groups, of which the most specific
that applies decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from wikijs.access import patterns
from wikijs.access.deciding import KINDS
from wikijs.core.documents import bundled

ALL = "manage:system"
GUEST_ID = 2
ROOT_ID = 1


@dataclass(frozen=True)
class Viewer:
    """The caller of a request: a user, an API key (which acts as user 1), or the guest."""

    id: int
    name: str
    email: str
    permissions: tuple[str, ...]
    groups: tuple[int, ...]
    is_api: bool = False
    claims: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def is_guest(self) -> bool:
        """Whether nobody is signed in."""
        return self.id == GUEST_ID

    def has_any(self, wanted: Iterable[str]) -> bool:
        """Whether the caller holds one of these permissions globally; `manage:system` must be listed to count."""
        return not set(self.permissions).isdisjoint(wanted)


@dataclass(frozen=True)
class FieldRule:
    """What the server demands before it resolves a field."""

    requires: tuple[str, ...] = ()
    limit: tuple[int, int] | None = None
    """Calls, seconds."""


@cache
def field_rules() -> Mapping[str, FieldRule]:
    """The demands of all fields by `Type.field`, from the measured facts of the schema."""
    facts = json.loads(bundled.text("schema/facts.json"))
    rules = {name: FieldRule(tuple(requires)) for name, requires in facts["field_permissions"].items()}
    for name, operation in facts["operations"].items():
        limit = operation["rate_limit"]
        rules[f"{operation['type']}.{name.partition('.')[2]}"] = FieldRule(
            tuple(operation["requires"]), (limit["limit"], limit["duration"]) if limit else None
        )
    return rules


def specificity(rule: Mapping[str, Any]) -> tuple[int, int, bool]:
    """Order of rules: the longer path wins, then the stricter kind, then denying."""
    return patterns.length(rule["path"]), KINDS.index(rule["match"]), bool(rule["deny"])


def applies(rule: Mapping[str, Any], path: str, locale: str | None, tags: Sequence[str]) -> bool:
    """Whether a page rule is about the thing at this path. A rule for certain locales never is when none is known."""
    if rule["locales"] and locale not in rule["locales"]:
        return False
    match rule["match"]:
        case "START":
            return path.startswith(rule["path"])
        case "END":
            return path.endswith(rule["path"])
        case "EXACT":
            return path == str(rule["path"])
        case "TAG":
            return rule["path"] in tags
        case _:
            return found(rule["path"], path)


def found(pattern: str, path: str) -> bool:
    """Whether a regular expression matches somewhere in a path; one that cannot be read never does."""
    try:
        return patterns.found(pattern, path)
    except (patterns.BrokenPatternError, patterns.UnknownPatternError):
        return False


def allowed(
    viewer: Viewer | None,
    wanted: Sequence[str],
    rules: Iterable[Mapping[str, Any]],
    path: str,
    locale: str | None = None,
    tags: Sequence[str] = (),
) -> bool:
    """Whether the caller may do any of `wanted` with the thing at `path`, by these page rules of the caller's groups.

    No applicable rule means no. The holder of `manage:system` may do everything.
    """
    if viewer is None:
        return False
    if ALL in viewer.permissions:
        return True
    if not viewer.has_any(wanted):
        return False
    matching = [
        rule for rule in rules if not set(rule["roles"]).isdisjoint(wanted) and applies(rule, path, locale, tags)
    ]
    if not matching:
        return False
    decisive = max(matching, key=specificity)
    return not decisive["deny"]
