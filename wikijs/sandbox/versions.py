"""The versions of Wiki.js that a sandbox can pose as, and what they did otherwise than the newest.

Fields, arguments and types follow `schema/facts.json`. What is not in a schema is asked for with `Sandbox.since`, at
the place where it matters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Final, cast

from wikijs.core.documents import bundled
from wikijs.core.documents.schema_versions import History, order

NEWEST: Final = "2.5.314"

BEHAVIOUR: Final = ("2.5.214", "2.5.272", "2.5.275", "2.5.276", "2.5.290", "2.5.309", "2.5.312", "2.5.313", NEWEST)
"""Versions that brought no new schema and behave otherwise than the one before, besides the newest."""

_READS_PAGES: Final = ("manage:pages", "delete:pages", "manage:system")
_MANAGES_GROUPS: Final = ("write:groups", "manage:groups", "manage:system")
_PUBLIC: Final[tuple[str, ...]] = ()
_DETAILS_OF_PAGES: Final = (
    "authorEmail", "authorId", "authorName", "content", "creatorEmail", "creatorId", "creatorName", "editor",
    "isPrivate", "isPublished", "privateNS", "publishEndDate", "publishStartDate",
)  # fmt: skip

PERMISSIONS_BEFORE: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "2.2.50": {"PageQuery.history": ("manage:system", "read:pages")},
    "2.5.105": {
        "AuthenticationQuery.strategies": _PUBLIC,
        "AuthenticationStrategy.props": _PUBLIC,
        "NavigationQuery.config": _PUBLIC,
        "NavigationQuery.tree": _PUBLIC,
        "PageQuery.single": _READS_PAGES,
        **dict.fromkeys((f"Page.{name}" for name in _DETAILS_OF_PAGES), _PUBLIC),
    },
    "2.5.313": dict.fromkeys(
        ("GroupMutation.assignUser", "GroupMutation.unassignUser", "GroupQuery.list"), _MANAGES_GROUPS
    ),
}
"""Permissions that a field asked for before a version, by that version; empty for none."""


class UnknownVersionError(ValueError):
    """A version that the sandbox cannot pose as; the message is one sentence for the user."""


@cache
def history() -> History:
    """What changed in the schema since 2.0.1."""
    return cast("History", json.loads(bundled.text("schema/facts.json")))


def known() -> tuple[str, ...]:
    """All versions at which something changed, oldest first."""
    return tuple(sorted({*history()["versions_with_a_schema_change"], *BEHAVIOUR}, key=order))


def checked(version: str) -> str:
    """A version to pose as, without a leading `v`.

    Raises:
        UnknownVersionError: It is none, or older or newer than those that are known.
    """
    plain = version.removeprefix("v")
    first, *_, last = known()
    if re.fullmatch(r"\d+\.\d+\.\d+", plain) and order(first) <= order(plain) <= order(last):
        return plain
    raise UnknownVersionError(
        f"{version!r} is not a Wiki.js version from {first} to {last}."
        f" Take one of these, or any between: {', '.join(known())}."
    )


def permissions_at(version: str) -> dict[str, tuple[str, ...]]:
    """The permissions of those fields that a version guarded otherwise than the newest."""
    found: dict[str, tuple[str, ...]] = {}
    for until in sorted(PERMISSIONS_BEFORE, key=order, reverse=True):
        if order(version) < order(until):
            found |= PERMISSIONS_BEFORE[until]
    return found
