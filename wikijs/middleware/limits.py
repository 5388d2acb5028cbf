"""When the next request may be sent. Pure decisions behind a lock; the clock is injected.

Two kinds of limits hold at once: the overall rate of a client, and narrow windows, such as that of one mutation. Who
must wait for a narrow window must not keep a place in the overall rate meanwhile, and must not be noted in the window
at a time at which the overall rate does not let it go. So a request asks again when its wait is over. Until the windows
let it go it holds a provisional place in them, which keeps the order; then it takes its place in the overall rate, and
the windows note the time at which it is really sent.
"""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Callable
from threading import Lock
from typing import Final, Literal, Protocol, TypeAlias

from wikijs.core.processes.forks import renew_in_children
from wikijs.core.values.records import record
from wikijs.exceptions import ConfigurationError, RateLimitError

Strategy: TypeAlias = Literal["token_bucket", "sliding_window"]

_ROUNDING: Final = 1e-6
"""Seconds: who slept as long as it was told is not sent back for a rounding error."""


class LocalRateLimitError(RateLimitError):
    """A limit set on this side is reached. Nothing was sent; `retry_after` says when it would be."""


@record
class Rate:
    """The overall rate: requests per second, and how many may be sent at once.

    With "token_bucket", unused requests are saved up to `burst`: in t seconds at most `burst + rate * t` are sent. With
    "sliding_window", at most `burst` are sent in any `burst / rate` seconds.
    """

    rate: float
    burst: int
    strategy: Strategy = "token_bucket"

    def __post_init__(self) -> None:
        if self.rate <= 0 or self.burst < 1:
            raise ConfigurationError("requests_per_second is more than 0, burst_size at least 1.")
        if self.strategy not in {"token_bucket", "sliding_window"}:
            raise ConfigurationError(f"strategy is token_bucket or sliding_window, not {self.strategy!r}.")


@record
class Window:
    """At most `limit` requests called `name` in any `seconds`."""

    name: str
    limit: int
    seconds: float

    def __post_init__(self) -> None:
        if self.limit < 1 or self.seconds <= 0:
            raise ConfigurationError(f"The limit of {self.name} is at least 1 request in more than 0 seconds.")


@record(frozen=False)
class Ticket:
    """A request that waits for its turn.

    Attributes:
        windows: Those it must fit in.
        number: Its place in the queue; 0 before it first asked.
        bucket: State of the token bucket before and after it took its place.
        local: Whether this process keeps its place, not a shared store.
    """

    windows: tuple[Window, ...]
    number: int = 0
    bucket: tuple[float, float] | None = None
    local: bool = False


@record
class Turn:
    """The answer to a request that asked.

    Attributes:
        wait: Seconds to wait.
        final: Whether it may be sent after that; if not, it must ask again.
        refused: Whether `wait` is longer than it would wait. It holds no place then.
    """

    wait: float
    final: bool
    refused: bool = False


AT_ONCE: Final = Turn(0.0, final=True)


class Schedule(Protocol):
    """Keeps the places of requests."""

    @property
    def blocking(self) -> bool: ...

    def ask(self, ticket: Ticket, patience: float) -> Turn:
        """When this request may be sent, if it would wait for at most `patience` seconds."""
        ...

    def withdraw(self, ticket: Ticket) -> None:
        """Give the place back of a request that will not be sent, as far as nobody counts on it yet."""
        ...


class TokenBucket:
    """A bucket that is kept as the time at which it will be full again (the generic cell rate algorithm)."""

    def __init__(self, rate: float, burst: int) -> None:
        self._interval = 1 / rate
        self._slack = (burst - 1) / rate
        self._full = float("-inf")

    def reserve(self, now: float) -> tuple[float, tuple[float, float]]:
        """The time of the next request, and the states before and after for `release`."""
        before = self._full
        full = max(now, before)
        self._full = full + self._interval
        at = full - self._slack
        return max(now, at), (before, self._full)

    def release(self, states: tuple[float, float]) -> None:
        """Undo the latest reservation. Earlier ones cannot be: those behind were promised their times already."""
        before, after = states
        if self._full == after:
            self._full = before


class SlidingWindow:
    """Times at which requests were or will be sent, as far as they still count."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._places: list[tuple[float, int, bool]] = []  # time, number, final; in order of time

    def earliest(self, now: float, number: int) -> float:
        """The earliest time for this request: all final places count, and the provisional ones before it."""
        gone = next((i for i, place in enumerate(self._places) if place[0] + self._seconds > now), len(self._places))
        del self._places[:gone]
        left = self._limit
        for at, other, final in reversed(self._places):
            left -= other != number and (final or other < number)
            if not left:
                return at + self._seconds
        return now

    def put(self, at: float, number: int, *, final: bool) -> None:
        """Note the place of this request; a provisional one is replaced."""
        self.remove(number)
        insort(self._places, (at, number, final))

    def remove(self, number: int) -> None:
        """Forget this request."""
        self._places = [place for place in self._places if place[1] != number]


class LocalSchedule:
    """Keeps the places of the requests of one process. Safe for threads and tasks.

    Args:
        rate: The overall rate; None for none.
        clock: Monotonic seconds.
    """

    blocking: bool = False

    def __init__(self, rate: Rate | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._number = 0
        self._bucket: TokenBucket | None = None
        self._overall: SlidingWindow | None = None
        if rate is not None and rate.strategy == "token_bucket":
            self._bucket = TokenBucket(rate.rate, rate.burst)
        elif rate is not None:
            self._overall = SlidingWindow(rate.burst, rate.burst / rate.rate)
        self._windows: dict[Window, SlidingWindow] = {}
        renew_in_children(self)

    def after_fork(self) -> None:
        """A thread of the parent may hold the lock. The places it has taken still count: one server sees both."""
        self._lock = Lock()

    def ask(self, ticket: Ticket, patience: float) -> Turn:
        """When this request may be sent, if it would wait for at most `patience` seconds."""
        with self._lock:
            now = self._clock()
            if not ticket.number:
                self._number += 1
                ticket.number, ticket.local = self._number, True
            if not ticket.windows:  # the usual case, in few steps
                wait = self._reserve(ticket, now) - now
                if wait <= _ROUNDING:
                    return AT_ONCE
                if wait <= patience:
                    return Turn(wait, final=True)
                self._withdraw(ticket)
                return Turn(wait, final=False, refused=True)
            windows = [self._window(window) for window in ticket.windows]
            at = max(window.earliest(now, ticket.number) for window in windows)
            final = at <= now + _ROUNDING
            if final:
                at = self._reserve(ticket, now)
            for window in windows:
                window.put(at, ticket.number, final=final)
            wait = max(at - now, 0.0)
            if wait > patience:
                self._withdraw(ticket)
                return Turn(wait, final=False, refused=True)
            return Turn(wait, final)

    def withdraw(self, ticket: Ticket) -> None:
        """Give the place back of a request that will not be sent, as far as nobody counts on it yet."""
        with self._lock:
            self._withdraw(ticket)

    def _window(self, window: Window) -> SlidingWindow:
        if window not in self._windows:
            self._windows[window] = SlidingWindow(window.limit, window.seconds)
        return self._windows[window]

    def _reserve(self, ticket: Ticket, now: float) -> float:
        if self._bucket is not None:
            at, ticket.bucket = self._bucket.reserve(now)
            return at
        if self._overall is not None:
            at = max(now, self._overall.earliest(now, ticket.number))
            self._overall.put(at, ticket.number, final=True)
            return at
        return now

    def _withdraw(self, ticket: Ticket) -> None:
        if self._bucket is not None and ticket.bucket is not None:
            self._bucket.release(ticket.bucket)
        if self._overall is not None:
            self._overall.remove(ticket.number)
        for window in ticket.windows:
            self._window(window).remove(ticket.number)
        ticket.number, ticket.bucket = 0, None
