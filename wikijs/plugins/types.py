"""What a plugin is, and what it sees: calls, attempts, requests and responses."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias, TypeVar, cast

from wikijs.core.events import Event
from wikijs.core.flow import Flow, Step
from wikijs.exceptions import ConfigurationError, WikiJSException

if TYPE_CHECKING:
    from wikijs.core.collaborators import Credentials, Purpose
    from wikijs.core.operations import Operation, OperationKind

T = TypeVar("T")

Proceed: TypeAlias = Callable[[Any], Flow[T]]
"""Runs what is further inside, with the call or the attempt it is given."""

_CONTROLLED: Final = frozenset({"content-type", "content-length", "accept", "host", "transfer-encoding", "connection"})
"""Headers that belong to the client: with another content type the server renews tokens by cookie."""
_HEADER: Final = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_VALUE: Final = re.compile(r"([\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?)?")


@dataclass(frozen=True, slots=True)
class Ask:
    """A step that only the chain of plugins knows: send an operation of the plugin's own."""

    operation: Operation[Any]


def send(operation: Operation[T]) -> Flow[T]:
    """Send an operation from inside `around_call` or `around_attempt`, and return its leaf.

    It goes out with the client's credentials, limits and retries, past the cache, and through those plugins only that
    stand behind this one in the list. Writes of pages are refused: they wait for each other, and so for themselves.
    """
    result: T = yield cast("Step", Ask(operation))
    return result


class Call:
    """One thing that the program, or the client on its behalf, wants of the wiki; retries are part of it.

    Attributes:
        name: The server's field, such as `pages.single`; "batch" for several at once, "graphql" for a document as text.
        kind: "query" changes nothing, "mutation" may.
        operations: What is asked, with its variables; empty for a document as text, an upload or a download.
        purpose: Why.
        wiki: Root of the wiki.
    """

    __slots__ = ("_auth", "_id", "document", "kind", "name", "operations", "purpose", "wiki")

    def __init__(
        self,
        name: str,
        kind: OperationKind,
        operations: tuple[Operation[Any], ...] = (),
        purpose: Purpose = "call",
        wiki: str = "",
        auth: Credentials | None = None,
    ) -> None:
        self.name: Final = name
        self.kind: Final = kind
        self.operations: Final = operations
        self.purpose: Final = purpose
        self.wiki: Final = wiki
        self._auth = auth
        self._id = ""

    @property
    def id(self) -> str:
        """A random name of this call, 16 characters, the same for all its attempts."""
        self._id = self._id or secrets.token_hex(8)
        return self._id

    @property
    def caller(self) -> str:
        """Who asks, as far as the token at hand tells: "key 2 of group 5", "user 3", or "guest"."""
        token = self._auth.current if self._auth is not None else None
        if token is None:
            return "guest"
        return f"key {token.key_id} of group {token.group_id}" if token.is_api_key else f"user {token.user_id}"

    def __repr__(self) -> str:
        return f"<Call {self.kind} {self.name}>"


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """An HTTP request before it is sent. The token is not in it: it is added afterwards.

    Attributes:
        call: What it belongs to.
        method: "POST", for downloads "GET".
        path: What follows the root of the wiki, such as `/graphql`.
        headers: Its own headers, without those that the client adds to every request.
        content: Its body; empty for a login, which holds a password, and for what is read while it is sent.
        number: 0 for the first attempt, 1 for the first retry.
    """

    call: Call
    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(default=b"", repr=False)
    number: int = 0

    @property
    def operation(self) -> str:
        """Name of the call."""
        return self.call.name

    @property
    def url(self) -> str:
        """Where it goes."""
        return self.call.wiki + self.path

    def with_headers(self, headers: Mapping[str, str]) -> Request:
        """The same with further headers.

        Raises:
            ConfigurationError: HTTP does not allow one, or it belongs to the client, such as the content type.
        """
        for name, value in headers.items():
            if name.lower() in _CONTROLLED:
                raise ConfigurationError(f"A plugin cannot set the header {name!r}: it belongs to the client.")
            if not (_HEADER.fullmatch(name) and _VALUE.fullmatch(value)):
                raise ConfigurationError(f"The header {name!r} has a name or a value that HTTP does not allow.")
        lowered = {name.lower(): value for name, value in headers.items()}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in lowered}
        return Request(self.call, self.method, self.path, {**kept, **lowered}, self.content, self.number)


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """An HTTP answer. Renewed tokens and cookies are taken out of it.

    Attributes:
        status: HTTP status.
        headers: Its headers; names in small letters.
        content: Its body; empty for a login, whose answer is a token, and for a download that goes into a file.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"}, repr=False)
    content: bytes = field(default=b"", repr=False)

    @property
    def status_code(self) -> int:
        """The HTTP status, under the name that HTTP libraries give it."""
        return self.status

    def json(self) -> Any:
        """What the body says."""
        return json.loads(self.content)


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One HTTP request of a call.

    Attributes:
        call: What it belongs to.
        request: What is sent.
        number: 0 for the first, 1 for the first retry.
    """

    call: Call
    request: Request
    number: int = 0

    def with_headers(self, headers: Mapping[str, str]) -> Attempt:
        """The same with further headers on its request."""
        return Attempt(self.call, self.request.with_headers(headers), self.number)


class Plugin:
    """Base of all plugins. One object may serve several clients, blocking and asynchronous, and threads.

    Overwrite what you need. A hook that is not overwritten costs nothing. `on_request` and `on_response` are other
    names of `before_request` and `after_request`. None may be `async`: they run in both clients; what has to wait for a
    disk or for somebody else does so in a flow, by `yield from blocking(function)`.
    """

    name: ClassVar[str] = ""
    """What it is called: unique in a client. Made from the name of the class unless given."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "name" not in cls.__dict__:
            words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower().strip("_-")
            cls.name = words.removesuffix("-plugin") or words

    def before_request(self, request: Request) -> Request | None:
        """Called before each HTTP request; returns another one, or None to leave it as it is."""

    def after_request(self, request: Request, response: Response) -> None:
        """Called after each HTTP answer, of whatever status. What it raises is logged and changes nothing."""

    def on_error(self, request: Request, error: WikiJSException) -> WikiJSException | None:
        """Called when a call has failed for good; returns another exception, or None to leave it as it is."""

    def around_call(self, call: Call, proceed: Proceed[T]) -> Flow[T]:
        """Runs around each call, once, whatever the number of its attempts. It may answer without proceeding."""
        return proceed(call)

    def around_attempt(self, attempt: Attempt, proceed: Proceed[Response]) -> Flow[Response]:
        """Runs around each HTTP request, inside of retries, limits and circuit breaker."""
        return proceed(attempt)

    def on_event(self, event: Event) -> None:
        """Called with each event: requests, retries, waits, uses of the cache. A second argument gets the wiki."""

    def attach(self, wiki: str) -> None:
        """Called when a client takes this plugin, with the root of its wiki."""

    def detach(self, wiki: str) -> None:
        """Called when a client lets go of this plugin, also by closing."""

    def __repr__(self) -> str:
        return f"<plugin {self.name}>"
