"""What a Wiki.js token says about itself, read locally.

The server never refuses a bad token: it silently serves a guest. So tokens are looked at before they are used. Nothing
is verified here; only the server can do that.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import UTC, datetime
from hashlib import sha256
from math import isfinite
from typing import Any, Final

from wikijs.exceptions import InvalidTokenError

from .values.patterns import LazyPattern
from .values.records import record

DEFAULT_AUDIENCE: Final = "urn:wiki.js"
_SHAPE: Final = LazyPattern(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)


@record
class Token:
    """A JSON Web Token and what it claims.

    Attributes:
        value: The token itself; kept out of the repr.
        key_id: Id of the API key, None for a user's login token.
        group_id: Group of an API key, whose permissions it has.
        user_id: Id of the user, None for an API key.
        issued_at: Seconds since the epoch.
        expires_at: Seconds since the epoch; None when it never expires.
        permissions: Global permissions a login token carries.
    """

    value: str = field(repr=False)
    audience: tuple[str, ...]
    key_id: int | None
    group_id: int | None
    user_id: int | None
    name: str | None
    email: str | None
    issued_at: float
    expires_at: float | None
    permissions: tuple[str, ...]
    groups: tuple[int, ...]
    is_served: bool = field(default=False, repr=False, compare=False)
    """Whether the server gave it to us, in this process, so that its claims are the server's word."""
    heir_of: str | None = field(default=None, repr=False, compare=False)
    """Principal of the token that the server renewed by this one, see `wikijs.cache.principal`."""

    @property
    def is_api_key(self) -> bool:
        """Whether this is an API key, not a user's login token."""
        return self.key_id is not None

    @property
    def principal(self) -> str:
        """Who it stands for, as a name that tells nothing: caches keep apart by it what different callers may see.

        What a token claims is the server's word only where the server itself gave it to us: then it is named by its
        owner and the groups and permissions it claims, so that the next login finds what this one left. Any other is
        named by all of its text: whoever makes one up finds nothing. One that the server renewed passes its name on,
        unless groups or permissions changed.
        """
        if self.heir_of is not None:
            return self.heir_of
        text = repr(self._rights) if self.is_served else self.value
        return sha256(f"{'claims' if self.is_served else 'token'} {text}".encode()).hexdigest()

    @property
    def _rights(self) -> tuple[object, ...]:
        owner = (self.audience, self.key_id, self.group_id, self.user_id)
        return *owner, tuple(sorted(self.permissions)), tuple(sorted(self.groups))

    def as_heir(self, old: Token) -> Token:
        """This token, which the server gave us in exchange for another one."""
        return replace(self, heir_of=old.principal) if self._rights == old._rights else self

    @property
    def expiry(self) -> str:
        """The moment of expiry for a message, in UTC."""
        if self.expires_at is None:
            return "never"
        try:
            return f"{datetime.fromtimestamp(self.expires_at, UTC):%Y-%m-%d %H:%M:%S} UTC"
        except (ValueError, OverflowError, OSError):  # a key made for 9999 years: beyond what Python can date
            return f"{self.expires_at:.0f} seconds after 1970"


_BEARER: Final = LazyPattern(r"(?:authorization:\s*)?bearer\s+", re.IGNORECASE)
"""What people copy along with a key from a request."""


def read_token(value: str, *, is_served: bool = False) -> Token:
    """Read the claims of a token.

    Args:
        value: The token.
        is_served: Whether it came from the server itself, as the answer to a login or a renewal.

    Raises:
        InvalidTokenError: This is no JSON Web Token. The message does not repeat it.
    """
    value = _BEARER.sub("", value.strip())
    if not _SHAPE.fullmatch(value):
        raise InvalidTokenError(
            "This is not a Wiki.js token (three parts separated by dots).",
            hint="Copy the whole key that Wiki.js showed once when it was created.",
        )
    try:
        encoded = value.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        return replace(_token(value, claims), is_served=is_served)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):  # no claims, or not Wiki.js' own
        raise InvalidTokenError(
            "This token cannot be decoded; it was probably cut off or altered.",
            hint="Copy the whole key that Wiki.js showed once when it was created.",
        ) from None


def _token(value: str, claims: Mapping[str, Any]) -> Token:
    audience: Any = claims.get("aud", ())
    return Token(
        value=value,
        audience=(audience,) if isinstance(audience, str) else tuple(audience),
        key_id=_integer(claims.get("api")),
        group_id=_integer(claims.get("grp")),
        user_id=_integer(claims.get("id")),
        name=claims.get("name"),
        email=claims.get("email"),
        issued_at=_number(claims.get("iat")) or 0.0,
        expires_at=_number(claims.get("exp")),
        permissions=tuple(claims.get("permissions") or ()),
        groups=tuple(claims.get("groups") or ()),
    )


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    if not isinstance(value, int | float):
        return None
    if not isfinite(value):  # JSON has no such numbers, Python's parser takes them
        raise ValueError(value)
    return float(value)
