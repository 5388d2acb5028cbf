"""So many requests a day, and a warning before they are used up."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs.core.processes.forks import renew_in_children
from wikijs.exceptions import ConfigurationError

from .limits import LocalRateLimitError

if TYPE_CHECKING:
    from redis import Redis

log = logging.getLogger("wikijs")
DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class QuotaUsage:
    """How much of a daily quota is used.

    Attributes:
        used: Requests since midnight, UTC.
        limit: Requests a day.
        resets_in: Seconds until midnight, UTC.
    """

    used: int
    limit: int
    resets_in: float


class DailyQuota:
    """Allows a number of requests a day, counted from midnight UTC by this process.

    Args:
        limit: Requests a day.
        warn_at: Share of them, from 0 to 1, at which to warn.
        on_warning: Called once a day with the usage; where there is none, a warning is logged.
        clock: Seconds since the epoch, for tests.
    """

    blocking: bool = False

    def __init__(
        self,
        limit: int,
        *,
        warn_at: float = 0.8,
        on_warning: Callable[[QuotaUsage], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if limit < 1 or not 0 < warn_at <= 1:
            raise ConfigurationError("A daily quota's limit is at least 1, its warn_at a share between 0 and 1.")
        self._limit = limit
        self._threshold = math.ceil(limit * warn_at)
        self._on_warning = on_warning
        self._clock = clock
        self._lock = Lock()
        self._day = -1
        self._used = 0
        self._warned = -1
        renew_in_children(self)

    def after_fork(self) -> None:
        """A thread of the parent may hold the lock."""
        self._lock = Lock()

    def take(self) -> None:
        """Count a request that is about to be sent.

        Raises:
            LocalRateLimitError: The quota of this day is used up.
        """
        day = self._today()
        used = self._add(day, 1)
        if used > self._limit:
            self._add(day, -1)
            resets_in = self._resets_in()
            raise LocalRateLimitError(
                f"The quota of {self._limit} requests a day is used up.",
                hint=f"It starts anew in {math.ceil(resets_in / 60)} minutes, at midnight UTC.",
                retry_after=resets_in,
            )
        if used >= self._threshold and self._first_today(day):
            self._warn(QuotaUsage(used, self._limit, self._resets_in()))

    def give_back(self) -> None:
        """Uncount a request that was not sent after all."""
        self._add(self._today(), -1)

    def usage(self) -> QuotaUsage:
        """How much is used."""
        return QuotaUsage(self._add(self._today(), 0), self._limit, self._resets_in())

    def _add(self, day: int, number: int) -> int:
        with self._lock:
            if day != self._day:
                self._day, self._used = day, 0
            self._used = max(self._used + number, 0)
            return self._used

    def _first_today(self, day: int) -> bool:
        with self._lock:
            first, self._warned = self._warned != day, day
            return first

    def _warn(self, usage: QuotaUsage) -> None:
        if self._on_warning is not None:
            self._on_warning(usage)
        else:
            log.warning("%d of the %d requests allowed today are used.", usage.used, usage.limit)

    def _today(self) -> int:
        return int(self._clock() // DAY)

    def _resets_in(self) -> float:
        return DAY - self._clock() % DAY


class SharedDailyQuota(DailyQuota):
    """A daily quota counted in Redis for all processes that use the same `key`; each of them warns once.

    When Redis does not answer, each process counts for itself until it does. Needs the extra `redis`.

    Args:
        redis: URL, or a client of the package `redis`.
        limit: Requests a day.
        key: Start of the name of the counter.
        warn_at: Share of them, from 0 to 1, at which to warn.
        on_warning: Called once a day with the usage; where there is none, a warning is logged.
        clock: Seconds since the epoch, for tests.
    """

    blocking = True

    def __init__(
        self,
        redis: str | Redis,
        limit: int,
        *,
        key: str = "wikijs:quota",
        warn_at: float = 0.8,
        on_warning: Callable[[QuotaUsage], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        from wikijs.core.redis import Outage, connect

        super().__init__(limit, warn_at=warn_at, on_warning=on_warning, clock=clock)
        self._redis = connect(redis)
        self._key = key
        self._outage = Outage("The shared daily quota", "each process counts for itself")

    def _add(self, day: int, number: int) -> int:
        own = super()._add(day, number)
        return self._outage.attempt(lambda: self._add_shared(day, number), lambda: own)

    def _add_shared(self, day: int, number: int) -> int:
        with cast("Any", self._redis).pipeline() as pipeline:  # partly untyped there
            pipeline.incrby(f"{self._key}:{day}", number)
            pipeline.expire(f"{self._key}:{day}", 2 * DAY)
            return cast("int", pipeline.execute()[0])
