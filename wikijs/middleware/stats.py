"""Counts and latencies of a client's requests, in bounded memory."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from .events import CacheUsed, Event, Finished, LimitWait

_FINEST: Final = 0.0001  # seconds; anything faster counts as this
_GROWTH: Final = 1.1  # each bucket is a tenth wider than the one before: percentiles are exact to 5 %
_PER_BUCKET: Final = 1 / math.log(_GROWTH)
_BUCKETS: Final = 160  # the last one begins at about seven minutes


@dataclass(frozen=True, slots=True)
class OperationStats:
    """What one operation cost.

    Attributes:
        requests: Requests sent.
        failures: Requests without an answer, or with an HTTP status of 400 or more.
        p50, p95, p99: Seconds within which that share of them was answered, exact to 5 %.
        slowest: Seconds of the slowest one.
    """

    requests: int
    failures: int
    p50: float
    p95: float
    p99: float
    slowest: float


@dataclass(frozen=True, slots=True)
class ClientStats:
    """What a client has done so far.

    Attributes:
        operations: By server field, such as `pages.single`.
        retries: Attempts that were repeated.
        settled: Writes of unknown outcome that were settled by reading back.
        cache_hits, cache_misses: Reads answered from the cache, and those that were not.
        limit_waits: Requests that waited for the rate limit.
        limit_seconds: How long they waited in all.
        breaker_opened: Times the circuit breaker opened.
    """

    operations: dict[str, OperationStats]
    retries: int
    settled: int
    cache_hits: int
    cache_misses: int
    limit_waits: int
    limit_seconds: float
    breaker_opened: int


@dataclass(slots=True)
class _Histogram:
    requests: int = 0
    failures: int = 0
    slowest: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * _BUCKETS)

    def add(self, seconds: float, *, failed: bool) -> None:
        self.requests += 1
        self.failures += failed
        self.slowest = max(self.slowest, seconds)
        place = int(math.log(seconds / _FINEST) * _PER_BUCKET) if seconds > _FINEST else 0
        self.buckets[place if place < _BUCKETS else -1] += 1

    def quantile(self, share: float) -> float:
        wanted, seen = share * self.requests, 0
        for place, count in enumerate(self.buckets):
            seen += count
            if count and seen >= wanted:
                return min(_FINEST * math.pow(_GROWTH, place + 0.5), self.slowest)
        return self.slowest


class Stats:
    """Collects from events. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._histograms: dict[str, _Histogram] = {}
        self._counts: Counter[str] = Counter()
        self._limit_seconds = 0.0

    def add(self, event: Event) -> None:
        """Count an event."""
        with self._lock:
            if type(event) is Finished:  # nearly all are, each request pays for this
                histogram = self._histograms.get(event.operation)
                if histogram is None:
                    histogram = self._histograms[event.operation] = _Histogram()
                histogram.add(event.seconds, failed=event.status is None or event.status >= 400)
                return
            if type(event) is CacheUsed:
                self._counts["miss" if event.found == "miss" else "hit"] += 1
                return
            match event:
                case LimitWait(_, seconds):
                    self._counts["limit"] += 1
                    self._limit_seconds += seconds
                case _:
                    self._counts[type(event).__name__] += 1

    def snapshot(self) -> ClientStats:
        """The figures now."""
        with self._lock:
            operations = {
                name: OperationStats(
                    each.requests,
                    each.failures,
                    each.quantile(0.5),
                    each.quantile(0.95),
                    each.quantile(0.99),
                    each.slowest,
                )
                for name, each in sorted(self._histograms.items())
            }
            counts = self._counts
            return ClientStats(
                operations,
                retries=counts["Retrying"],
                settled=counts["Settled"],
                cache_hits=counts["hit"],
                cache_misses=counts["miss"],
                limit_waits=counts["limit"],
                limit_seconds=self._limit_seconds,
                breaker_opened=counts["BreakerOpened"],
            )
