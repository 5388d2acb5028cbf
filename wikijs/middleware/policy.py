"""What surrounds each attempt: rate limit, circuit breaker, retries. Written once, as flows."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from copy import copy
from dataclasses import field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from wikijs import exceptions as exc
from wikijs.core.events import BreakerOpened, Events, LimitWait, Listener, Refused, Retrying
from wikijs.core.flow import Blocking, Flow, pause
from wikijs.core.operations import Operation, OperationKind
from wikijs.core.outcomes import classify
from wikijs.core.values.records import record

from .retry import RetryStrategy
from .stats import Stats

if TYPE_CHECKING:
    from wikijs.core.collaborators import Execute

    from .breaker import Circuit, CircuitBreaker
    from .limiter import ServerLimits

T = TypeVar("T")

SETTLE_WAITS: Final = (0.5, 1.0, 2.0, 4.0)
"""Creating a page takes the server over a second, under load many: it may still be at it."""
DEFAULT_RETRIES: Final = 3
DEFAULT_MAX_DELAY: Final = 10.0  # seconds; a server that asks for more is not waited for
DEFAULT_MAX_ELAPSED: Final = 60.0  # seconds


class Limits(Protocol):
    """Rates to keep; see `wikijs.middleware.limiter`."""

    @property
    def blocking(self) -> bool:
        """Whether asking does input and output."""
        ...

    def turns(self, endpoint: str, server_limit: tuple[int, float] | None = None) -> Generator[float, None, None]:
        """The waits of one request, in seconds; closed before its end, the request's place is given back."""
        ...


@record(frozen=False)
class Policy:
    """How one client treats the server and its own requests.

    Args:
        retry: When to try again; None for never.
        circuit: Stops asking a server that is down; None to always ask.
        limits: Rates to keep; None to keep none but the server's.
        keeps_servers: Whether the server's own limits are kept where `limits` is None.
        events: Told about everything.
        clock: Monotonic seconds, for tests.
        settle_waits: Seconds before each look at the server, when the outcome of a write is unknown.
    """

    retry: RetryStrategy | None = None
    circuit: Circuit | None = None
    limits: Limits | None = None
    events: Events = field(default_factory=Events)
    clock: Callable[[], float] = time.monotonic
    settle_waits: Sequence[float] = SETTLE_WAITS
    keeps_servers: bool = False

    def attempts(
        self,
        operation: str,
        kind: OperationKind,
        attempt: Callable[[], Flow[T]],
        server_limit: tuple[int, float] | None = None,
    ) -> Flow[T]:
        """Make attempts until one succeeds or the strategy says that there must be no other.

        Args:
            operation: The server's field, such as `pages.single`, or the path of a request that is no GraphQL.
            kind: Queries may be repeated when their answer was lost, mutations only when they had no effect.
            attempt: Starts one attempt.
            server_limit: The server's own limit of the operation: calls, seconds.
        """
        started, retries = self.clock(), 0
        if self.retry is not None and self.retry.budget is not None:
            self.retry.budget.deposit()
        while True:
            try:
                return (yield from self._once(operation, attempt, server_limit))
            except exc.WikiJSException as error:
                wait = self._wait(error, operation, kind, retries, self.clock() - started)
                if wait is None:
                    raise
                retries += 1
                self.events.emit(Retrying(operation, retries, wait, error.message))
            yield from pause(wait)

    def can_read(self, field: str) -> bool:
        """Whether writes of this kind can be read back."""
        from .readbacks import READERS

        return field in READERS

    def prepare(self, operation: Operation[Any], execute: Execute) -> Flow[Any]:
        """What has to be known before a write is sent, to settle it later; None where nothing has, or it is hidden."""
        from .readbacks import PREPARED

        look = PREPARED.get(operation.spec.server_field)
        if look is None:
            return None
        try:
            return (yield from look(execute, operation.variables))
        except exc.TransportError as error:
            lost = copy(error)
            lost.sent = False  # this was only a look: the write was not sent
            raise lost from None
        except (exc.APIError, exc.EndpointError):
            return None

    def settle(
        self,
        operation: Operation[T],
        error: exc.WikiJSException,
        *,
        execute: Execute,
        send: Execute,
        before: Any,
    ) -> Flow[T]:
        """Find out what became of a write, and return what its answer would have been; see `settlement.settle`."""
        from .settlement import settle

        return settle(
            operation,
            error,
            execute=execute,
            send=send,
            before=before,
            events=self.events,
            waits=self.settle_waits,
        )

    def _wait(
        self, error: exc.WikiJSException, operation: str, kind: OperationKind, retries: int, elapsed: float
    ) -> float | None:
        if self.retry is None:
            return None
        outcome = classify(error, operation)
        return self.retry.delay(error, kind=kind, outcome=outcome, retries=retries, elapsed=elapsed)

    def _limits_of_server(self) -> Limits:
        """Made at the first request that the server has a limit for: most programs send none."""
        from .limiter import ServerLimits

        made: Limits = self.__dict__.setdefault("_servers", ServerLimits())
        return made

    def _turn(self, limits: Limits, operation: str, server_limit: tuple[int, float] | None) -> Flow[None]:
        """Wait until the limits let a request through."""
        turns = limits.turns(operation, server_limit)
        try:
            while True:
                wait: float | None = (
                    (yield Blocking(lambda: next(turns, None))) if limits.blocking else next(turns, None)
                )
                if wait is None:
                    return
                self.events.emit(LimitWait(operation, wait))
                yield from pause(wait)
        finally:
            turns.close()

    def _once(self, operation: str, attempt: Callable[[], Flow[T]], server_limit: tuple[int, float] | None) -> Flow[T]:
        limits = self.limits
        if limits is None and server_limit is not None and self.keeps_servers:
            limits = self._limits_of_server()
        if limits is not None:
            yield from self._turn(limits, operation, server_limit)
        if self.circuit is None:
            return (yield from self._counted(operation, attempt))
        probe = self.circuit.before()
        try:
            value = yield from self._counted(operation, attempt)
        except BaseException as error:
            if self.circuit.after(success=answered(error), probe=probe):
                self.events.emit(BreakerOpened(operation, self.circuit.stats().failures))
            raise
        self.circuit.after(success=True, probe=probe)
        return value

    def _counted(self, operation: str, attempt: Callable[[], Flow[T]]) -> Flow[T]:
        """One attempt; a refusal that the HTTP status does not show is told."""
        try:
            return (yield from attempt())
        except exc.APIError as error:
            if HTTPStatus.OK <= error.status < HTTPStatus.BAD_REQUEST:
                self.events.emit(Refused(operation, type(error).__name__, error.code))
            raise


def make_policy(
    host: str,
    stats: Stats,
    retry: RetryStrategy | bool,
    breaker: CircuitBreaker | None,
    limits: ServerLimits | bool,
    listener: Listener | None,
) -> Policy:
    """The policy of a client of this server (scheme, host, port) with these arguments."""
    if retry is True:
        retry = RetryStrategy(
            DEFAULT_RETRIES, initial_delay=0.25, max_delay=DEFAULT_MAX_DELAY, max_elapsed=DEFAULT_MAX_ELAPSED
        )
    events = Events(stats.add) if listener is None else Events(stats.add, listener)
    circuit = None if breaker is None else breaker.circuit(host)
    return Policy(
        retry or None, circuit, None if isinstance(limits, bool) else limits, events, keeps_servers=limits is True
    )


def answered(error: BaseException) -> bool | None:
    """Whether a failure shows the server alive: True when it answered, False when it failed, None when unknown."""
    if isinstance(error, exc.TransportError):
        return False
    if isinstance(error, exc.ApiDisabledError | exc.ApiKeyRevokedError):
        return True  # HTTP 500, but a considered answer
    if isinstance(error, exc.BrokenReplyError):
        return False
    if isinstance(error, exc.APIError):
        return error.status < 500
    return None
