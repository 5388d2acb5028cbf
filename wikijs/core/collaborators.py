"""What the engine works with, and is handed by the client: credentials, a policy, a cache, a way to settle.

The core knows them by what they do. What they are is in `wikijs.auth`, `wikijs.middleware` and `wikijs.cache`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from wikijs.exceptions import WikiJSException

    from .events import Event
    from .flow import Flow, Reply, Send
    from .operations import Operation, OperationKind
    from .tokens import Token

T = TypeVar("T")

CacheChoice: TypeAlias = bool | float
"""Per call: False for past the cache, True for its time to live, a number for another one in seconds."""

Purpose: TypeAlias = Literal["call", "login", "settle"]
"""Why a call is made: the program wants it, `PasswordAuth` logs in, or a write of unknown outcome is looked for."""


class Execute(Protocol):
    """Executes an operation as part of a flow."""

    def __call__(self, operation: Operation[T]) -> Flow[T]: ...


class Credentials(Protocol):
    """Supplies the token of each request, see `wikijs.auth.Auth`."""

    def flow(self, execute: Execute) -> Flow[Token | None]:
        """The token to send next, or None for a guest; logs in first where that is needed."""
        ...

    @property
    def current(self) -> Token | None:
        """The token at hand, None when there is none yet."""
        ...

    def adopt(self, value: str) -> None:
        """Take over a token that the server renewed."""
        ...

    def carry(self, token: Token, headers: Mapping[str, str], path: str) -> dict[str, str]:
        """The headers of a request with the token among them."""
        ...


class Emitter(Protocol):
    """Hands events to whom they concern."""

    def emit(self, event: Event) -> None:
        """Tell about something."""
        ...

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Tell this one too from now on."""
        ...


class Policy(Protocol):
    """What surrounds each attempt and follows a lost one, see `wikijs.middleware.policy.Policy`."""

    @property
    def clock(self) -> Callable[[], float]:
        """Monotonic seconds."""
        ...

    @property
    def events(self) -> Emitter:
        """Told about everything."""
        ...

    @property
    def settle_waits(self) -> Sequence[float]:
        """Seconds before each look at the server, when the outcome of a write is unknown."""
        ...

    def attempts(
        self,
        operation: str,
        kind: OperationKind,
        attempt: Callable[[], Flow[T]],
        server_limit: tuple[int, float] | None = None,
    ) -> Flow[T]:
        """Make attempts until one succeeds or there must be no other."""
        ...

    def can_read(self, field: str) -> bool:
        """Whether writes of this kind can be read back."""
        ...

    def prepare(self, operation: Operation[Any], execute: Execute) -> Flow[Any]:
        """What has to be known before a write of this kind is sent; None where nothing has."""
        ...

    def settle(
        self, operation: Operation[T], error: WikiJSException, *, execute: Execute, send: Execute, before: Any
    ) -> Flow[T]:
        """Find out what became of a write, and return what its answer would have been."""
        ...


class Reads(Protocol):
    """Reads through a cache, see `wikijs.cache.reads.ReadCache`."""

    def read(
        self,
        operation: Operation[T],
        token: Token | None,
        fetch: Callable[[], Flow[tuple[T, bytes]]],
        choice: CacheChoice,
    ) -> Flow[T]:
        """An answer from the cache, or from the server."""
        ...

    def look_up(self, operation: Operation[T], token: Token | None) -> Flow[T | None]:
        """What the cache has; None when the server has to be asked."""
        ...

    def begin(self) -> Flow[str | None]:
        """A token for `keep`, to be taken before the server is asked."""
        ...

    def keep(
        self, operation: Operation[Any], token: Token | None, leaf: Any, content: bytes, begun: str | None
    ) -> Flow[None]:
        """Store an answer, unless what it tells of was changed since `begin`."""
        ...

    def drop_after(self, writes: Iterable[Operation[Any]], flow: Flow[T]) -> Flow[T]:
        """Run writes, and drop what they may have changed."""
        ...

    def drop_tags_after(self, doomed: Collection[str], flow: Flow[T]) -> Flow[T]:
        """Run a write, and drop what carries these tags, however it ended."""
        ...

    def clear(self) -> int:
        """Drop everything; how many entries there were."""
        ...


class Running(Protocol):
    """One call on its way through the plugins."""

    def attempt(self, sent: Send, exchange: Callable[[Send], Flow[Reply]]) -> Flow[Reply]:
        """Send a request with all plugins around it."""
        ...


class Chain(Protocol):
    """The plugins, see `wikijs.plugins.chain.Chain`. Calls are values of theirs."""

    def call(
        self, engine: Any, name: str, kind: OperationKind, operations: tuple[Operation[Any], ...], purpose: Purpose
    ) -> Any:
        """What plugins see of a call."""
        ...

    def run(self, engine: Any, call: Any, attempts: Callable[[Running], Flow[T]]) -> Flow[T]:
        """Run the attempts of a call with all plugins around it."""
        ...

    def fetch(
        self, engine: Any, call: Any, attempts: Callable[[Running], Flow[tuple[T, bytes]]]
    ) -> Flow[tuple[T, bytes]]:
        """The same for a single operation: its leaf and its JSON, which is empty when a plugin gave the leaf."""
        ...
