"""The blocking client. It is thin: operations come from the generated namespaces, logic from flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from wikijs_generated.client import GeneratedClient

from wikijs.core import identity
from wikijs.core.batch_methods import BatchMethods
from wikijs.core.batching import BatchMode
from wikijs.core.engine import Engine
from wikijs.core.operations import Operation
from wikijs.core.settings import Settings
from wikijs.core.transport.blocking import SyncDriver

from .auth import Auth, as_auth
from .middleware.policy import make_policy
from .middleware.stats import Stats

if TYPE_CHECKING:
    import ssl

    import httpx2
    from pydantic import BaseModel

    from wikijs.core.identity import Identity

    from .cache import Cache
    from .cache.reads import CacheChoice, ReadCache
    from .faces.analytics import Analytics
    from .faces.api_keys import ApiKeys
    from .faces.assets import Assets
    from .faces.authentication import Authentication
    from .faces.comments import Comments
    from .faces.groups import Groups
    from .faces.localization import Localization
    from .faces.mail import Mail
    from .faces.navigation import Navigation
    from .faces.pages import Pages
    from .faces.rendering import Rendering
    from .faces.search import Search
    from .faces.site import Site
    from .faces.storage import Storage
    from .faces.system import System
    from .faces.tags import Tags
    from .faces.theming import Theming
    from .faces.users import Users
    from .middleware.breaker import Circuit, CircuitBreaker
    from .middleware.events import Listener
    from .middleware.limiter import ServerLimits
    from .middleware.retry import RetryStrategy
    from .middleware.stats import ClientStats

T = TypeVar("T")
M = TypeVar("M", bound="BaseModel")


class ClientExecutor:
    """Executes operations for the namespaces of one blocking client."""

    def __init__(self, engine: Engine, settings: Settings, http: httpx2.Client | None) -> None:
        self.engine = engine
        self.settings = settings
        self.driver = SyncDriver(settings, http)

    def execute(self, operation: Operation[T]) -> T:
        return self.driver.run(self.engine.execute(operation))

    def subscribe(self, operation: Operation[T]) -> Iterator[T]:
        from wikijs.core.transport import subscriptions

        return subscriptions.subscribe(operation, self.settings, lambda: self.driver.run(self.engine.credentials()))


class WikiJSClient(BatchMethods, GeneratedClient):
    """A client for one Wiki.js 2.x, blocking. Safe to share between threads. Use it in a `with` block, or `close` it.

    Args:
        url: Root of the wiki, such as "https://wiki.example.com".
        auth: An API key as plain text, or `APIKeyAuth`, `JWTAuth`, `PasswordAuth`; None to come as a guest.
        timeout: Seconds to wait for connecting, sending and each part of an answer.
        verify_ssl: Whether to check the server's certificate, or an `ssl.SSLContext` of your own.
        headers: Headers added to every request, for a proxy in front of the wiki for instance.
        proxy: URL of an HTTP or SOCKS proxy to go through.
        user_agent: Name to send instead of "py-wikijs/<version>".
        http_client: An HTTP client of your own; timeout, verify_ssl, headers, proxy and user_agent are then its
            business, and closing it is yours.
        retry: When failed requests are repeated: True for a modest strategy, False for never, or one of your own.
        circuit_breaker: Stops asking a server that is down, one circuit for each server; none by default.
        rate_limiter: Rates to keep: True for the server's own limits only, False for none, or a `RateLimiter`.
        cache: Keeps answers of reads: `MemoryCache`, `FileCache` or `RedisCache`; none by default.
        on_event: Called with each event: requests, retries, waits.

    Raises:
        ConfigurationError: The URL or the token cannot be right.
        ExpiredTokenError: The token has expired.
    """

    def __init__(
        self,
        url: str,
        auth: Auth | str | None = None,
        *,
        timeout: float = 30.0,
        verify_ssl: bool | ssl.SSLContext = True,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        user_agent: str = "",
        http_client: httpx2.Client | None = None,
        retry: RetryStrategy | bool = True,
        circuit_breaker: CircuitBreaker | None = None,
        rate_limiter: ServerLimits | bool = True,
        cache: Cache | None = None,
        on_event: Listener | None = None,
    ) -> None:
        self._settings = Settings(url, timeout, verify_ssl, headers or {}, proxy, user_agent)
        self._stats = Stats()
        self._policy = make_policy(self._settings.origin, self._stats, retry, circuit_breaker, rate_limiter, on_event)
        self._engine = Engine(as_auth(auth), self._settings.url, self._policy, cache)
        self._sync = ClientExecutor(self._engine, self._settings, http_client)
        super().__init__(self._sync)

    @property
    def url(self) -> str:
        """Root of the wiki."""
        return self._settings.url

    @property
    def circuit_breaker(self) -> Circuit | None:
        """What the circuit breaker given to the client knows of this server, for its `stats()` and `reset()`."""
        return self._policy.circuit

    @property
    def cache(self) -> ReadCache:
        """The cache given to the client, for `clear()`, `delete("page:12")` and `stats()`; without one an empty one."""
        from .cache.reads import no_cache

        return self._engine.cache or no_cache()

    def stats(self) -> ClientStats:
        """Counts and latencies of this client's requests so far."""
        return self._stats.snapshot()

    @cached_property
    def pages(self) -> Pages:
        """Pages: reading, writing, searching and moving them."""
        from .faces.pages import Pages

        return Pages(self._sync)

    @cached_property
    def assets(self) -> Assets:
        """Files: uploading, downloading, listing, renaming and deleting them, and their folders."""
        from .faces.assets import Assets

        return Assets(self._sync)

    @cached_property
    def tags(self) -> Tags:
        """Tags of pages: listing, renaming, merging and deleting them."""
        from .faces.tags import Tags

        return Tags(self._sync)

    @cached_property
    def users(self) -> Users:
        """Users: accounts, their profiles and what they may do."""
        from .faces.users import Users

        return Users(self._sync)

    @cached_property
    def groups(self) -> Groups:
        """Groups: their permissions, page rules and members."""
        from .faces.groups import Groups

        return Groups(self._sync)

    @cached_property
    def comments(self) -> Comments:
        """Comments on pages, and the providers they come from."""
        from .faces.comments import Comments

        return Comments(self._sync)

    @cached_property
    def navigation(self) -> Navigation:
        """The navigation beside the pages."""
        from .faces.navigation import Navigation

        return Navigation(self._sync)

    @cached_property
    def theming(self) -> Theming:
        """The look of the wiki, and the code that is put into every page."""
        from .faces.theming import Theming

        return Theming(self._sync)

    @cached_property
    def site(self) -> Site:
        """Settings of the whole wiki."""
        from .faces.site import Site

        return Site(self._sync)

    @cached_property
    def mail(self) -> Mail:
        """How the wiki sends mail."""
        from .faces.mail import Mail

        return Mail(self._sync)

    @cached_property
    def localization(self) -> Localization:
        """The languages of the wiki."""
        from .faces.localization import Localization

        return Localization(self._sync)

    @cached_property
    def storage(self) -> Storage:
        """Storage targets: where the wiki copies its content to."""
        from .faces.storage import Storage

        return Storage(self._sync)

    @cached_property
    def search(self) -> Search:
        """Search engines: which one the wiki searches with."""
        from .faces.search import Search

        return Search(self._sync)

    @cached_property
    def rendering(self) -> Rendering:
        """Renderers: the steps from a page's content to its HTML."""
        from .faces.rendering import Rendering

        return Rendering(self._sync)

    @cached_property
    def analytics(self) -> Analytics:
        """Analytics providers: who counts the wiki's visitors."""
        from .faces.analytics import Analytics

        return Analytics(self._sync)

    @cached_property
    def authentication(self) -> Authentication:
        """Logging in, and the strategies that users log in with."""
        from .faces.authentication import Authentication

        return Authentication(self._sync)

    @cached_property
    def api_keys(self) -> ApiKeys:
        """API keys: tokens for programs, each with the permissions of one group."""
        from .faces.api_keys import ApiKeys

        return ApiKeys(self._sync)

    @cached_property
    def system(self) -> System:
        """The server itself: what it is, its flags, and exports of everything."""
        from .faces.system import System

        return System(self._sync)

    def execute(self, operation: Operation[T], *, cache: CacheChoice = True) -> T:
        """Execute an operation value, such as `ops.pages_single(1)`, and return its leaf.

        Args:
            operation: What to do.
            cache: Of a client with a cache: False to read past it, a number for another time to live in seconds.

        Raises:
            APIError: The server refused or failed; the subclass says how.
            TransportError: The request or its answer was lost.
        """
        return self._sync.driver.run(self._engine.execute(operation, cache))

    def _outcomes(self, operations: Sequence[Operation[Any]], mode: BatchMode | None) -> list[Any]:
        return self._sync.driver.run(self._engine.batch(operations, mode=mode))

    def query(self, operation: Operation[T]) -> T:
        """Ask for just some fields: an operation made with `wikijs.q`, or any other.

        `q.pages.list(order_by="UPDATED").select("id", "path")` is such an operation. The answer is plain JSON. Caching,
        retries and `batch` take it like all others.

        Args:
            operation: What to ask.

        Raises:
            APIError: The server refused or failed.
            TransportError: The request or its answer was lost.
        """
        return self.execute(operation)

    @overload
    def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        validate: bool = False,
        result_type: None = None,
    ) -> dict[str, Any]: ...
    @overload
    def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        validate: bool = False,
        result_type: type[M],
    ) -> M: ...
    def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        validate: bool = False,
        result_type: type[M] | None = None,
    ) -> dict[str, Any] | M:
        """Send any GraphQL document and return its `data`.

        Args:
            document: The GraphQL text.
            variables: Values of its variables.
            operation_name: Which operation to execute, where the document has several.
            validate: Check the document and its variables against the schema of the newest Wiki.js that this client
                knows before anything is sent. Needs the extra `codegen`.
            result_type: A pydantic model of `data`; without it the answer is a dictionary.

        Raises:
            QueryError: The document does not fit the schema; with `validate` it says where, and nothing was sent.
            APIError: The answer has errors; the exception's `data` holds what came with them. A mutation's
                `responseResult` is yours to check.
            pydantic.ValidationError: The answer does not fit `result_type`.
        """
        if validate:
            from wikijs.core.documents.validation import check

            check(document, variables, operation_name)
        data = self._sync.driver.run(self._engine.graphql(document, variables, operation_name))
        return data if result_type is None else result_type.model_validate(data)

    def whoami(self) -> Identity:
        """Say who the server takes us for; a bad token is silently taken for a guest.

        Permission: none. Operation: `users.profile` (query).
        """
        return self._sync.driver.run(identity.whoami(self._engine))

    def close(self) -> None:
        """Close all connections. The client cannot be used afterwards."""
        self._sync.driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url} {self._engine.auth!r}>"
