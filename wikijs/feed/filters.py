"""Which events somebody wants: by type, by path, by locale, by tag. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

from wikijs.exceptions import ConfigurationError

_OWN: Final = ("feed.", "webhook.", "quota.", "batch.")
"""Events that no place in the wiki belongs to, so that only their type counts."""
_TYPE: Final = re.compile(r"-?(\*|[a-z]+\.(\*|[a-z]+))")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What somebody wants to hear of; nothing given is everything.

    Attributes:
        types: Types of events; `page.*` for all of a kind, `-page.touched` for what is not wanted.
        paths: Patterns of paths such as `docs/**`; of a move, the old path or the new one.
        locales: Codes such as `en`.
        tags: Tags of which a page must have one, before the change or after it.
    """

    types: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def wants(self, type: str, data: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> bool:
        """Whether an event is wanted.

        Args:
            type: Its type.
            data: Its details, as JSON.
            context: What the store knows beyond that.
        """
        if not wants_type(self.types, type):
            return False
        if type.startswith(_OWN) or not (self.paths or self.locales or self.tags):
            return True
        place = part(data, "page") or part(data, "asset") or part(data, "folder") or part(data, "comment", "page")
        previous = part(data, "change", "previous")
        if self.paths:
            found = [path for path in (place.get("path"), previous.get("path")) if path is not None]
            if not any(matches(pattern, path) for pattern in self.paths for path in found):
                return False
        if self.locales and not {place.get("locale"), previous.get("locale")} & set(self.locales):
            return False
        tags: set[str] = set()
        for source in (place, previous, context or {}):
            tags.update(source.get("tags") or ())
        return not self.tags or bool(tags & set(self.tags))


def checked(
    types: Sequence[str] = (), paths: Sequence[str] = (), locales: Sequence[str] = (), tags: Sequence[str] = ()
) -> EventFilter:
    """A filter of what a user gave.

    Raises:
        ConfigurationError: No event can be of such a type.
    """
    from .types import EVENT_TYPES

    for pattern in types:
        name = pattern.removeprefix("-")
        if not _TYPE.fullmatch(pattern) or not any(wants_type((name,), each) for each in EVENT_TYPES):
            raise ConfigurationError(
                f"No type of event fits {pattern!r}.",
                hint="Give page.created, page.* or -page.touched.",
            )
    return EventFilter(
        tuple(types),
        tuple(path.strip("/") for path in paths),
        tuple(locales),
        tuple(tag.strip().lower() for tag in tags),
    )


def wants_type(patterns: Sequence[str], type: str) -> bool:
    """Whether patterns of types fit a type: one must, and none that begins with a minus may."""
    if any(_fits(pattern[1:], type) for pattern in patterns if pattern.startswith("-")):
        return False
    wanted = [pattern for pattern in patterns if not pattern.startswith("-")]
    return not wanted or any(_fits(pattern, type) for pattern in wanted)


def _fits(pattern: str, type: str) -> bool:
    return pattern in {"*", type} or (pattern.endswith(".*") and type.startswith(pattern[:-1]))


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern fits a path: `*` stands for a part of a segment, `**` for any number of segments."""
    return _compiled(pattern).fullmatch(path) is not None


_GLOB: Final = re.compile(r"^\*\*/|/\*\*(?=/|$)|\*\*|\*|\?|[^*?/]+|/")
_PARTS: Final = {"**/": "(?:.*/)?", "/**": "(?:/.*)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_PARTS.get(part) or re.escape(part) for part in _GLOB.findall(pattern)), re.DOTALL)


def part(data: Any, *names: str) -> dict[str, Any]:
    """An object inside of JSON; an empty one where there is none."""
    for name in names:
        data = cast("dict[str, Any]", data).get(name) if isinstance(data, dict) else None
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}
