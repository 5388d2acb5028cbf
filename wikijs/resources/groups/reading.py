"""Groups, as they are read."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.permissions import PageRule, rule_from

from ..shared.base import Flows
from ..shared.lookup import group_id

if TYPE_CHECKING:
    from wikijs_generated.fragments import Group, GroupSettings, GroupSummary, UserSummary

T = TypeVar("T")


class GroupsReadingFlows(Flows):
    """The reading part of `client.groups`."""

    def get(self, id: int) -> Flow[Group]:
        """Read a group with its permissions, page rules and members.

        Raises:
            GroupNotFoundError: There is no such group.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query).
        """
        group = yield from self._execute(ops.groups_single(id))
        return _found(group, id, "groups.single")

    def get_by_name(self, name: str) -> Flow[Group]:
        """Read a group by its name.

        Raises:
            GroupNotFoundError: There is none of this name.
            ConflictError: Several groups have this name.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.list` (query), then `groups.single` (query).
        """
        known = yield from self._execute(ops.groups_list())
        return (yield from self.get(group_id(name, known, "groups.list")))

    @overload
    def get_many(
        self, ids: Iterable[int], *, return_exceptions: Literal[False] = False
    ) -> Flow[builtins.list[Group]]: ...
    @overload
    def get_many(self, ids: Iterable[int], *, return_exceptions: bool) -> Flow[builtins.list[Group | Exception]]: ...
    def get_many(self, ids: Iterable[int], *, return_exceptions: bool = False) -> Flow[builtins.list[Any]]:
        """Read several groups in as few requests as possible, in the order of the ids.

        Args:
            ids: Ids of the groups.
            return_exceptions: Put the exception in the place of a group that could not be read, instead of raising it.

        Raises:
            GroupNotFoundError: One does not exist.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query).
        """
        wanted = list(ids)
        outcomes = yield from self._batch([ops.groups_single(one) for one in wanted])
        groups: list[Group | Exception] = [
            missing(one, "groups.single") if outcome is None else outcome
            for one, outcome in zip(wanted, outcomes, strict=True)
        ]
        for group in () if return_exceptions else groups:
            if isinstance(group, Exception):
                raise group
        return groups

    def list(self, *, search: str | None = None, system: bool | None = None) -> Flow[builtins.list[GroupSummary]]:
        """List groups by id. The filters work on this side, because the server ignores its own.

        Args:
            search: Part of the name, in upper or lower case.
            system: Only those that the wiki itself needs (Administrators and Guests), or only the others.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`; since 2.5.313 also `write:users` and
        `manage:users`.
        Operation: `groups.list` (query).
        """
        groups = yield from self._execute(ops.groups_list())
        text = (search or "").casefold()
        kept = [group for group in groups if text in group.name.casefold() and system in (None, group.is_system)]
        return sorted(kept, key=lambda group: group.id)

    def list_members(self, id: int) -> Flow[builtins.list[UserSummary]]:
        """List the members of a group by id.

        Raises:
            GroupNotFoundError: There is no such group.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query).
        """
        group = yield from self.get(id)
        return sorted(group.users, key=lambda user: user.id)

    def rules(self, id: int) -> Flow[builtins.list[PageRule]]:
        """Read the page rules of a group.

        Raises:
            GroupNotFoundError: There is no such group.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query).
        """
        settings = yield from self._settings(id)
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
