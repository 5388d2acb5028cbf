"""What secrets of the gateway look like: a name, 256 random bits, and a checksum that finds typing errors.

`wkg_<id>_<secret><checksum>` is a key, `wka_` an access token, `wkr_` a token to refresh it, `wkp_` a login of the
portal, which lives in a cookie only. The prefix lets scanners of leaked secrets find them. Only a digest is stored:
with 256 random bits a plain SHA-256 cannot be tried out.
"""

from __future__ import annotations

import re
import secrets
import zlib
from hashlib import sha256
from typing import Final, NamedTuple

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SHAPE: Final = re.compile(r"(wkg|wka|wkr|wkp)_([0-9A-Za-z]{8})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})", re.ASCII)


class Secret(NamedTuple):
    """A secret and what is kept of it."""

    text: str
    id: str
    digest: str


def new_secret(kind: str) -> Secret:
    """Make one: `wkg` for a key, `wka` and `wkr` for tokens, `wkp` for the portal."""
    return again(kind, _base62(secrets.randbits(47), 8))


def again(kind: str, id: str) -> Secret:
    """A new secret with an id that is known already."""
    body = f"{kind}_{id}_{_base62(secrets.randbits(256), 43)}"
    text = body + _checksum(body)
    return Secret(text, id, digest_of(text))


def kind_of(text: str) -> str | None:
    """`wkg`, `wka`, `wkr` or `wkp`; None for what was none or has a typing error."""
    found = _SHAPE.fullmatch(text)
    if found is None or _checksum(text[:-6]) != found[4]:
        return None
    return found[1]


def digest_of(text: str) -> str:
    """What is kept of a secret."""
    return sha256(text.encode()).hexdigest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), 6)


def _base62(number: int, width: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    return digits.rjust(width, "0")
