"""Users: accounts, their profiles and what they may do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.core.operations import Operation

from ..shared.lookup import GroupName
from ..shared.references import UserRef
from . import input as user_input
from .input import Appearance, DateFormat, NewUser, UserUpdate
from .many import UsersManyFlows

if TYPE_CHECKING:
    from wikijs_generated.fragments import ResponseStatus, User


class UsersFlows(UsersManyFlows):
    """Users: accounts, their profiles and what they may do."""

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
        user: NewUser = {
            "email": email,
            "name": name,
            "groups": groups,
            "provider": provider,
            "must_change_password": must_change_password,
            "send_welcome_email": send_welcome_email,
        }
        if password is not None:
            user["password"] = password
        return (yield from self._create_item(user))

    def update(
        self,
        id: UserRef,
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
            id: Id of the user, or the e-mail address.
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
        fields: dict[str, Any] = {
            "id": id,
            "email": email,
            "name": name,
            "password": password,
            "groups": groups,
            "location": location,
            "job_title": job_title,
            "timezone": timezone,
            "date_format": date_format,
            "appearance": appearance,
        }
        given = {field: value for field, value in fields.items() if value is not None}
        return (yield from self._update_item(cast("UserUpdate", given)))

    def delete(self, id: UserRef, *, replace_with: UserRef) -> Flow[None]:
        """Delete a user and give what the user wrote to another one.

        Args:
            id: Id of the user, or the e-mail address.
            replace_with: Id or e-mail address of the user who becomes the author of the pages, comments and assets.

        Raises:
            UserNotFoundError: One of the two does not exist; nothing was deleted.
            ProtectedUserError: It is the guest or the first administrator.
            ValidationError: Both ids are the same.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.delete` (mutation).
        """
        yield from self._delete(id, replace_with)

    def activate(self, id: UserRef) -> Flow[None]:
        """Let a user log in again.

        Args:
            id: Id of the user, or the e-mail address.

        Raises:
            UserNotFoundError: There is no such user.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.activate` (mutation).
        """
        yield from self._switch(id, ops.users_activate)

    def deactivate(self, id: UserRef) -> Flow[None]:
        """Keep a user from logging in.

        Args:
            id: Id of the user, or the e-mail address.

        Raises:
            UserNotFoundError: There is no such user.
            ProtectedUserError: It is the guest or the first administrator.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.deactivate` (mutation).
        """
        yield from self._switch(id, ops.users_deactivate)

    def verify(self, id: UserRef) -> Flow[None]:
        """Take a user's e-mail address for verified.

        Args:
            id: Id of the user, or the e-mail address.

        Raises:
            UserNotFoundError: There is no such user.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.verify` (mutation).
        """
        yield from self._switch(id, ops.users_verify)

    def enable_tfa(self, id: UserRef) -> Flow[None]:
        """Demand two-factor authentication of a user, who sets it up at the next login.

        Args:
            id: Id of the user, or the e-mail address.

        Raises:
            UserNotFoundError: There is no such user.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.enableTFA` (mutation).
        """
        yield from self._switch(id, ops.users_enable_tfa)

    def disable_tfa(self, id: UserRef) -> Flow[None]:
        """Stop demanding two-factor authentication of a user.

        Args:
            id: Id of the user, or the e-mail address.

        Raises:
            UserNotFoundError: There is no such user.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query), then `users.disableTFA` (mutation).
        """
        yield from self._switch(id, ops.users_disable_tfa)

    # Parts

    def _switch(self, id: UserRef, operation: Callable[[int], Operation[ResponseStatus]]) -> Flow[None]:
        """Change a switch of a user who exists; the server says yes to unknown ids too."""
        user = yield from self.get(id)
        try:
            yield from self._execute(operation(user.id))
        except exc.APIError as error:
            raise user_input.explained(error) from None
