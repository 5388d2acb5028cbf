"""The wiki that a backup is brought back to, and how ids of the backup are those of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.outcomes import Outcome

from ..reading.state import Known, State, read_state

if TYPE_CHECKING:
    from wikijs import WikiJSClient

SYSTEM: Final = (1, 2)
"""Ids of the administrators, of the guests, and of their first users: the same on each wiki."""


@dataclass(slots=True)
class Target:
    """A wiki.

    Attributes:
        state: What is there.
        locales: Codes of the installed locales.
        groups: Ids of groups by those of the backup.
        logins: Keys of login strategies by those of the backup.
    """

    state: State
    locales: frozenset[str]
    groups: dict[int, int] = field(default_factory=dict[int, int])
    logins: dict[str, str] = field(default_factory=dict[str, str])

    def user(self, email: str, provider: str) -> dict[str, Any] | None:
        """A user by what is the same on each wiki."""
        key = (email.lower(), provider)
        return next((user for user in self.state.users if (user["email"].lower(), user["providerKey"]) == key), None)

    def group(self, id: int) -> dict[str, Any] | None:
        """A group of the backup as it is here."""
        here = self.groups.get(id)
        return next((group for group in self.state.groups if group["id"] == here), None)

    def here(self, group: int) -> int:
        """The id of a group of the backup here; one that no group has where it is missing."""
        return self.groups.get(group, -group)

    def needed(self, group: int) -> int:
        """The id of a group of the backup here.

        Raises:
            GroupNotFoundError: It could not be brought back. Another group may have its number.
        """
        if group not in self.groups:
            raise missing_group(f"{group} of the backup")
        return self.groups[group]

    def login(self, key: str) -> str:
        """The key of a login strategy of the backup here; its own where it is missing."""
        return self.logins.get(key, key)

    def module(self, kind: str, key: str) -> dict[str, Any] | None:
        """A module with its configuration."""
        return next((each for each in self.state.settings.get(kind, ()) if each["key"] == key), None)


def missing_group(name: str) -> exc.GroupNotFoundError:
    """The error for a group that a step needs, raised before anything is sent."""
    error = exc.GroupNotFoundError(f"The group {name} is not there.", hint="Bring groups back as well.")
    error.effect = Outcome.NOT_SENT
    return error


def look_at(client: WikiJSClient, parts: Mapping[str, Any]) -> Target:
    """Look at a wiki.

    Args:
        client: A client without a cache.
        parts: What the backup holds.
    """
    state = read_state(client, Known())
    installed = {each.code for each in client.execute(ops.localization_locales(), cache=False) if each.is_installed}
    target = Target(state, frozenset(installed))
    target.groups = groups_by_name(parts.get("groups", ()), state.groups)
    target.logins = _logins(parts.get("logins", ()), state.settings.get("logins", ()))
    return target


def groups_by_name(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Which group is which: those of the system by their ids, others by their names, in turn where several have one."""
    waiting: dict[str, list[int]] = {}
    for group in sorted(new, key=lambda group: group["id"]):
        if group["id"] not in SYSTEM:
            waiting.setdefault(group["name"], []).append(group["id"])
    found: dict[int, int] = {}
    for group in sorted(old, key=lambda group: group["id"]):
        if group["id"] in SYSTEM:
            found[group["id"]] = group["id"]
        elif waiting.get(group["name"]):
            found[group["id"]] = waiting[group["name"]].pop(0)
    return found


def _logins(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Which login strategy is which: by key, else by what it is made of and its name."""
    keys = {each["key"] for each in new}
    named = {(each["strategy"], each["displayName"]): each["key"] for each in new}
    found: dict[str, str] = {}
    for each in old:
        if each["key"] in keys:
            found[each["key"]] = each["key"]
        elif (each["strategy"], each["displayName"]) in named:
            found[each["key"]] = named[each["strategy"], each["displayName"]]
    return found
