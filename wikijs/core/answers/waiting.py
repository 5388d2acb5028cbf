"""How long another side asks to wait: a number that a program can wait for, whatever was sent."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST: Final = 86_400.0
"""Seconds. Whoever asks for more is told of as asking for a day: no clock, timer or header takes any number."""
_DIGITS: Final = 9


def bounded(seconds: float) -> float:
    """A number of seconds between none and a day."""
    return min(max(seconds, 0.0), LONGEST)


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a `Retry-After` header asks for, a day at most; None where it asks for none.

    Args:
        header: Seconds or a date.
        now: What dates are compared with; the present without it.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return bounded(float(text)) if len(text) <= _DIGITS else LONGEST
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return bounded((moment - (now or datetime.now(UTC))).total_seconds())
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
