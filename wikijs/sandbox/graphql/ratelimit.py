"""The server's rate limits: a fixed window for each field and client address, opened by its first call.

Calls count whether they succeed or not, and before permissions are looked at.
"""

from __future__ import annotations

import math

from graphql import GraphQLError

from ..clock import Clock


class RateLimits:
    """The windows of one sandbox. With `enabled` False every call passes."""

    def __init__(self, clock: Clock, *, enabled: bool) -> None:
        self.enabled = enabled
        self._clock = clock
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def count(self, field: str, ip: str, calls: int, duration: int) -> None:
        """Count one call; raise GraphQLError when the window of `duration` seconds has had `calls` already."""
        if not self.enabled:
            return
        now = self._clock()
        end, used = self._windows.get((field, ip), (0.0, 0))
        if now >= end:
            end, used = now + duration, 0
        self._windows[field, ip] = end, used + 1
        if used >= calls:
            wait = math.ceil(end - now)
            raise GraphQLError(f"Too many requests, please try again in {wait} seconds.")
