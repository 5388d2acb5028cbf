"""Resilience: retries, circuit breaker, rate limits, events and statistics. Each part decides; flows do the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wikijs.core.events import BreakerOpened as BreakerOpened
    from wikijs.core.events import CacheUsed as CacheUsed
    from wikijs.core.events import Event as Event
    from wikijs.core.events import Finished as Finished
    from wikijs.core.events import LimitWait as LimitWait
    from wikijs.core.events import Refused as Refused
    from wikijs.core.events import Retrying as Retrying
    from wikijs.core.events import Settled as Settled
    from wikijs.core.outcomes import Outcome as Outcome

    from .breaker import BreakerStats as BreakerStats
    from .breaker import CircuitBreaker as CircuitBreaker
    from .breaker import CircuitOpenError as CircuitOpenError
    from .limiter import LimiterStats as LimiterStats
    from .limiter import LimitReached as LimitReached
    from .limiter import RateLimiter as RateLimiter
    from .limiter import ServerLimits as ServerLimits
    from .limiter import SharedRateLimiter as SharedRateLimiter
    from .limits import LocalRateLimitError as LocalRateLimitError
    from .page_locks import FileLock as FileLock
    from .page_locks import PageLock as PageLock
    from .page_locks import PostgresLock as PostgresLock
    from .page_locks import RedisLock as RedisLock
    from .quota import DailyQuota as DailyQuota
    from .quota import QuotaUsage as QuotaUsage
    from .quota import SharedDailyQuota as SharedDailyQuota
    from .retry import RetryBudget as RetryBudget
    from .retry import RetryStrategy as RetryStrategy
    from .stats import ClientStats as ClientStats
    from .stats import Latency as Latency
    from .stats import Metrics as Metrics
    from .stats import OperationStats as OperationStats

_HOMES: Final = {
    "BreakerStats": "breaker",
    "CircuitBreaker": "breaker",
    "CircuitOpenError": "breaker",
    "BreakerOpened": ".core.events",
    "CacheUsed": ".core.events",
    "Event": ".core.events",
    "Finished": ".core.events",
    "LimitWait": ".core.events",
    "Refused": ".core.events",
    "Retrying": ".core.events",
    "Settled": ".core.events",
    "LimiterStats": "limiter",
    "LimitReached": "limiter",
    "RateLimiter": "limiter",
    "ServerLimits": "limiter",
    "SharedRateLimiter": "limiter",
    "LocalRateLimitError": "limits",
    "Outcome": ".core.outcomes",
    "FileLock": "page_locks",
    "PageLock": "page_locks",
    "PostgresLock": "page_locks",
    "RedisLock": "page_locks",
    "DailyQuota": "quota",
    "QuotaUsage": "quota",
    "SharedDailyQuota": "quota",
    "RetryBudget": "retry",
    "RetryStrategy": "retry",
    "ClientStats": "stats",
    "Latency": "stats",
    "Metrics": "stats",
    "OperationStats": "stats",
}

__all__ = [
    "BreakerOpened",
    "BreakerStats",
    "CacheUsed",
    "CircuitBreaker",
    "CircuitOpenError",
    "ClientStats",
    "DailyQuota",
    "Event",
    "FileLock",
    "Finished",
    "Latency",
    "LimitReached",
    "LimitWait",
    "LimiterStats",
    "LocalRateLimitError",
    "Metrics",
    "OperationStats",
    "Outcome",
    "PageLock",
    "PostgresLock",
    "QuotaUsage",
    "RateLimiter",
    "RedisLock",
    "Refused",
    "RetryBudget",
    "RetryStrategy",
    "Retrying",
    "ServerLimits",
    "Settled",
    "SharedDailyQuota",
    "SharedRateLimiter",
]


def __getattr__(name: str) -> object:
    # Each part is loaded by those who use it.
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
