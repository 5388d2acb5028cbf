"""What a key may do, by name, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from wikijs.core.values.paths import names_locale
from wikijs.exceptions import ConfigurationError

SCOPES: Final[dict[str, str]] = {
    "pages:read": "Read pages, their history, the tree, tags; search.",
    "pages:write": "Create, change, move, render, convert and restore pages; change tags.",
    "pages:delete": "Delete pages and tags.",
    "assets:read": "List and download files.",
    "assets:write": "Upload, rename and move files, make folders.",
    "assets:delete": "Delete files.",
    "comments:read": "Read comments.",
    "comments:write": "Write and change comments.",
    "comments:delete": "Delete comments.",
    "users:read": "Read users.",
    "users:write": "Create and change users.",
    "users:delete": "Delete users.",
    "groups:read": "Read groups, their rules and members.",
    "groups:write": "Create and change groups, their rules and members.",
    "groups:delete": "Delete groups.",
    "site:read": "Read navigation, settings and theme.",
    "site:write": "Change navigation, settings and theme.",
    "jobs": "Start and watch jobs; each kind also needs the scope of what it does.",
    "events": "Watch what changes in the wiki.",
    "webhooks": "Say who is told what changes in the wiki.",
    "ops:read": "Any single reading operation of the server.",
    "ops:write": "Any single writing operation of the server.",
    "graphql": "Compiled GraphQL operations; those that write also need ops:write.",
    "graphql:any": "Any GraphQL document.",
    "metrics": "Read /metrics.",
    "admin": "Keys, credentials, limits, usage of all, the audit trail.",
}

PRESETS: Final[dict[str, tuple[str, ...]]] = {
    "read": ("pages:read", "assets:read", "comments:read", "site:read"),
    "write": (
        "pages:read", "pages:write", "assets:read", "assets:write", "comments:read", "comments:write",
        "site:read", "jobs", "events",
    ),
    "all": tuple(SCOPES),
}  # fmt: skip
"""Names for what is often given together."""


def expanded(names: Iterable[str]) -> frozenset[str]:
    """The scopes that these names mean.

    Raises:
        ConfigurationError: One is unknown.
    """
    found: set[str] = set()
    for name in names:
        if name in PRESETS:
            found.update(PRESETS[name])
        elif name in SCOPES:
            found.add(name)
        else:
            raise ConfigurationError(
                f"There is no scope {name!r}.", hint=f"Known are {', '.join((*PRESETS, *SCOPES))}."
            )
    return frozenset(found)


def checked_prefixes(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Folders as the gateway compares them: without slashes at their ends.

    Raises:
        ConfigurationError: One is empty or leads elsewhere.
    """
    found: list[str] = []
    for prefix in prefixes:
        name = prefix.strip().strip("/")
        if not name or any(part in {"", ".", ".."} for part in name.split("/")) or _is_odd(name):
            raise ConfigurationError(f"{prefix!r} is no folder of pages.", hint="Write it like docs/team.")
        if names_locale(name):
            raise ConfigurationError(
                f"{prefix!r} begins with a locale, which is no part of the path of a page.",
                hint="Write it like docs/team: it holds for all locales.",
            )
        found.append(name)
    return tuple(found)


_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/]", re.IGNORECASE)
_LONGEST: Final = 255


def checked_origins(origins: Iterable[str]) -> tuple[str, ...]:
    """Web origins as browsers say them: without a slash at the end.

    Raises:
        ConfigurationError: One is none; `null`, which pages of anybody may say, or `*`.
    """
    found = [origin.strip().rstrip("/") for origin in origins]
    for origin in found:
        if not _ORIGIN.match(origin) or _is_odd(origin):
            raise ConfigurationError(
                f"{origin[:80]!r} is no origin of web pages.", hint="Write it like https://app.example.com."
            )
    return tuple(found)


def _is_odd(text: str) -> bool:
    """Whether a text is too long, or holds what no address does: control characters, half characters."""
    return len(text) > _LONGEST or any(ord(each) < 32 or 0xD800 <= ord(each) < 0xE000 for each in text)


def is_below(path: str, prefixes: Sequence[str]) -> bool:
    """Whether a page lies in one of the folders; in no folder at all when there are none."""
    place = path.strip("/")
    if any(part in {".", ".."} for part in place.split("/")):
        return False
    return any(place == prefix or place.startswith(f"{prefix}/") for prefix in prefixes)
