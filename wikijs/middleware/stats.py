"""Counts and latencies of a client's requests, in bounded memory."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import field
from threading import Lock
from typing import Any, Final

from wikijs.core.events import CacheUsed, Event, Finished, LimitWait
from wikijs.core.processes.forks import renew_in_children
from wikijs.core.values.records import record

_FINEST: Final = 0.0001  # seconds; anything faster counts as this
_GROWTH: Final = 1.1  # each bucket is a tenth wider than the one before: percentiles are exact to 5 %
_PER_BUCKET: Final = 1 / math.log(_GROWTH)
_BUCKETS: Final = 160  # the last one begins at about seven minutes
_COUNTERS: Final = {
    "retries": "Retrying",
    "settled": "Settled",
    "cache_hits": "hit",
    "cache_misses": "miss",
    "limit_waits": "limit",
    "breaker_opened": "BreakerOpened",
}
"""Names that callers see for what is counted."""


@record
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


@record
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


class _Figures(dict[str, Any]):
    """A dictionary, as JSON takes it, whose entries are attributes as well."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"There is no figure {name!r}; there are {', '.join(self)}.") from None


class Latency(_Figures):
    """How long requests took, in milliseconds; percentiles are exact to 5 %. All are 0 before the first request."""

    min: float
    max: float
    avg: float
    p50: float
    p95: float
    p99: float


class Metrics(_Figures):
    """What a client has done so far, in figures; entries of a dictionary and attributes alike.

    Attributes:
        total_requests: Requests sent.
        total_errors: Those without an answer, with an HTTP status of 400 or more, or with an answer that says no.
        error_rate: Share of those in percent.
        latency: How long requests took.
        counters: How often something happened: retries, settled, cache_hits, cache_misses, limit_waits,
            breaker_opened, and for each operation its requests, such as `requests.pages.list`.
    """

    total_requests: int
    total_errors: int
    error_rate: float
    latency: Latency
    counters: dict[str, int]


@record(frozen=False)
class _Histogram:
    requests: int = 0
    failures: int = 0
    slowest: float = 0.0
    fastest: float = math.inf
    total: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * _BUCKETS)

    def add(self, seconds: float, *, failed: bool) -> None:
        self.requests += 1
        self.failures += failed
        self.slowest = max(self.slowest, seconds)
        self.fastest = min(self.fastest, seconds)
        self.total += seconds
        place = int(math.log(seconds / _FINEST) * _PER_BUCKET) if seconds > _FINEST else 0
        self.buckets[place if place < _BUCKETS else -1] += 1

    def quantile(self, share: float) -> float:
        wanted, seen = share * self.requests, 0
        for place, count in enumerate(self.buckets):
            seen += count
            if count and seen >= wanted:
                return max(self.fastest, min(_FINEST * math.pow(_GROWTH, place + 0.5), self.slowest))
        return self.slowest

    def include(self, other: _Histogram) -> None:
        """Count what another one has counted."""
        self.requests += other.requests
        self.failures += other.failures
        self.slowest = max(self.slowest, other.slowest)
        self.fastest = min(self.fastest, other.fastest)
        self.total += other.total
        self.buckets = [mine + theirs for mine, theirs in zip(self.buckets, other.buckets, strict=True)]

    def latency(self) -> Latency:
        """The figures of all of them."""
        seconds = {
            "min": self.fastest if self.requests else 0.0,
            "max": self.slowest,
            "avg": self.total / self.requests if self.requests else 0.0,
            "p50": self.quantile(0.5),
            "p95": self.quantile(0.95),
            "p99": self.quantile(0.99),
        }
        return Latency({name: value * 1000 for name, value in seconds.items()})


class Stats:
    """Collects from events. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._histograms: dict[str, _Histogram] = {}
        self._counts: Counter[str] = Counter()
        self._limit_seconds = 0.0
        renew_in_children(self)

    def after_fork(self) -> None:
        """A child counts what it does itself."""
        self._lock = Lock()
        self._histograms, self._counts, self._limit_seconds = {}, Counter(), 0.0

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

    def metrics(self, *, reset: bool = False) -> Metrics:
        """The figures of all operations together; with `reset` everything is counted from here on."""
        with self._lock:
            whole = _Histogram()
            for each in self._histograms.values():
                whole.include(each)
            errors = whole.failures + self._counts["Refused"]
            counters = {name: self._counts[counted] for name, counted in _COUNTERS.items()}
            counters |= {f"requests.{name}": each.requests for name, each in sorted(self._histograms.items())}
            found = Metrics(
                total_requests=whole.requests,
                total_errors=errors,
                error_rate=100 * errors / whole.requests if whole.requests else 0.0,
                latency=whole.latency(),
                counters=counters,
            )
            if reset:
                self._histograms.clear()
                self._counts.clear()
                self._limit_seconds = 0.0
        return found

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
