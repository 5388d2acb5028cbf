"""Users, as they are read."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Literal, overload

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow

from ..shared.lookup import GroupFinderFlows, GroupName

if TYPE_CHECKING:
    from wikijs_generated.fragments import User, UserSearchHit, UserSummary

SEARCH_LIMIT: Final = 10
"""How many users the server's own search finds at most."""


class UsersReadingFlows(GroupFinderFlows):
    """The reading part of `client.users`."""

    def get(self, id: int) -> Flow[User]:
        """Read a user with profile and groups.

        Raises:
            UserNotFoundError: There is no such user.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query).
        """
        try:
            return (yield from self._execute(ops.users_single(id)))
        except exc.APIError as error:
            raise (yield from self._why(id, error)) from None

    @overload
    def get_many(
        self, ids: Iterable[int], *, return_exceptions: Literal[False] = False
    ) -> Flow[builtins.list[User]]: ...
    @overload
    def get_many(self, ids: Iterable[int], *, return_exceptions: bool) -> Flow[builtins.list[User | Exception]]: ...
    def get_many(self, ids: Iterable[int], *, return_exceptions: bool = False) -> Flow[builtins.list[Any]]:
        """Read several users in as few requests as possible, in the order of the ids.

        Args:
            ids: Ids of the users.
            return_exceptions: Put the exception in the place of a user who could not be read, instead of raising it.

        Raises:
            UserNotFoundError: One does not exist.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query).
        """
        wanted = list(ids)
        users = yield from self._batch([ops.users_single(one) for one in wanted])
        for index, outcome in enumerate(users):
            if isinstance(outcome, Exception):
                error = (yield from self._why(wanted[index], outcome)) if isinstance(outcome, exc.APIError) else outcome
                if not return_exceptions:
                    raise error
                users[index] = error
        return users

    def list(
        self,
        *,
        search: str | None = None,
        active: bool | None = None,
        system: bool | None = None,
        provider: str | None = None,
        group: GroupName | None = None,
    ) -> Flow[builtins.list[UserSummary]]:
        """List users by id. The filters work on this side, because the server ignores its own.

        Args:
            search: Part of the name or of the e-mail address, in upper or lower case.
            active: Only those who may log in, or only those who may not.
            system: Only the wiki's own account (the guest), or only the others.
            provider: Key of the login strategy, such as "local".
            group: Only members of this group, by id or name. Takes the permission to read groups.

        Raises:
            GroupNotFoundError: There is no such group.

        Permission: any of `write:users`, `manage:users`, `manage:system`.
        Operation: `users.list` (query).
        """
        users: builtins.list[UserSummary]
        if group is None:
            users = yield from self._execute(ops.users_list())
        else:
            [group_id] = yield from self._group_ids([group], "users.list")
            found = yield from self._execute(ops.groups_single(group_id))
            users = found.users if found is not None else []
        text = (search or "").casefold()
        kept = [
            user
            for user in users
            if (text in user.name.casefold() or text in user.email.casefold())
            and active in (None, user.is_active)
            and system in (None, user.is_system)
            and provider in (None, user.provider_key)
        ]
        return sorted(kept, key=lambda user: user.id)

    def search(self, query: str) -> Flow[builtins.list[UserSearchHit]]:
        """Find users by a part of the name or of the e-mail address, in upper or lower case.

        The server's own search finds ten users at most and tells upper from lower case on PostgreSQL. It serves those
        who may not list users.

        Permission: any of `write:users`, `manage:users`, `write:groups`, `manage:groups`, `manage:system`.
        Operation: `users.list` (query), or `users.search` (query).
        """
        from wikijs_generated.fragments import UserSearchHit

        try:
            users = yield from self.list(search=query)
        except exc.PermissionDeniedError:
            return sorted((yield from self._execute(ops.users_search(query))), key=lambda user: user.id)
        return [UserSearchHit.model_validate(user, from_attributes=True) for user in users]

    def _find(self, email: str, provider: str) -> Flow[UserSearchHit | None]:
        """The account of an address, which is in lower case on the server."""
        address = email.lower()
        hits = yield from self._execute(ops.users_search(address))
        if len(hits) >= SEARCH_LIMIT:  # the one we look for may be among those that were cut off
            hits = yield from self.search(address)
        return next((hit for hit in hits if hit.email == address and hit.provider_key == provider), None)

    def _why(self, id: int, error: exc.APIError) -> Flow[exc.APIError]:
        """What a failed read means: the server stumbles over a missing user, and over one whose strategy is gone."""
        stumbled = isinstance(error, exc.UserNotFoundError) or error.message.startswith("Cannot ")
        if not stumbled:
            return error
        users = yield from self._execute(ops.users_list())
        user = next((user for user in users if user.id == id), None)
        if user is None:
            return exc.UserNotFoundError(f"There is no user {id}.", operation="users.single", code=0, slug="")
        return exc.ServerError(
            f"The profile of user {id} cannot be read: the login strategy {user.provider_key!r} is not active.",
            operation="users.single",
            hint="users.list() tells what can be had.",
        )
