"""Time, as the sandbox sees it: seconds since 1970 from a function that tests may replace."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]

SPAN = re.compile(r"(-?(?:\d*+\.\d++|\d++)) *+([a-z]++)?", re.IGNORECASE)
UNITS = {
    1: ("milliseconds", "millisecond", "msecs", "msec", "ms"),
    1_000: ("seconds", "second", "secs", "sec", "s"),
    60_000: ("minutes", "minute", "mins", "min", "m"),
    3_600_000: ("hours", "hour", "hrs", "hr", "h"),
    86_400_000: ("days", "day", "d"),
    604_800_000: ("weeks", "week", "w"),
    31_557_600_000: ("years", "year", "yrs", "yr", "y"),
}
MILLISECONDS = {name: factor for factor, names in UNITS.items() for name in names}


def timestamp(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, the only form the server writes."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def seconds(text: str) -> float | None:
    """The length of a time span such as `30m`, `14d` or `1y` in seconds; None when it is not one.

    A bare number counts milliseconds, as on the server: an API key made with "365" lives for a third of a second.
    """
    match = SPAN.fullmatch(text.strip())
    if match is None:
        return None
    factor = MILLISECONDS.get((match[2] or "ms").lower())
    return None if factor is None else float(match[1]) * factor / 1000
