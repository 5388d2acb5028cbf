"""Many writes, one after the other: what succeeded, what failed and why, in the order of the input."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from wikijs.exceptions import OutcomeUnknownError
from wikijs.flow import Flow
from wikijs.results import BatchError, BatchResult

from .base import Progress

In = TypeVar("In")
T = TypeVar("T")


def one_by_one(
    items: Iterable[In], work: Callable[[In], Flow[T]], progress: Progress | None
) -> Flow[BatchResult[In, T]]:
    """Run `work` on each item. A bad item is noted and the rest goes on.

    Ctrl-C ends the work early and the result says so: the item under way is an error whose outcome is unknown, later
    ones are `not_attempted`. The cancellation of an asyncio task is not caught, because a task must obey it.
    """
    inputs = list(items)
    result: BatchResult[In, T] = BatchResult()
    started, done = 0, 0
    try:
        for item in inputs:
            started += 1
            try:
                result.success.append((yield from work(item)))
            except Exception as error:
                result.errors.append(BatchError(done, item, error))
            done += 1
            if progress is not None:
                progress(done, len(inputs))
    except KeyboardInterrupt:
        if done < started:
            unknown = OutcomeUnknownError("The work was interrupted here.", hint="Look whether this item was written.")
            result.errors.append(BatchError(done, inputs[done], unknown))
        result.not_attempted.extend(inputs[started:])
    return result
