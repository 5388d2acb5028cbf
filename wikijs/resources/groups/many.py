"""Writing groups, alone or many one after the other, and going on where a job was ended."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Required, TypedDict, cast

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, exclusively
from wikijs.core.jobs.results import BatchResult
from wikijs.core.operations import Operation
from wikijs.core.values import paths
from wikijs.permissions import PageRule, Permission, allow_everywhere, check_permissions, rule_input

from ..shared.base import Progress, afterwards
from ..shared.lookup import check_fields
from ..shared.many import BulkFlows
from ..shared.references import GroupRef, UserRef
from ..shared.several import several
from .reading import GroupsReadingFlows, missing

if TYPE_CHECKING:
    from wikijs_generated import fragments
    from wikijs_generated.fragments import GroupSettings
    from wikijs_generated.input_types import PageRuleInput

    from wikijs.core.jobs.journal import JournalPath

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

    id: Required[GroupRef]


class GroupsManyFlows(GroupsReadingFlows, BulkFlows):
    """The bulk part of `client.groups`."""

    def add_users(
        self,
        group_id: GroupRef,
        user_ids: Iterable[UserRef],
        *,
        progress: Progress | None = None,
        journal: JournalPath | None = None,
    ) -> Flow[BatchResult[UserRef, int]]:
        """Make several users members of a group, one after the other. See `add_user`.

        Args:
            group_id: Id of the group, or its name.
            user_ids: Ids or e-mail addresses of the users.
            progress: Called after each with the number done and the total.
            journal: Path of a file that notes what was done; see `create_many`.

        Returns:
            Ids of the users added, and what failed, each in the order of the input.

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: any of `manage:users`, `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.assignUser` (mutation).
        """

        def add(user: UserRef) -> Flow[int]:
            return self._add(group, user)

        def settle(user: UserRef, _: object) -> Flow[int]:
            return self._add(group, user, in_flight=True)

        group = yield from self._group_id(group_id, "groups.list")
        name, about = "groups.add_users", {"group": group_id}
        return (yield from self._job(name, user_ids, add, progress, journal, settle, int, about=about))

    def create_many(
        self, groups: Iterable[NewGroup], *, progress: Progress | None = None, journal: JournalPath | None = None
    ) -> Flow[BatchResult[NewGroup, GroupSettings]]:
        """Create several groups, one after the other: `[{"name": "Editors", "permissions": [...]}, ...]`.

        Args:
            groups: Arguments of `create` as dictionaries.
            progress: Called after each with the number done and the total.
            journal: Path of a file that notes what was done, so that a job that was killed can go on: run it again with
                the same input and journal. Groups that are done are not sent again, and of one that was under way it is
                found out what became of it. The names must differ then, since groups are known again by them.

        Returns:
            The new groups, and what failed, in the order of the input.

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.
            ValidationError: With a journal, two groups have the same name; nothing was sent.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.create` (mutation), `groups.update` (mutation).
        """
        from wikijs_generated.fragments import GroupSettings

        inputs = several(groups)
        if journal is not None:
            _check_distinct(inputs)
        name, settle = "groups.create_many", self._settle_create
        return (
            yield from self._job(
                name, inputs, self._create_item, progress, journal, settle, GroupSettings, look=self._present
            )
        )

    def _create_item(self, group: NewGroup) -> Flow[GroupSettings]:
        check_fields(group, NewGroup, "groups.create")
        return (yield from self._create(group["name"], group))

    def _settle_create(self, group: NewGroup, before: builtins.list[int]) -> Flow[GroupSettings]:
        check_fields(group, NewGroup, "groups.create")
        return (yield from self._create(group["name"], group, before=frozenset(before), in_flight=True))

    def _present(self, group: NewGroup) -> Flow[builtins.list[int]]:
        """Ids of the groups that are there before a group is created: a new one is known by not being among them."""
        check_fields(group, NewGroup, "groups.create")
        groups = yield from self._directly(ops.groups_list())
        return [each.id for each in groups]

    def update_many(
        self, updates: Iterable[GroupUpdate], *, progress: Progress | None = None, journal: JournalPath | None = None
    ) -> Flow[BatchResult[GroupUpdate, GroupSettings]]:
        """Change several groups, one after the other: `[{"id": 3, "name": "Editors"}, ...]`.

        Args:
            updates: Arguments of `update` as dictionaries.
            progress: Called after each with the number done and the total.
            journal: Path of a file that notes what was done; see `create_many`.

        Returns:
            The changed groups, and what failed, each in the order of the input.

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), `groups.update` (mutation).
        """
        from wikijs_generated.fragments import GroupSettings

        def settle(update: GroupUpdate, _: object) -> Flow[GroupSettings]:
            return self._update_item(update, in_flight=True)

        name = "groups.update_many"
        return (yield from self._job(name, updates, self._update_item, progress, journal, settle, GroupSettings))

    def _update_item(self, update: GroupUpdate, *, in_flight: bool = False) -> Flow[GroupSettings]:
        check_fields(update, GroupUpdate, "groups.update")
        group = yield from self._group_id(update["id"], "groups.list")
        return (yield from self._update(group, update, in_flight=in_flight))

    def delete_many(
        self, ids: Iterable[GroupRef], *, progress: Progress | None = None, journal: JournalPath | None = None
    ) -> Flow[BatchResult[GroupRef, int]]:
        """Delete several groups, one after the other. See `delete`.

        Args:
            ids: Ids or names of the groups.
            progress: Called after each with the number done and the total.
            journal: Path of a file that notes what was done; see `create_many`.

        Returns:
            Ids of the deleted groups, and what failed, each in the order of the input.

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: any of `write:groups`, `manage:groups`, `manage:system`.
        Operation: `groups.single` (query), `groups.delete` (mutation).
        """
        name, settle, look = "groups.delete_many", self._settle_delete, self._look
        return (yield from self._job(name, ids, self._delete, progress, journal, settle, int, look=look))

    def _look(self, id: GroupRef) -> Flow[int]:
        return self._group_id(id, "groups.list")

    def _settle_delete(self, id: GroupRef, group: int | None) -> Flow[int]:
        known = id if isinstance(id, int) else group  # by its name it may not be found any more
        try:
            return (yield from self._delete(id if known is None else known))
        except exc.GroupNotFoundError:
            if known is None:
                raise
            return known

    # Single writes; with `in_flight` of what may have been done before the program was ended.

    def _add(self, group_id: int, user: UserRef, *, in_flight: bool = False) -> Flow[int]:
        user_id = yield from self._user_id(user)
        try:
            yield from self._send_once(ops.groups_assign_user(group_id, user_id=user_id), in_flight=in_flight)
        except exc.APIError as error:
            raise membership_error(error, group_id, user_id) from None
        return user_id

    def _create(
        self,
        name: str,
        given: GroupChanges | NewGroup,
        *,
        before: frozenset[int] | None = None,
        in_flight: bool = False,
    ) -> Flow[GroupSettings]:
        _check_name(name)
        allowed, inputs, redirect_on_login = _checked(given)
        if inputs is None and allowed is not None:
            rule = allow_everywhere(allowed)
            inputs = _rule_inputs([rule] if rule.roles else [])
        create = ops.groups_create(name)
        create = Operation(create.spec, create.variables, before=before)
        created: GroupSettings = (yield from self._send_once(create, in_flight=in_flight)).group
        if allowed is None and inputs is None and redirect_on_login is None:
            return created
        try:
            return (yield from self._write(created, None, allowed, inputs, redirect_on_login, in_flight=in_flight))
        except exc.FollowUpError:
            raise
        except exc.WikiJSException as error:
            # A group with other rights than those asked for must not stay behind.
            if isinstance(error, exc.APIError) and not error.foreign and (yield from self._is_deleted(created.id)):
                raise
            raise exc.FollowUpError(
                f"The group was created (id {created.id}), but it did not get its rights: {error.message}",
                operation="groups.create",
                hint=f"Do not create it again: groups.update({created.id}, ...) gives it its rights.",
                result=created,
            ) from error

    def _is_deleted(self, id: int) -> Flow[bool]:
        with suppress(exc.WikiJSException):
            yield from self._execute(ops.groups_delete(id))
            return True
        return False

    def _update(self, id: int, given: GroupChanges, *, in_flight: bool = False) -> Flow[GroupSettings]:
        name = given.get("name")
        if name is not None:
            _check_name(name)
        allowed, inputs, redirect_on_login = _checked(given)
        if id == ADMINISTRATORS and allowed is not None and "manage:system" not in allowed:
            raise exc.ProtectedGroupError(
                "Without manage:system in the group Administrators nobody could administer the wiki any more.",
                operation="groups.update",
            )

        def merge() -> Flow[GroupSettings]:
            current = yield from self._settings(id)
            return (yield from self._write(current, name, allowed, inputs, redirect_on_login, in_flight=in_flight))

        return (yield from exclusively(GROUP_WRITES, merge()))

    def _delete(self, group: GroupRef) -> Flow[int]:
        number = yield from self._group_id(group, "groups.list")
        settings = yield from self._settings(number)
        if settings.is_system:
            raise exc.ProtectedGroupError(
                f"The wiki cannot do without the group {settings.name}.", operation="groups.delete"
            )
        yield from self._execute(ops.groups_delete(number))
        return number

    def _write(
        self,
        current: GroupSettings,
        name: str | None,
        permissions: builtins.list[str] | None,
        rules: builtins.list[PageRuleInput] | None,
        redirect_on_login: str | None,
        *,
        in_flight: bool = False,
    ) -> Flow[GroupSettings]:
        try:
            yield from self._send_once(
                ops.groups_update(
                    current.id,
                    name=current.name if name is None else name,
                    redirect_on_login=current.redirect_on_login if redirect_on_login is None else redirect_on_login,
                    permissions=current.permissions if permissions is None else permissions,
                    page_rules=[rule_input(rule) for rule in current.page_rules] if rules is None else rules,
                ),
                in_flight=in_flight,
            )
        except exc.APIError as error:
            if "regex" not in error.message:
                raise
            raise exc.ValidationError(
                "The server takes a regular expression of a page rule for broken, or for too slow to try.",
                operation=error.operation,
                hint="Avoid repetitions inside repetitions, such as (a+)+.",
            ) from None
        return (yield from afterwards(self._settings(current.id), "groups.update"))


def _check_name(name: str) -> None:
    if not paths.text("name", name).strip():
        raise exc.ValidationError("A group needs a name.", operation="groups.create")


def _check_distinct(groups: Iterable[NewGroup]) -> None:
    """Refuse names that come twice: a group that was perhaps created could not be told from the other."""
    given: list[Any] = [*groups]  # what is no group is refused later, in its turn
    names = Counter(str(cast("NewGroup", group).get("name")) for group in given if isinstance(group, dict))
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        raise exc.ValidationError(
            f"Two groups have the name {twice[0]!r}: a journal could not tell them apart.", operation="groups.create"
        )


def _checked(given: GroupChanges | NewGroup) -> tuple[list[str] | None, list[PageRuleInput] | None, str | None]:
    """Permissions, rules and first page as they are sent; None for what was not given."""
    permissions, rules = given.get("permissions"), given.get("rules")
    allowed = None if permissions is None else check_permissions(permissions)
    return allowed, None if rules is None else _rule_inputs(rules), given.get("redirect_on_login")


def _rule_inputs(rules: Iterable[PageRule | fragments.PageRule]) -> list[PageRuleInput]:
    return [rule_input(rule) for rule in rules]


def membership_error(error: exc.APIError, group_id: int, user_id: int) -> exc.APIError:
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
