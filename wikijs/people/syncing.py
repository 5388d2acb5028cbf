"""Members of groups as a file says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs.core.jobs.results import BatchError, BatchResult
from wikijs.permissions import suggestion
from wikijs.resources.groups.members import MemberChange

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.resources.shared.base import Progress

    from .reading import Person

_ROOT: Final = 1
_ADMINISTRATORS: Final = 1
_GUEST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPlan:
    """What is to be done about one group.

    Attributes:
        name: Its name.
        id: Its id; None where it would be made.
        changes: Who joins, then who leaves.
        kept: How many members stay.
        unknown: Addresses of the file that no account has.
    """

    name: str
    id: int | None
    changes: tuple[MemberChange, ...]
    kept: int = 0
    unknown: tuple[str, ...] = ()


def plan_sync(
    client: WikiJSClient,
    people: Sequence[Person],
    *,
    group: str | None = None,
    remove: bool = False,
    create: bool = False,
) -> tuple[GroupPlan, ...]:
    """What it takes that the groups of a file have the members that it says. Other groups are left alone.

    The guest, and the first administrator in the group Administrators, never leave: the server refuses it.

    Args:
        client: A client of the wiki.
        people: The people.
        group: The group of those of whom the file says none.
        remove: Whether members leave whom the file does not name.
        create: Whether groups that are missing are made.

    Raises:
        GroupNotFoundError: A group is missing.
        ValidationError: Nobody in the file has a group.
        ConflictError: Several groups have one name.

    Permission: any of `write:groups`, `manage:groups`, `manage:system`, and to list users.
    Operation: `users.list`, `groups.list`, `groups.single` (queries).
    """
    wanted: dict[str, dict[str, None]] = {}
    for person in people:
        for name in person.groups or ((group,) if group is not None else ()):
            wanted.setdefault(name, {})[person.email] = None
    if not wanted:
        raise exc.ValidationError("Nobody in the file has a group.", hint="Add a column `group`, or give the group.")
    listed = client.groups.list()
    known = [each.name for each in listed]
    for name in wanted:
        if known.count(name) > 1:
            raise exc.ConflictError(f"{known.count(name)} groups have the name {name!r}.")
        if name not in known and not create:
            raise exc.GroupNotFoundError(f"There is no group {name!r}.", hint=suggestion(name, known))
    ids = {each.name: each.id for each in listed if each.name in wanted}
    whole = {each.id: each for each in client.groups.get_many(list(ids.values()))}
    accounts: dict[str, list[int]] = {}
    for user in client.users.list():
        accounts.setdefault(user.email.lower(), []).append(user.id)
    plans: list[GroupPlan] = []
    for name, addresses in wanted.items():
        number = ids.get(name)
        held = {user.id: user.email for user in whole[number].users} if number is not None else {}
        here = {id: address for address in addresses for id in accounts.get(address, ())}  # noqa: A001
        joining = [MemberChange(user=key, email=email, joins=True) for key, email in here.items() if key not in held]
        leaving = [
            MemberChange(user=key, email=email, joins=False)
            for key, email in held.items()
            if remove and key not in here and not _stays(number, key)
        ]
        unknown = tuple(address for address in addresses if address not in accounts)
        plans.append(
            GroupPlan(
                name=name,
                id=number,
                changes=(*joining, *leaving),
                kept=len(held) - len(leaving),
                unknown=unknown,
            )
        )
    return tuple(plans)


def _stays(group: int | None, user: int) -> bool:
    return user == _GUEST or (user == _ROOT and group == _ADMINISTRATORS)


def sync_groups(
    client: WikiJSClient, plans: Sequence[GroupPlan], *, progress: Progress | None = None
) -> BatchResult[tuple[str, MemberChange], tuple[str, MemberChange]]:
    """Do what plans say, one change after the other. A bad one does not stop the rest.

    Args:
        client: A client of the wiki.
        plans: See `plan_sync`.
        progress: Called after each change with the number done and the total.

    Returns:
        Each change with the name of its group, and what failed.

    Permission: any of `write:groups`, `manage:groups`, `manage:system`.
    Operation: `groups.create`, `groups.assignUser`, `groups.unassignUser` (mutations).
    """
    total = sum(len(plan.changes) for plan in plans)
    result: BatchResult[tuple[str, MemberChange], tuple[str, MemberChange]] = BatchResult()
    done = 0
    for plan in plans:
        number = plan.id if plan.id is not None else client.groups.create(plan.name).id
        for change in plan.changes:
            item = (plan.name, change)
            try:
                (client.groups.add_user if change.joins else client.groups.remove_user)(number, change.user)
                result.success.append(item)
            except exc.WikiJSException as error:
                result.errors.append(BatchError(done, item, error))
            done += 1
            if progress is not None:
                progress(done, total)
    return result
