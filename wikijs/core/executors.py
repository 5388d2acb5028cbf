"""What the generated clients need of a client: something that executes operations, in either colour."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from .operations import Operation

T = TypeVar("T")


class Executor(Protocol):
    """Executes operations and waits for their answers."""

    def execute(self, operation: Operation[T]) -> T:
        """Send a query or a mutation and return its leaf."""
        ...

    def subscribe(self, operation: Operation[T]) -> Iterator[T]:
        """Start a subscription and iterate over its leaves."""
        ...


class AsyncExecutor(Protocol):
    """Executes operations in an event loop."""

    async def execute(self, operation: Operation[T]) -> T:
        """Send a query or a mutation and return its leaf."""
        ...

    def subscribe(self, operation: Operation[T]) -> AsyncIterator[T]:
        """Start a subscription and iterate over its leaves."""
        ...
