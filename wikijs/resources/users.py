"""Users: accounts, their profiles and what they may do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.flow import Flow
from wikijs.operations import UNSET, Operation

from . import user_input
from .base import Progress
from .lookup import GroupName, check_fields
from .many import one_by_one
from .user_input import Appearance, DateFormat, NewUser, UserUpdate
from .user_reading import UsersReadingFlows

if TYPE_CHECKING:
    from wikijs_generated.fragments import ResponseStatus, User

    from wikijs.results import BatchResult


class UsersFlows(UsersReadingFlows):
    """Users: accounts, their profiles and what they may do."""

    # Writing

    def create(
        self,
        email: str,
        *,
        name: str,
        password: str | None = None,
        groups: Iterable[GroupName] = (),
        provider: str = "local",
        must_change_password: bool = False,
        send_welcome_email: bool = False,
    ) -> Flow[User]:
        """Create a user and return it. The server does not: it is looked up afterwards.

        Args:
            email: E-mail address, the name to log in with; stored in lower case.
            name: Name to show, 2 to 255 characters.
            password: At least 6 characters. Required with the provider "local", of no use with others.
            groups: Groups to be in, by id or name.
            provider: Key of the login strategy.
            must_change_password: Demand a new password at the first login.
            send_welcome_email: Send a mail, for which the wiki's mail settings must be complete.

        Raises:
            AccountExistsError: The address is in use with this provider.
            GroupNotFoundError: There is no such group; nothing was sent.
            ValidationError: The address, the name, the password or the provider cannot be; nothing was created.
            MailNotConfiguredError: The account was created, but the welcome mail was not sent.
            UserUnreadableError: The account was created, but the caller may not read it; `user` is what is known.

        Permission: any of `write:users`, `manage:users`, `manage:system`; the last two to have it returned. For groups
        that administer, also `manage:groups` or `manage:system`.
        Operation: `users.create` (mutation), then `users.search` and `users.single` (queries).
        """
        user_input.check_new(email, name, password, provider)
        ids = yield from self._group_ids(groups, "users.create")
        if provider != "local":
            strategies = yield from self._execute(ops.authentication_active_strategies())
            user_input.check_provider(provider, [strategy.key for strategy in strategies])
        operation = ops.users_create(
            email.lower(),
            name=name,
            provider_key=provider,
            groups=ids,
            password_raw=UNSET if password is None else password,
            must_change_password=must_change_password,
            send_welcome_email=send_welcome_email,
        )
        try:
            yield from self._execute(operation)
        except user_input.NOTHING_CREATED:
            raise
        except exc.APIError as error:
            created = yield from self._find(email, provider)
            if created is None:
                raise user_input.explained(error) from None
            raise user_input.half_created(error, created.id) from None
        created = yield from self._find(email, provider)
        if created is None:
            raise exc.ServerError(
                f"The server says that it created {email}, but does not list the account.", operation="users.create"
            )
        try:
            user = yield from self._execute(ops.users_single(created.id))
        except exc.PermissionDeniedError:
            unreadable = exc.UserUnreadableError(
                f"The account was created (id {created.id}), but the caller may not read it.",
                operation="users.create",
                permissions=("manage:users", "manage:system"),
                hint="What is known of it is in .user of this error; do not create it again.",
            )
            unreadable.user = created
            raise unreadable from None
        user_input.check_groups(user, ids)
        return user

    def update(
        self,
        id: int,
        *,
        email: str | None = None,
        name: str | None = None,
        password: str | None = None,
        groups: Iterable[GroupName] | None = None,
        location: str | None = None,
        job_title: str | None = None,
        timezone: str | None = None,
        date_format: DateFormat | None = None,
        appearance: Appearance | None = None,
    ) -> Flow[User]:
        """Change a user and return it. What is left out is kept.

        Args:
            id: Id of the user.
            email: New e-mail address.
            name: New name, 2 to 255 characters.
            password: New password, at least 6 characters; for users of the provider "local".
            groups: All groups to be in, by id or name, instead of the present ones.
            location, job_title: Texts of the profile.
            timezone: Such as "Europe/Berlin".
            date_format, appearance: How the user sees the wiki; empty for the wiki's own choice.

        Raises:
            UserNotFoundError: There is no such user.
            AccountExistsError: The address is in use.
            GroupNotFoundError: There is no such group; nothing was sent.
            ValidationError: A value cannot be, or is empty where the server cannot clear it; nothing was sent.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.update` (mutation), then `users.single` (query).
        """
        user_input.check_changes(email, name, password, location, job_title, timezone, date_format, appearance)
        ids = None if groups is None else (yield from self._group_ids(groups, "users.update"))
        fields: dict[str, Any] = {
            "email": None if email is None else email.lower(),
            "name": name,
            "new_password": password,
            "groups": ids,
            "location": location,
            "job_title": job_title,
            "timezone": timezone,
            "date_format": date_format,
            "appearance": appearance,
        }
        changes = {field: value for field, value in fields.items() if value is not None}
        if changes:
            try:
                yield from self._execute(ops.users_update(id, **changes))
            except exc.APIError as error:
                raise user_input.explained(error) from None
        return (yield from self.get(id))

    def delete(self, id: int, *, replace_with: int) -> Flow[None]:
        """Delete a user and give what the user wrote to another one.

        Args:
            id: Id of the user.
            replace_with: Id of the user who becomes the author of the pages, comments and assets.

        Raises:
            UserNotFoundError: One of the two does not exist; nothing was deleted.
            ProtectedUserError: It is the guest or the first administrator.
            ValidationError: Both ids are the same.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.delete` (mutation).
        """
        if id == replace_with:
            raise exc.ValidationError(
                "What a deleted user wrote must go to somebody else.",
                operation="users.delete",
                hint="Give the id of another user as replace_with.",
            )
        # The server looks only where there is something to give; without a look here it would delete all the same.
        yield from self.get(replace_with)
        yield from self._execute(ops.users_delete(id, replace_id=replace_with))

    def activate(self, id: int) -> Flow[None]:
        """Let a user log in again.

        Raises:
            UserNotFoundError: There is no such user.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.activate` (mutation).
        """
        yield from self._switch(id, ops.users_activate(id))

    def deactivate(self, id: int) -> Flow[None]:
        """Keep a user from logging in.

        Raises:
            UserNotFoundError: There is no such user.
            ProtectedUserError: It is the guest or the first administrator.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.deactivate` (mutation).
        """
        yield from self._switch(id, ops.users_deactivate(id))

    def verify(self, id: int) -> Flow[None]:
        """Take a user's e-mail address for verified.

        Raises:
            UserNotFoundError: There is no such user.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.verify` (mutation).
        """
        yield from self._switch(id, ops.users_verify(id))

    def enable_tfa(self, id: int) -> Flow[None]:
        """Demand two-factor authentication of a user, who sets it up at the next login.

        Raises:
            UserNotFoundError: There is no such user.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.enableTFA` (mutation).
        """
        yield from self._switch(id, ops.users_enable_tfa(id))

    def disable_tfa(self, id: int) -> Flow[None]:
        """Stop demanding two-factor authentication of a user.

        Raises:
            UserNotFoundError: There is no such user.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.disableTFA` (mutation).
        """
        yield from self._switch(id, ops.users_disable_tfa(id))

    # Many

    def create_many(
        self, users: Iterable[NewUser], *, progress: Progress | None = None
    ) -> Flow[BatchResult[NewUser, User]]:
        """Create several users, one after the other: `[{"email": ..., "name": ..., "password": ...}, ...]`.

        Args:
            users: Arguments of `create` as dictionaries.
            progress: Called after each with the number done and the total.

        Returns:
            The new users, and what failed, each in the order of the input.

        Permission: see `create`.
        Operation: `users.create` (mutation), `users.search` and `users.single` (queries).
        """
        return (yield from one_by_one(users, self._create_item, progress))

    def _create_item(self, user: NewUser) -> Flow[User]:
        check_fields(user, NewUser, "users.create")
        return (yield from self.create(**user))

    def update_many(
        self, updates: Iterable[UserUpdate], *, progress: Progress | None = None
    ) -> Flow[BatchResult[UserUpdate, User]]:
        """Change several users, one after the other: `[{"id": 7, "name": ...}, ...]`.

        Args:
            updates: Arguments of `update` as dictionaries.
            progress: Called after each with the number done and the total.

        Returns:
            The changed users, and what failed, each in the order of the input.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.update` (mutation), `users.single` (query).
        """
        return (yield from one_by_one(updates, self._update_item, progress))

    def _update_item(self, update: UserUpdate) -> Flow[User]:
        check_fields(update, UserUpdate, "users.update")
        return (yield from self.update(**update))

    def delete_many(
        self, ids: Iterable[int], *, replace_with: int, progress: Progress | None = None
    ) -> Flow[BatchResult[int, int]]:
        """Delete several users, one after the other, and give what they wrote to another one. See `delete`.

        Returns:
            Ids of the deleted users, and what failed, each in the order of the input.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), `users.delete` (mutation).
        """

        def delete(id: int) -> Flow[int]:
            yield from self.delete(id, replace_with=replace_with)
            return id

        return (yield from one_by_one(ids, delete, progress))

    # Parts

    def _switch(self, id: int, operation: Operation[ResponseStatus]) -> Flow[None]:
        """Change a switch of a user who exists; the server says yes to unknown ids too."""
        yield from self.get(id)
        try:
            yield from self._execute(operation)
        except exc.APIError as error:
            raise user_input.explained(error) from None
