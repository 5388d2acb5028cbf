"""The asynchronous client. It is thin: methods come from the generated namespaces, logic from flows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from wikijs_generated.facades.asynchronous import AsyncNamespaces

from .core.operations import Operation
from .resources import flows
from .resources.client import ClientBase

if TYPE_CHECKING:
    import httpx2
    from pydantic import BaseModel

    from .core.batching import BatchMode
    from .core.collaborators import CacheChoice
    from .core.engine import Engine
    from .core.identity import Identity
    from .core.settings import Settings
    from .telemetry.health import Health

T = TypeVar("T")
M = TypeVar("M", bound="BaseModel")


class AsyncClientExecutor:
    """Executes operations for the namespaces of one asynchronous client."""

    def __init__(self, engine: Engine, settings: Settings, http: httpx2.AsyncClient | None) -> None:
        from .core.transport.asynchronous import AsyncDriver  # with asyncio, which a blocking program has no use for

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

    def flows(self, namespace: str, parts: Mapping[str, str] | None = None) -> Any:
        return flows(namespace, self.engine, parts)


class AsyncWikiJSClient(ClientBase["httpx2.AsyncClient"], AsyncNamespaces):
    """A client for one Wiki.js 2.x, for asyncio. Use it in an `async with` block, or `aclose` it.

    What it takes is said at `__init__`.
    """

    def _start(self, http_client: httpx2.AsyncClient | None) -> None:
        self._async = AsyncClientExecutor(self._engine, self._settings, http_client)
        AsyncNamespaces.__init__(self, self._async)

    @property
    def executor(self) -> AsyncClientExecutor:
        """What runs this client's requests, for what is built on it, such as `wikijs.feed`."""
        return self._async

    async def execute(self, operation: Operation[T], *, cache: CacheChoice = True, timeout: float | None = None) -> T:
        """Execute an operation value, such as `ops.pages_single(1)`, and return its leaf.

        Args:
            operation: What to do.
            cache: Of a client with a cache: False to read past it, a number for another time to live in seconds.
            timeout: Seconds for the whole call, retries included; None for as long as it takes.

        Raises:
            APIError: The server refused or failed; the subclass says how.
            TransportError: The request or its answer was lost.
        """
        return await self._async.driver.run(self._engine.execute(operation, cache), timeout)

    async def _outcomes(
        self, operations: Sequence[Operation[Any]], mode: BatchMode | None, timeout: float | None
    ) -> list[Any]:
        return await self._async.driver.run(self._engine.batch(operations, mode=mode), timeout)

    async def query(self, operation: Operation[T], *, timeout: float | None = None) -> T:
        """Ask for just some fields: an operation made with `wikijs.q`, or any other.

        `q.pages.list(order_by="UPDATED").select("id", "path")` is such an operation. The answer is plain JSON. Caching,
        retries and `batch` take it like all others.

        Args:
            operation: What to ask.
            timeout: Seconds for the whole call; None for as long as it takes.

        Raises:
            APIError: The server refused or failed.
            TransportError: The request or its answer was lost.
        """
        return await self.execute(operation, timeout=timeout)

    @overload
    async def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        validate: bool = False,
        result_type: None = None,
        timeout: float | None = None,
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
        timeout: float | None = None,
    ) -> M: ...
    async def graphql(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        validate: bool = False,
        result_type: type[M] | None = None,
        timeout: float | None = None,
    ) -> dict[str, Any] | M:
        """Send any GraphQL document and return its `data`.

        Args:
            document: The GraphQL text.
            variables: Values of its variables.
            operation_name: Which operation to execute, where the document has several.
            validate: Check the document and its variables against the schema of the newest Wiki.js that this client
                knows before anything is sent. Needs the extra `codegen`.
            result_type: A pydantic model of `data`; without it the answer is a dictionary.
            timeout: Seconds for the whole call; None for as long as it takes.

        Raises:
            QueryError: The document does not fit the schema; with `validate` it says where, and nothing was sent.
            APIError: The answer has errors; the exception's `data` holds what came with them. A mutation's
                `responseResult` is yours to check.
            pydantic.ValidationError: The answer does not fit `result_type`.
        """
        if validate:
            from wikijs.core.documents.validation import check

            check(document, variables, operation_name)
        data = await self._async.driver.run(self._engine.graphql(document, variables, operation_name), timeout)
        return data if result_type is None else result_type.model_validate(data)

    async def whoami(self, *, timeout: float | None = None) -> Identity:
        """Say who the server takes us for; a bad token is silently taken for a guest.

        Permission: none. Operation: `users.profile` (query).
        """
        from .core import identity

        return await self._async.driver.run(identity.whoami(self._engine), timeout)

    async def health(self) -> Health:
        """Look whether the wiki can be worked with: reachable, who one is, how long the key lasts, how fast it is.

        Nothing is raised for what is found; `bool(health)` says whether all is well, `health.problems` what is not.

        Permission: none; the version is told only to those with `manage:system`.
        Operation: `/healthz`, `users.profile`, `groups.list`, `system.info` (queries).
        """
        from .telemetry.health import health

        circuit, cache = self._watched()
        return await self._async.driver.run(health(self._engine, circuit=circuit, cache=cache))

    async def aclose(self) -> None:
        """Close all connections. The client cannot be used afterwards."""
        self._let_go()
        await self._async.driver.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
