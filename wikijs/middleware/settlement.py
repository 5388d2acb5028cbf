"""The course of settling: wait, read back, and send again only where that is proven safe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from wikijs import exceptions as exc
from wikijs.core.events import Events, Settled
from wikijs.core.flow import Flow, pause
from wikijs.core.operations import Operation
from wikijs.core.outcomes import Outcome, ProgramEndedError, classify, is_answer

from .readbacks import DONE_BY, READERS, REPEATABLE, Absent, Applied, Execute, Incomplete, Unclear, Verdict, done

T = TypeVar("T")


class Send(Protocol):
    """Sends an operation."""

    def __call__(self, operation: Operation[T]) -> Flow[T]: ...


def settle(
    operation: Operation[T],
    error: exc.WikiJSException,
    *,
    execute: Execute,
    send: Send,
    before: Any,
    events: Events,
    waits: Sequence[float],
) -> Flow[T]:
    """Find out what became of a write, and return what its answer would have been.

    Args:
        operation: The write.
        error: How its only attempt so far ended.
        execute: Reads past the cache.
        send: Sends a write, without settling it again.
        before: The state before it, where it is known.
        events: Told the result.
        waits: Seconds before each look at the server.

    Raises:
        OutcomeUnknownError: It cannot be told; the message says what was found and how to check.
        APIError: The write was refused, and reading back shows that nothing happened.
        TransportError: The same, and it could not be sent once more.
    """
    field = operation.spec.server_field
    custom = operation.spec.custom
    if field in REPEATABLE and not custom:
        return (yield from _repeat(operation, error, send, waits))
    if field not in READERS or custom:
        raise unknown(operation, error, "this operation cannot be checked by reading") from error
    last, tried = error, set[type[Verdict]]()
    while True:
        # There is no point in patience once the server has answered, unless the first send may be under way yet.
        patient = not is_answer(last) or isinstance(last, DONE_BY.get(field, ()))
        verdict = yield from _look(operation, execute, before, waits, patient=patient)
        if isinstance(verdict, Absent) and is_answer(last):
            events.emit(Settled(field, Outcome.REJECTED))
            raise last  # it would only fail again
        if not isinstance(verdict, Absent | Incomplete) or type(verdict) in tried:
            break
        if isinstance(verdict, Absent) and not verdict.repeatable and not isinstance(error, ProgramEndedError):
            break  # it may arrive late
        tried.add(type(verdict))
        try:
            answer: T = yield from send(verdict.completion if isinstance(verdict, Incomplete) else operation)
        except exc.WikiJSException as failure:
            refused = isinstance(failure, DONE_BY.get(field, ()))
            if isinstance(verdict, Absent) and not refused and classify(failure, field) is not Outcome.UNKNOWN:
                raise
            last = failure
        else:
            return answer
    match verdict:
        case Applied(value):
            events.emit(Settled(field, Outcome.APPLIED))
            result: T = value
            return result
        case Absent(found) | Incomplete(found) | Unclear(found):
            raise unknown(operation, error, found) from error


def _look(
    operation: Operation[Any], execute: Execute, before: Any, waits: Sequence[float], *, patient: bool
) -> Flow[Verdict]:
    """Read back until the state is there or is clearly something else; where patient, until the waits are used up."""
    reader = READERS[operation.spec.server_field]
    verdict: Verdict = Unclear("the server could not be read afterwards")
    for wait in waits:
        try:
            yield from pause(wait)
            verdict = yield from reader(execute, operation.variables, before)
        except (exc.TransportError, exc.ServerError, exc.RateLimitError, exc.EndpointError):
            continue  # it may be restarting, or somebody else answers for it
        except exc.APIError as error:
            if error.foreign:
                continue
            return Unclear(f"reading it back failed: {error.message}")
        if not patient or isinstance(verdict, Applied | Unclear):
            return verdict
    return verdict


def _repeat(operation: Operation[T], error: exc.WikiJSException, send: Send, waits: Sequence[float]) -> Flow[T]:
    """Send a write of which doing it twice is doing it once, until it is answered."""
    field = operation.spec.server_field
    for wait in waits:
        try:
            yield from pause(wait)
            return (yield from send(operation))
        except DONE_BY.get(field, ()):
            result: T = done().value
            return result
        except exc.WikiJSException as failure:
            if is_answer(failure):
                raise
    raise unknown(operation, error, "it was sent several times without an answer") from error


def unknown(operation: Operation[Any], error: exc.WikiJSException, found: str) -> exc.OutcomeUnknownError:
    """The error for a write of which it cannot be told whether it took place."""
    return exc.OutcomeUnknownError(
        f"It cannot be told whether this took place: {error.message.rstrip('.')}; {found}.",
        operation=operation.spec.server_field,
        hint="Look at the wiki before you repeat it." + (f" {error.hint}" if error.hint else ""),
    )
