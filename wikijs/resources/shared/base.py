"""What all facades share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from wikijs.core.flow import Flow
from wikijs.core.outcomes import after_write

if TYPE_CHECKING:
    from wikijs.core.engine import Engine
    from wikijs.core.operations import Operation

T = TypeVar("T")

Progress: TypeAlias = Callable[[int, int], None]
"""Called after each item of long work with the number done and the total."""


def afterwards(flow: Flow[T], operation: str, result: object = None) -> Flow[T]:
    """Run what follows a write that was applied: a failure of it must not read as one of the write.

    Args:
        flow: What follows.
        operation: The write's.
        result: What is known of what was made.

    Raises:
        FollowUpError: The flow failed.
    """
    with after_write(operation, result):
        return (yield from flow)


class Flows:
    """Base of the facades: executes operations as part of a flow."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def _locale(self, locale: str | None) -> Flow[str]:
        """The locale that a call means: the one it names, else the client's, else the wiki's main one."""
        return self._engine.locales.default(locale)

    def _execute(self, operation: Operation[T]) -> Flow[T]:
        return self._engine.execute(operation)

    def _directly(self, operation: Operation[T]) -> Flow[T]:
        """Execute past any cache, since what a write is based on must not be old, and under a lock held already."""
        return self._engine.execute_unlocked(operation)

    def _batch(self, operations: Sequence[Operation[T]], *, fresh: bool = False) -> Flow[list[T | Exception]]:
        outcomes: list[Any] = yield from self._engine.batch(operations, cache=not fresh)
        return outcomes
