"""Resilience: retries, circuit breaker, rate limits, events and statistics. Each part decides; flows do the rest."""

from .breaker import BreakerStats, CircuitBreaker, CircuitOpenError
from .events import BreakerOpened, CacheUsed, Event, Finished, LimitWait, Retrying, Settled
from .outcomes import Outcome
from .retry import RetryBudget, RetryStrategy
from .stats import ClientStats, OperationStats

__all__ = [
    "BreakerOpened",
    "BreakerStats",
    "CacheUsed",
    "CircuitBreaker",
    "CircuitOpenError",
    "ClientStats",
    "Event",
    "Finished",
    "LimitWait",
    "OperationStats",
    "Outcome",
    "RetryBudget",
    "RetryStrategy",
    "Retrying",
    "Settled",
]
