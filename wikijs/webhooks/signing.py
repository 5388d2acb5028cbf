"""Signatures of Standard Webhooks: HMAC-SHA256 over id, time and body. Pure.

Written here because the library for it raises exceptions of three other kinds on what attackers send; both are held
together by tests.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets as random
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from wikijs.exceptions import ConfigurationError, WebhookVerificationError

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
TOLERANCE: Final = 300.0
"""Seconds that the clocks of sender and receiver may differ."""
_HEADERS: Final = ("id", "timestamp", "signature")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_LONGEST: Final = 4096


def new_secret() -> str:
    """A new secret to sign with: whsec_ and 32 random bytes."""
    return PREFIX + base64.b64encode(random.token_bytes(SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret.

    Raises:
        ConfigurationError: It is none, or shorter than 24 bytes.
    """
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not 24 <= len(key) <= 64:
        raise ConfigurationError("This is no secret of a webhook.", hint="It begins with whsec_; copy the whole of it.")
    return key


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, with its version in front."""
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def signed_headers(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a message, signed with each secret: while one replaces another, both are valid."""
    signatures = " ".join(signature(key_of(secret), message_id, timestamp, body) for secret in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}


def verify(
    keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, *, now: float, tolerance: float = TOLERANCE
) -> str:
    """Check a message and return its id.

    Args:
        keys: Of the secrets, any one of which may have signed it.
        headers: Of the request, in any case.
        body: Exactly as it was received: a parsed and dumped body is another one.
        now: Seconds since 1970.
        tolerance: Seconds that its time may differ from now, in both directions.

    Raises:
        WebhookVerificationError: It is not signed by one of the secrets, or too old, or from the future.
    """
    message_id, moment, signatures = _found(headers)
    if not _TIMESTAMP.fullmatch(moment):
        raise WebhookVerificationError("Its time is none.")
    if abs(now - int(moment)) > tolerance:
        raise WebhookVerificationError(
            f"Its time differs from ours by {abs(now - int(moment)):.0f} s, which is more than {tolerance:.0f}."
        )
    try:
        expected = [signature(key, message_id, int(moment), body).encode() for key in keys]
    except UnicodeEncodeError:
        raise WebhookVerificationError("Its id is none.") from None
    given = [each.encode("utf-8", "replace") for each in signatures.split(" ")]
    # All are compared, so that the time this takes says nothing.
    if not sum(hmac.compare_digest(ours, theirs) for ours in expected for theirs in given):
        raise WebhookVerificationError("Its signature fits none of the secrets.")
    return message_id


def _found(headers: Mapping[str, str]) -> list[str]:
    """Id, time and signatures."""
    lower: dict[str, str] = {}
    for name, value in headers.items():
        lower.setdefault(str(name).lower(), str(value))
    values: list[str] = []
    for name in _HEADERS:
        value = lower.get(f"webhook-{name}") or lower.get(f"svix-{name}") or ""
        if not value or len(value) > _LONGEST:
            raise WebhookVerificationError(f"The header webhook-{name} is missing or no such one.")
        values.append(value)
    return values
