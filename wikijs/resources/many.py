"""Many writes, one after the other: what succeeded, what failed and why, in the order of the input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from wikijs.exceptions import OutcomeUnknownError, ValidationError
from wikijs.flow import Flow, blocking
from wikijs.results import BatchError, BatchResult

from .base import Progress

if TYPE_CHECKING:
    from wikijs.journal import Journal

In = TypeVar("In")
T = TypeVar("T")


def several(items: Iterable[In]) -> list[In]:
    """The items of a bulk call.

    Raises:
        ValidationError: One item was given instead of several, whose letters or keys would pass for items.
    """
    given: object = items
    if not hasattr(given, "__iter__") or isinstance(given, str | bytes | Mapping):
        kind = type(items).__name__
        raise ValidationError(f"A list of items is needed, not one {kind}.", hint="Use [item].")
    return list(items)


def one_by_one(
    items: Iterable[In], work: Callable[[In], Flow[T]], progress: Progress | None
) -> Flow[BatchResult[In, T]]:
    """Run `work` on each item, see `in_turn`."""
    return (yield from in_turn(several(items), lambda _, item: work(item), progress))


def journalled(
    items: Iterable[In],
    work: Callable[[In], Flow[T]],
    progress: Progress | None,
    *,
    settle: Callable[[In], Flow[T]],
    start: Callable[[Sequence[In]], Journal[T]],
) -> Flow[BatchResult[In, T]]:
    """The same with a journal: items that it confirms are not sent again, and those in flight are settled.

    Args:
        items: The input.
        work: Does an item.
        progress: Told of each item.
        settle: Does an item that may have been done already, in part or whole.
        start: Opens the journal for the input.
    """
    from wikijs.journal import recorded

    inputs = several(items)
    journal = yield from blocking(lambda: start(inputs))
    try:
        return (yield from in_turn(inputs, lambda index, item: recorded(journal, index, work, settle, item), progress))
    finally:
        journal.close()


def in_turn(
    inputs: Sequence[In], work: Callable[[int, In], Flow[T]], progress: Progress | None
) -> Flow[BatchResult[In, T]]:
    """Run `work` on the place of each item and the item itself. A bad one is noted and the rest goes on.

    Ctrl-C ends the work early and the result says so: the item under way is an error whose outcome is unknown, later
    ones are `not_attempted`. The cancellation of an asyncio task is not caught, because a task must obey it.
    """
    result: BatchResult[In, T] = BatchResult()
    started, done = 0, 0
    try:
        for item in inputs:
            started += 1
            try:
                result.success.append((yield from work(started - 1, item)))
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
