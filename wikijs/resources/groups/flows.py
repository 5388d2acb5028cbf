"""Groups: their permissions, page rules and members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.permissions import PageRule, Permission

from ..shared.references import GroupRef, UserRef
from .many import GroupChanges, GroupUpdate, NewGroup, membership_error
from .members import GroupsMembersFlows

if TYPE_CHECKING:
    from wikijs_generated import fragments
    from wikijs_generated.fragments import GroupSettings

__all__ = ["GroupChanges", "GroupUpdate", "GroupsFlows", "NewGroup"]


class GroupsFlows(GroupsMembersFlows):
    """Groups: their permissions, page rules and members."""

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
        given = _given(name, permissions, rules, redirect_on_login)
        return (yield from self._create(name, given))

    def update(
        self,
        id: GroupRef,
        *,
        name: str | None = None,
        permissions: Iterable[Permission] | None = None,
        rules: Iterable[PageRule | fragments.PageRule] | None = None,
        redirect_on_login: str | None = None,
    ) -> Flow[GroupSettings]:
        """Change a group and return it. What is left out is kept: the group is read, merged and written whole.

        Args:
            id: Id of the group, or its name.
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
        group = yield from self._group_id(id, "groups.list")
        return (yield from self._update(group, _given(name, permissions, rules, redirect_on_login)))

    def set_permissions(self, id: GroupRef, permissions: Iterable[Permission]) -> Flow[GroupSettings]:
        """Replace the permissions of a group; everything else of it is kept. See `update` for errors.

        Args:
            id: Id of the group, or its name.
            permissions: All that it is to have.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), then `groups.update` (mutation).
        """
        return (yield from self.update(id, permissions=permissions))

    def set_rules(self, id: GroupRef, rules: Iterable[PageRule | fragments.PageRule]) -> Flow[GroupSettings]:
        """Replace the page rules of a group; everything else of it is kept. See `update` for errors.

        Args:
            id: Id of the group, or its name.
            rules: All that it is to have.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), then `groups.update` (mutation).
        """
        return (yield from self.update(id, rules=rules))

    def delete(self, id: GroupRef) -> Flow[None]:
        """Delete a group, given by its id or name. Its members stay users.

        Args:
            id: Id of the group, or its name.

        Raises:
            GroupNotFoundError: There is no such group.
            ProtectedGroupError: It is one that the wiki cannot do without.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), then `groups.delete` (mutation).
        """
        yield from self._delete(id)

    # Members

    def add_user(self, group_id: GroupRef, user_id: UserRef) -> Flow[None]:
        """Make a user a member of a group.

        Args:
            group_id: Id of the group, or its name.
            user_id: Id of the user, or the e-mail address.

        Raises:
            GroupNotFoundError, UserNotFoundError: There is no such group or user.
            MembershipError: The user is a member already.
            ProtectedUserError: It is the guest, who has one group only.

        Permission: any of `manage:users`, `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.assignUser` (mutation).
        """
        yield from self._add((yield from self._group_id(group_id, "groups.list")), user_id)

    def remove_user(self, group_id: GroupRef, user_id: UserRef) -> Flow[None]:
        """Take a user out of a group.

        Args:
            group_id: Id of the group, or its name.
            user_id: Id of the user, or the e-mail address.

        Raises:
            GroupNotFoundError, UserNotFoundError: There is no such group or user.
            MembershipError: The user is not a member.
            ProtectedUserError: It is the guest, or the first administrator and the group Administrators.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), then `groups.unassignUser` (mutation).
        """
        group, member = (yield from self._group_id(group_id, "groups.list")), (yield from self._user_id(user_id))
        members = yield from self.list_members(group)
        try:
            yield from self._execute(ops.groups_unassign_user(group, user_id=member))
        except exc.APIError as error:
            raise membership_error(error, group, member) from None
        if all(user.id != member for user in members):
            raise exc.MembershipError(f"User {member} is not in group {group}.", operation="groups.unassignUser")


def _given(
    name: str | None,
    permissions: Iterable[Permission] | None,
    rules: Iterable[PageRule | fragments.PageRule] | None,
    redirect_on_login: str | None,
) -> GroupChanges:
    """What the caller gave."""
    given: GroupChanges = {}
    if name is not None:
        given["name"] = name
    if permissions is not None:
        given["permissions"] = permissions
    if rules is not None:
        given["rules"] = rules
    if redirect_on_login is not None:
        given["redirect_on_login"] = redirect_on_login
    return given
