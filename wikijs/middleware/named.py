"""Settings of a client that have two names, or a short form: which one holds."""

from __future__ import annotations

import logging
import math
import sys
from typing import TYPE_CHECKING

from wikijs.exceptions import ConfigurationError

if TYPE_CHECKING:
    from .limiter import ServerLimits
    from .retry import RetryStrategy


def one_retry(retry: RetryStrategy | bool, strategy: RetryStrategy | bool | None) -> RetryStrategy | bool:
    """When failed requests are repeated, by whichever name it was given.

    Raises:
        ConfigurationError: By both.
    """
    if strategy is None:
        return retry
    if retry is not True:
        raise ConfigurationError("retry and retry_strategy are two names of one setting: give one of them.")
    return strategy


def one_limiter(limiter: ServerLimits | bool, rate: float | None, timeout: float | None) -> ServerLimits | bool:
    """The rates to keep, of a limiter or of the short form.

    Args:
        limiter: What was given as `rate_limiter`.
        rate: Requests per second.
        timeout: Seconds to wait at most.

    Raises:
        ConfigurationError: Both were given, or they cannot be.
    """
    if rate is None and timeout is None:
        return limiter
    if limiter is not True:
        raise ConfigurationError(
            "rate_limit and rate_limit_timeout make a rate limiter: give them, or rate_limiter, but not both.",
            hint="A RateLimiter says the same with default_rps and timeout.",
        )
    if timeout is not None and timeout < 0:
        raise ConfigurationError(f"rate_limit_timeout cannot be {timeout!r} seconds.")
    from .limiter import RateLimiter, ServerLimits

    if rate is None:
        return ServerLimits(timeout=timeout)
    if not 0 < rate < math.inf:
        raise ConfigurationError(f"rate_limit is more than 0 requests per second, not {rate!r}.")
    return RateLimiter(rate, max(1, math.floor(rate)), "sliding_window", timeout=timeout)


def show_log(level: int | str) -> None:
    """Let the logger of this package tell from this level on; on stderr where nobody listens yet.

    Raises:
        ConfigurationError: There is no such level.
    """
    log = logging.getLogger("wikijs")
    try:
        log.setLevel(level.upper() if isinstance(level, str) else level)
    except (TypeError, ValueError):
        raise ConfigurationError(
            f"There is no log level {level!r}.", hint='Give logging.DEBUG, or a name such as "DEBUG" or "INFO".'
        ) from None
    if not log.hasHandlers():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)
