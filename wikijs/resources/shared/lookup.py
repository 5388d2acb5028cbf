"""From what callers name things by to the ids that the server wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.permissions import suggestion

from .base import Flows
from .references import GroupRef, UserRef, group_reference, user_reference
from .several import several

if TYPE_CHECKING:
    from wikijs_generated.fragments import GroupSummary, UserSearchHit, UserSummary

In = TypeVar("In")
T = TypeVar("T")

GroupName: TypeAlias = int | str
"""A group by id or by name."""
SEARCH_LIMIT: Final = 10
"""How many users the server's own search finds at most."""


class GroupFinderFlows(Flows):
    """Finds groups."""

    def _group_ids(self, groups: Iterable[GroupName], operation: str) -> Flow[list[int]]:
        """Ids of groups that exist.

        Before 2.5.313 only those who may see groups can list them: others must give ids, which are then not checked.
        """
        if isinstance(groups, int | str):
            raise exc.ValidationError(f"Groups are a list: give [{groups!r}].", operation=operation)
        wanted = list(dict.fromkeys(groups))
        if not wanted:
            return []
        try:
            known = yield from self._execute(ops.groups_list())
        except exc.PermissionDeniedError:
            ids = [group for group in wanted if isinstance(group, int)]
            if len(ids) < len(wanted):
                raise
            return ids
        return list(dict.fromkeys(group_id(group, known, operation) for group in wanted))

    def _group_id(self, group: GroupRef, operation: str) -> Flow[int]:
        """The id of a group given by id or name; an id is not looked up.

        Raises:
            GroupNotFoundError: There is none of this name.
            ConflictError: Several groups have this name.
            ValidationError: It is neither an id nor a name.
        """
        wanted = group_reference(group)
        if isinstance(wanted, int):
            return wanted
        return group_id(wanted, (yield from self._execute(ops.groups_list())), operation)


class UserFinderFlows(Flows):
    """Finds users."""

    def _user_id(self, user: UserRef) -> Flow[int]:
        """The id of a user given by id or e-mail address; an id is not looked up.

        Raises:
            UserNotFoundError: Nobody has this address.
            ConflictError: Several accounts have it, with different login strategies.
            ValidationError: It is neither an id nor an address.
        """
        wanted = user_reference(user)
        if isinstance(wanted, int):
            return wanted
        address = wanted.strip().lower()
        ids = [hit.id for hit in (yield from self._with_text(address)) if hit.email.lower() == address]
        if not ids:
            raise exc.UserNotFoundError(
                f"There is no user {wanted!r}.",
                operation="users.search",
                code=0,
                slug="",
                hint="Give the id, or the whole e-mail address.",
            )
        if len(ids) > 1:
            raise exc.ConflictError(
                f"{len(ids)} accounts have the address {wanted!r}, with different ways to log in.",
                operation="users.search",
                hint=f"Give one of the ids {ids}.",
            )
        return ids[0]

    def _with_text(self, text: str) -> Flow[Sequence[UserSearchHit | UserSummary]]:
        """Users with a text in name or address; all of them, where the server's search may have cut some off."""
        hits = yield from self._execute(ops.users_search(text))
        if len(hits) < SEARCH_LIMIT:
            return hits
        try:
            return (yield from self._execute(ops.users_list()))
        except exc.PermissionDeniedError:
            return hits


def each_id(items: Iterable[In], find: Callable[[In], Flow[int]]) -> Flow[list[int | Exception]]:
    """The id of each item, or why it has none."""
    found: list[int | Exception] = []
    for item in several(items):
        try:
            found.append((yield from find(item)))
        except exc.WikiJSException as error:
            found.append(error)
    return found


def in_place(ids: Iterable[int | Exception], outcomes: Iterable[T]) -> list[T | Exception]:
    """The outcomes of those that have an id, among the errors of the others, in the order of the items."""
    rest = iter(outcomes)
    return [each if isinstance(each, Exception) else next(rest) for each in ids]


def group_id(group: GroupName, known: Sequence[GroupSummary], operation: str) -> int:
    """Id of a group among the known ones.

    Raises:
        GroupNotFoundError: There is none.
        ConflictError: Several groups have this name.
    """
    ids = [each.id for each in known if group in (each.id, each.name)]
    if not ids:
        hint = suggestion(group, [each.name for each in known]) if isinstance(group, str) else None
        raise exc.GroupNotFoundError(f"There is no group {group!r}.", operation=operation, hint=hint)
    if len(ids) > 1:
        raise exc.ConflictError(
            f"{len(ids)} groups have the name {group!r}.", operation=operation, hint=f"Give one of the ids {ids}."
        )
    return ids[0]


def check_dictionary(item: object, operation: str | None = None) -> None:
    """Check that an item of a bulk call is a dictionary.

    Raises:
        ValidationError: It is something else.
    """
    if not isinstance(item, Mapping):
        kind = type(item).__name__
        raise exc.ValidationError(f"Each item is a dictionary with the arguments, not a {kind}.", operation=operation)


def check_fields(item: Mapping[str, object], kind: type, operation: str) -> None:
    """Check the keys of a dictionary against a TypedDict.

    Raises:
        ValidationError: It is no dictionary, or a key is unknown or missing.
    """
    check_dictionary(item, operation)
    known = kind.__annotations__
    for name in item:
        if name not in known:
            raise exc.ValidationError(
                f"{name!r} is no field here.", operation=operation, hint=suggestion(name, sorted(known))
            )
    required: frozenset[str] = getattr(kind, "__required_keys__", frozenset())
    for name in sorted(required - item.keys()):
        raise exc.ValidationError(f"The field {name!r} is missing.", operation=operation)
