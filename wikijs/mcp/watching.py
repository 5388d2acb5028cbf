"""Notices that pages changed, for hosts that listen: `subscriptions/listen` of protocol 2026-07-28.

The change feed looks at the wiki, and only while somebody listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from mcp.server.subscriptions import InMemorySubscriptionBus, ResourceUpdated, ServerEvent

from wikijs.exceptions import WikiJSException

if TYPE_CHECKING:
    from wikijs.feed import Event

    from .wiki import Client

INTERVAL: Final = 15.0
"""Seconds between two looks at the wiki; one that follows a write of this server comes at once."""


class Changes(InMemorySubscriptionBus):
    """Tells listeners which resources changed.

    Args:
        client: Gives the client that looks.
    """

    def __init__(self, client: Callable[[], Client]) -> None:
        super().__init__()
        self._client = client
        self._soon = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        self._listening = 0

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        """Tell a listener from now on; what is given back ends it."""
        unsubscribe = super().subscribe(listener)
        self._listening += 1
        if self._watching is None or self._watching.done():
            self._watching = asyncio.get_running_loop().create_task(self._watch(), name="wikijs mcp: changes")
        is_left = False

        def leave() -> None:
            nonlocal is_left
            if is_left:
                return
            is_left = True
            unsubscribe()
            self._listening -= 1
            if not self._listening and self._watching is not None:
                self._watching.cancel()
                self._watching = None

        return leave

    def look(self) -> None:
        """Look at the wiki soon: something was written."""
        self._soon.set()

    async def _watch(self) -> None:
        from wikijs.feed import AsyncChangeFeed

        with tempfile.TemporaryDirectory(prefix="wikijs-mcp-") as folder:
            store = Path(folder) / "feed.db"
            async with AsyncChangeFeed(self._client(), store, sweep_interval=INTERVAL) as feed:
                while True:
                    self._soon.clear()
                    with contextlib.suppress(WikiJSException):  # the next look finds the same
                        for event in await feed.poll():
                            for uri in resources_of(event):
                                await self.publish(ResourceUpdated(uri))
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(INTERVAL):
                            await self._soon.wait()


def resources_of(event: Event) -> Iterator[str]:
    """The addresses of what an event is about: the page, as hosts may write it, and the folders that show it."""
    from wikijs.feed import PageEvent

    if not isinstance(event, PageEvent):
        return
    page, previous = event.page, event.change.previous
    found: dict[str, None] = {}
    for locale, path in (
        (page.locale, page.path),
        (str(previous.get("locale", page.locale)), str(previous.get("path", page.path))),
    ):
        found |= dict.fromkeys(_written("page", locale, path))
        if event.type != "page.updated" or "title" in event.change.fields:
            for end in range(path.count("/") + 1):
                found |= dict.fromkeys(_written("tree", locale, "/".join(path.split("/")[:end])))
    yield from found


def _written(kind: str, locale: str, path: str) -> Iterator[str]:
    yield f"wikijs://{kind}/{locale}/{path}"
    yield f"wikijs://{kind}/{locale}/{quote(path)}"
