"""Many members at once: out of a group, or exactly these in it."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.core.jobs.results import BatchResult

from ..shared.base import Progress
from ..shared.references import GroupRef, UserRef
from ..shared.several import several
from .many import GroupsManyFlows, membership_error

if TYPE_CHECKING:
    from wikijs.core.jobs.journal import JournalPath


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChange:
    """A user who joins a group or leaves it.

    Attributes:
        user: Id of the user.
        email: Address of the user, where it is known.
        joins: Whether the user joins; otherwise leaves.
    """

    user: int
    email: str
    joins: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersPlan:
    """What `set_members` would do.

    Attributes:
        group: Id of the group.
        changes: Who would join, then who would leave.
        kept: How many members would stay.
    """

    group: int
    changes: tuple[MemberChange, ...]
    kept: int


class GroupsMembersFlows(GroupsManyFlows):
    """The part of `client.groups` about many members."""

    def remove_users(
        self,
        group_id: GroupRef,
        user_ids: Iterable[UserRef],
        *,
        progress: Progress | None = None,
        journal: JournalPath | None = None,
    ) -> Flow[BatchResult[UserRef, int]]:
        """Take several users out of a group, one after the other. See `remove_user`.

        Args:
            group_id: Id of the group, or its name.
            user_ids: Ids or e-mail addresses of the users.
            progress: Called after each with the number done and the total.
            journal: Path of a file that notes what was done; see `create_many`.

        Returns:
            Ids of the users who are out, and what failed, each in the order of the input.

        Raises:
            GroupNotFoundError: There is no such group.
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), `groups.unassignUser` (mutation).
        """
        group = yield from self._group_id(group_id, "groups.list")
        members = {user.id for user in (yield from self.list_members(group))}

        def remove(user: UserRef) -> Flow[int]:
            number = yield from self._user_id(user)
            if number not in members:
                raise exc.MembershipError(f"User {number} is not in group {group}.", operation="groups.unassignUser")
            yield from self._leave(group, number)
            members.discard(number)
            return number

        def settle(user: UserRef, _: object) -> Flow[int]:
            number = yield from self._user_id(user)
            yield from self._leave(group, number, in_flight=True)
            return number

        name, about = "groups.remove_users", {"group": group_id}
        return (yield from self._job(name, user_ids, remove, progress, journal, settle, int, about=about))

    def plan_members(
        self, group_id: GroupRef, user_ids: Iterable[UserRef], *, remove: bool = True
    ) -> Flow[MembersPlan]:
        """What `set_members` would do, without doing it; arguments and errors are its own.

        Args:
            group_id: Id of the group, or its name.
            user_ids: Who is to be in it, see `set_members`.
            remove: Whether all others are to leave it.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single`, `users.search` (queries).
        """
        group = yield from self._group_id(group_id, "groups.list")
        held = {user.id: user.email for user in (yield from self.list_members(group))}
        wanted: dict[int, str] = {}
        for user in several(user_ids):
            number = yield from self._user_id(user)
            wanted.setdefault(number, held.get(number, "" if isinstance(user, int) else str(user).strip().lower()))
        joining = [MemberChange(user=key, email=email, joins=True) for key, email in wanted.items() if key not in held]
        leaving = [MemberChange(user=key, email=email, joins=False) for key, email in held.items() if key not in wanted]
        changes = (*joining, *(leaving if remove else ()))
        return MembersPlan(group=group, changes=changes, kept=len(held) - (len(leaving) if remove else 0))

    def set_members(
        self,
        group_id: GroupRef,
        user_ids: Iterable[UserRef],
        *,
        remove: bool = True,
        progress: Progress | None = None,
        journal: JournalPath | None = None,
    ) -> Flow[BatchResult[MemberChange, MemberChange]]:
        """Make exactly these users the members of a group: who is missing joins, then who is too many leaves.

        Nothing is written before all users are found, and nothing for those who are in the group already.

        Args:
            group_id: Id of the group, or its name.
            user_ids: Ids or e-mail addresses of the users.
            remove: Whether others leave.
            progress: Called after each change with the number done and the total.
            journal: Path of a file that notes what was done; see `create_many`.

        Returns:
            The changes, and what failed.

        Raises:
            GroupNotFoundError, UserNotFoundError: There is no such group or user; nothing was changed.
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single`, `users.search` (queries), `groups.assignUser`, `groups.unassignUser` (mutations).
        """
        users = several(user_ids)
        group = yield from self._group_id(group_id, "groups.list")

        def plan() -> Flow[builtins.list[Any]]:
            planned = yield from self.plan_members(group, users, remove=remove)
            return [asdict(change) for change in planned.changes]

        def read(planned: Mapping[str, Any]) -> MemberChange:
            return MemberChange(user=planned["user"], email=planned["email"], joins=planned["joins"])

        def change(item: MemberChange) -> Flow[MemberChange]:
            return self._change(group, item)

        def settle(item: MemberChange, _: object) -> Flow[MemberChange]:
            return self._change(group, item, in_flight=True)

        arguments = {"group": group_id, "users": users, "remove": remove}
        kind = "groups.set_members"
        return (
            yield from self._planned_job(kind, arguments, plan, read, change, progress, journal, settle, MemberChange)
        )

    def _change(self, group: int, item: MemberChange, *, in_flight: bool = False) -> Flow[MemberChange]:
        if item.joins:
            yield from self._add(group, item.user, in_flight=in_flight)
        else:
            yield from self._leave(group, item.user, in_flight=in_flight)
        return item

    def _leave(self, group: int, user: int, *, in_flight: bool = False) -> Flow[None]:
        try:
            yield from self._send_once(ops.groups_unassign_user(group, user_id=user), in_flight=in_flight)
        except exc.APIError as error:
            raise membership_error(error, group, user) from None
