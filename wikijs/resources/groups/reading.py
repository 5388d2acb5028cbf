"""Groups, as they are read."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, Stream
from wikijs.core.values import paths
from wikijs.permissions import PageRule, rule_from

from ..shared.lookup import GroupFinderFlows, UserFinderFlows, each_id, in_place
from ..shared.paging import check_batch_size, check_part, in_batches, part
from ..shared.references import GroupRef

if TYPE_CHECKING:
    from wikijs_generated.fragments import Group, GroupSettings, GroupSummary, UserSummary

T = TypeVar("T")


class GroupsReadingFlows(GroupFinderFlows, UserFinderFlows):
    """The reading part of `client.groups`."""

    def get(self, id: GroupRef) -> Flow[Group]:
        """Read a group with its permissions, page rules and members.

        Args:
            id: Id of the group, or its name.

        Raises:
            GroupNotFoundError: There is no such group.
            ConflictError: Several groups have this name.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query).
        """
        number = yield from self._group_id(id, "groups.list")
        group = yield from self._execute(ops.groups_single(number))
        return _found(group, number, "groups.single")

    def get_by_name(self, name: str) -> Flow[Group]:
        """Read a group by its name.

        Args:
            name: Name of the group, as it is written.

        Raises:
            GroupNotFoundError: There is none of this name.
            ConflictError: Several groups have this name.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.list` (query), then `groups.single` (query).
        """
        return (yield from self.get(paths.text("name", name)))

    @overload
    def get_many(
        self, ids: Iterable[GroupRef], *, return_exceptions: Literal[False] = False
    ) -> Flow[builtins.list[Group]]: ...
    @overload
    def get_many(
        self, ids: Iterable[GroupRef], *, return_exceptions: bool
    ) -> Flow[builtins.list[Group | Exception]]: ...
    def get_many(self, ids: Iterable[GroupRef], *, return_exceptions: bool = False) -> Flow[builtins.list[Any]]:
        """Read several groups in as few requests as possible, in the order of the ids.

        Args:
            ids: Ids or names of the groups.
            return_exceptions: Put the exception in the place of a group that could not be read, instead of raising it.

        Raises:
            GroupNotFoundError: One does not exist.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query).
        """
        wanted = yield from each_id(ids, lambda group: self._group_id(group, "groups.list"))
        numbers = [each for each in wanted if isinstance(each, int)]
        outcomes = yield from self._batch([ops.groups_single(one) for one in numbers])
        found: builtins.list[Group | Exception] = [
            missing(one, "groups.single") if outcome is None else outcome
            for one, outcome in zip(numbers, outcomes, strict=True)
        ]
        groups = in_place(wanted, found)
        for group in () if return_exceptions else groups:
            if isinstance(group, Exception):
                raise group
        return groups

    def list(
        self,
        *,
        search: str | None = None,
        system: bool | None = None,
        filter: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Flow[builtins.list[GroupSummary]]:
        """List groups by id. The filters work on this side, because the server ignores its own and has no paging.

        Args:
            search: Part of the name, in upper or lower case.
            system: Only those that the wiki itself needs (Administrators and Guests), or only the others.
            filter: Another name of search; where both are given, both must hold.
            limit: Groups at most.
            offset: Groups to leave out first: `limit=50, offset=100` is the third page of fifty.

        Raises:
            ValidationError: A negative limit or offset.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`; since 2.5.313 also `write:users` and
        `manage:users`.
        Operation: `groups.list` (query).
        """
        check_part(limit, offset)
        groups = yield from self._execute(ops.groups_list())
        texts = [text.casefold() for text in (search, filter) if text]
        kept = [
            group
            for group in groups
            if system in (None, group.is_system) and all(text in group.name.casefold() for text in texts)
        ]
        return part(sorted(kept, key=lambda group: group.id), limit, offset)

    def iter_all(
        self, *, batch_size: int = 50, search: str | None = None, system: bool | None = None
    ) -> Stream[GroupSummary]:
        """Iterate over all groups, or those that pass the filters, in the order of their ids.

        The list comes whole when the iteration begins, because the server has no paging; groups that were handed out
        are let go of.

        Args:
            batch_size: Groups handed out together.
            search, system: See `list`.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`; since 2.5.313 also `write:users` and
        `manage:users`.
        Operation: `groups.list` (query).
        """
        check_batch_size(batch_size)
        yield from in_batches((yield from self.list(search=search, system=system)), batch_size)

    def list_members(self, id: GroupRef) -> Flow[builtins.list[UserSummary]]:
        """List the members of a group, given by its id or name, in the order of their ids.

        Args:
            id: Id of the group, or its name.

        Raises:
            GroupNotFoundError: There is no such group.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query).
        """
        group = yield from self.get(id)
        return sorted(group.users, key=lambda user: user.id)

    def rules(self, id: GroupRef) -> Flow[builtins.list[PageRule]]:
        """Read the page rules of a group, given by its id or name.

        Args:
            id: Id of the group, or its name.

        Raises:
            GroupNotFoundError: There is no such group.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query).
        """
        settings = yield from self._settings((yield from self._group_id(id, "groups.list")))
        return [rule_from(rule) for rule in settings.page_rules]

    def _settings(self, id: int) -> Flow[GroupSettings]:
        settings = yield from self._directly(ops.groups_single_settings(id))
        return _found(settings, id, "groups.single")


def missing(id: int, operation: str) -> exc.GroupNotFoundError:
    """The error for a group that is not there."""
    return exc.GroupNotFoundError(f"There is no group {id}.", operation=operation)


def _found(group: T | None, id: int, operation: str) -> T:
    if group is None:
        raise missing(id, operation)
    return group
