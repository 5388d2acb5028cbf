"""Keep to a rate: the server's own limits, and those that the caller sets."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from wikijs.core.processes.forks import renew_in_children
from wikijs.core.values.records import record
from wikijs.exceptions import ConfigurationError

from .limits import LocalRateLimitError, LocalSchedule, Rate, Schedule, Strategy, Ticket, Window

if TYPE_CHECKING:
    from redis import Redis

    from .quota import DailyQuota

SERVER_MARGIN: Final = 0.25
"""Seconds added to the server's own windows: requests that left far enough apart may arrive a little closer."""
DEFAULT_RATE: Final = 10.0
DEFAULT_BURST: Final = 20
NOT_GRAPHQL: Final = frozenset({"assets.upload", "assets.download", "pages.editor", "/u"})
"""Requests that go elsewhere than to `/graphql`."""


@record
class LimitReached:
    """A request that has to wait.

    Attributes:
        endpoint: The server's field, such as `pages.create`, or the path, such as `/u`.
        wait: Seconds it has to wait at least.
    """

    endpoint: str
    wait: float


OnLimit: TypeAlias = Literal["wait", "raise"] | Callable[[LimitReached], None]


@record
class LimiterStats:
    """What a limiter has done in this process.

    Attributes:
        admitted: Requests that got their turn.
        delayed: Those of them that had to wait.
        refused: Requests that did not get it, or not in time.
        waited: Seconds of waiting that were asked for.
    """

    admitted: int = 0
    delayed: int = 0
    refused: int = 0
    waited: float = 0.0


class ServerLimits:
    """Keeps to the server's own limits, such as one comment in 15 seconds. What a client has without a `RateLimiter`.

    Args:
        timeout: Seconds a request waits at most; None for as long as it takes.
        clock: Monotonic seconds, for tests.
    """

    def __init__(self, *, timeout: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._setup(LocalSchedule(None, clock), {}, "wait", timeout, None)
        self._clock = clock
        self._is_free = True
        """Whether requests without windows of their own need not ask: there is no overall rate, and no quota."""

    def _setup(
        self,
        schedule: Schedule,
        windows: Mapping[str, Window],
        on_limit: OnLimit,
        timeout: float | None,
        daily_quota: DailyQuota | None,
    ) -> None:
        if on_limit not in {"wait", "raise"} and not callable(on_limit):
            raise ConfigurationError(f'on_limit is "wait", "raise" or a function, not {on_limit!r}.')
        self._schedule = schedule
        self._endpoints = windows
        self._matching: dict[str, tuple[Window, ...]] = {}
        self._on_limit = on_limit
        self._timeout = timeout
        self._quota = daily_quota
        self._counts = {"admitted": 0, "delayed": 0, "refused": 0}
        self._waited = 0.0
        self._lock = Lock()
        renew_in_children(self)

    def after_fork(self) -> None:
        """A thread of the parent may hold the lock."""
        self._lock = Lock()

    @property
    def blocking(self) -> bool:
        """Whether asking does input and output; the asynchronous client asks in a thread then."""
        return self._schedule.blocking or (self._quota is not None and self._quota.blocking)

    def turns(self, endpoint: str, server_limit: tuple[int, float] | None = None) -> Generator[float, None, None]:
        """The waits of one request, in seconds: sleep for each, and send when there are no more.

        Most requests have none. When the generator is closed before its end, the request's place is given back.

        Args:
            endpoint: The server's field, such as `pages.create`, or the path, such as `/u`.
            server_limit: The server's own limit of it: calls, seconds.

        Raises:
            LocalRateLimitError: It would have to wait and must not, or for longer than `timeout`.
        """
        windows = self._windows(endpoint, server_limit)
        if self._is_free and not windows:
            self._count(True, 0.0)
            return
        ticket = Ticket(windows)
        deadline = None if self._timeout is None else self._clock() + self._timeout
        if self._quota is not None:
            self._quota.take()
        waited, done = 0.0, False
        try:
            while not done:
                turn = self._schedule.ask(ticket, self._patience(deadline))
                if turn.refused:
                    raise self._refusal(endpoint, turn.wait)
                if turn.wait > 0:
                    if callable(self._on_limit) and not waited:
                        self._on_limit(LimitReached(endpoint, turn.wait))
                    waited += turn.wait
                    yield turn.wait
                done = turn.final
        finally:
            if not done:
                self._schedule.withdraw(ticket)
                if self._quota is not None:
                    self._quota.give_back()
            self._count(done, waited)

    def stats(self) -> LimiterStats:
        """What it has done so far."""
        with self._lock:
            return LimiterStats(**self._counts, waited=self._waited)

    def _windows(self, endpoint: str, server_limit: tuple[int, float] | None) -> tuple[Window, ...]:
        windows = self._matching.get(endpoint)
        if windows is None:
            windows = tuple(window for name, window in self._endpoints.items() if _matches(name, endpoint))
            self._matching[endpoint] = windows
        if server_limit is None:
            return windows
        calls, seconds = server_limit
        return (*windows, Window(endpoint, calls, seconds + SERVER_MARGIN))

    def _patience(self, deadline: float | None) -> float:
        if self._on_limit == "raise":
            return 0.0
        return math.inf if deadline is None else max(deadline - self._clock(), 0.0)

    def _refusal(self, endpoint: str, wait: float) -> LocalRateLimitError:
        with self._lock:
            self._counts["refused"] += 1
        return LocalRateLimitError(
            "Not sent: the limit set for this client is reached.",
            operation=endpoint,
            hint=f"There is room again in {wait:.1f} s.",
            retry_after=wait,
        )

    def _count(self, admitted: bool, waited: float) -> None:
        with self._lock:
            self._counts["admitted"] += admitted
            if waited:
                self._counts["delayed"] += admitted
                self._waited += waited


class RateLimiter(ServerLimits):
    """Spaces out the requests of one process: overall, for single endpoints, and as the server demands.

    Requests get their turns in the order in which they ask, threads and tasks alike.

    Args:
        requests_per_second: The overall rate.
        burst_size: Requests that may be sent at once; 20 unless given, with `default_rps` those of one second.
        strategy: "token_bucket": what is not used is saved up to `burst_size`, so that in t seconds at most
            `burst_size + requests_per_second * t` are sent. "sliding_window": at most `burst_size` in any
            `burst_size / requests_per_second` seconds.
        endpoint_limits: Requests per second for single endpoints: a field of the server, such as `pages.create`; a
            namespace, such as `/assets` for all that is done with files, uploads and downloads included; `/u` for
            uploads; `/graphql` for all GraphQL requests. 2 is two in any second, 0.1 one in any ten seconds.
        on_limit: "wait", "raise", or a function that is called with `LimitReached` before waiting; it may raise.
        timeout: Seconds a request waits at most; one that would have to wait longer fails at once.
        daily_quota: Requests a day, counted as well.
        default_rps: The overall rate, instead of requests_per_second.
        clock: Monotonic seconds, for tests.

    Raises:
        ConfigurationError: A rate cannot be, or the overall rate is given twice.
    """

    def __init__(
        self,
        requests_per_second: float | None = None,
        burst_size: int | None = None,
        strategy: Strategy = "token_bucket",
        *,
        endpoint_limits: Mapping[str, float] | None = None,
        on_limit: OnLimit = "wait",
        timeout: float | None = None,
        daily_quota: DailyQuota | None = None,
        default_rps: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock=clock)
        schedule = LocalSchedule(_rate(requests_per_second, default_rps, burst_size, strategy), clock)
        self._setup(schedule, _windows(endpoint_limits), on_limit, timeout, daily_quota)
        self._is_free = False


class SharedRateLimiter(ServerLimits):
    """Spaces out the requests of all processes that use the same Redis and `key_prefix`. Needs the extra `redis`.

    The server's own limits are shared as well. Turns are given in the order in which the processes ask, by one script
    in Redis and by its clock; each request asks once, and sleeps. While Redis does not answer, each process keeps to
    the limits by itself, after one warning.

    Args:
        redis: URL, such as `redis://localhost:6379/0`, or a client of the package `redis`.
        requests_per_second: The overall rate of all processes together.
        burst_size: As for `RateLimiter`.
        strategy: As for `RateLimiter`.
        endpoint_limits: As for `RateLimiter`.
        on_limit: As for `RateLimiter`.
        timeout: As for `RateLimiter`.
        daily_quota: Requests a day, counted as well; `SharedDailyQuota` counts those of all processes.
        default_rps: The overall rate, instead of requests_per_second.
        key_prefix: Start of the names of all keys. Use one for each wiki.
        clock: Monotonic seconds, for tests; None for that of Redis.
    """

    def __init__(
        self,
        redis: str | Redis,
        requests_per_second: float | None = None,
        burst_size: int | None = None,
        strategy: Strategy = "token_bucket",
        *,
        endpoint_limits: Mapping[str, float] | None = None,
        on_limit: OnLimit = "wait",
        timeout: float | None = None,
        daily_quota: DailyQuota | None = None,
        default_rps: float | None = None,
        key_prefix: str = "wikijs:rate:",
        clock: Callable[[], float] | None = None,
    ) -> None:
        from .shared import RedisSchedule

        super().__init__(clock=clock or time.monotonic)
        rate = _rate(requests_per_second, default_rps, burst_size, strategy)
        schedule = RedisSchedule(redis, rate, key_prefix, clock)
        self._setup(schedule, _windows(endpoint_limits), on_limit, timeout, daily_quota)
        self._is_free = False


def _rate(named: float | None, other: float | None, burst: int | None, strategy: Strategy) -> Rate:
    """The overall rate, by whichever name it was given."""
    if named is not None and other is not None:
        raise ConfigurationError("requests_per_second and default_rps are two names of one rate: give one of them.")
    if other is not None:
        return Rate(other, max(1, math.floor(other)) if burst is None else burst, strategy)
    return Rate(DEFAULT_RATE if named is None else named, DEFAULT_BURST if burst is None else burst, strategy)


def _matches(name: str, endpoint: str) -> bool:
    """Whether a limit is one of this endpoint."""
    if name == "/graphql":
        return endpoint not in NOT_GRAPHQL
    if name == "/u":
        return endpoint in {name, "assets.upload"}
    return name == endpoint or (name.startswith("/") and endpoint.startswith(f"{name[1:]}."))


def _windows(endpoint_limits: Mapping[str, float] | None) -> dict[str, Window]:
    return {name: _window(name, rate) for name, rate in (endpoint_limits or {}).items()}


def _window(name: str, rate: float) -> Window:
    if rate <= 0:
        raise ConfigurationError(f"The limit of {name} is more than 0 requests per second.")
    limit = max(1, math.floor(rate))
    return Window(name, limit, limit / rate)
