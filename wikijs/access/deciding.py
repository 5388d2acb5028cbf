"""Who may do what with a page or a file, decided as the server decides it: first by permissions, then by page rules.

Nothing here asks a wiki. The order of groups and rules does not matter to the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from wikijs.exceptions import UnknownPermissionError
from wikijs.permissions import PAGE_PERMISSIONS, PERMISSIONS, PageRule, suggestion

from . import patterns
from .model import Group, Target

SYSTEM: Final = "manage:system"
KINDS: Final = ("START", "END", "REGEX", "TAG", "EXACT")
"""Of rules with equally long paths the later kind wins."""

ActionName: TypeAlias = Literal[
    "view",
    "list",
    "read",
    "source",
    "history",
    "write",
    "move",
    "delete",
    "style",
    "script",
    "read-comments",
    "comment",
    "manage-comments",
    "list-asset",
    "get-asset",
    "upload-asset",
    "manage-asset",
]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that people do with a page or a file, and what the server checks before it lets them.

    Attributes:
        name: A short name.
        permissions: Permissions of which one must be held and allowed by the rules.
        says: What it is, in words.
        tags: Whether rules by tag count: the server forgets tags in lists and when it writes.
        also: Permissions of which one must be held besides, whatever the rules say.
        asset: Whether it is about a file and not about a page.
        locale: Whether the server knows a locale when it checks; where it does not, rules for certain locales never
            match.
    """

    name: ActionName
    permissions: tuple[str, ...]
    says: str
    tags: bool = False
    also: tuple[tuple[str, ...], ...] = ()
    asset: bool = False
    locale: bool = True


ACTIONS: Final[dict[str, Action]] = {
    action.name: action
    for action in (
        Action("view", ("read:pages",), "see the page in the browser", tags=True),
        Action("list", ("read:pages",), "find the page in lists and trees"),
        Action(
            "read",
            ("manage:pages", "delete:pages"),
            "read the page through the API",
            also=(("read:pages",), ("read:source", "write:pages")),
        ),
        Action("source", ("read:source",), "see and download its source", tags=True),
        Action("history", ("read:history",), "read its history"),
        Action("write", ("write:pages",), "create or change the page"),
        Action("move", ("manage:pages",), "move the page away (to where they may write)"),
        Action("delete", ("delete:pages",), "delete the page", locale=False),
        Action("style", ("write:styles",), "give the page styles", also=(("write:pages", "manage:pages"),)),
        Action("script", ("write:scripts",), "give the page scripts", also=(("write:pages", "manage:pages"),)),
        Action("read-comments", ("read:comments",), "read its comments", tags=True),
        Action("comment", ("write:comments",), "comment on it", tags=True),
        Action("manage-comments", ("manage:comments",), "change and delete comments on it", tags=True),
        Action("list-asset", ("read:assets",), "find the file in lists", asset=True, locale=False),
        Action("get-asset", ("read:assets",), "see and download the file", asset=True),
        Action("upload-asset", ("write:assets",), "put a file there", asset=True, locale=False),
        Action("manage-asset", ("manage:assets",), "rename and delete the file", asset=True, locale=False),
    )
}
"""All actions by their names."""

_DRAFT: Final = Action("view", ("write:pages",), "see a page that is not published", tags=True)
_BY_PERMISSION: Final[dict[str, ActionName]] = {
    "read:pages": "view",
    "read:source": "source",
    "read:history": "history",
    "write:pages": "write",
    "manage:pages": "move",
    "delete:pages": "delete",
    "write:styles": "style",
    "write:scripts": "script",
    "read:comments": "read-comments",
    "write:comments": "comment",
    "manage:comments": "manage-comments",
    "read:assets": "get-asset",
    "write:assets": "upload-asset",
    "manage:assets": "manage-asset",
}


Why: TypeAlias = Literal["system", "permission", "rule", "no rule", "broken", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An answer, and what it follows from.

    Attributes:
        allowed: Whether the server lets it happen.
        why: "system": who holds manage:system may do everything. "permission": no group has the permission. "rule": the
            rule decided. "no rule": none matches, which means no. "broken": a rule's expression cannot be read, so that
            the server answers an error. "unclear": it depends on an expression that only JavaScript can read; taken for
            no.
        group: The group whose rule or permission decided.
        rule: The rule that decided.
        missing: Permissions of which one would be needed, where none is held.
    """

    allowed: bool
    why: Why
    group: Group | None = None
    rule: PageRule | None = None
    missing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def certain(self) -> bool:
        """Whether the server answers the same."""
        return self.why != "unclear"

    def __str__(self) -> str:
        whose = f" of group {self.group.name}" if self.group is not None else ""
        if self.why == "system":
            return f"manage:system{whose} allows everything"
        if self.why == "permission":
            return f"no group has {' or '.join(self.missing)}"
        if self.rule is None:
            return "no rule matches, and what no rule allows is denied"
        if self.why == "broken":
            return f"the rule {in_words(self.rule)}{whose} cannot be read: the server answers an error"
        if self.why == "unclear":
            return f"it depends on the rule {in_words(self.rule)}{whose}, which only the server can read"
        return f"the rule {in_words(self.rule)}{whose}"


def action_of(name: str) -> Action:
    """An action by its name, or the one that a permission is for.

    Raises:
        UnknownPermissionError: It is neither.
    """
    wanted = ACTIONS.get(_BY_PERMISSION.get(name, name))
    if wanted is not None:
        return wanted
    known = [*ACTIONS, *PAGE_PERMISSIONS]
    if name in PERMISSIONS:
        raise UnknownPermissionError(
            f"{name!r} has nothing to do with pages.", hint="Whoever has it, has it everywhere."
        )
    raise UnknownPermissionError(f"{name!r} is neither an action nor a permission.", hint=suggestion(name, known))


def in_words(rule: PageRule) -> str:
    """A rule as one reads it: `allow START docs`, `deny TAG secret (fr)`."""
    where = f" ({', '.join(rule.locales)})" if rule.locales else ""
    path = rule.path or ("everything" if rule.match in {"START", "END"} else "''")
    return f"{'deny' if rule.deny else 'allow'} {rule.match} {path}{where}"


def decide(groups: Iterable[Group], action: Action, target: Target) -> Decision:
    """Whether members of all these groups together may do something.

    Args:
        groups: All groups of a user, or the one of an API key.
        action: What, one of `ACTIONS`.
        target: With what. What the server does not look at for this action is not looked at.
    """
    belonging = tuple(groups)
    if action.name == "view" and not target.published:
        seen = _decide(belonging, action, target)
        return _decide(belonging, _DRAFT, target) if seen else seen
    return _decide(belonging, action, target)


def _decide(belonging: Sequence[Group], action: Action, target: Target) -> Decision:
    for group in belonging:
        if SYSTEM in group.permissions:
            return Decision(allowed=True, why="system", group=group)
    held = {permission for group in belonging for permission in group.permissions}
    for needed in (action.permissions, *action.also):
        if held.isdisjoint(needed):
            return Decision(allowed=False, why="permission", missing=needed)
    return _by_rules(belonging, action, target)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matches, or may."""

    group: Group
    rule: PageRule
    sure: bool = True
    rank: tuple[int, int, bool] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rank", rank(self.rule))


def rank(rule: PageRule) -> tuple[int, int, bool]:
    """Which of several matching rules decides: that with the longest path, then the strictest kind, then a denial."""
    return patterns.length(rule.path), KINDS.index(rule.match), rule.deny


def matching(groups: Iterable[Group], action: Action, target: Target) -> list[Match]:
    """All rules that are about an action and match, the one that decides first.

    Raises:
        BrokenPatternError: The server answers an error here.
    """
    return sorted(_each(groups, action, target), key=lambda match: match.rank, reverse=True)


def _each(groups: Iterable[Group], action: Action, target: Target) -> list[Match]:
    wanted = set(action.permissions)
    matches: list[Match] = []
    for group in groups:
        for rule in group.rules:
            if wanted.isdisjoint(rule.roles):
                continue
            try:
                if applies(rule, action, target):
                    matches.append(Match(group, rule))
            except patterns.UnknownPatternError:
                matches.append(Match(group, rule, sure=False))
            except patterns.BrokenPatternError as error:
                error.args = (Match(group, rule),)
                raise
    return matches


def applies(rule: PageRule, action: Action, target: Target) -> bool:
    """Whether a rule matches, whatever it is about.

    Raises:
        BrokenPatternError, UnknownPatternError: Its expression cannot be read.
    """
    if rule.locales and (not action.locale or target.locale not in rule.locales):
        return False
    match rule.match:
        case "START":
            return target.path.startswith(rule.path)
        case "END":
            return target.path.endswith(rule.path)
        case "EXACT":
            return target.path == rule.path
        case "TAG":
            return action.tags and rule.path in target.tags
        case _:
            return patterns.found(rule.path, target.path)


def _by_rules(groups: Sequence[Group], action: Action, target: Target) -> Decision:
    try:
        matches = matching(groups, action, target)
    except patterns.BrokenPatternError as error:
        (broken,) = error.args
        return Decision(allowed=False, why="broken", group=broken.group, rule=broken.rule)
    doubtful: Match | None = None
    for match in matches:
        if not match.sure:
            doubtful = doubtful or match
            continue
        if doubtful is not None and doubtful.rule.deny is not match.rule.deny:
            break
        return Decision(allowed=not match.rule.deny, why="rule", group=match.group, rule=match.rule)
    else:
        if doubtful is None or doubtful.rule.deny:
            return Decision(allowed=False, why="no rule")
    return Decision(allowed=False, why="unclear", group=doubtful.group, rule=doubtful.rule)
