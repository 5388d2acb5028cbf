"""What changed between two moments: in groups and rules, and in what people may do because of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from wikijs.permissions import PageRule

from .answers import PAGE_ACTIONS
from .deciding import ACTIONS, Action, decide, in_words
from .model import Group, Page, Person
from .moments import GUEST, Moment

ChangeKind: TypeAlias = Literal[
    "group added",
    "group removed",
    "group renamed",
    "permission given",
    "permission taken",
    "rule added",
    "rule removed",
    "rule changed",
    "joined",
    "left",
    "user added",
    "user removed",
    "activated",
    "deactivated",
]
EXAMPLES: Final = 5
"""Pages named of each change of what people may do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two moments.

    Attributes:
        kind: What happened.
        subject: Name of the group, or address of the user.
        detail: What exactly.
    """

    kind: ChangeKind
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What some people may do now and could not before, or the other way round.

    Attributes:
        gained: Whether they may now; otherwise they could before.
        action: Name of the action.
        people: Addresses of the users, all of whom it is about.
        pages: Number of pages.
        examples: The first of them, as `locale/path`.
    """

    gained: bool
    action: str
    people: tuple[str, ...]
    pages: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changed, and what follows from it for pages that there were at both moments, or are there now."""

    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]

    def __bool__(self) -> bool:
        return bool(self.changes or self.effects)


def compare(before: Moment, after: Moment, actions: Sequence[str] = PAGE_ACTIONS) -> Comparison:
    """What changed between two moments.

    Args:
        before: The earlier one.
        after: The later one. Effects are told for its pages; where a page had other tags before, these count before.
        actions: Names of the actions whose effects are told.
    """
    changes = (*_groups(before, after), *_people(before, after))
    return Comparison(changes=tuple(changes), effects=tuple(_effects(before, after, actions)))


def _groups(before: Moment, after: Moment) -> Iterable[Change]:
    old, new = ({group.id: group for group in moment.groups} for moment in (before, after))
    people = {person.id: person.email or person.name for moment in (before, after) for person in moment.people}
    for id, group in new.items():  # noqa: A001
        if id not in old:
            yield Change(kind="group added", subject=group.name)
        yield from _group(old.get(id) or Group(id=id, name=group.name), group, people)
    for id, group in old.items():  # noqa: A001
        if id not in new:
            yield Change(kind="group removed", subject=group.name)


def _group(old: Group, new: Group, people: dict[int, str]) -> Iterable[Change]:
    if old.name != new.name:
        yield Change(kind="group renamed", subject=new.name, detail=f"was {old.name}")
    for permission in new.permissions:
        if permission not in old.permissions:
            yield Change(kind="permission given", subject=new.name, detail=permission)
    for permission in old.permissions:
        if permission not in new.permissions:
            yield Change(kind="permission taken", subject=new.name, detail=permission)
    yield from _rules(old, new)
    for member in new.members:
        if member not in old.members:
            yield Change(kind="joined", subject=new.name, detail=people.get(member, str(member)))
    for member in old.members:
        if member not in new.members:
            yield Change(kind="left", subject=new.name, detail=people.get(member, str(member)))


def _rules(old: Group, new: Group) -> Iterable[Change]:
    """Rules are known again by their ids, or, where these were made anew, by all the rest."""
    gone = {_content(rule): rule for rule in old.rules if _content(rule) not in {_content(each) for each in new.rules}}
    come = {_content(rule): rule for rule in new.rules if _content(rule) not in {_content(each) for each in old.rules}}
    by_id = {rule.id: rule for rule in gone.values() if rule.id}
    for rule in come.values():
        was = by_id.pop(rule.id, None)
        if was is None:
            yield Change(kind="rule added", subject=new.name, detail=_detailed(rule))
        else:
            gone.pop(_content(was))
            yield Change(kind="rule changed", subject=new.name, detail=f"{_detailed(was)} -> {_detailed(rule)}")
    for rule in gone.values():
        yield Change(kind="rule removed", subject=new.name, detail=_detailed(rule))


def _content(rule: PageRule) -> tuple[object, ...]:
    return rule.deny, rule.match, rule.path, tuple(sorted(rule.roles)), tuple(sorted(rule.locales))


def _detailed(rule: PageRule) -> str:
    return f"{in_words(rule)}: {', '.join(rule.roles)}"


def _people(before: Moment, after: Moment) -> Iterable[Change]:
    old, new = ({person.id: person for person in moment.people} for moment in (before, after))
    for id, person in new.items():  # noqa: A001
        if id not in old:
            yield Change(kind="user added", subject=person.email or person.name)
        elif old[id].active is not person.active:
            kind: ChangeKind = "activated" if person.active else "deactivated"
            yield Change(kind=kind, subject=person.email or person.name)
    for id, person in old.items():  # noqa: A001
        if id not in new:
            yield Change(kind="user removed", subject=person.email or person.name)


def _effects(before: Moment, after: Moment, actions: Sequence[str]) -> Iterable[Effect]:
    """Users who were and are in the same groups gain and lose the same: each such lot is asked about once."""
    were = {person.id: person for person in before.people}
    lots: dict[tuple[tuple[int, ...], tuple[int, ...]], list[Person]] = {}
    for person in after.people:
        was = were.get(person.id)
        held = _held(was) if was is not None else ()
        lots.setdefault((held, _held(person)), []).append(person)
    pages_before = {(page.locale, page.path): page for page in before.pages}
    pairs = [(pages_before.get((page.locale, page.path), page), page) for page in after.pages]
    for (old_ids, new_ids), people in lots.items():
        old_groups = [group for group in before.groups if group.id in old_ids]
        new_groups = [group for group in after.groups if group.id in new_ids]
        for name in actions:
            yield from _effect(ACTIONS[name], old_groups, new_groups, people, pairs)


def _held(person: Person) -> tuple[int, ...]:
    return tuple(sorted(person.groups)) if person.active or person.id == GUEST else ()


def _effect(
    action: Action,
    old: Sequence[Group],
    new: Sequence[Group],
    people: Sequence[Person],
    pairs: Iterable[tuple[Page, Page]],
) -> Iterable[Effect]:
    gained: list[str] = []
    lost: list[str] = []
    for was, page in pairs:
        could, can = decide(old, action, was.target).allowed, decide(new, action, page.target).allowed
        if can is not could:
            (gained if can else lost).append(f"{page.locale}/{page.path}")
    for is_gain, where in ((True, gained), (False, lost)):
        if where:
            yield Effect(
                gained=is_gain,
                action=action.name,
                people=tuple(person.email or person.name for person in people),
                pages=len(where),
                examples=tuple(where[:EXAMPLES]),
            )
