"""Many wikis: clients that are opened when they are first used, share what can be shared, and keep apart what must be.

Shared are the TLS context, the cache, circuit breakers and plugins; apart are credentials, connections, rates, and the
lock of page writes. One wiki that fails disturbs no other.
"""

from __future__ import annotations

import asyncio
import math
import ssl
import weakref
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from importlib import import_module
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeAlias, TypeVar

from wikijs.aio import AsyncWikiJSClient
from wikijs.client import WikiJSClient
from wikijs.exceptions import ConfigurationError

if TYPE_CHECKING:
    from wikijs.auth import Auth
    from wikijs.cache import Cache
    from wikijs.middleware.breaker import CircuitBreaker
    from wikijs.middleware.stats import ClientStats
    from wikijs.plugins.types import Plugin
    from wikijs.resources.client import ClientBase

__all__ = ["AsyncWikiFleet", "Wiki", "WikiFleet"]

T = TypeVar("T")
Client = TypeVar("Client", bound="ClientBase[Any]")

_PARALLEL: Final = 8


@dataclass(frozen=True)
class Wiki:
    """One wiki of a fleet.

    Args:
        url: Its root.
        auth: Who comes there, as for a client.
        rate: Requests a second at most; None for the server's own limits only.
        options: Further arguments of its client, such as `timeout`, `headers`, `proxy` or `verify_ssl`.
    """

    url: str
    auth: Auth | str | None = field(default=None, repr=False)
    rate: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


Source: TypeAlias = Mapping[str, Wiki] | Callable[[str], Wiki]
"""The wikis by name, or a function that knows them, for thousands."""


class _Fleet(Generic[Client]):
    """What both fleets are; nothing here waits.

    Args:
        wikis: The wikis by name, or a function that gives the one of a name.
        cache: Shared by all; what it keeps is kept by wiki and caller.
        circuit_breaker: Shared; it has a circuit for each server.
        plugins: Shared by all clients.
        max_open: Clients that are open at once.
    """

    _make: type[Client]
    """The class of its clients."""

    def __init__(
        self,
        wikis: Source,
        *,
        cache: Cache | None = None,
        circuit_breaker: CircuitBreaker | None = None,
        plugins: Sequence[Plugin | str] = (),
        max_open: int = 100,
    ) -> None:
        if max_open < 1:
            raise ConfigurationError(f"max_open must be 1 or more, not {max_open!r}.")
        self._find = wikis if callable(wikis) else None
        self._wikis: dict[str, Wiki] = {} if callable(wikis) else dict(wikis)
        self._shared: dict[str, Any] = {"cache": cache, "circuit_breaker": circuit_breaker}
        self._plugins = tuple(plugins)
        self._max = max_open
        self._open: OrderedDict[str, Client] = OrderedDict()
        self._lock = RLock()
        self._tls: ssl.SSLContext | None = None
        self._closed = False
        self._retired: list[tuple[weakref.ref[Client], Callable[[], Awaitable[None]]]] = []
        """Of asyncio: let go of, and closed by the next work once nobody holds them."""

    @classmethod
    def from_profiles(cls, names: Iterable[str] | None = None, **options: Any) -> Self:
        """The wikis of your configuration, see docs/command-line.md: those of these names, or all.

        Raises:
            ConfigurationError: There is no such profile, or its token cannot be had.
        """
        return cls(_of_profiles(names), **options)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that are known; of a fleet with a function those that were used."""
        with self._lock:
            return tuple(self._wikis)

    def __contains__(self, name: object) -> bool:
        return name in self._wikis

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self._wikis)

    def __getitem__(self, name: str) -> Client:
        """The client of a wiki, made now if there is none.

        Take it anew for each piece of work: when more than `max_open` are open, the one that was used least recently
        is let go of, and closed once nobody holds it.

        Raises:
            KeyError: There is no such wiki.
            ConfigurationError: The fleet is closed, or the wiki cannot be right.
        """
        with self._lock:
            if self._closed:
                raise ConfigurationError("This fleet is closed.", hint="Work with it inside its with block.")
            client = self._open.get(name)
            if client is None:
                client = self._open[name] = self._made(self._wiki(name))
            self._open.move_to_end(name)
            while len(self._open) > self._max:
                self._retire(self._open.popitem(last=False)[1])
            return client

    def _wiki(self, name: str) -> Wiki:
        if name not in self._wikis:
            if self._find is None:
                known = ", ".join(list(self._wikis)[:20])
                raise KeyError(f"there is no wiki {name!r}; there are: {known or 'none'}")
            self._wikis[name] = self._find(name)
        return self._wikis[name]

    def _made(self, wiki: Wiki) -> Client:
        options: dict[str, Any] = {**self._shared, **wiki.options}
        if wiki.rate is not None:
            from wikijs.middleware import RateLimiter

            options["rate_limiter"] = RateLimiter(wiki.rate, burst_size=max(1, math.ceil(wiki.rate)))
        if options.get("verify_ssl", True) is True and wiki.url.startswith("https"):
            options["verify_ssl"] = self._context()
        options["plugins"] = (*self._plugins, *options.get("plugins", ()))
        return self._make(wiki.url, wiki.auth, **options)

    def _context(self) -> ssl.SSLContext:
        # Reading the certificates of all authorities takes far longer than making a client.
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    def _retire(self, client: Client) -> None:
        raise NotImplementedError

    def add(self, name: str, wiki: Wiki) -> None:
        """Add a wiki.

        Raises:
            ConfigurationError: There is one of that name.
        """
        with self._lock:
            if name in self._wikis:
                raise ConfigurationError(f"There is a wiki {name!r} already.", hint="Remove it first.")
            self._wikis[name] = wiki

    def remove(self, name: str) -> None:
        """Take a wiki out; its client is closed once nobody holds it.

        Raises:
            KeyError: There is no such wiki.
        """
        with self._lock:
            del self._wikis[name]
            client = self._open.pop(name, None)
            if client is not None:
                self._retire(client)

    def stats(self) -> dict[str, ClientStats]:
        """Counts and latencies of the clients that are open, by name of the wiki."""
        with self._lock:
            return {name: client.stats() for name, client in self._open.items()}

    def _chosen(self, names: Iterable[str] | None) -> list[str]:
        chosen = list(self.names if names is None else names)
        if names is None and self._find is not None and not chosen:
            raise ConfigurationError("This fleet does not know its wikis beforehand.", hint="Give each(..., names=).")
        return chosen

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self._wikis)} wikis, {len(self._open)} open>"


def _of_profiles(names: Iterable[str] | None) -> dict[str, Wiki]:
    # The configuration stands above: it is looked up where it is asked for, and only then.
    wikis: dict[str, Wiki] = import_module("wikijs.config.many").wikis_of_profiles(names)
    return wikis


class WikiFleet(_Fleet[WikiJSClient]):
    """Blocking clients of many wikis. Safe to share between threads. Use it in a `with` block, or `close` it.

    Args:
        wikis: The wikis by name, or a function that gives the one of a name.
        cache: Shared by all; what it keeps is kept by wiki and caller.
        circuit_breaker: Shared; it has a circuit for each server.
        plugins: Shared by all clients.
        max_open: Clients that are open at once.
    """

    _make = WikiJSClient

    def each(
        self,
        action: Callable[[WikiJSClient], T],
        *,
        names: Iterable[str] | None = None,
        parallel: int = _PARALLEL,
    ) -> Iterator[tuple[str, T | Exception]]:
        """Do something with each wiki, in several threads, and hand out name and result as they come.

        Args:
            action: Gets a client.
            names: Of which wikis; all without it.
            parallel: Wikis at once.

        Returns:
            An iterator over the name of a wiki and what the action returned, or the exception that ended it.
        """
        chosen = self._chosen(names)
        pool = ThreadPoolExecutor(max(1, min(parallel, len(chosen) or 1)), thread_name_prefix="wikijs-fleet")
        try:
            work = {pool.submit(self._outcome, name, action): name for name in chosen}
            for done in as_completed(work):
                yield work[done], done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _outcome(self, name: str, action: Callable[[WikiJSClient], T]) -> T | Exception:
        try:
            return action(self[name])
        except Exception as error:
            return error

    def _retire(self, client: WikiJSClient) -> None:
        driver, plugins = client._sync.driver, client.__dict__.get("plugins")  # pyright: ignore[reportPrivateUsage]

        def close() -> None:
            if plugins is not None:
                plugins.close()
            driver.close()

        weakref.finalize(client, close).atexit = False

    def close(self) -> None:
        """Close all clients. The fleet cannot be used afterwards."""
        with self._lock:
            self._closed = True
            while self._open:
                self._open.popitem()[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncWikiFleet(_Fleet[AsyncWikiJSClient]):
    """Asynchronous clients of many wikis. Use it in an `async with` block, or `aclose` it.

    Args:
        wikis: The wikis by name, or a function that gives the one of a name.
        cache: Shared by all; what it keeps is kept by wiki and caller.
        circuit_breaker: Shared; it has a circuit for each server.
        plugins: Shared by all clients.
        max_open: Clients that are open at once.
    """

    _make = AsyncWikiJSClient

    async def each(
        self,
        action: Callable[[AsyncWikiJSClient], Awaitable[T]],
        *,
        names: Iterable[str] | None = None,
        parallel: int = _PARALLEL,
    ) -> AsyncIterator[tuple[str, T | Exception]]:
        """Do something with each wiki, several at once, and hand out name and result as they come.

        Args:
            action: Gets a client.
            names: Of which wikis; all without it.
            parallel: Wikis at once.

        Returns:
            An iterator over the name of a wiki and what the action returned, or the exception that ended it.
        """
        places = asyncio.Semaphore(max(1, parallel))

        async def outcome(name: str) -> tuple[str, T | Exception]:
            async with places:
                try:
                    return name, await action(self[name])
                except Exception as error:
                    return name, error

        tasks = [asyncio.ensure_future(outcome(name)) for name in self._chosen(names)]
        try:
            for done in asyncio.as_completed(tasks):
                yield await done
                await self._close_retired()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _retire(self, client: AsyncWikiJSClient) -> None:
        driver, plugins = client._async.driver, client.__dict__.get("plugins")  # pyright: ignore[reportPrivateUsage]

        async def close() -> None:
            if plugins is not None:
                plugins.close()
            await driver.aclose()

        self._retired.append((weakref.ref(client), close))

    async def _close_retired(self, *, all_of_them: bool = False) -> None:
        """Close those that nobody holds any more."""
        waiting, self._retired = self._retired, []
        for client, close in waiting:
            if all_of_them or client() is None:
                await close()
            else:
                self._retired.append((client, close))

    async def aclose(self) -> None:
        """Close all clients. The fleet cannot be used afterwards."""
        self._closed = True
        await self._close_retired(all_of_them=True)
        while self._open:
            await self._open.popitem()[1].aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
