"""Writing users, alone or many one after the other, and going on where a job was ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.core.operations import UNSET

from ..shared.base import Progress, afterwards
from ..shared.lookup import check_fields
from ..shared.many import BulkFlows
from ..shared.references import UserRef
from . import input as user_input
from .input import NewUser, UserUpdate
from .reading import UsersReadingFlows

if TYPE_CHECKING:
    from wikijs_generated.fragments import User

    from wikijs.core.jobs.journal import JournalPath
    from wikijs.core.jobs.results import BatchResult


class UsersManyFlows(UsersReadingFlows, BulkFlows):
    """The bulk part of `client.users`."""

    def create_many(
        self, users: Iterable[NewUser], *, progress: Progress | None = None, journal: JournalPath | None = None
    ) -> Flow[BatchResult[NewUser, User]]:
        """Create several users, one after the other: `[{"email": ..., "name": ..., "password": ...}, ...]`.

        Args:
            users: Arguments of `create` as dictionaries.
            progress: Called after each with the number done and the total.
            journal: Path of a file that notes what was done, so that a job that was killed can go on: run it again with
                the same input (passwords included) and journal. Users that are done are not sent again, and of one that
                was under way it is found out what became of it. Passwords are not written down.

        Returns:
            The new users, and what failed, each in the order of the input.

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: see `create`.
        Operation: `users.create` (mutation), `users.search` and `users.single` (queries).
        """
        from wikijs_generated.fragments import User

        def settle(user: NewUser, before: Any) -> Flow[User]:
            return self._create_item(user, in_flight=True, before=before)

        name, look = "users.create_many", self._look_before
        return (yield from self._job(name, users, self._create_item, progress, journal, settle, User, look=look))

    def _look_before(self, user: NewUser) -> Flow[Any]:
        """Whether there is an account already: it must not pass for the new one."""
        check_fields(user, NewUser, "users.create")
        wanted = ops.users_create(
            user["email"], name=user["name"], provider_key=user.get("provider", "local"), groups=[]
        )
        return (yield from self._engine.policy.prepare(wanted, self._directly))

    def update_many(
        self, updates: Iterable[UserUpdate], *, progress: Progress | None = None, journal: JournalPath | None = None
    ) -> Flow[BatchResult[UserUpdate, User]]:
        """Change several users, one after the other: `[{"id": 7, "name": ...}, ...]`.

        Args:
            updates: Arguments of `update` as dictionaries.
            progress: Called after each with the number done and the total.
            journal: Path of a file that notes what was done; see `create_many`.

        Returns:
            The changed users, and what failed, each in the order of the input.

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.update` (mutation), `users.single` (query).
        """
        from wikijs_generated.fragments import User

        def settle(update: UserUpdate, _: object) -> Flow[User]:
            return self._update_item(update, in_flight=True)

        name = "users.update_many"
        return (yield from self._job(name, updates, self._update_item, progress, journal, settle, User))

    def delete_many(
        self,
        ids: Iterable[UserRef],
        *,
        replace_with: UserRef,
        progress: Progress | None = None,
        journal: JournalPath | None = None,
    ) -> Flow[BatchResult[UserRef, int]]:
        """Delete several users, one after the other, and give what they wrote to another one. See `delete`.

        Args:
            ids: Ids or e-mail addresses of the users.
            replace_with: Id or e-mail address of the user who becomes the author of what they wrote.
            progress: Called after each with the number done and the total.
            journal: Path of a file that notes what was done; see `create_many`.

        Returns:
            Ids of the deleted users, and what failed, each in the order of the input.

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), `users.delete` (mutation).
        """

        def delete(id: UserRef) -> Flow[int]:
            return self._delete(id, heir)

        def settle(id: UserRef, known: int | None) -> Flow[int]:
            return self._delete(id if known is None else known, heir, in_flight=True)

        heir = yield from self._user_id(replace_with)
        name, about, look = "users.delete_many", {"replace_with": replace_with}, self._user_id
        return (yield from self._job(name, ids, delete, progress, journal, settle, int, about=about, look=look))

    # Single writes; with `in_flight` of what may have been done before the program was ended.

    def _create_item(self, user: NewUser, *, in_flight: bool = False, before: Any = None) -> Flow[User]:
        check_fields(user, NewUser, "users.create")
        email, password, provider = user["email"], user.get("password"), user.get("provider", "local")
        user_input.check_new(email, user["name"], password, provider)
        ids = yield from self._group_ids(user.get("groups", ()), "users.create")
        if provider != "local":
            strategies = yield from self._execute(ops.authentication_active_strategies())
            user_input.check_provider(provider, [strategy.key for strategy in strategies])
        operation = ops.users_create(
            email.lower(),
            name=user["name"],
            provider_key=provider,
            groups=ids,
            password_raw=UNSET if password is None else password,
            must_change_password=user.get("must_change_password", False),
            send_welcome_email=user.get("send_welcome_email", False),
        )
        try:
            yield from self._send_once(replace(operation, before=before), in_flight=in_flight)
        except user_input.NOTHING_CREATED:
            raise
        except exc.APIError as error:
            created = yield from self._find(email, provider)
            if created is None:
                raise user_input.explained(error) from None
            if not error.message.startswith(user_input.ONE_GROUP_ONLY):
                raise user_input.half_created(error, created.id) from None
        new = yield from afterwards(self._created(email, provider), "users.create")
        if not {group.id for group in new.groups}.issuperset(ids):
            # The server may have been stopped on its way; and on MariaDB and SQLite it cannot put a new account into
            # several groups, which it finds out when the account is there.
            yield from afterwards(self._join(new.id, ids), "users.create")
            new = yield from afterwards(self._created(email, provider), "users.create")
        user_input.check_groups(new, ids)
        return new

    def _join(self, id: int, groups: list[int]) -> Flow[None]:
        """Put a new account into its groups; who is in none then is told by `check_groups`."""
        try:
            yield from self._execute(ops.users_update(id, groups=groups))
        except exc.APIError:
            return

    def _created(self, email: str, provider: str) -> Flow[User]:
        """Read an account that was just created."""
        found = yield from self._find(email, provider)
        if found is None:
            raise exc.ServerError(
                f"The server says that it created {email}, but does not list the account.", operation="users.create"
            )
        try:
            return (yield from self._execute(ops.users_single(found.id)))
        except exc.PermissionDeniedError:
            unreadable = exc.UserUnreadableError(
                f"The account was created (id {found.id}), but the caller may not read it.",
                operation="users.create",
                permissions=("manage:users", "manage:system"),
                hint="What is known of it is in .user of this error; do not create it again.",
            )
            unreadable.user = found
            raise unreadable from None

    def _update_item(self, update: UserUpdate, *, in_flight: bool = False) -> Flow[User]:
        check_fields(update, UserUpdate, "users.update")
        user_input.check_changes(update)
        changes: dict[str, Any] = {name: value for name, value in update.items() if value is not None}
        user_id = yield from self._user_id(changes.pop("id"))
        if "email" in changes:
            changes["email"] = changes["email"].lower()
        if "password" in changes:
            changes["new_password"] = changes.pop("password")
        if "groups" in changes:
            changes["groups"] = yield from self._group_ids(changes["groups"], "users.update")
        if changes:
            try:
                yield from self._send_once(ops.users_update(user_id, **changes), in_flight=in_flight)
            except exc.APIError as error:
                raise user_input.explained(error) from None
            return (yield from afterwards(self.get(user_id), "users.update"))
        return (yield from self.get(user_id))

    def _delete(self, user: UserRef, heir: UserRef, *, in_flight: bool = False) -> Flow[int]:
        number, replace_with = (yield from self._user_id(user)), (yield from self._user_id(heir))
        if number == replace_with:
            raise exc.ValidationError(
                "What a deleted user wrote must go to somebody else.",
                operation="users.delete",
                hint="Give the id of another user as replace_with.",
            )
        # The server looks only where there is something to give; without a look here it would delete all the same.
        yield from self.get(replace_with)
        yield from self._send_once(ops.users_delete(number, replace_id=replace_with), in_flight=in_flight)
        return number
