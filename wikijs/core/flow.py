"""Steps and flows: how logic that talks to the server is written once for sync and async.

A flow is a generator. It yields steps (send this, sleep that long, run that under a lock) and gets each step's answer
back, the way `httpx.Auth.auth_flow` works; it returns its result. The two drivers in `core.transport` are the only
code that knows whether the program is asynchronous.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

from .values.records import record

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reply(Protocol):
    """What a flow needs of an HTTP answer; the HTTP library's own response fits."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def content(self) -> bytes: ...


@record
class BareReply:
    """Status and headers of an answer, without its content: all that is there when it begins."""

    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = b""
    host: str = ""
    """Who answered, for messages."""


class Body(Protocol):
    """Content of a request that is read piece by piece while it is sent."""

    @property
    def length(self) -> int:
        """Bytes in all."""
        ...

    def chunks(self) -> Generator[bytes, None, None]:
        """Read it from its start, `length` bytes in all. May wait for a disk."""
        ...


Write: TypeAlias = Callable[[bytes], object]
"""Takes the next piece of an answer. May wait for a disk."""
Receive: TypeAlias = Callable[[BareReply], Write | None]
"""Looks at the beginning of an answer and says what takes its content; None to have it in memory as usual."""
Report: TypeAlias = Callable[[int, int], object]
"""Called with the bytes done and their total, 0 when unknown."""


@record
class Send:
    """Send one HTTP request; answered by a `Reply`, or by a `TransportError` raised at the `yield`.

    Attributes:
        receive: Called when the answer begins; where it takes the content, the step is answered by a `BareReply`.
        progress: Called in the caller's thread while a `Body` is sent, or while `receive` takes an answer.
        patience: Seconds to wait for the answer beyond the client's timeout.
        nonces: Response keys by which the answer is known; an answer with others is that to another request, and lost.
        writes: Whether it changes something. Under `PAGE_WRITES` the lock is then kept until there is an answer, even
            where the caller does not wait for it any more.
    """

    path: str
    content: bytes | Body = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    method: str = "POST"
    receive: Receive | None = field(default=None, repr=False)
    progress: Report | None = field(default=None, repr=False)
    patience: float = 0.0
    nonces: Sequence[str] = ()
    writes: bool = False

    def with_headers(self, headers: Mapping[str, str]) -> Send:
        """The same with other headers."""
        # As `dataclasses.replace` does it, in a third of the time: each request of each client passes here.
        return Send(
            self.path,
            self.content,
            headers,
            self.method,
            self.receive,
            self.progress,
            self.patience,
            self.nonces,
            self.writes,
        )


@record
class Sleep:
    """Wait for a number of seconds."""

    seconds: float


@record
class Blocking:
    """Call a function that may wait for a disk or a pipe; answered by its result."""

    function: Callable[[], Any]


PAGE_WRITES: Final = "page-writes"
"""Name of the lock of a wiki that its page writes hold, of all clients of a process together."""


@record
class Exclusive:
    """Run another flow while holding the client's lock of this name; answered by that flow's result.

    Attributes:
        late: Called where a request went on after the flow had ended, once it is answered.
    """

    lock: str
    flow: Flow[Any]
    late: Callable[[], object] | None = None


@record
class Gather:
    """Run flows side by side, at most `limit` at a time; answered by a list of results and exceptions, in their order.

    The blocking driver runs them one after the other: it hides no threads.
    """

    flows: Sequence[Flow[Any]]
    limit: int


@record
class Emit(Generic[T_co]):
    """Hand values to whoever iterates over a stream."""

    values: Sequence[T_co]


Step: TypeAlias = Send | Sleep | Blocking | Exclusive | Gather
Flow: TypeAlias = Generator[Step, Any, T]
"""Logic that ends with one result."""
Stream: TypeAlias = Generator[Step | Emit[T], Any, None]
"""Logic that hands out values on its way, for `for` and `async for`."""


def send(request: Send) -> Flow[Reply]:
    """Send a request."""
    reply: Reply = yield request
    return reply


def blocking(function: Callable[[], T]) -> Flow[T]:
    """Call a function that may wait for a disk or a pipe."""
    result: T = yield Blocking(function)
    return result


def pause(seconds: float) -> Flow[None]:
    """Wait."""
    yield Sleep(seconds)


def exclusively(lock: str, flow: Flow[T], late: Callable[[], object] | None = None) -> Flow[T]:
    """Run a flow while no other flow of this client holds the lock of this name."""
    result: T = yield Exclusive(lock, flow, late)
    return result


def gather(flows: Sequence[Flow[T]], limit: int) -> Flow[list[T | Exception]]:
    """Run flows side by side; each one's result, or the exception that ended it, in their order."""
    outcomes: list[T | Exception] = yield Gather(flows, limit)
    return outcomes


def emit(values: Sequence[T]) -> Stream[T]:
    """Hand values out."""
    yield Emit(values)
