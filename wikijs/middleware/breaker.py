"""Stop asking a server that is down. Pure decisions behind a lock; the clock is injected."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Literal, TypeAlias

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
    """What a circuit breaker has seen.

    Attributes:
        state: "closed" lets requests through, "open" none, "half_open" one probe at a time.
        failures: Failures in a row.
        opened: Times it opened.
        refused: Requests that were not sent.
    """

    state: State
    failures: int
    opened: int
    refused: int


class CircuitBreaker:
    """Refuses requests for a while after several failures of the server in a row.

    Only failures of the server count: lost connections, time-outs, HTTP 5xx. A refused login or a missing page is an
    answer. When the time is up, exactly one request is let through as a probe; the others are refused until it is back.

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
        self._failure_threshold = failure_threshold
        self._recovery_timeout = recovery_timeout
        self._success_threshold = success_threshold
        self._on_open = on_open
        self._clock = clock
        self._lock = Lock()
        self._state: State = "closed"
        self._failures = 0
        self._successes = 0
        self._opened_at = 0.0
        self._probing = False
        self._opened = 0
        self._refused = 0

    def before(self, host: str) -> bool:
        """Ask whether a request may be sent; True when it is a probe. Each permission must be answered by `after`.

        Raises:
            CircuitOpenError: It may not.
        """
        with self._lock:
            if self._state == "closed":
                return False
            wait = self._opened_at + self._recovery_timeout - self._clock()
            if self._state == "open" and wait <= 0:
                self._state, self._successes = "half_open", 0
            if self._state == "half_open" and not self._probing:
                self._probing = True
                return True
            self._refused += 1
            raise CircuitOpenError(host, max(wait, 0.0))

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
                self._succeeded(probe=probe)
            elif success is False:
                opened = self._failed(probe=probe)
        if opened and self._on_open is not None:
            self._on_open(self.stats())
        return opened

    def _succeeded(self, *, probe: bool) -> None:
        if self._state == "closed":
            self._failures = 0
        elif probe:
            self._successes += 1
            if self._successes >= self._success_threshold:
                self._state, self._failures = "closed", 0

    def _failed(self, *, probe: bool) -> bool:
        self._failures += 1
        if probe or (self._state == "closed" and self._failures >= self._failure_threshold):
            self._state, self._opened_at = "open", self._clock()
            self._opened += 1
            return True
        return False

    def stats(self) -> BreakerStats:
        """What it has seen so far."""
        return BreakerStats(self._state, self._failures, self._opened, self._refused)

    def reset(self) -> None:
        """Close it and forget the failures."""
        with self._lock:
            self._state, self._failures, self._successes, self._probing = "closed", 0, 0, False
