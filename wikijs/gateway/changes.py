"""What changes in the wiki: watched beside answering, told as a stream, and sent to webhooks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Final

from wikijs.exceptions import FeedBusyError, StoreError, WikiJSException
from wikijs.feed import AsyncChangeFeed, Store
from wikijs.webhooks import Webhooks

from .access.credentials import master_key

if TYPE_CHECKING:
    from wikijs import AsyncWikiJSClient
    from wikijs.feed import Event

    from .access.callers import Caller
    from .runtime import Gateway

log = logging.getLogger("wikijs.gateway")

KEPT: Final = 7 * 86_400.0
BEAT: Final = 15.0
"""Seconds after which a silent stream says that it is alive."""
SOON: Final = 0.2
CREDENTIAL: Final = "feed"
"""The credential that looks at the wiki, where there is one of this name; else the default one."""


class Changes:
    """The feed of the gateway's wiki, its webhooks, and who listens.

    Args:
        gateway: The gateway.
    """

    def __init__(self, gateway: Gateway) -> None:
        settings = gateway.settings
        self._gateway = gateway
        self.wiki = settings.wiki
        self.store = Store(settings.events_store, clock=gateway.clock)
        self.hooks = Webhooks(
            self.store,
            allow_networks=settings.webhook_networks,
            allow_sinks=False,
            key=master_key(settings.master_key_file, make=settings.database == ":memory:"),
        )
        self._look = asyncio.Event()
        self._news = asyncio.Condition()
        self._told = 0
        """How often there was something to look at: it may come between a look and the waiting for the next."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self.streams = 0
        self.store.on_events(self._tell)
        gateway.hooks += [self.watch, self.send, self.tidy]
        gateway.after_write.append(self._look.set)
        gateway.on_drain.append(self._tell)
        gateway.policy.on_warning = self._warn

    # Beside answering.

    async def watch(self) -> None:
        """Look at the wiki: soon after each write of this gateway, else now and then."""
        self._loop = asyncio.get_running_loop()
        client: AsyncWikiJSClient | None = None
        feed: AsyncChangeFeed | None = None
        try:
            while True:
                current = await self._client()
                if feed is None or current is not client:  # the first time, or another credential is to be used
                    if feed is not None:
                        await feed.aclose()
                    client, feed = current, AsyncChangeFeed(current, self.store)
                try:
                    await feed.poll()
                except FeedBusyError:
                    log.info("Another process watches the wiki for this store.")
                except StoreError as error:
                    log.warning("%s", error)
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(self._gateway.settings.feed_interval, SOON)):
                        await self._look.wait()
                await asyncio.sleep(SOON)
                self._look.clear()
        finally:
            if feed is not None:
                await feed.aclose()

    async def _client(self) -> AsyncWikiJSClient:
        names = {each.name for each in await asyncio.to_thread(self._gateway.credentials.all)}
        return self._gateway.clients.of(CREDENTIAL if CREDENTIAL in names else "default")

    async def send(self) -> None:
        """Send to webhooks what is due."""
        self._loop = asyncio.get_running_loop()
        dispatcher = self.hooks.dispatcher()
        try:
            await dispatcher.run()
        finally:
            dispatcher.stop()

    async def tidy(self) -> None:
        """Forget what is old."""
        while True:
            with suppress(StoreError):
                await asyncio.to_thread(self.store.forget, older_than=KEPT)
                await asyncio.to_thread(self.hooks.outbox.tidy)
            await asyncio.sleep(3600)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def emit(self, type: str, subject: str, data: dict[str, Any], key: str) -> None:
        """Tell of something of our own; blocks."""
        try:
            self.store.emit(self.wiki, type, subject, data, key=key)
        except WikiJSException as error:
            log.warning("%s", error)

    def _warn(self, type: str, caller: str, used: int, limit: int) -> None:
        day = int(self._gateway.clock() // 86_400)
        data = {"name": "requests", "key": caller, "used": used, "limit": limit, "window": 86_400}
        work = asyncio.ensure_future(asyncio.to_thread(self.emit, type, f"key:{caller}", data, f"{type}:{day}"))
        self._gateway.leftovers.add(work)
        work.add_done_callback(self._gateway.leftovers.discard)

    def _tell(self) -> None:
        self._told += 1
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(lambda: asyncio.ensure_future(self._wake()))

    async def _wake(self) -> None:
        async with self._news:
            self._news.notify_all()

    # Listening.

    async def events(self, caller: Caller, after: int, limit: int) -> tuple[list[Event], int]:
        """Events behind a number that a caller may see, and the number of the last one that was looked at."""
        found: list[Event] = []
        while len(found) < limit:
            batch = await asyncio.to_thread(self._behind, after)
            for event in batch:
                after = event.sequence
                if _may_see(caller, event):
                    found.append(event)
                if len(found) == limit:
                    break
            if not batch:
                break
        return found, after

    async def stream(self, caller: Caller, after: int, types: frozenset[str]) -> AsyncGenerator[bytes]:
        """Events as they come, as server-sent events."""
        self.streams += 1
        try:
            yield b": welcome\n\nretry: 3000\n\n"
            while True:
                told = self._told
                if self._gateway.draining or self._gateway.authenticator.is_over(caller):
                    break
                found = await asyncio.to_thread(self._behind, after)
                for event in found:
                    after = event.sequence
                    if _may_see(caller, event) and fits(event.type, types):
                        yield sse(event)
                if found:
                    continue
                try:
                    async with asyncio.timeout(BEAT), self._news:
                        while self._told == told:
                            await self._news.wait()
                except TimeoutError:
                    yield b": alive\n\n"
        finally:
            self.streams -= 1

    def _behind(self, after: int) -> list[Event]:
        return self.store.events(after, limit=100, wiki=self.wiki)


def sse(event: Event) -> bytes:
    """An event as a server-sent one."""
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.sequence, event.type.encode(), event.to_json())


def fits(type: str, wanted: frozenset[str]) -> bool:
    """Whether a type of event is asked for: by its name, or by `page.*`."""
    return not wanted or type in wanted or f"{type.partition('.')[0]}.*" in wanted


def _may_see(caller: Caller, event: Event) -> bool:
    """A confined key learns of pages in its folders only; of a move, both places must be there."""
    if event.type.startswith(("quota.", "batch.", "webhook.")) and "admin" not in caller.scopes:
        key = getattr(event.data, "key", None)
        return key == caller.id
    if not caller.prefixes:
        return True
    page = getattr(event.data, "page", None)
    if page is None or not caller.may_see(page.path):
        return False
    before = event.data.change.previous.get("path")
    return before is None or caller.may_see(str(before))


async def first(stream: AsyncGenerator[bytes]) -> bytes:
    """The first part of a stream, which is then closed; for tests."""
    async with aclosing(stream):
        return await anext(stream)
