"""The two clients. Both are thin: operations come from the generated namespaces, logic from `Engine`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from wikijs_generated.aio import AsyncGeneratedClient
from wikijs_generated.client import GeneratedClient

from . import identity, subscriptions
from .auth import Auth, as_auth
from .engine import Engine
from .middleware.policy import make_policy
from .middleware.stats import Stats
from .operations import Operation
from .settings import Settings
from .transport import AsyncDriver, SyncDriver

if TYPE_CHECKING:
    import ssl

    import httpx2
    from pydantic import BaseModel

    from .faces.assets import Assets, AsyncAssets
    from .faces.pages import AsyncPages, Pages
    from .faces.tags import AsyncTags, Tags
    from .identity import Identity
    from .middleware.breaker import CircuitBreaker
    from .middleware.events import Listener
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
        return subscriptions.subscribe(operation, self.settings, lambda: self.driver.run(self.engine.credentials()))


class AsyncClientExecutor:
    """Executes operations for the namespaces of one asynchronous client."""

    def __init__(self, engine: Engine, settings: Settings, http: httpx2.AsyncClient | None) -> None:
        self.engine = engine
        self.settings = settings
        self.driver = AsyncDriver(settings, http)

    async def execute(self, operation: Operation[T]) -> T:
        return await self.driver.run(self.engine.execute(operation))

    def subscribe(self, operation: Operation[T]) -> AsyncIterator[T]:
        return subscriptions.subscribe_async(
            operation, self.settings, lambda: self.driver.run(self.engine.credentials())
        )


class WikiJSClient(GeneratedClient):
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
        circuit_breaker: Stops asking a server that is down; none by default.
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
        on_event: Listener | None = None,
    ) -> None:
        self._settings = Settings(url, timeout, verify_ssl, headers or {}, proxy, user_agent)
        self._stats = Stats()
        self._policy = make_policy(self._settings.host, self._stats, retry, circuit_breaker, on_event)
        self._engine = Engine(as_auth(auth), self._settings.url, self._policy)
        self._sync = ClientExecutor(self._engine, self._settings, http_client)
        super().__init__(self._sync)

    @property
    def url(self) -> str:
        """Root of the wiki."""
        return self._settings.url

    @property
    def circuit_breaker(self) -> CircuitBreaker | None:
        """The circuit breaker given to the client, for its `stats()` and `reset()`."""
        return self._policy.breaker

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

    def execute(self, operation: Operation[T]) -> T:
        """Execute an operation value, such as `ops.pages_single(1)`, and return its leaf.

        Raises:
            APIError: The server refused or failed; the subclass says how.
            TransportError: The request or its answer was lost.
        """
        return self._sync.execute(operation)

    @overload
    def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        result_type: None = None,
    ) -> dict[str, Any]: ...
    @overload
    def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        result_type: type[M],
    ) -> M: ...
    def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        result_type: type[M] | None = None,
    ) -> dict[str, Any] | M:
        """Send any GraphQL document and return its `data`.

        Args:
            document: The GraphQL text.
            variables: Values of its variables.
            operation_name: Which operation to execute, where the document has several.
            result_type: A pydantic model of `data`; without it the answer is a dictionary.

        Raises:
            APIError: The answer has errors; the exception's `data` holds what came with them. A mutation's
                `responseResult` is yours to check.
        """
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


class AsyncWikiJSClient(AsyncGeneratedClient):
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
        circuit_breaker: Stops asking a server that is down; none by default.
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
        on_event: Listener | None = None,
    ) -> None:
        self._settings = Settings(url, timeout, verify_ssl, headers or {}, proxy, user_agent)
        self._stats = Stats()
        self._policy = make_policy(self._settings.host, self._stats, retry, circuit_breaker, on_event)
        self._engine = Engine(as_auth(auth), self._settings.url, self._policy)
        self._async = AsyncClientExecutor(self._engine, self._settings, http_client)
        super().__init__(self._async)

    @property
    def url(self) -> str:
        """Root of the wiki."""
        return self._settings.url

    @property
    def circuit_breaker(self) -> CircuitBreaker | None:
        """The circuit breaker given to the client, for its `stats()` and `reset()`."""
        return self._policy.breaker

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

    async def execute(self, operation: Operation[T]) -> T:
        """Execute an operation value, such as `ops.pages_single(1)`, and return its leaf.

        Raises:
            APIError: The server refused or failed; the subclass says how.
            TransportError: The request or its answer was lost.
        """
        return await self._async.execute(operation)

    @overload
    async def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        result_type: None = None,
    ) -> dict[str, Any]: ...
    @overload
    async def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        result_type: type[M],
    ) -> M: ...
    async def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        result_type: type[M] | None = None,
    ) -> dict[str, Any] | M:
        """Send any GraphQL document and return its `data`.

        Args:
            document: The GraphQL text.
            variables: Values of its variables.
            operation_name: Which operation to execute, where the document has several.
            result_type: A pydantic model of `data`; without it the answer is a dictionary.

        Raises:
            APIError: The answer has errors; the exception's `data` holds what came with them. A mutation's
                `responseResult` is yours to check.
        """
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
