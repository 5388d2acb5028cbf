"""API keys: tokens for programs, each with the permissions of one group."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, Stream
from wikijs.core.tokens import read_token
from wikijs.core.values import paths
from wikijs.core.values.defaults import ONE_YEAR

from .shared.lookup import GroupFinderFlows, GroupName
from .shared.paging import check_batch_size, check_part, in_batches, part
from .shared.references import ApiKeyRef, key_reference

if TYPE_CHECKING:
    from wikijs_generated.fragments import ApiKey

SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=365 * 100)


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key just made.

    Attributes:
        id: Id of the key, for `revoke`.
        name: Its name.
        key: The key itself. The server shows it this once; it is not part of the repr.
        expires_at: When it ends.
        group_id: The group whose permissions it has; 1, Administrators, with full access.
    """

    id: int
    name: str
    key: str = field(repr=False)
    expires_at: datetime
    group_id: int | None


class ApiKeysFlows(GroupFinderFlows):
    """API keys: tokens for programs, each with the permissions of one group."""

    def list(
        self, *, revoked: bool | None = None, search: str = "", limit: int | None = None, offset: int = 0
    ) -> Flow[builtins.list[ApiKey]]:
        """List the API keys by id, without the keys themselves.

        Args:
            revoked: Only revoked keys, or only the others. Attempts to create a key that failed are revoked ones.
            search: Part of the name, in upper or lower case.
            limit: Keys at most.
            offset: Keys to leave out first: `limit=50, offset=100` is the third page of fifty.

        Raises:
            ValidationError: A negative limit or offset.

        Permission: any of `manage:api`, `manage:system`.
        Operation: `authentication.apiKeys` (query).
        """
        check_part(limit, offset)
        text = paths.text("search", search).casefold()
        keys = yield from self._execute(ops.authentication_api_keys())
        kept = [key for key in keys if revoked in (None, key.is_revoked) and text in key.name.casefold()]
        return part(sorted(kept, key=lambda key: key.id), limit, offset)

    def iter_all(self, *, batch_size: int = 50, revoked: bool | None = None, search: str = "") -> Stream[ApiKey]:
        """Iterate over the API keys in the order of their ids, without the keys themselves.

        Args:
            batch_size: Keys handed out together.
            revoked, search: See `list`.

        Permission: any of `manage:api`, `manage:system`.
        Operation: `authentication.apiKeys` (query).
        """
        check_batch_size(batch_size)
        yield from in_batches((yield from self.list(revoked=revoked, search=search)), batch_size)

    def get(self, id: ApiKeyRef) -> Flow[ApiKey]:
        """Read what is known of an API key.

        Args:
            id: Id of the key, or its name. Of several keys of one name the one that is not revoked is meant.

        Raises:
            ApiKeyNotFoundError: There is no such key.
            ConflictError: Several keys have this name.

        Permission: any of `manage:api`, `manage:system`.
        Operation: `authentication.apiKeys` (query).
        """
        wanted = key_reference(id)
        keys = [key for key in (yield from self.list()) if wanted in (key.id, key.name)]
        alive = [key for key in keys if not key.is_revoked]
        found = alive if len(keys) > 1 and alive else keys
        if not found:
            raise exc.ApiKeyNotFoundError(f"There is no API key {wanted!r}.", operation="authentication.apiKeys")
        if len(found) > 1:
            raise exc.ConflictError(
                f"{len(found)} API keys have the name {wanted!r}.",
                operation="authentication.apiKeys",
                hint=f"Give one of the ids {[key.id for key in found]}.",
            )
        return found[0]

    def create(
        self,
        name: str,
        *,
        expires: timedelta | datetime = ONE_YEAR,
        full_access: bool = False,
        group: GroupName | None = None,
    ) -> Flow[NewApiKey]:
        """Create an API key with the permissions of a group, or with all. The wiki must accept keys: see `enable`.

        Args:
            name: What the key is for.
            expires: How long it is valid, from a minute to a hundred years, or until when (with a time zone; by the
                clock of this computer). Parts of a second are dropped.
            full_access: Let it do everything.
            group: Id or name of the group whose permissions it has.

        Raises:
            ValidationError: Neither full access nor a group, or both, or a name or a time that cannot be; nothing was
                sent. The server would make a key that may do nothing, or one that ends at once.
            GroupNotFoundError: There is no such group; nothing was sent.

        Permission: any of `manage:api`, `manage:system`; to give the group by name, also to list groups.
        Operation: `authentication.createApiKey` (mutation).
        """
        operation = "authentication.createApiKey"
        if not paths.text("name", name).strip():
            raise exc.ValidationError("An API key needs a name.", operation=operation)
        if full_access == (group is not None):
            raise exc.ValidationError(
                "An API key has either full access or the permissions of one group.",
                operation=operation,
                hint="Give full_access=True, or group=.",
            )
        validity = _validity(expires)
        if not SHORTEST <= validity <= LONGEST:
            raise exc.ValidationError(f"An API key cannot be valid for {validity}.", operation=operation)
        ids = [] if group is None else (yield from self._group_ids([group], operation))
        # Seconds with their unit: the server takes a bare number for milliseconds.
        duration = f"{int(validity.total_seconds())}s"
        create = ops.authentication_create_api_key
        if ids:
            result = yield from self._execute(create(name, expiration=duration, full_access=False, group=ids[0]))
        else:
            result = yield from self._execute(create(name, expiration=duration, full_access=True))
        return _new_key(name, result.key, operation)

    def revoke(self, id: ApiKeyRef) -> Flow[None]:
        """Revoke an API key. This cannot be undone.

        Args:
            id: Id of the key, or its name; see `get`.

        Raises:
            ApiKeyNotFoundError: There is no such key.

        Permission: any of `manage:api`, `manage:system`.
        Operation: `authentication.apiKeys` (query), then `authentication.revokeApiKey` (mutation).
        """
        key = yield from self.get(id)
        yield from self._execute(ops.authentication_revoke_api_key(key.id))

    def enabled(self) -> Flow[bool]:
        """Tell whether the wiki accepts API keys. New wikis do not.

        Permission: any of `manage:api`, `manage:system`.
        Operation: `authentication.apiState` (query).
        """
        return (yield from self._execute(ops.authentication_api_state()))

    def enable(self) -> Flow[None]:
        """Let the wiki accept API keys. Takes another login than a key.

        Permission: any of `manage:api`, `manage:system`.
        Operation: `authentication.setApiState` (mutation).
        """
        yield from self._execute(ops.authentication_set_api_state(True))

    def disable(self) -> Flow[None]:
        """Let the wiki refuse all API keys, the one in use here included, until `enable` by another login.

        Permission: any of `manage:api`, `manage:system`.
        Operation: `authentication.setApiState` (mutation).
        """
        yield from self._execute(ops.authentication_set_api_state(False))


def _validity(expires: object) -> timedelta:
    """How long a key is to be valid."""
    if isinstance(expires, timedelta):
        return expires
    if isinstance(expires, datetime) and expires.tzinfo is not None:
        return expires - datetime.now(UTC)
    raise exc.ValidationError(
        f"expires must be a timedelta or a datetime with a time zone, not {expires!r}.",
        operation="authentication.createApiKey",
    )


def _new_key(name: str, key: str | None, operation: str) -> NewApiKey:
    token = None if key is None else read_token(key)
    if token is None or token.key_id is None or token.expires_at is None:
        raise exc.ServerError("The server answered with something that is no API key.", operation=operation)
    return NewApiKey(token.key_id, name, token.value, datetime.fromtimestamp(token.expires_at, UTC), token.group_id)
