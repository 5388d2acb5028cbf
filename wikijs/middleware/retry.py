"""When to try again, and after how long. Pure decisions: nothing here sleeps, sends or reads a clock.

A write whose answer was lost is no matter of this module: `settlement` reads back, and decides whether it is sent
again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import field
from threading import Lock
from typing import Final, Literal, TypeAlias

from wikijs import exceptions as exc
from wikijs.core.operations import OperationKind
from wikijs.core.outcomes import Outcome
from wikijs.core.processes.forks import renew_in_children
from wikijs.core.values.records import record
from wikijs.exceptions import ConfigurationError

Backoff: TypeAlias = Literal["exponential", "linear", "constant"]

RETRIED_STATUS: Final = frozenset({429, 502, 503, 504})
"""HTTP statuses that say: not now. Other server failures would only fail again."""

_HOPELESS: Final = (exc.ConfigurationError, exc.ExpiredTokenError, exc.PluginError)
"""Nothing was sent, but nothing would be the next time either; so it is with an open circuit and a rate. A login that
leads to an identity provider always does, and the wiki allows five of them in a minute."""


class RetryBudget:
    """Keeps retries to a share of all requests, so that a dead server is not hammered. Shared by all calls of a client.

    Each first attempt pays in a part of a retry, each retry takes a whole one out.

    Args:
        ratio: Retries allowed for each first attempt, in the long run.
        reserve: Retries in hand at the start and at most.
    """

    def __init__(self, ratio: float = 0.2, reserve: float = 10.0) -> None:
        if ratio < 0 or reserve < 0:
            raise ConfigurationError("A retry budget's ratio and reserve cannot be negative.")
        self._ratio = ratio
        self._reserve = reserve
        self._balance = reserve
        self._lock = Lock()
        renew_in_children(self)

    def after_fork(self) -> None:
        """A thread of the parent may hold the lock."""
        self._lock = Lock()

    @property
    def balance(self) -> float:
        """Retries in hand."""
        return self._balance

    def deposit(self) -> None:
        """Pay in for a first attempt."""
        if self._balance >= self._reserve:
            return  # full, as nearly always
        with self._lock:
            self._balance = min(self._reserve, self._balance + self._ratio)

    def withdraw(self) -> bool:
        """Take out a retry; False when there is none left."""
        with self._lock:
            if self._balance < 1:
                return False
            self._balance -= 1
            return True


@record
class RetryStrategy:
    """How failed attempts are repeated.

    Queries are repeated when they were not sent, when their answer was lost, and when the server says "not now" (429,
    502, 503, 504, or its own "try again in N seconds"). Mutations are repeated here only when they certainly had no
    effect and could have: when they were not sent, or refused for their rate. For others see `settlement`.

    Args:
        max_retries: Attempts after the first.
        backoff: How the delay grows: doubling, by `initial_delay` each time, or not at all.
        initial_delay: Seconds before the first retry.
        max_delay: Seconds between attempts at most; a longer wait asked for by the server ends the retries.
        jitter: Share of each delay that is random, from 0 to 1, so that many clients do not return at once.
        retry_on: Further exception classes to repeat queries on. Mutations are never repeated on a guess.
        max_elapsed: Seconds from the first attempt after which no other is begun; None for no limit.
        budget: Shared allowance of retries; None for no limit.
    """

    max_retries: int = 5
    backoff: Backoff = "exponential"
    initial_delay: float = 0.5
    max_delay: float = 30.0
    jitter: float = 0.5
    retry_on: Collection[type[Exception]] = ()
    max_elapsed: float | None = 120.0
    budget: RetryBudget | None = field(default_factory=RetryBudget)
    random: Callable[[], float] = field(default=random.random, repr=False)

    def __post_init__(self) -> None:
        if self.max_retries < 0 or self.initial_delay < 0 or self.max_delay < 0:
            raise ConfigurationError("max_retries, initial_delay and max_delay cannot be negative.")
        if not 0 <= self.jitter <= 1:
            raise ConfigurationError(f"jitter is a share between 0 and 1, not {self.jitter!r}.")
        if self.backoff not in {"exponential", "linear", "constant"}:
            raise ConfigurationError(f"backoff is exponential, linear or constant, not {self.backoff!r}.")

    def delay(
        self, error: Exception, *, kind: OperationKind, outcome: Outcome, retries: int, elapsed: float
    ) -> float | None:
        """Seconds to wait before the next attempt, or None when there must be none.

        Args:
            error: What ended the last attempt.
            kind: Query or mutation.
            outcome: What became of the last attempt.
            retries: Retries so far.
            elapsed: Seconds since the first attempt began.
        """
        if retries >= self.max_retries or not self.applies(error, kind, outcome):
            return None
        asked = error.retry_after if isinstance(error, exc.APIError) else None
        wait = self.pause(retries) if asked is None else asked
        if asked is not None and asked > self.max_delay:
            return None
        if self.max_elapsed is not None and elapsed + wait > self.max_elapsed:
            return None
        if self.budget is not None and not self.budget.withdraw():
            return None
        return wait

    def applies(self, error: Exception, kind: OperationKind, outcome: Outcome) -> bool:
        """Whether this failure may be answered by another attempt at all."""
        from .breaker import CircuitOpenError  # a program whose calls succeed needs none of these
        from .limits import LocalRateLimitError

        if isinstance(error, (*_HOPELESS, CircuitOpenError, LocalRateLimitError)) or (
            isinstance(error, exc.TransportError) and error.permanent
        ):
            return False
        if outcome is Outcome.NOT_SENT or (isinstance(error, exc.RateLimitError) and outcome is Outcome.REJECTED):
            return True
        passing = isinstance(error, (exc.TransportError, exc.BrokenReplyError, exc.RateLimitError, *self.retry_on)) or (
            isinstance(error, exc.APIError) and error.status in RETRIED_STATUS
        )
        return kind == "query" and passing

    def pause(self, retries: int) -> float:
        """Seconds before retry number `retries` (from 0), jitter included."""
        match self.backoff:
            case "exponential":
                full = self.initial_delay * 2.0 ** min(retries, 60)
            case "linear":
                full = self.initial_delay * (retries + 1)
            case "constant":
                full = self.initial_delay
        full = min(full, self.max_delay)
        return full * (1 - self.jitter * self.random())
