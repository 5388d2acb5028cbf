"""What a client tells about its work: `on_event=` gets each event, and the logger `wikijs` the same as text."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias

from .outcomes import Outcome
from .values.records import record

log = logging.getLogger("wikijs")


@record
class Finished:
    """A request was answered or lost.

    Attributes:
        operation: The server's field, such as `pages.single`.
        seconds: From sending to the whole answer.
        status: HTTP status; None when there was no answer.
        size: Bytes of the answer.
    """

    operation: str
    seconds: float
    status: int | None
    size: int = 0


@record
class Refused:
    """An answer said no although its HTTP status did not: Wiki.js reports most failures with 200.

    Attributes:
        error: Name of the exception's class.
        code: The server's code of the error, such as 6003.
    """

    operation: str
    error: str
    code: int


@record
class Retrying:
    """An attempt failed and is repeated after a pause.

    Attributes:
        retries: Number of this retry, from 1.
        delay: Seconds of pause.
        reason: The failure, cleaned.
    """

    operation: str
    retries: int
    delay: float
    reason: str


@record
class Settled:
    """A write of unknown outcome was settled by reading back."""

    operation: str
    outcome: Outcome


@record
class CacheUsed:
    """A read was looked up in the cache."""

    operation: str
    found: Literal["hit", "miss", "stale"]


@record
class LimitWait:
    """A request waits for the rate limit.

    Attributes:
        seconds: How long.
    """

    operation: str
    seconds: float


@record
class BreakerOpened:
    """The circuit breaker stops requests.

    Attributes:
        failures: Failures in a row that led to it.
    """

    operation: str
    failures: int


Event: TypeAlias = Finished | Refused | Retrying | Settled | CacheUsed | LimitWait | BreakerOpened
Listener: TypeAlias = Callable[[Event], None]


_LEVELS: Final[Mapping[type, int]] = {
    Finished: logging.DEBUG,
    Refused: logging.DEBUG,
    CacheUsed: logging.DEBUG,
    LimitWait: logging.INFO,
}


class Events:
    """Hands events to listeners and to the logger."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def listen(self, listener: Listener) -> None:
        """Tell this one too from now on."""
        self._listeners = (*self._listeners, listener)

    def emit(self, event: Event) -> None:
        """Tell about something. A listener that fails is logged and does not disturb the work."""
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:
                log.exception("a listener to events failed")
        level = _LEVELS.get(type(event), logging.WARNING)
        if log.isEnabledFor(level):
            log.log(level, "%s", describe(event), extra={"wikijs": event})


def describe(event: Event) -> str:
    """One line for the log: names, times and numbers only."""
    match event:
        case Finished(operation, seconds, status, size):
            result = f"HTTP {status}, {size} bytes" if status is not None else "no answer"
            text = f"{operation}: {result}, {seconds * 1000:.1f} ms"
        case Refused(operation, error, code):
            text = f"{operation}: the server said no: {error} {code}"
        case Retrying(operation, retries, delay, reason):
            text = f"{operation}: retry {retries} in {delay:.2f} s after: {reason}"
        case Settled(operation, outcome):
            text = f"{operation}: outcome was unknown, reading back says {outcome}"
        case CacheUsed(operation, found):
            text = f"{operation}: cache {found}"
        case LimitWait(operation, seconds):
            text = f"{operation}: waiting {seconds:.2f} s for the rate limit"
        case BreakerOpened(operation, failures):
            text = f"{operation}: circuit breaker opened after {failures} failures"
    return text
