"""The dispatcher: it takes what is due, sends it, and notes what came of it.

Each message is a task of its own, so a slow endpoint delays nobody else. What touches the store runs in one thread
beside the event loop, many messages in one transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from wikijs.exceptions import StoreError

from ..model import Endpoint, Message, Outcome
from . import schedule

if TYPE_CHECKING:
    from .endpoints import Endpoints
    from .outbox import Outbox

log = logging.getLogger("wikijs.webhooks")

T = TypeVar("T")

PER_ENDPOINT: Final = 16
"""Messages to one endpoint that are under way at once."""
AT_ONCE: Final = 200
LOOK: Final = 0.5
"""Seconds after which the store is looked at although nobody said that there is something new."""
REFRESH: Final = 2.0
"""Seconds for which what is known of the endpoints is good."""


class Sender(Protocol):
    """Brings a message to where an endpoint is."""

    async def send(self, message: Message) -> Outcome:
        """Send it; whatever happens is an outcome."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class Dispatcher:
    """Sends what is due until it is stopped. There may be several for one store.

    Args:
        outbox: The queue.
        endpoints: Who is told.
        sender: Sends by HTTP and to sinks.
        per_endpoint: Messages to one endpoint under way at once.
        at_once: Messages under way at once in all.
        look: Seconds between two looks at the store when nothing happens.
    """

    def __init__(
        self,
        outbox: Outbox,
        endpoints: Endpoints,
        sender: Sender,
        *,
        per_endpoint: int = PER_ENDPOINT,
        at_once: int = AT_ONCE,
        look: float = LOOK,
    ) -> None:
        self._outbox = outbox
        self._endpoints = endpoints
        self._sender = sender
        self._per_endpoint = per_endpoint
        self._at_once = at_once
        self._look = look
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="webhooks")
        self._under_way: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._done: list[Outcome] = []
        self._awake = asyncio.Event()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._known: dict[str, Endpoint] = {}
        self._known_until = 0.0
        self.sent: Counter[str] = Counter()
        """Counts of what happened, by "delivered" and "failed"."""
        self.attempts: Counter[tuple[str, str]] = Counter()
        """The same by endpoint."""

    def wake(self, *, changed: bool = False) -> None:
        """Look at the store now, and at the endpoints where they changed; from any thread."""
        if changed:
            self._known_until = 0.0
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._awake.set)

    def stop(self) -> None:
        """Take nothing more, and end when what is under way has ended; from any thread."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Send until `stop` is called."""
        self._loop = asyncio.get_running_loop()
        try:
            while not self._stopping:
                if not await self._step():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._look):
                            await self._awake.wait()
                    self._awake.clear()
            await self._finish()
        finally:
            for task in self._tasks:
                task.cancel()
            await self._close()

    async def drain(self) -> None:
        """Send all that is due, and end: for tests, and for programs that run now and then."""
        self._loop = asyncio.get_running_loop()
        try:
            while await self._step() or self._tasks or self._done:
                if self._tasks and not self._done:
                    await self._awake.wait()
                self._awake.clear()
        finally:
            await self._close()

    async def _close(self) -> None:
        self._thread.shutdown()
        await self._sender.aclose()

    async def _step(self) -> bool:
        """Do what can be done now; whether that was anything."""
        try:
            settled = await self._settle()
            read = await self._in_thread(self._outbox.fan_out)
            taken = await self._take()
        except StoreError as error:
            log.warning("%s", error)
            return False
        return bool(settled or read or taken)

    async def _take(self) -> int:
        endpoints = await self._active()
        limit = self._at_once - len(self._tasks)
        free = {name: self._free(name) for name in endpoints}
        if limit < 1 or not any(free.values()):
            return 0
        messages = await self._in_thread(lambda: self._outbox.claim(endpoints, free, limit))
        for message in messages:
            self._under_way[message.endpoint.id] += 1
            task = asyncio.create_task(self._send(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(messages)

    def _free(self, endpoint: str) -> int:
        """How many more messages an endpoint may have under way: one at a time while it fails."""
        most = 1 if self._failures[endpoint] >= schedule.CIRCUIT else self._per_endpoint
        return max(most - self._under_way[endpoint], 0)

    async def _active(self) -> Mapping[str, Endpoint]:
        if monotonic() >= self._known_until:
            found = await self._in_thread(self._endpoints.all)
            self._known = {each.id: each for each in found if each.state == "active"}
            self._known_until = monotonic() + REFRESH
        return self._known

    async def _send(self, message: Message) -> None:
        outcome = await self._sender.send(message)
        endpoint = message.endpoint.id
        self._under_way[endpoint] -= 1
        if outcome.error is None:
            del self._failures[endpoint]
        else:
            self._failures[endpoint] += 1
        ended = "delivered" if outcome.error is None else "failed"
        self.sent[ended] += 1
        self.attempts[endpoint, ended] += 1
        self._done.append(outcome)
        self._awake.set()

    async def _settle(self) -> int:
        done, self._done = self._done, []
        if not done:
            return 0
        try:
            disabled = await self._in_thread(lambda: self._outbox.settle(done))
        except StoreError:
            self._done = done + self._done  # the lease is longer than this lasts, or it is sent again
            raise
        if disabled:
            self._known_until = 0.0
        return len(done)

    async def _finish(self) -> None:
        """Wait for what is under way, and note what came of it."""
        while self._tasks or self._done:
            if self._tasks:
                await asyncio.wait(self._tasks)
            try:
                await self._settle()
            except StoreError as error:
                log.warning("%s", error)
                return  # what could not be noted is sent again after the lease

    async def _in_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)
