"""A client of either colour, called like the blocking one: results are awaited, and iterations come as lists."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any, cast


class Either:
    """A client or one of its namespaces.

    Args:
        target: What is called.
        runner: Runs what must be awaited.
    """

    def __init__(self, target: object, runner: asyncio.Runner) -> None:
        self._target = target
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        if not callable(value):
            return Either(value, self._runner)

        def call(*arguments: Any, **named: Any) -> Any:
            result = value(*arguments, **named)
            if inspect.isawaitable(result):
                return self._runner.run(_awaited(result))
            if isinstance(result, AsyncIterator):
                return self._runner.run(_collected(cast("AsyncIterator[Any]", result)))
            return list(cast("Iterator[Any]", result)) if isinstance(result, Iterator) else result

        return call


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result


async def _collected(result: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in result]
