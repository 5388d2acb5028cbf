"""Steps and flows: how logic that talks to the server is written once for sync and async.

A flow is a generator. It yields steps (send this, sleep that long, run that under a lock) and gets each step's answer
back, the way `httpx.Auth.auth_flow` works; it returns its result. The two drivers in `wikijs.transport` are the only
code that knows whether the program is asynchronous.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

T = TypeVar("T")


class Reply(Protocol):
    """What a flow needs of an HTTP answer; the HTTP library's own response fits."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def content(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Send:
    """Send one HTTP request; answered by a `Reply`, or by a `TransportError` raised at the `yield`."""

    path: str
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait for a number of seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Exclusive:
    """Run another flow while holding the client's lock of this name; answered by that flow's result."""

    lock: str
    flow: Flow[Any]


@dataclass(frozen=True, slots=True)
class Gather:
    """Run flows side by side, at most `limit` at a time; answered by a list of results and exceptions, in their order.

    The blocking driver runs them one after the other: it hides no threads.
    """

    flows: Sequence[Flow[Any]]
    limit: int


@dataclass(frozen=True, slots=True)
class Emit(Generic[T]):
    """Hand values to whoever iterates over a stream."""

    values: Sequence[T]


Step: TypeAlias = Send | Sleep | Exclusive | Gather
Flow: TypeAlias = Generator[Step, Any, T]
"""Logic that ends with one result."""
Stream: TypeAlias = Generator[Step | Emit[T], Any, None]
"""Logic that hands out values on its way, for `for` and `async for`."""


def send(request: Send) -> Flow[Reply]:
    """Send a request."""
    reply: Reply = yield request
    return reply


def exclusively(lock: str, flow: Flow[T]) -> Flow[T]:
    """Run a flow while no other flow of this client holds the lock of this name."""
    result: T = yield Exclusive(lock, flow)
    return result


def gather(flows: Sequence[Flow[T]], limit: int) -> Flow[list[T | Exception]]:
    """Run flows side by side; each one's result, or the exception that ended it, in their order."""
    outcomes: list[T | Exception] = yield Gather(flows, limit)
    return outcomes


def emit(values: Sequence[T]) -> Stream[T]:
    """Hand values out."""
    yield Emit(values)
