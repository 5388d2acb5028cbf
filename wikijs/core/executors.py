"""What the generated clients need of a client: something that executes operations, in either colour."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from .flow import Flow, Stream
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


class Driver(Protocol):
    """Runs flows and waits for their results."""

    def run(self, flow: Flow[T], timeout: float | None = None) -> T:
        """Run a flow to its end, in so many seconds."""
        ...

    def iterate(self, stream: Stream[T], timeout: float | None = None) -> Iterator[T]:
        """Run a flow that yields items, as far as they are wanted, and wait so many seconds for them in all."""
        ...


class AsyncDriver(Protocol):
    """Runs flows in an event loop."""

    async def run(self, flow: Flow[T], timeout: float | None = None) -> T:
        """Run a flow to its end, in so many seconds."""
        ...

    def iterate(self, stream: Stream[T], timeout: float | None = None) -> AsyncIterator[T]:
        """Run a flow that yields items, as far as they are wanted, and wait so many seconds for them in all."""
        ...


class FacadeExecutor(Executor, Protocol):
    """What the facade's methods need of a blocking client."""

    @property
    def driver(self) -> Driver:
        """Runs their flows."""
        ...

    def flows(self, namespace: str, parts: Mapping[str, str] | None = None) -> Any:
        """The flows of a namespace, on this client's engine; `parts` says in which class each of them is."""
        ...


class AsyncFacadeExecutor(AsyncExecutor, Protocol):
    """What the facade's methods need of an asynchronous client."""

    @property
    def driver(self) -> AsyncDriver:
        """Runs their flows."""
        ...

    def flows(self, namespace: str, parts: Mapping[str, str] | None = None) -> Any:
        """The flows of a namespace, on this client's engine; `parts` says in which class each of them is."""
        ...
