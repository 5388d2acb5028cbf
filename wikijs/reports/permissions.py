"""Groups and rules that let too many do too much, or that do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wikijs.access import ACTIONS, GUEST, PAGE_ACTIONS, Group, Moment, Target, decide, patterns
from wikijs.access.deciding import SYSTEM, applies, in_words
from wikijs.permissions import PageRule

from .model import Finding, Report, Severity, Table, Value, ordered

_CHANGES: Final = ("write", "move", "delete", "style", "script", "manage-comments")
_SHOWN: Final = 3


def access(moment: Moment) -> Report:
    """What guests may change, who may do everything, rules without effect, groups without members and the reverse.

    Args:
        moment: Groups, users and pages of a wiki; see `wikijs.access.read_moment`.
    """
    findings = [
        *_guests(moment),
        *(finding for group in moment.groups for finding in _group(group, moment)),
        *_people(moment),
    ]
    return Report(
        name="access",
        title="Who may do what",
        findings=ordered(findings),
        looked_at={"groups": len(moment.groups), "users": len(moment.people), "pages": len(moment.pages)},
        tables=(_table(moment),),
        url=moment.url,
        made=moment.taken,
    )


def _finding(rule: str, severity: Severity, message: str, detail: str = "") -> Finding:
    return Finding(report="access", rule=rule, severity=severity, message=message, detail=detail)


def _guests(moment: Moment) -> Iterator[Finding]:
    guest = next((person for person in moment.people if person.id == GUEST), None)
    if guest is None:
        return
    groups = moment.groups_of(guest)
    if any(SYSTEM in group.permissions for group in groups):
        yield _finding("guests-rule", "error", "Everybody may do everything: guests have manage:system.")
        return
    for name in _CHANGES:
        pages = [page for page in moment.pages if decide(groups, ACTIONS[name], page.target).allowed]
        if pages:
            some = ", ".join(f"{page.locale}/{page.path}" for page in pages[:_SHOWN])
            said = f"Everybody, without logging in, may {ACTIONS[name].says}: {len(pages)} pages such as {some}."
            yield _finding("guests-change", "error", said, name)


def _group(group: Group, moment: Moment) -> Iterator[Finding]:
    people = {person.id: person for person in moment.people}
    members = [people[member] for member in group.members if member in people]
    if SYSTEM in group.permissions:
        names = ", ".join(person.email or person.name for person in members if person.active)
        said = f"Members of {group.name} may do everything: {names or 'nobody'}."
        yield _finding("administrators", "note", said, group.name)
        return
    if not members:
        yield _finding("no-members", "note", f"The group {group.name} has no members.", group.name)
    if group.permissions and not group.rules:
        said = f"The group {group.name} has permissions and no page rules: on pages they allow nothing."
        yield _finding("no-rules", "warning", said, group.name)
    for rule in group.rules:
        yield from _rule(rule, group, moment)


def _rule(rule: PageRule, group: Group, moment: Moment) -> Iterator[Finding]:
    named = f"The rule {in_words(rule)} of group {group.name}"
    held = {permission for other in moment.groups for permission in other.permissions if _shares(group, other)}
    idle = [role for role in rule.roles if role not in held]
    if idle and len(idle) == len(rule.roles) and not rule.deny:
        said = f"{named} allows {', '.join(idle)}, and no member has that permission."
        yield _finding("idle-rule", "warning", said, rule.id)
    if rule.match in {"START", "EXACT"} and rule.path.startswith("/"):
        yield _finding("slash-rule", "error", f"{named} begins with a slash: it never matches.", rule.id)
    elif rule.match == "REGEX":
        try:
            patterns.compiled(rule.path)
        except patterns.BrokenPatternError as error:
            yield _finding("broken-rule", "error", f"{named} is no regular expression: {error}", rule.id)
            return
        except patterns.UnknownPatternError:
            return
    if moment.pages and not _matches_any(rule, moment):
        yield _finding("unmatched-rule", "note", f"{named} matches no page there is.", rule.id)


def _shares(group: Group, other: Group) -> bool:
    """Whether somebody is in both: permissions of one group hold where rules of the other allow."""
    return group.id == other.id or not set(group.members).isdisjoint(other.members)


def _matches_any(rule: PageRule, moment: Moment) -> bool:
    if set(rule.roles) <= {"read:assets", "write:assets", "manage:assets"}:
        return True  # files are not known here
    return any(applies(rule, ACTIONS["view"], page.target) for page in moment.pages)


def _people(moment: Moment) -> Iterator[Finding]:
    for person in moment.people:
        if person.active and not person.groups and person.id != GUEST:
            yield _finding(
                "no-groups",
                "warning",
                f"{person.email or person.name} is in no group and may do nothing.",
                person.email,
            )


def _table(moment: Moment) -> Table:
    """On how many pages each group alone may do what."""
    actions = [ACTIONS[name] for name in PAGE_ACTIONS]
    targets: list[Target] = [page.target for page in moment.pages]
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            group.name,
            len(group.members),
            *(sum(decide([group], action, target).allowed for target in targets) for action in actions),
        )
        for group in moment.groups
    )
    return Table(
        title="Pages on which members may",
        columns=("group", "members", *(action.name for action in actions)),
        rows=rows,
    )
