"""When to try again, and when to give up. Pure: chance and time are handed in."""

from __future__ import annotations

from typing import Final

WAITS: Final = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
"""Seconds before each further try: ten tries in three days."""
JITTER: Final = 0.2
LONGEST: Final = 2 * 86400.0
"""Seconds that nothing waits longer than, whatever an endpoint asks for."""
GIVE_UP_AFTER: Final = 5 * 86400.0
"""Seconds of nothing but failures after which an endpoint is disabled."""
PATIENT: Final = 60.0
"""Seconds to wait at least where an endpoint is overwhelmed."""
CIRCUIT: Final = 5
"""Failures in a row after which only one try at a time is made."""
GONE: Final = 410
OVERWHELMED: Final = frozenset({408, 429, 502, 503, 504})


def wait(attempts: int, chance: float, *, status: int | None = None, retry_after: float | None = None) -> float | None:
    """Seconds until the next try; None when there is none.

    Args:
        attempts: How many were made.
        chance: A random number from 0 to 1.
        status: What the endpoint answered; None where it did not.
        retry_after: Seconds that it asked for.
    """
    if attempts < 1 or attempts > len(WAITS):
        return None
    base = WAITS[attempts - 1]
    seconds = base * (1 + JITTER * (2 * chance - 1))
    if status in OVERWHELMED:
        seconds = max(seconds, PATIENT)
    if retry_after is not None:
        # Neither sooner than planned, nor so late that an endpoint could stall us.
        seconds = max(seconds, min(retry_after, 2 * max(base, PATIENT)))
    return seconds


def succeeded(status: int | None) -> bool:
    """Whether an answer means that the message was taken. Redirects are not followed, so they do not."""
    return status is not None and 200 <= status < 300


def is_over(failing_since: float | None, now: float) -> bool:
    """Whether an endpoint has failed for so long that it is disabled."""
    return failing_since is not None and now - failing_since >= GIVE_UP_AFTER
