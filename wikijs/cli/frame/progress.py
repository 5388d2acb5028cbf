"""How far long work has come: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Final

from .output import note
from .session import Session
from .structured import wants_data

SECONDS_BETWEEN_LINES: Final = 5.0

Step = Callable[[int], None]


@contextmanager
def progress(
    session: Session, label: str, *, total: int | None = None, clock: Callable[[], float] = time.monotonic
) -> Generator[Step]:
    """Show progress on stderr meanwhile; nothing with --quiet, or when a program reads the result.

    Args:
        session: The global options.
        label: What is being done, such as "Uploading".
        total: How many steps there will be, if that is known.
        clock: Seconds, for tests.

    Yields:
        A function to call with the number of steps that were done since.
    """
    if session.quiet or wants_data(session):
        yield lambda steps: None
    elif sys.stderr.isatty():
        with _bar(label, total) as step:
            yield step
    else:
        yield _lines(label, total, clock)


@contextmanager
def _bar(label: str, total: int | None) -> Generator[Step]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Steps a second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as shown:
        task = shown.add_task(label, total=total)
        yield lambda steps: shown.advance(task, steps)


def _lines(label: str, total: int | None, clock: Callable[[], float]) -> Step:
    start = told = clock()
    done = 0

    def step(steps: int) -> None:
        nonlocal done, told
        done += steps
        now = clock()
        if now - told < SECONDS_BETWEEN_LINES:
            return
        told = now
        rate = done / (now - start)
        of_all = (
            f" of {total}, {rate:.1f}/s, {(total - done) / rate:.0f} s left" if total and rate else f", {rate:.1f}/s"
        )
        note(f"{label}: {done}{of_all}")

    return step


def counted(step: Step) -> Callable[[int, int], None]:
    """What methods of the client call after each item, with how many are done and of how many."""
    before = 0

    def report(done: int, total: int) -> None:
        nonlocal before
        step(done - before)
        before = done

    return report


@contextmanager
def counting(session: Session, label: str) -> Generator[Callable[[int, int], None]]:
    """Progress of work whose size is known once it has begun, and which may have several parts."""
    with ExitStack() as stack:
        shown: list[tuple[int, Step]] = []
        before = 0

        def count(done: int, total: int) -> None:
            nonlocal before
            if not shown or shown[-1][0] != total or done < before:
                stack.close()
                shown.append((total, stack.enter_context(progress(session, label, total=total))))
                before = 0
            shown[-1][1](done - before)
            before = done

        yield count


@contextmanager
def stepping(session: Session, label: str) -> Generator[Callable[[int, int], None]]:
    """Show progress from the first thing done on: questions come before it, and the total, if any, is known then."""
    with ExitStack() as stack:
        bars: list[Callable[[int, int], None]] = []

        def told(done: int, total: int) -> None:
            if not bars:
                bars.append(counted(stack.enter_context(progress(session, label, total=total or None))))
            bars[0](done, total)

        yield told
