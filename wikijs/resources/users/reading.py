"""Users, as they are read."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, overload

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, Stream

from ..shared.lookup import SEARCH_LIMIT, GroupFinderFlows, GroupName, UserFinderFlows, each_id, in_place
from ..shared.paging import check_batch_size, check_part, in_batches, part
from ..shared.references import UserRef

if TYPE_CHECKING:
    from wikijs_generated.fragments import User, UserSearchHit, UserSummary


class UsersReadingFlows(GroupFinderFlows, UserFinderFlows):
    """The reading part of `client.users`."""

    def get(self, id: UserRef) -> Flow[User]:
        """Read a user with profile and groups.

        Args:
            id: Id of the user, or the e-mail address.

        Raises:
            UserNotFoundError: There is no such user.
            ConflictError: Several accounts have this address, with different ways to log in.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query); for an address `users.search` (query) first.
        """
        user = yield from self._user_id(id)
        try:
            return (yield from self._execute(ops.users_single(user)))
        except exc.APIError as error:
            raise (yield from self._why(user, error)) from None

    @overload
    def get_many(
        self, ids: Iterable[UserRef], *, return_exceptions: Literal[False] = False
    ) -> Flow[builtins.list[User]]: ...
    @overload
    def get_many(self, ids: Iterable[UserRef], *, return_exceptions: bool) -> Flow[builtins.list[User | Exception]]: ...
    def get_many(self, ids: Iterable[UserRef], *, return_exceptions: bool = False) -> Flow[builtins.list[Any]]:
        """Read several users in as few requests as possible, in the order of the ids.

        Args:
            ids: Ids or e-mail addresses of the users.
            return_exceptions: Put the exception in the place of a user who could not be read, instead of raising it.

        Raises:
            UserNotFoundError: One does not exist.

        Permission: any of `manage:users`, `manage:system`.
        Operation: `users.single` (query).
        """
        wanted = yield from each_id(ids, self._user_id)
        numbers = [each for each in wanted if isinstance(each, int)]
        outcomes = yield from self._batch([ops.users_single(one) for one in numbers])
        for index, outcome in enumerate(outcomes):
            if isinstance(outcome, exc.APIError):
                outcomes[index] = yield from self._why(numbers[index], outcome)
        users = in_place(wanted, outcomes)
        for user in () if return_exceptions else users:
            if isinstance(user, Exception):
                raise user
        return users

    def list(
        self,
        *,
        search: str | None = None,
        active: bool | None = None,
        system: bool | None = None,
        provider: str | None = None,
        group: GroupName | None = None,
        filter: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Flow[builtins.list[UserSummary]]:
        """List users by id. The filters work on this side, because the server ignores its own and has no paging.

        Args:
            search: Part of the name or of the e-mail address, in upper or lower case.
            active: Only those who may log in, or only those who may not.
            system: Only the wiki's own account (the guest), or only the others.
            provider: Key of the login strategy, such as "local".
            group: Only members of this group, by id or name. Takes the permission to read groups.
            filter: Another name of search; where both are given, both must hold.
            limit: Users at most.
            offset: Users to leave out first: `limit=50, offset=100` is the third page of fifty.

        Raises:
            GroupNotFoundError: There is no such group.
            ValidationError: A negative limit or offset.

        Permission: any of `write:users`, `manage:users`, `manage:system`.
        Operation: `users.list` (query).
        """
        check_part(limit, offset)
        users: builtins.list[UserSummary]
        if group is None:
            users = yield from self._execute(ops.users_list())
        else:
            [group_id] = yield from self._group_ids([group], "users.list")
            found = yield from self._execute(ops.groups_single(group_id))
            users = found.users if found is not None else []
        texts = [text.casefold() for text in (search, filter) if text]
        kept = [
            user
            for user in users
            if all(text in user.name.casefold() or text in user.email.casefold() for text in texts)
            and active in (None, user.is_active)
            and system in (None, user.is_system)
            and provider in (None, user.provider_key)
        ]
        return part(sorted(kept, key=lambda user: user.id), limit, offset)

    def iter_all(
        self,
        *,
        batch_size: int = 50,
        search: str | None = None,
        active: bool | None = None,
        system: bool | None = None,
        provider: str | None = None,
        group: GroupName | None = None,
    ) -> Stream[UserSummary]:
        """Iterate over all users, or those that pass the filters, in the order of their ids.

        The list comes whole when the iteration begins, because the server has no paging; users that were handed out
        are let go of.

        Args:
            batch_size: Users handed out together.
            search, active, system, provider, group: See `list`.

        Raises:
            GroupNotFoundError: There is no such group.

        Permission: any of `write:users`, `manage:users`, `manage:system`.
        Operation: `users.list` (query).
        """
        check_batch_size(batch_size)
        users = yield from self.list(search=search, active=active, system=system, provider=provider, group=group)
        yield from in_batches(users, batch_size)

    def search(self, query: str) -> Flow[builtins.list[UserSearchHit]]:
        """Find users by a part of the name or of the e-mail address, in upper or lower case.

        The server's own search finds ten users at most and tells upper from lower case on PostgreSQL. It serves those
        who may not list users.

        Args:
            query: Text in the name or the address.

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
