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
    for index, item in enumerate(inputs):
        try:
            result.success.append((yield from work(item)))
        except KeyboardInterrupt:
            unknown = OutcomeUnknownError("The work was interrupted here.", hint="Look whether this item was written.")
            result.errors.append(BatchError(index, item, unknown))
            result.not_attempted.extend(inputs[index + 1 :])
            break
        except Exception as error:
            result.errors.append(BatchError(index, item, error))
        if progress is not None:
            progress(index + 1, len(inputs))
    return result
