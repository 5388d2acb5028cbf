"""Work side by side without threads, so that the server's races can be had, and had again.

Resolvers that the real server would leave waiting (a page create forks processes) are coroutines that `await pause()`
between their phases. Fields of one selection and entries of one batch are interleaved at these points, as they are on
the server. Two drivers run them: `run` straight through, and `run_async` letting other requests of the event loop in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator, Sequence
from contextlib import AbstractContextManager
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")


@coroutine
def pause() -> Generator[None, None, None]:
    """Let whatever else is in progress go on for one phase."""
    yield


async def interleave(tasks: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Run coroutines by turns, one phase each, to the end; then raise the first error, or return their results."""
    results: dict[int, T] = {}
    errors: list[Exception] = []
    waiting = dict(enumerate(tasks))
    while waiting:
        for index, task in list(waiting.items()):
            try:
                task.send(None)
            except StopIteration as stop:
                results[index] = stop.value
            except Exception as error:  # the others still run to their end, as promises do
                errors.append(error)
            else:
                continue
            del waiting[index]
        if waiting:
            await pause()
    if errors:
        raise errors[0]
    return [results[index] for index in range(len(tasks))]


def run(task: Coroutine[Any, Any, T], lock: AbstractContextManager[Any]) -> T:
    """Run a coroutine of this package to its end. Other threads may go on at its pauses."""
    while True:
        try:
            with lock:
                task.send(None)
        except StopIteration as stop:
            result: T = stop.value
            return result


async def run_async(task: Coroutine[Any, Any, T], lock: AbstractContextManager[Any]) -> T:
    """Run a coroutine of this package to its end. Other requests of the event loop may go on at its pauses."""
    while True:
        try:
            with lock:
                task.send(None)
        except StopIteration as stop:
            result: T = stop.value
            return result
        await asyncio.sleep(0)
