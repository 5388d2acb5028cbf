"""Many writes, one after the other: what succeeded, what failed and why, in the order of the input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from wikijs.core.flow import Flow, blocking
from wikijs.core.jobs.results import BatchError, BatchResult
from wikijs.core.operations import Operation
from wikijs.exceptions import OutcomeUnknownError

from .base import Flows, Progress
from .several import several

if TYPE_CHECKING:
    from wikijs.core.jobs.journal import Journal, JournalPath

In = TypeVar("In")
T = TypeVar("T")


def one_by_one(
    items: Iterable[In], work: Callable[[In], Flow[T]], progress: Progress | None
) -> Flow[BatchResult[In, T]]:
    """Run `work` on each item, see `in_turn`."""
    return (yield from in_turn(several(items), lambda _, item: work(item), progress))


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


def noted(
    journal: Journal[T],
    inputs: Sequence[In],
    work: Callable[[In], Flow[T]],
    progress: Progress | None,
    settle: Callable[[In, Any], Flow[T]],
    look: Callable[[In], Flow[Any]] | None = None,
) -> Flow[BatchResult[In, T]]:
    """Do the items of a job whose journal is open; see `wikijs.core.jobs.journal.Work` for the functions."""
    from wikijs.core.jobs.journal import Work, recorded

    steps = Work(work, settle, look)
    return (yield from in_turn(inputs, lambda index, item: recorded(journal, index, item, steps), progress))


class BulkFlows(Flows):
    """Bulk jobs, with a journal where one is wanted."""

    def _send_once(self, operation: Operation[T], *, in_flight: bool) -> Flow[T]:
        """Do a write; `in_flight` when it may have been done before the program was ended: then find out first."""
        return self._engine.settle_unlocked(operation) if in_flight else self._execute(operation)

    def _job(
        self,
        kind: str,
        items: Iterable[In],
        work: Callable[[In], Flow[T]],
        progress: Progress | None,
        journal: JournalPath | None,
        settle: Callable[[In, Any], Flow[T]],
        result: type[T],
        *,
        look: Callable[[In], Flow[Any]] | None = None,
        about: object = None,
    ) -> Flow[BatchResult[In, T]]:
        """Do the items of a bulk job one after the other.

        Args:
            kind: The job, such as `pages.create_many`.
            items: The input.
            work: Does an item.
            progress: Told of each item.
            journal: Path of the journal; items that it confirms are not sent again, those in flight are settled.
            settle: Does an item that may have been done already, in part or whole.
            result: Type of the results.
            look: Looks at what is there before an item is done, where settling needs to know it.
            about: What else the caller gave that makes this job what it is.
        """
        if journal is None:
            return (yield from one_by_one(items, work, progress))
        from wikijs.core.jobs.journal import Journal

        inputs, url = several(items), self._engine.url
        notes = yield from blocking(lambda: Journal(journal, kind, url, inputs, result, about=about))
        try:
            return (yield from noted(notes, inputs, work, progress, settle, look))
        finally:
            notes.close()

    def _planned_job(
        self,
        kind: str,
        arguments: object,
        plan: Callable[[], Flow[list[Any]]],
        read: Callable[[Any], In],
        work: Callable[[In], Flow[T]],
        progress: Progress | None,
        journal: JournalPath | None,
        settle: Callable[[In, Any], Flow[T]],
        result: type[T],
    ) -> Flow[BatchResult[In, T]]:
        """The same for a job that makes its items from what it finds on the wiki.

        Args:
            kind, work, progress, journal, settle, result: See `_job`.
            arguments: What the caller gave.
            plan: Finds the items, as JSON. It is not called where the journal knows them.
            read: Makes an item of its JSON.
        """
        if journal is None:
            found = yield from plan()
            return (yield from one_by_one(map(read, found), work, progress))
        from wikijs.core.jobs.journal import Journal

        url = self._engine.url
        notes = yield from blocking(lambda: Journal(journal, kind, url, (), result, about=arguments, planned=True))
        try:
            if notes.plan is None:
                found = yield from plan()
                yield from blocking(lambda: notes.write_plan(found))
            inputs = [read(each) for each in notes.plan or ()]
            return (yield from noted(notes, inputs, work, progress, settle))
        finally:
            notes.close()
