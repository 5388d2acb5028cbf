"""Questions that people ask: who may do what with this page, what this user may do, what the rules of a group say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from wikijs.permissions import PageRule

from . import patterns
from .deciding import ACTIONS, Action, Decision, action_of, decide, in_words, matching
from .model import Group, Page, Person, Target
from .moments import GUEST, Moment, groups_in

MAIN_ACTIONS: Final = ("view", "write", "delete")
PAGE_ACTIONS: Final = tuple(name for name, action in ACTIONS.items() if not action.asset)
ASSET_ACTIONS: Final = tuple(name for name, action in ACTIONS.items() if action.asset)
_NO_MATCH: Final = "does not match"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAnswer:
    """What a group alone may do with a page.

    Attributes:
        action: Name of the action.
        group: Name of the group, and its id.
        allowed: Whether it may.
        because: What that follows from, in words.
        rule: Id of the rule that decided.
        members: How many active users are in the group.
        but: Addresses of members who may all the same, or may not, because of other groups that they are in.
    """

    action: str
    group: str
    group_id: int
    allowed: bool
    because: str
    rule: str | None
    members: int
    but: tuple[str, ...] = ()
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAnswer:
    """What a user may do with a page, by all groups together; see `GroupAnswer`."""

    action: str
    id: int
    name: str
    email: str
    allowed: bool
    because: str
    group: str | None
    rule: str | None
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderAnswer:
    """On how many pages a user may do something.

    Attributes:
        action: Name of the action.
        says: What it is, in words.
        allowed: Number of pages on which it is allowed.
        pages: Number of all pages.
        allowed_on: These pages, as `locale/path`.
    """

    action: str
    says: str
    allowed: int
    pages: int
    allowed_on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswer:
    """What one rule of a group has to do with a question, the one that decides first.

    Attributes:
        rule: The rule in words, and its id.
        decides: Whether it is the one that decides.
        because: Why it decides, or why not.
    """

    id: str
    rule: str
    path: str
    match: str
    deny: bool
    decides: bool
    because: str


def groups_on(
    moment: Moment, page: Page | Target, actions: Sequence[str] = MAIN_ACTIONS, *, only: bool | None = None
) -> list[GroupAnswer]:
    """Which groups may do what with a page, and by which rule; the groups by id for each action.

    Args:
        moment: Groups and users.
        page: The page; or a file, with actions on files.
        actions: Names of actions or permissions.
        only: Only those who may, or only those who may not.

    Raises:
        UnknownPermissionError: There is no such action.
    """
    target = page.target if isinstance(page, Page) else page
    people = {person.id: person for person in moment.people}
    answers: list[GroupAnswer] = []
    for action in (action_of(name) for name in actions):
        for group in moment.groups:
            decision = decide([group], action, target)
            if only is not None and decision.allowed is not only:
                continue
            members = [people[each] for each in group.members if each in people and people[each].active]
            others = [
                person.email
                for person in members
                if decide(moment.groups_of(person), action, target).allowed is not decision.allowed
            ]
            answers.append(
                GroupAnswer(
                    action=action.name,
                    group=group.name,
                    group_id=group.id,
                    allowed=decision.allowed,
                    because=str(decision),
                    rule=decision.rule.id if decision.rule is not None else None,
                    members=len(members),
                    but=tuple(others),
                    certain=decision.certain,
                )
            )
    return answers


def people_on(
    moment: Moment, page: Page | Target, actions: Sequence[str] = MAIN_ACTIONS, *, only: bool | None = None
) -> list[PersonAnswer]:
    """Which active users may do what with a page, by all their groups together; see `groups_on`."""
    target = page.target if isinstance(page, Page) else page
    return [
        _person_answer(person, action, decision)
        for action in (action_of(name) for name in actions)
        for person in moment.people
        if person.active or person.id == GUEST
        for decision in [moment.can(person, action, target)]
        if only is None or decision.allowed is only
    ]


def person_on(moment: Moment, person: int | str, action: str, page: Page | Target) -> PersonAnswer:
    """Whether a user may do something with a page, and why. A user who was deactivated may not log in at all.

    Raises:
        UserNotFoundError, ConflictError: Not exactly one user is called so.
        UnknownPermissionError: There is no such action.
    """
    who, what = moment.person(person), action_of(action)
    return _person_answer(who, what, moment.can(who, what, page))


def _person_answer(person: Person, action: Action, decision: Decision) -> PersonAnswer:
    locked_out = not person.active and person.id != GUEST
    return PersonAnswer(
        action=action.name,
        id=person.id,
        name=person.name,
        email=person.email,
        allowed=decision.allowed and not locked_out,
        because="the account is deactivated" if locked_out else str(decision),
        group=decision.group.name if decision.group is not None else None,
        rule=decision.rule.id if decision.rule is not None else None,
        certain=decision.certain,
    )


def pages_of(moment: Moment, person: int | str, actions: Iterable[str] = PAGE_ACTIONS) -> list[FolderAnswer]:
    """On which pages of the wiki a user may do what.

    Raises:
        UserNotFoundError, ConflictError: Not exactly one user is called so.
        UnknownPermissionError: There is no such action.
    """
    who = moment.person(person)
    groups = moment.groups_of(who) if who.active or who.id == GUEST else []
    answers: list[FolderAnswer] = []
    for action in (action_of(name) for name in actions):
        allowed = tuple(
            f"{page.locale}/{page.path}" for page in moment.pages if decide(groups, action, page.target).allowed
        )
        answers.append(
            FolderAnswer(
                action=action.name,
                says=action.says,
                allowed=len(allowed),
                pages=len(moment.pages),
                allowed_on=allowed,
            )
        )
    return answers


def rules_on(group: Group, action: str, target: Target) -> tuple[Decision, list[RuleAnswer]]:
    """What a group may do, and what each of its rules for this action has to do with it, the deciding one first.

    Raises:
        UnknownPermissionError: There is no such action.
    """
    what = action_of(action)
    decision = decide([group], what, target)
    answers: list[RuleAnswer] = []
    try:
        matches = [match.rule for match in matching([group], what, target)]
    except patterns.BrokenPatternError:
        matches = []
    for rule in matches:
        decides = rule is decision.rule
        answers.append(_rule_answer(rule, decides=decides, because="decides" if decides else "matches, but is weaker"))
    for rule in group.rules:
        if any(rule is each for each in matches):
            continue
        answers.append(_rule_answer(rule, decides=rule is decision.rule, because=_why_not(rule, what, target)))
    return decision, answers


def _why_not(rule: PageRule, action: Action, target: Target) -> str:
    if set(action.permissions).isdisjoint(rule.roles):
        return f"is not about {' or '.join(action.permissions)}"
    if rule.locales and (not action.locale or target.locale not in rule.locales):
        return f"is for {', '.join(rule.locales)}" + ("" if action.locale else ", and files have no locale there")
    if rule.match == "TAG" and not action.tags:
        return f"looks at tags, which the server forgets when people {action.says}"
    return _unreadable(rule.path) if rule.match == "REGEX" else _NO_MATCH


def _unreadable(pattern: str) -> str:
    try:
        patterns.compiled(pattern)
    except patterns.BrokenPatternError:
        return "cannot be read: the server answers an error"
    except patterns.UnknownPatternError:
        return "can be read by the server only"
    return _NO_MATCH


def _rule_answer(rule: PageRule, *, decides: bool, because: str) -> RuleAnswer:
    return RuleAnswer(
        id=rule.id,
        rule=in_words(rule),
        path=rule.path,
        match=rule.match,
        deny=rule.deny,
        decides=decides,
        because=because,
    )


def same_people(moment: Moment) -> dict[tuple[int, ...], list[Person]]:
    """Users who can log in, and the guest, by the groups they are in."""
    return groups_in(person for person in moment.people if person.active or person.id == GUEST)
