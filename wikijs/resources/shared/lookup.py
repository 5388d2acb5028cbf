"""From what callers name things by to the ids that the server wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.permissions import suggestion

from .base import Flows

if TYPE_CHECKING:
    from wikijs_generated.fragments import GroupSummary

GroupName: TypeAlias = int | str
"""A group by id or by name."""


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
