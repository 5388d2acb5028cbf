"""The feed for both clients: one delegating line each, as in all facades."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeAlias, TypedDict, Unpack

from .watch import DEFAULT_CONSUMER, FeedFlows, FeedStatus

if TYPE_CHECKING:
    from wikijs import AsyncWikiJSClient, WikiJSClient
    from wikijs.core.engine import Engine

    from .database import Database
    from .store import Store
    from .types import Event

Where: TypeAlias = "Store | Database | str | os.PathLike[str]"
"""What a feed remembers, or where that is."""


class FeedOptions(TypedDict, total=False):
    """Options of a feed, the same for both clients."""

    watch: Sequence[str]
    """What to watch: "pages", "comments" or "comments:docs/**" for those of some pages, "assets", "users", "groups",
    "navigation", "site", "theme"; "pages" unless given."""
    sweep_interval: float
    """Seconds between two looks at all pages, at least; 60 unless given. In between the newest ones are looked at."""
    sweep_share: float
    """The share of the server's time that looks at all pages may take, 0.01 unless given: on a large wiki the seconds
    between them are more. Where pages are known to be missing, ten times this share."""
    baseline: Literal["silent", "events"]
    """What the first look tells: nothing ("silent"), or `page.created` for each page ("events")."""
    unchanged: bool
    """Also tell when somebody saved a page without changing it."""
    touched: bool
    """Also tell when the server wrote a page that nobody edited."""
    content: bool
    """Keep the content of pages with their events, for webhooks with full payloads."""
    clock: Callable[[], float]
    """Seconds since 1970, for tests."""


class _Face:
    """What needs no driver."""

    def __init__(self, engine: Engine, wiki: str, store: Where, options: FeedOptions) -> None:
        self._flows = FeedFlows(engine, wiki, store, **options)

    @property
    def store(self) -> Store:
        """What the feed remembers."""
        return self._flows.store

    @property
    def sweeps(self) -> int:
        """How often this object looked at all pages."""
        return self._flows.pages.sweeps

    def status(self) -> FeedStatus:
        """How the feed is: when the wiki was last seen, and whether anything is in the way."""
        return self._flows.status()


class ChangeFeed(_Face):
    """What changes in a wiki, as events. Use it in a `with` block, or `close` it.

    Args:
        client: A client of the wiki, with a key of its own for the feed: it sees what its permissions show.
        store: Path of a file (SQLite) or URL of a PostgreSQL database in which the feed remembers what it saw. Made
            where it is missing. Webhooks that shall be sent use the same one.
        options: `watch`, `sweep_interval`, `sweep_share`, `baseline`, `unchanged`, `touched`, `content`: see
            `FeedOptions`.

    Raises:
        ConfigurationError: The store is that of another wiki, or something cannot be watched.
        StoreError: The store cannot be opened.
    """

    def __init__(self, client: WikiJSClient, store: Where, **options: Unpack[FeedOptions]) -> None:
        self._driver = client.executor.driver
        super().__init__(client.executor.engine, client.url, store, options)

    def poll(self) -> list[Event]:
        """Look at the wiki once and return the events that follow from it, oldest first.

        The first time, all pages are looked at and nothing but `feed.started` is told. While the wiki is down, or
        takes the feed for somebody else, nothing is concluded: `feed.suspended` is told once, and `feed.resumed` later.

        Raises:
            FeedBusyError: Another process looks at the wiki for this store.
            StoreError: The store cannot be written; the next poll finds the same again.

        Permission: `read:pages`, and `read:history` for who did what and when. Without rules for `manage:pages` and
            without `read:source` events say less, and say so by `certain`.
        Operation: `users.profile`, `pages.list`, `system.info`, `pages.history`, `pages.single`, `pages.version`
            (queries).
        """
        return self._driver.run(self._flows.poll())

    def listen(self, *, interval: float = 10.0, consumer: str | None = DEFAULT_CONSUMER) -> Iterator[Event]:
        """Events as they come, at least once each, until the loop is left.

        An event counts as handled when the loop asks for the next one: a program that ends while it handles one gets
        it again when it listens the next time under the same name. Where another process looks at the wiki for this
        store, such as `wikijs hooks run`, its events are read and the wiki is left alone.

        Args:
            interval: Seconds between two looks at the wiki.
            consumer: Name under which the store remembers what was handled. A new one begins with what comes next; None
                remembers nothing.
        """
        return self._driver.iterate(self._flows.listen(interval=interval, consumer=consumer))

    def close(self) -> None:
        """Let others look at the wiki, and close the store. The client stays open."""
        self._flows.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncChangeFeed(_Face):
    """What changes in a wiki, as events, for asyncio. Use it in an `async with` block, or `aclose` it.

    Arguments and errors are those of `ChangeFeed`.
    """

    def __init__(self, client: AsyncWikiJSClient, store: Where, **options: Unpack[FeedOptions]) -> None:
        self._driver = client.executor.driver
        super().__init__(client.executor.engine, client.url, store, options)

    async def poll(self) -> list[Event]:
        """Look at the wiki once and return the events that follow from it; see `ChangeFeed.poll`."""
        return await self._driver.run(self._flows.poll())

    def listen(self, *, interval: float = 10.0, consumer: str | None = DEFAULT_CONSUMER) -> AsyncIterator[Event]:
        """Events as they come, at least once each, until the loop is left; see `ChangeFeed.listen`."""
        return self._driver.iterate(self._flows.listen(interval=interval, consumer=consumer))

    async def aclose(self) -> None:
        """Let others look at the wiki, and close the store. The client stays open."""
        self._flows.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
