"""The course of settling: wait, read back, and send again only where that is proven safe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from wikijs import exceptions as exc
from wikijs.flow import Flow, pause
from wikijs.operations import Operation

from .events import Events, Settled
from .outcomes import Outcome, classify
from .settling import DONE_BY, READERS, Absent, Applied, Execute, Unclear, Verdict

T = TypeVar("T")


def settle(
    operation: Operation[T],
    error: exc.WikiJSException,
    *,
    execute: Execute,
    send_again: Callable[[], Flow[T]],
    before: Any,
    events: Events,
    waits: Sequence[float],
) -> Flow[T]:
    """Find out what became of a write, and return what its answer would have been.

    Args:
        operation: The write.
        error: How its only attempt so far ended.
        execute: Reads past the cache.
        send_again: Sends the write once more, without any retry.
        before: The state before it, where it is known.
        events: Told the result.
        waits: Seconds before each look at the server.

    Raises:
        OutcomeUnknownError: It cannot be told; the message says what was found and how to check.
        APIError: The second send was refused.
    """
    field = operation.spec.server_field
    if field not in READERS:
        raise _unknown(operation, error, "this operation cannot be checked by reading") from error
    verdict = yield from _look(operation, execute, before, waits)
    if isinstance(verdict, Absent):
        events.emit(Settled(field, Outcome.REJECTED))
        try:
            return (yield from send_again())
        except DONE_BY.get(field, ()):
            verdict = yield from _look(operation, execute, before, waits, patient=False)
        except exc.WikiJSException as second:
            if classify(second, field) is not Outcome.UNKNOWN:
                raise
            verdict = yield from _look(operation, execute, before, waits)
    match verdict:
        case Applied(value):
            events.emit(Settled(field, Outcome.APPLIED))
            result: T = value
            return result
        case Unclear(found):
            raise _unknown(operation, error, found) from error
        case Absent():
            raise _unknown(operation, error, "two sends left no trace") from error


def _look(
    operation: Operation[Any], execute: Execute, before: Any, waits: Sequence[float], *, patient: bool = True
) -> Flow[Verdict]:
    """Read back until the state is there, is clearly something else, or the patience is over."""
    reader = READERS[operation.spec.server_field]
    verdict: Verdict = Unclear("the server could not be read afterwards")
    for wait in waits if patient else waits[:1]:
        yield from pause(wait)
        try:
            verdict = yield from reader(execute, operation.variables, before)
        except exc.TransportError:
            continue  # it may be restarting
        except exc.APIError as error:
            return Unclear(f"reading it back failed: {error.message}")
        if not isinstance(verdict, Absent):
            return verdict
    return verdict


def _unknown(operation: Operation[Any], error: exc.WikiJSException, found: str) -> exc.OutcomeUnknownError:
    return exc.OutcomeUnknownError(
        f"It cannot be told whether this took place: {error.message.rstrip('.')}; {found}.",
        operation=operation.spec.server_field,
        hint="Look at the wiki before you repeat it.",
    )
