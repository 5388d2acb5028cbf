"""The asynchronous client. It is thin: operations come from the generated namespaces, logic from flows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from wikijs_generated.aio import AsyncGeneratedClient

from wikijs.core import identity
from wikijs.core.batch_methods import AsyncBatchMethods
from wikijs.core.batching import BatchMode
from wikijs.core.engine import Engine
from wikijs.core.operations import Operation
from wikijs.core.settings import Settings
from wikijs.core.transport.asynchronous import AsyncDriver

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
    from .faces.analytics import AsyncAnalytics
    from .faces.api_keys import AsyncApiKeys
    from .faces.assets import AsyncAssets
    from .faces.authentication import AsyncAuthentication
    from .faces.comments import AsyncComments
    from .faces.groups import AsyncGroups
    from .faces.localization import AsyncLocalization
    from .faces.mail import AsyncMail
    from .faces.navigation import AsyncNavigation
    from .faces.pages import AsyncPages
    from .faces.rendering import AsyncRendering
    from .faces.search import AsyncSearch
    from .faces.site import AsyncSite
    from .faces.storage import AsyncStorage
    from .faces.system import AsyncSystem
    from .faces.tags import AsyncTags
    from .faces.theming import AsyncTheming
    from .faces.users import AsyncUsers
    from .middleware.breaker import Circuit, CircuitBreaker
    from .middleware.events import Listener
    from .middleware.limiter import ServerLimits
    from .middleware.retry import RetryStrategy
    from .middleware.stats import ClientStats

T = TypeVar("T")
M = TypeVar("M", bound="BaseModel")


class AsyncClientExecutor:
    """Executes operations for the namespaces of one asynchronous client."""

    def __init__(self, engine: Engine, settings: Settings, http: httpx2.AsyncClient | None) -> None:
        self.engine = engine
        self.settings = settings
        self.driver = AsyncDriver(settings, http)

    async def execute(self, operation: Operation[T]) -> T:
        return await self.driver.run(self.engine.execute(operation))

    def subscribe(self, operation: Operation[T]) -> AsyncIterator[T]:
        from wikijs.core.transport import subscriptions

        return subscriptions.subscribe_async(
            operation, self.settings, lambda: self.driver.run(self.engine.credentials())
        )


class AsyncWikiJSClient(AsyncBatchMethods, AsyncGeneratedClient):
    """A client for one Wiki.js 2.x, for asyncio. Use it in an `async with` block, or `aclose` it.

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
        http_client: httpx2.AsyncClient | None = None,
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
        self._async = AsyncClientExecutor(self._engine, self._settings, http_client)
        super().__init__(self._async)

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
    def pages(self) -> AsyncPages:
        """Pages: reading, writing, searching and moving them."""
        from .faces.pages import AsyncPages

        return AsyncPages(self._async)

    @cached_property
    def assets(self) -> AsyncAssets:
        """Files: uploading, downloading, listing, renaming and deleting them, and their folders."""
        from .faces.assets import AsyncAssets

        return AsyncAssets(self._async)

    @cached_property
    def tags(self) -> AsyncTags:
        """Tags of pages: listing, renaming, merging and deleting them."""
        from .faces.tags import AsyncTags

        return AsyncTags(self._async)

    @cached_property
    def users(self) -> AsyncUsers:
        """Users: accounts, their profiles and what they may do."""
        from .faces.users import AsyncUsers

        return AsyncUsers(self._async)

    @cached_property
    def groups(self) -> AsyncGroups:
        """Groups: their permissions, page rules and members."""
        from .faces.groups import AsyncGroups

        return AsyncGroups(self._async)

    @cached_property
    def comments(self) -> AsyncComments:
        """Comments on pages, and the providers they come from."""
        from .faces.comments import AsyncComments

        return AsyncComments(self._async)

    @cached_property
    def navigation(self) -> AsyncNavigation:
        """The navigation beside the pages."""
        from .faces.navigation import AsyncNavigation

        return AsyncNavigation(self._async)

    @cached_property
    def theming(self) -> AsyncTheming:
        """The look of the wiki, and the code that is put into every page."""
        from .faces.theming import AsyncTheming

        return AsyncTheming(self._async)

    @cached_property
    def site(self) -> AsyncSite:
        """Settings of the whole wiki."""
        from .faces.site import AsyncSite

        return AsyncSite(self._async)

    @cached_property
    def mail(self) -> AsyncMail:
        """How the wiki sends mail."""
        from .faces.mail import AsyncMail

        return AsyncMail(self._async)

    @cached_property
    def localization(self) -> AsyncLocalization:
        """The languages of the wiki."""
        from .faces.localization import AsyncLocalization

        return AsyncLocalization(self._async)

    @cached_property
    def storage(self) -> AsyncStorage:
        """Storage targets: where the wiki copies its content to."""
        from .faces.storage import AsyncStorage

        return AsyncStorage(self._async)

    @cached_property
    def search(self) -> AsyncSearch:
        """Search engines: which one the wiki searches with."""
        from .faces.search import AsyncSearch

        return AsyncSearch(self._async)

    @cached_property
    def rendering(self) -> AsyncRendering:
        """Renderers: the steps from a page's content to its HTML."""
        from .faces.rendering import AsyncRendering

        return AsyncRendering(self._async)

    @cached_property
    def analytics(self) -> AsyncAnalytics:
        """Analytics providers: who counts the wiki's visitors."""
        from .faces.analytics import AsyncAnalytics

        return AsyncAnalytics(self._async)

    @cached_property
    def authentication(self) -> AsyncAuthentication:
        """Logging in, and the strategies that users log in with."""
        from .faces.authentication import AsyncAuthentication

        return AsyncAuthentication(self._async)

    @cached_property
    def api_keys(self) -> AsyncApiKeys:
        """API keys: tokens for programs, each with the permissions of one group."""
        from .faces.api_keys import AsyncApiKeys

        return AsyncApiKeys(self._async)

    @cached_property
    def system(self) -> AsyncSystem:
        """The server itself: what it is, its flags, and exports of everything."""
        from .faces.system import AsyncSystem

        return AsyncSystem(self._async)

    async def execute(self, operation: Operation[T], *, cache: CacheChoice = True) -> T:
        """Execute an operation value, such as `ops.pages_single(1)`, and return its leaf.

        Args:
            operation: What to do.
            cache: Of a client with a cache: False to read past it, a number for another time to live in seconds.

        Raises:
            APIError: The server refused or failed; the subclass says how.
            TransportError: The request or its answer was lost.
        """
        return await self._async.driver.run(self._engine.execute(operation, cache))

    async def _outcomes(self, operations: Sequence[Operation[Any]], mode: BatchMode | None) -> list[Any]:
        return await self._async.driver.run(self._engine.batch(operations, mode=mode))

    async def query(self, operation: Operation[T]) -> T:
        """Ask for just some fields: an operation made with `wikijs.q`, or any other.

        `q.pages.list(order_by="UPDATED").select("id", "path")` is such an operation. The answer is plain JSON. Caching,
        retries and `batch` take it like all others.

        Args:
            operation: What to ask.

        Raises:
            APIError: The server refused or failed.
            TransportError: The request or its answer was lost.
        """
        return await self.execute(operation)

    @overload
    async def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        validate: bool = False,
        result_type: None = None,
    ) -> dict[str, Any]: ...
    @overload
    async def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        validate: bool = False,
        result_type: type[M],
    ) -> M: ...
    async def graphql(
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
        data = await self._async.driver.run(self._engine.graphql(document, variables, operation_name))
        return data if result_type is None else result_type.model_validate(data)

    async def whoami(self) -> Identity:
        """Say who the server takes us for; a bad token is silently taken for a guest.

        Permission: none. Operation: `users.profile` (query).
        """
        return await self._async.driver.run(identity.whoami(self._engine))

    async def aclose(self) -> None:
        """Close all connections. The client cannot be used afterwards."""
        await self._async.driver.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url} {self._engine.auth!r}>"
