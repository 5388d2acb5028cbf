"""Names of permissions, and the rules that say for which pages a group has them.

The server stores any text as a permission and any path in a rule, also where it can never allow anything. What is
written here is therefore checked before it is sent.
"""

from __future__ import annotations

import difflib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast, get_args

from .exceptions import UnknownPermissionError, ValidationError

if TYPE_CHECKING:
    from wikijs_generated import fragments
    from wikijs_generated.input_types import PageRuleInput

PagePermission: TypeAlias = Literal[
    "read:pages",
    "write:pages",
    "manage:pages",
    "delete:pages",
    "write:styles",
    "write:scripts",
    "read:source",
    "read:history",
    "read:assets",
    "write:assets",
    "manage:assets",
    "read:comments",
    "write:comments",
    "manage:comments",
]
"""Permissions that page rules allow or deny."""

GlobalPermission: TypeAlias = Literal[
    "write:users",
    "manage:users",
    "write:groups",
    "manage:groups",
    "manage:navigation",
    "manage:theme",
    "manage:api",
    "manage:system",
]
"""Permissions that have nothing to do with pages."""

Permission: TypeAlias = PagePermission | GlobalPermission
"""Everything that a group may be allowed."""

RuleMatch: TypeAlias = Literal["START", "EXACT", "END", "REGEX", "TAG"]
"""How a page rule compares its path: with the path's start, the whole path, its end, as a regular expression, or with
the page's tags."""

PAGE_PERMISSIONS: Final[tuple[PagePermission, ...]] = get_args(PagePermission)
PERMISSIONS: Final[tuple[Permission, ...]] = (*PAGE_PERMISSIONS, *get_args(GlobalPermission))
MATCHES: Final[tuple[RuleMatch, ...]] = get_args(RuleMatch)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRule:
    """Allows or denies permissions on the pages and assets whose path matches.

    A group has a permission on a page when it has the permission itself and a rule allows it there. The longest
    matching path wins; of equally long ones, a denial.

    Attributes:
        roles: The permissions that it allows or denies.
        path: What to compare with, without a slash in front: the start, the end or all of a path, a regular expression,
            or a tag. Empty with START for all pages.
        match: How to compare. Lists, trees and writes of pages do not look at rules with TAG.
        deny: Deny instead of allow.
        locales: Locales that the rule is for; empty for all.
        id: The server wants one and leaves it to the caller; made when the rule is sent, if it is empty.
    """

    roles: Sequence[PagePermission]
    path: str = ""
    match: RuleMatch = "START"
    deny: bool = False
    locales: Sequence[str] = ()
    id: str = ""


def check_permissions(names: Iterable[str], *, of: Sequence[Permission] = PERMISSIONS) -> list[str]:
    """The names without repetitions.

    Raises:
        UnknownPermissionError: One is not the name of a permission (of these).
    """
    if isinstance(names, str):
        raise UnknownPermissionError(f"Permissions are a list of names, not one text: give [{names!r}].")
    unique = list(dict.fromkeys(names))
    for name in unique:
        if name not in of:
            raise UnknownPermissionError(f"{name!r} is no permission{_where(name)}.", hint=suggestion(name, of))
    return unique


def suggestion(name: str, known: Iterable[str]) -> str:
    """A hint for a name that was mistyped: the known one that looks like it, or all of them."""
    names = list(known)
    similar = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    return f"Did you mean {similar[0]!r}?" if similar else f"Known: {', '.join(names) or 'none'}."


def rule_input(rule: PageRule | fragments.PageRule) -> PageRuleInput:
    """A rule as the server takes it. Rules that came from the server go back as they were.

    Raises:
        UnknownPermissionError: A role is no permission that rules know.
        ValidationError: The rule can never match.
    """
    from wikijs_generated.enums import PageRuleMatch
    from wikijs_generated.input_types import PageRuleInput

    if not isinstance(rule, PageRule):
        return PageRuleInput.model_validate(rule.model_dump())
    rule = _checked(rule)
    return PageRuleInput(
        id=rule.id or str(uuid.uuid4()),
        deny=rule.deny,
        match=PageRuleMatch(rule.match),
        roles=list(rule.roles),
        path=rule.path,
        locales=list(rule.locales),
    )


def rule_from(rule: fragments.PageRule) -> PageRule:
    """A rule as the server has it."""
    return PageRule(
        roles=cast("list[PagePermission]", rule.roles),
        path=rule.path,
        match=rule.match.value,
        deny=rule.deny,
        locales=rule.locales,
        id=rule.id,
    )


def allow_everywhere(permissions: Iterable[str]) -> PageRule:
    """A rule that allows, on all pages, those of the permissions that are about pages."""
    return PageRule(roles=[name for name in PAGE_PERMISSIONS if name in set(permissions)])


def _checked(rule: PageRule) -> PageRule:
    roles = cast("list[PagePermission]", check_permissions(rule.roles, of=PAGE_PERMISSIONS))
    if not roles:
        raise ValidationError("A page rule without roles allows and denies nothing.")
    if rule.match not in MATCHES:
        raise ValidationError(f"{rule.match!r} is no way to match a path.", hint=suggestion(rule.match, MATCHES))
    # Paths of pages have no slash at either end, so with one the rule would never match.
    path = rule.path
    if rule.match in {"START", "EXACT"}:
        path = path.lstrip("/")
    if rule.match in {"END", "EXACT"}:
        path = path.rstrip("/")
    if rule.match != "START" and not path:
        raise ValidationError(f"A page rule that matches by {rule.match} needs a path.")
    return replace(rule, roles=roles, path=path)


def _where(name: str) -> str:
    return " that page rules know" if name in PERMISSIONS else " of Wiki.js"
