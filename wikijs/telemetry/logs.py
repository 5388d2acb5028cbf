"""`LoggingPlugin`: a line for each call, and for each request where that is wanted."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Final, TypeVar

from wikijs.core.flow import Flow
from wikijs.logging import LOGGER, level_number, setup_logging
from wikijs.plugins.types import Attempt, Call, Plugin, Proceed, Response

from .outcome import ending

T = TypeVar("T")

_LOGGER: Final = f"{LOGGER}.calls"


@dataclass(frozen=True, slots=True)
class CallEnded:
    """What the log says of a call.

    Attributes:
        operation: The server's field.
        kind: Query or mutation.
        outcome: "ok", "refused", "not_sent", "lost" or "error".
        seconds: From its begin to its end, retries and waits included.
        error: Class of the error it ended with; empty when it was answered.
        caller: Who asked.
        wiki: Root of the wiki.
    """

    operation: str
    kind: str
    outcome: str
    seconds: float
    error: str
    caller: str
    wiki: str


class LoggingPlugin(Plugin):
    """Logs each call to the logger `wikijs.calls`: operation, outcome, time; never variables, contents or tokens.

    With DEBUG each HTTP request too; with INFO each call; with WARNING those that failed. Where the program has no
    logging at all, it sets some up: `wikijs.logging.setup_logging`.

    Args:
        level: From which level on.
        slow: Seconds from which a call that was answered is worth a warning; None for never.
    """

    name = "logging"

    def __init__(self, level: str | int = "INFO", *, slow: float | None = None) -> None:
        self._level = level_number(level)
        self._slow = slow
        self._log = logging.getLogger(_LOGGER)

    def attach(self, wiki: str) -> None:
        """Make sure that somebody hears."""
        if not self._log.hasHandlers():
            setup_logging(self._level)
        self._log.setLevel(self._level)

    def around_call(self, call: Call, proceed: Proceed[T]) -> Flow[T]:
        """Log how it ended."""
        started = time.perf_counter()
        try:
            result = yield from proceed(call)
        except BaseException as error:
            if not isinstance(error, GeneratorExit):
                self._end(call, started, error)
            raise
        self._end(call, started, None)
        return result

    def _end(self, call: Call, started: float, error: BaseException | None) -> None:
        seconds = time.perf_counter() - started
        slow = self._slow is not None and seconds >= self._slow
        level = logging.WARNING if error is not None or slow else logging.INFO
        if not self._log.isEnabledFor(level):
            return
        outcome = ending(error, call.name)
        failure = "" if error is None else type(error).__name__
        ended = CallEnded(call.name, call.kind, outcome, round(seconds, 6), failure, call.caller, call.wiki)
        shown = f"{call.kind} {call.name}: {outcome}{f' ({failure})' if failure else ''}, {seconds * 1000:.1f} ms"
        self._log.log(level, "%s%s", shown, ", slow" if slow else "", extra={"wikijs": ended})

    def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
        """Log one request."""
        if not self._log.isEnabledFor(logging.DEBUG):
            return (yield from proceed(attempt))
        request = attempt.request
        size = len(request.content)
        self._log.debug("%s %s %s: sent, %d bytes, attempt %d", request.method, request.path, attempt.call.name, size,
                        attempt.number + 1)  # fmt: skip
        response = yield from proceed(attempt)
        self._log.debug("%s %s %s: HTTP %d, %d bytes", request.method, request.path, attempt.call.name,
                        response.status, len(response.content))  # fmt: skip
        return response
