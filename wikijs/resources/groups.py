"""Groups: their permissions, page rules and members."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Required, TypedDict

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.flow import Flow, exclusively
from wikijs.permissions import PageRule, Permission, allow_everywhere, check_permissions, rule_input
from wikijs.results import BatchResult

from .base import Progress
from .group_reading import GroupsReadingFlows, missing
from .lookup import check_fields
from .many import one_by_one

if TYPE_CHECKING:
    from wikijs_generated import fragments
    from wikijs_generated.fragments import GroupSettings
    from wikijs_generated.input_types import PageRuleInput

ADMINISTRATORS: Final = 1
GROUP_WRITES: Final = "group-writes"
"""Name of the lock that each read-merge-write of a client holds."""


class GroupChanges(TypedDict, total=False):
    """What an update of a group may change; the rest is kept."""

    name: str
    permissions: Iterable[Permission]
    rules: Iterable[PageRule | fragments.PageRule]
    redirect_on_login: str


class NewGroup(TypedDict, total=False):
    """Arguments of `create` as a dictionary: the name, and what else is not the server's choice."""

    name: Required[str]
    permissions: Iterable[Permission]
    rules: Iterable[PageRule | fragments.PageRule]
    redirect_on_login: str


class GroupUpdate(GroupChanges, total=False):
    """Arguments of `update` as a dictionary: the id and what to change."""

    id: Required[int]


class GroupsFlows(GroupsReadingFlows):
    """Groups: their permissions, page rules and members."""

    # Writing

    def create(
        self,
        name: str,
        *,
        permissions: Iterable[Permission] | None = None,
        rules: Iterable[PageRule | fragments.PageRule] | None = None,
        redirect_on_login: str | None = None,
    ) -> Flow[GroupSettings]:
        """Create a group and return it.

        Args:
            name: Its name. The server does not mind several groups of one name.
            permissions: What members may do. Without it the server's own choice: read:pages, read:assets,
                read:comments, write:comments.
            rules: On which pages. Without it, everywhere what `permissions` say.
            redirect_on_login: Path that members see first after they log in.

        Raises:
            UnknownPermissionError: A permission or a role of a rule does not exist; nothing was sent.
            ValidationError: The name is empty, a rule can never match or its regular expression is refused.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.create` (mutation), then `groups.update` (mutation) where more than a name is given.
        """
        _check_name(name)
        allowed = None if permissions is None else check_permissions(permissions)
        if rules is None and allowed is not None:
            rules = [allow_everywhere(allowed)] if allow_everywhere(allowed).roles else []
        inputs = None if rules is None else _rule_inputs(rules)
        created = (yield from self._execute(ops.groups_create(name))).group
        if allowed is None and inputs is None and redirect_on_login is None:
            return created
        try:
            return (yield from self._write(created, None, allowed, inputs, redirect_on_login))
        except exc.APIError:
            # A group with other rights than those asked for must not stay behind.
            with suppress(exc.WikiJSException):
                yield from self._execute(ops.groups_delete(created.id))
            raise

    def update(
        self,
        id: int,
        *,
        name: str | None = None,
        permissions: Iterable[Permission] | None = None,
        rules: Iterable[PageRule | fragments.PageRule] | None = None,
        redirect_on_login: str | None = None,
    ) -> Flow[GroupSettings]:
        """Change a group and return it. What is left out is kept: the group is read, merged and written whole.

        Args:
            id: Id of the group.
            name: New name.
            permissions: Replaces all permissions. Page rules limit them further and are not changed by it.
            rules: Replaces all page rules.
            redirect_on_login: Path that members see first after they log in; empty for the front page.

        Raises:
            GroupNotFoundError: There is no such group.
            UnknownPermissionError: A permission or a role of a rule does not exist; nothing was sent.
            ProtectedGroupError: It would take `manage:system` from the administrators.
            ValidationError: The name is empty, a rule can never match or its regular expression is refused.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), then `groups.update` (mutation).
        """
        if name is not None:
            _check_name(name)
        allowed = None if permissions is None else check_permissions(permissions)
        inputs = None if rules is None else _rule_inputs(rules)
        if id == ADMINISTRATORS and allowed is not None and "manage:system" not in allowed:
            raise exc.ProtectedGroupError(
                "Without manage:system in the group Administrators nobody could administer the wiki any more.",
                operation="groups.update",
            )
        return (yield from exclusively(GROUP_WRITES, self._merge(id, name, allowed, inputs, redirect_on_login)))

    def set_permissions(self, id: int, permissions: Iterable[Permission]) -> Flow[GroupSettings]:
        """Replace the permissions of a group; everything else of it is kept. See `update` for errors.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), then `groups.update` (mutation).
        """
        return (yield from self.update(id, permissions=permissions))

    def set_rules(self, id: int, rules: Iterable[PageRule | fragments.PageRule]) -> Flow[GroupSettings]:
        """Replace the page rules of a group; everything else of it is kept. See `update` for errors.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), then `groups.update` (mutation).
        """
        return (yield from self.update(id, rules=rules))

    def delete(self, id: int) -> Flow[None]:
        """Delete a group. Its members stay users.

        Raises:
            GroupNotFoundError: There is no such group.
            ProtectedGroupError: It is one that the wiki cannot do without.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), then `groups.delete` (mutation).
        """
        settings = yield from self._settings(id)
        if settings.is_system:
            raise exc.ProtectedGroupError(
                f"The wiki cannot do without the group {settings.name}.", operation="groups.delete"
            )
        yield from self._execute(ops.groups_delete(id))

    # Members

    def add_user(self, group_id: int, user_id: int) -> Flow[None]:
        """Make a user a member of a group.

        Raises:
            GroupNotFoundError, UserNotFoundError: There is no such group or user.
            MembershipError: The user is a member already.
            ProtectedUserError: It is the guest, who has one group only.

        Permission: any of `manage:users`, `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.assignUser` (mutation).
        """
        try:
            yield from self._execute(ops.groups_assign_user(group_id, user_id=user_id))
        except exc.APIError as error:
            raise _membership_error(error, group_id, user_id) from None

    def remove_user(self, group_id: int, user_id: int) -> Flow[None]:
        """Take a user out of a group.

        Raises:
            GroupNotFoundError, UserNotFoundError: There is no such group or user.
            MembershipError: The user is not a member.
            ProtectedUserError: It is the guest, or the first administrator and the group Administrators.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), then `groups.unassignUser` (mutation).
        """
        members = yield from self.list_members(group_id)
        try:
            yield from self._execute(ops.groups_unassign_user(group_id, user_id=user_id))
        except exc.APIError as error:
            raise _membership_error(error, group_id, user_id) from None
        if all(user.id != user_id for user in members):
            raise exc.MembershipError(f"User {user_id} is not in group {group_id}.", operation="groups.unassignUser")

    def add_users(
        self, group_id: int, user_ids: Iterable[int], *, progress: Progress | None = None
    ) -> Flow[BatchResult[int, int]]:
        """Make several users members of a group, one after the other. See `add_user`.

        Returns:
            Ids of the users added, and what failed, each in the order of the input.

        Permission: any of `manage:users`, `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.assignUser` (mutation).
        """

        def add(user_id: int) -> Flow[int]:
            yield from self.add_user(group_id, user_id)
            return user_id

        return (yield from one_by_one(user_ids, add, progress))

    # Many

    def create_many(
        self, groups: Iterable[NewGroup], *, progress: Progress | None = None
    ) -> Flow[BatchResult[NewGroup, GroupSettings]]:
        """Create several groups, one after the other: `[{"name": "Editors", "permissions": [...]}, ...]`.

        Args:
            groups: Arguments of `create` as dictionaries.
            progress: Called after each with the number done and the total.

        Returns:
            The new groups, and what failed, in the order of the input.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.create` (mutation), `groups.update` (mutation).
        """
        return (yield from one_by_one(groups, self._create_item, progress))

    def _create_item(self, group: NewGroup) -> Flow[GroupSettings]:
        check_fields(group, NewGroup, "groups.create")
        return (yield from self.create(**group))

    def update_many(
        self, updates: Iterable[GroupUpdate], *, progress: Progress | None = None
    ) -> Flow[BatchResult[GroupUpdate, GroupSettings]]:
        """Change several groups, one after the other: `[{"id": 3, "name": "Editors"}, ...]`.

        Args:
            updates: Arguments of `update` as dictionaries.
            progress: Called after each with the number done and the total.

        Returns:
            The changed groups, and what failed, each in the order of the input.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), `groups.update` (mutation).
        """
        return (yield from one_by_one(updates, self._update_item, progress))

    def _update_item(self, update: GroupUpdate) -> Flow[GroupSettings]:
        check_fields(update, GroupUpdate, "groups.update")
        return (yield from self.update(**update))

    def delete_many(self, ids: Iterable[int], *, progress: Progress | None = None) -> Flow[BatchResult[int, int]]:
        """Delete several groups, one after the other. See `delete`.

        Returns:
            Ids of the deleted groups, and what failed, each in the order of the input.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), `groups.delete` (mutation).
        """
        return (yield from one_by_one(ids, self._delete_item, progress))

    def _delete_item(self, id: int) -> Flow[int]:
        yield from self.delete(id)
        return id

    # Parts

    def _merge(
        self,
        id: int,
        name: str | None,
        permissions: builtins.list[str] | None,
        rules: builtins.list[PageRuleInput] | None,
        redirect_on_login: str | None,
    ) -> Flow[GroupSettings]:
        current = yield from self._settings(id)
        return (yield from self._write(current, name, permissions, rules, redirect_on_login))

    def _write(
        self,
        current: GroupSettings,
        name: str | None,
        permissions: builtins.list[str] | None,
        rules: builtins.list[PageRuleInput] | None,
        redirect_on_login: str | None,
    ) -> Flow[GroupSettings]:
        try:
            yield from self._execute(
                ops.groups_update(
                    current.id,
                    name=current.name if name is None else name,
                    redirect_on_login=current.redirect_on_login if redirect_on_login is None else redirect_on_login,
                    permissions=current.permissions if permissions is None else permissions,
                    page_rules=[rule_input(rule) for rule in current.page_rules] if rules is None else rules,
                )
            )
        except exc.APIError as error:
            if "regex" not in error.message:
                raise
            raise exc.ValidationError(
                "The server takes a regular expression of a page rule for broken, or for too slow to try.",
                operation=error.operation,
                hint="Avoid repetitions inside repetitions, such as (a+)+.",
            ) from None
        return (yield from self._settings(current.id))


def _check_name(name: str) -> None:
    if not name.strip():
        raise exc.ValidationError("A group needs a name.", operation="groups.create")


def _rule_inputs(rules: Iterable[PageRule | fragments.PageRule]) -> list[PageRuleInput]:
    return [rule_input(rule) for rule in rules]


def _membership_error(error: exc.APIError, group_id: int, user_id: int) -> exc.APIError:
    """The server's own texts, as what they mean: they carry no code."""
    message, operation = error.message, error.operation
    if message.startswith("Invalid Group ID"):
        return missing(group_id, operation or "groups")
    if message.startswith("Invalid User ID"):
        return exc.UserNotFoundError(f"There is no user {user_id}.", operation=operation, code=0, slug="")
    if message.startswith("User is already assigned"):
        return exc.MembershipError(f"User {user_id} is in group {group_id} already.", operation=operation)
    if message.startswith("Cannot "):
        return exc.ProtectedUserError(message, operation=operation, code=0, slug="")
    if "not authorized" in message:
        return exc.PermissionDeniedError(
            message, operation=operation, hint="Groups that administer need manage:groups or manage:system."
        )
    return error
