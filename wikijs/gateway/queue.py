"""Page writes wait for each other: a wiki takes one at a time. Who would wait too long is told so at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import perf_counter

from .http.problems import Refused
from .limits.buckets import seconds


class WriteQueue:
    """One page write at a time, first come, first served.

    Args:
        patience: Seconds that a write may be expected to wait.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._usual = 0.05

    @property
    def waiting(self) -> int:
        """Writes that wait or are under way."""
        return self._waiting

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Wait for one's turn, and have it.

        Raises:
            Refused: It would take too long (503).
        """
        expected = self._waiting * self._usual
        if expected > self._patience:
            raise busy(expected)
        self._waiting += 1
        try:
            try:
                async with asyncio.timeout(self._patience or None):
                    await self._lock.acquire()
            except TimeoutError:
                raise busy(self._usual) from None
            begun = perf_counter()
            try:
                yield
            finally:
                self._usual = 0.8 * self._usual + 0.2 * (perf_counter() - begun)
                self._lock.release()
        finally:
            self._waiting -= 1


def busy(wait: float) -> Refused:
    """The answer to a write that would wait too long."""
    return Refused(
        503,
        "writes-waiting",
        "Writes waiting",
        "Too many page writes wait already; the wiki takes one at a time. Nothing was written.",
        headers={"Retry-After": str(seconds(wait))},
    )
