"""Stop asking a server that is down. Pure decisions behind a lock; the clock is injected."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Literal, TypeAlias

from wikijs.core.processes.forks import renew_in_children
from wikijs.exceptions import ConfigurationError, TransportError

State: TypeAlias = Literal["closed", "open", "half_open"]


class CircuitOpenError(TransportError):
    """The request was not sent, because the server failed too often just now.

    Attributes:
        retry_after: Seconds until the server is probed again.
    """

    def __init__(self, host: str, retry_after: float) -> None:
        super().__init__(
            f"{host} failed too often; nothing is sent to it for another {retry_after:.0f} s.",
            sent=False,
            hint="Look whether the wiki is up. client.circuit_breaker.reset() tries at once.",
        )
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class BreakerStats:
    """What a circuit breaker has seen; `stats["state"]` and `dict(stats)` work as well.

    Attributes:
        state: "closed" lets requests through, "open" none, "half_open" one probe at a time.
        failures: Failures in a row.
        opened: Times it opened.
        refused: Requests that were not sent.
        host: The server; empty in figures of several.
        success_count: Requests that the server answered.
        last_failure_time: When the server failed last; None if it did not, or since `reset`.
    """

    state: State
    failures: int
    opened: int
    refused: int
    host: str = ""
    success_count: int = field(default=0, compare=False)
    last_failure_time: datetime | None = field(default=None, compare=False)

    @property
    def failure_count(self) -> int:
        """Failures in a row; the same as `failures`."""
        return self.failures

    def keys(self) -> tuple[str, ...]:
        """The names of all figures."""
        return (
            "state",
            "failure_count",
            "success_count",
            "last_failure_time",
            "failures",
            "opened",
            "refused",
            "host",
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __getitem__(self, name: str) -> Any:
        if name not in self.keys():
            raise KeyError(name)
        return getattr(self, name)


class CircuitBreaker:
    """Refuses requests for a while after several failures of the server in a row.

    Only failures of the server count: lost connections, time-outs, HTTP 5xx. A refused login or a missing page is an
    answer. When the time is up, exactly one request is let through as a probe; the others are refused until it is back.

    One object may serve several clients. It keeps a circuit for each server (scheme, host and port), so that one that
    is down does not stop requests to others; clients of the same server share its circuit.

    Args:
        failure_threshold: Failures in a row that open the circuit.
        recovery_timeout: Seconds until a probe is let through.
        success_threshold: Probes in a row that must succeed to close it.
        on_open: Called with the statistics when it opens.
        clock: Monotonic seconds, for tests.
    """

    def __init__(
        self,
        failure_threshold: int = 5,
        recovery_timeout: float = 60.0,
        success_threshold: int = 2,
        *,
        on_open: Callable[[BreakerStats], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if failure_threshold < 1 or success_threshold < 1 or recovery_timeout <= 0:
            raise ConfigurationError("A circuit breaker's thresholds are at least 1, its recovery_timeout more than 0.")
        self.failure_threshold = failure_threshold
        self.recovery_timeout = recovery_timeout
        self.success_threshold = success_threshold
        self.on_open = on_open
        self.clock = clock
        self._lock = Lock()
        self._circuits: dict[str, Circuit] = {}
        renew_in_children(self)

    def after_fork(self) -> None:
        """A thread of the parent may hold the lock."""
        self._lock = Lock()

    def circuit(self, host: str) -> Circuit:
        """The circuit of one server.

        Args:
            host: Scheme, host and port, such as "https://wiki.example.com".
        """
        found = self._circuits.get(host)
        if found is None:
            with self._lock:
                found = self._circuits.setdefault(host, Circuit(host, self))
        return found

    def stats(self) -> BreakerStats:
        """What it has seen so far, of all servers together: the worst state and number of failures, and the sums.

        `client.circuit_breaker.stats()` has the figures of the client's own server.
        """
        each = [circuit.stats() for circuit in list(self._circuits.values())]
        if len(each) == 1:
            return each[0]
        states = {stats.state for stats in each}
        times = [stats.last_failure_time for stats in each if stats.last_failure_time is not None]
        return BreakerStats(
            "open" if "open" in states else "half_open" if "half_open" in states else "closed",
            max((stats.failures for stats in each), default=0),
            sum(stats.opened for stats in each),
            sum(stats.refused for stats in each),
            success_count=sum(stats.success_count for stats in each),
            last_failure_time=max(times, default=None),
        )

    def reset(self) -> None:
        """Close the circuits of all servers and forget the failures."""
        for circuit in list(self._circuits.values()):
            circuit.reset()


class Circuit:
    """The circuit of one server, which a `CircuitBreaker` makes.

    Args:
        host: The server.
        breaker: Says when to open and to close.
    """

    def __init__(self, host: str, breaker: CircuitBreaker) -> None:
        self._host = host
        self._breaker = breaker
        self._lock = Lock()
        self._state: State = "closed"
        self._failures = 0
        self._successes = 0
        self._opened_at = 0.0
        self._probing = False
        self._opened = 0
        self._refused = 0
        self._answered = 0
        self._last_failure: datetime | None = None
        renew_in_children(self)

    def after_fork(self) -> None:
        """A thread of the parent may hold the lock, or the place of the probe."""
        self._lock = Lock()
        self._probing = False

    def before(self) -> bool:
        """Ask whether a request may be sent; True when it is a probe. Each permission must be answered by `after`.

        Raises:
            CircuitOpenError: It may not.
        """
        return self._state != "closed" and self._ask()  # nearly always closed, which is worth no lock

    def _ask(self) -> bool:
        with self._lock:
            if self._state == "closed":
                return False
            wait = self._opened_at + self._breaker.recovery_timeout - self._breaker.clock()
            if self._state == "open" and wait <= 0:
                self._state, self._successes = "half_open", 0
            if self._state == "half_open" and not self._probing:
                self._probing = True
                return True
            self._refused += 1
            raise CircuitOpenError(self._host, max(wait, 0.0))

    def after(self, *, success: bool | None, probe: bool) -> bool:
        """Tell how a permitted request ended; True when that opened the circuit.

        Args:
            success: True when the server answered, False when it failed, None when neither can be said (cancelled).
            probe: What `before` said.
        """
        opened = False
        with self._lock:
            if probe:
                self._probing = False
            if success:
                self._answered += 1
                self._succeeded(probe=probe)
            elif success is False:
                opened = self._failed(probe=probe)
        if opened and self._breaker.on_open is not None:
            self._breaker.on_open(self.stats())
        return opened

    def _succeeded(self, *, probe: bool) -> None:
        if self._state == "closed":
            self._failures = 0
        elif probe:
            self._successes += 1
            if self._successes >= self._breaker.success_threshold:
                self._state, self._failures = "closed", 0

    def _failed(self, *, probe: bool) -> bool:
        self._failures += 1
        self._last_failure = datetime.now(UTC)
        if probe or (self._state == "closed" and self._failures >= self._breaker.failure_threshold):
            self._state, self._opened_at = "open", self._breaker.clock()
            self._opened += 1
            return True
        return False

    def stats(self) -> BreakerStats:
        """What it has seen so far."""
        return BreakerStats(
            self._state,
            self._failures,
            self._opened,
            self._refused,
            self._host,
            self._answered,
            self._last_failure,
        )

    def reset(self) -> None:
        """Close it and forget the failures."""
        with self._lock:
            self._state, self._failures, self._successes, self._probing = "closed", 0, 0, False
            self._last_failure = None
