"""The asynchronous driver: it runs flows on httpx2 as part of the calling task."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, closing
from functools import partial
from typing import Any, TypeVar, assert_never, cast

import httpx2

from wikijs import exceptions as exc

from ..documents.nonces import belongs
from ..flow import (
    PAGE_WRITES,
    BareReply,
    Blocking,
    Body,
    Emit,
    Exclusive,
    Flow,
    Gather,
    Reply,
    Report,
    Send,
    Sleep,
    Step,
    Stream,
)
from ..processes.forks import renew_in_children
from ..processes.locks import WIKIS, Locks, WikiLock
from ..settings import Settings
from .exchange import (
    Bounds,
    Failure,
    Heads,
    Meter,
    announced,
    foreign,
    forked,
    lost,
    options,
    out_of_time,
    pause_of,
    rest,
    resume,
    too_large,
)
from .limits import Inflater, TooLargeError, has_surplus, is_canned, watch

T = TypeVar("T")
Requests = set[asyncio.Task[Reply]]
"""Requests that go on though their caller was cancelled."""


async def _in_thread(function: Callable[[], T]) -> T:
    """Call a function in a thread. When cancelled, wait for its end first: it still uses its file."""
    work = asyncio.ensure_future(asyncio.to_thread(function))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise


class AsyncDriver:
    """Runs flows as part of the calling task."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient | None = None) -> None:
        self._settings = settings
        self._given = http
        self._is_forked = False
        self._http = http or httpx2.AsyncClient(**options(settings))
        self._locks = Locks(asyncio.Lock)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._parents: list[httpx2.AsyncClient] = []
        self._late: set[asyncio.Task[None]] = set()
        self._prepare()
        renew_in_children(self)

    def _prepare(self) -> None:
        self._heads = Heads(self._http)
        self._is_canned = is_canned(self._http)
        watch(self._http)

    def after_fork(self) -> None:
        """Connect anew, in whatever event loop: what is left on the connections belongs to the parent process."""
        self._loop, self._late = None, set()
        if self._given is not None:
            self._is_forked = not self._is_canned
        elif not self._http.is_closed:
            self._parents.append(self._http)  # closing it would take the parent's event loop
            self._http = httpx2.AsyncClient(**options(self._settings))
            self._prepare()

    async def run(self, flow: Flow[T], timeout: float | None = None) -> T:
        """Run a flow to its end and return its result.

        Args:
            flow: What to do.
            timeout: Seconds for all of it; None for as long as it takes.
        """
        _check_loop()
        return await self._run(flow, None if timeout is None else time.monotonic() + timeout, None)

    async def _run(self, flow: Flow[T], until: float | None, late: Requests | None) -> T:
        try:
            step = next(flow)
            while True:
                step = resume(flow, await self._attempt(step, until, late))
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            flow.close()

    async def iterate(self, stream: Stream[T], timeout: float | None = None) -> AsyncIterator[T]:
        """Run a stream as far as its values are asked for.

        Args:
            stream: What hands out values.
            timeout: Seconds for all of it, without the time that values are out; None for as long as it takes.
        """
        _check_loop()
        until = None if timeout is None else time.monotonic() + timeout
        try:
            step = next(stream)
            while True:
                if isinstance(step, Emit):
                    out = time.monotonic()
                    for value in step.values:
                        yield value
                    if until is not None:
                        until += time.monotonic() - out
                    step = stream.send(None)
                else:
                    step = resume(stream, await self._attempt(step, until, None))
        except StopIteration:
            return
        finally:
            stream.close()

    async def _attempt(self, step: Step, until: float | None, late: Requests | None) -> Any:
        try:
            return await self._perform(step, until, late)
        except BaseException as error:  # the flow decides, cancellation included
            return Failure(error)

    async def _perform(self, step: Step, until: float | None, late: Requests | None) -> Any:
        match step:
            case Send():
                to_the_end = late is not None and step.writes
                return await (self._send_to_the_end(step, until, late) if to_the_end else self._send(step, until))
            case Sleep():
                await asyncio.sleep(pause_of(step.seconds, until))
                return None
            case Blocking():
                return await _in_thread(step.function)
            case Exclusive(lock=name) if name == PAGE_WRITES:
                return await self._write_page(step, until)
            case Exclusive():
                return await self._run_alone(step, until, late)
            case Gather():
                places = asyncio.Semaphore(step.limit)
                async with asyncio.TaskGroup() as group:  # a cancelled caller takes all of them along
                    tasks = [group.create_task(self._outcome(flow, until, late, places)) for flow in step.flows]
                return [task.result() for task in tasks]
            case _:
                assert_never(step)

    async def _run_alone(self, step: Exclusive, until: float | None, late: Requests | None) -> Any:
        lock = self._locks[step.lock]
        try:
            await (lock.acquire() if until is None else asyncio.wait_for(lock.acquire(), rest(until)))
        except TimeoutError:
            raise out_of_time() from None
        try:
            return await self._run(step.flow, until, late)
        finally:
            lock.release()

    async def _outcome(
        self, flow: Flow[T], until: float | None, late: Requests | None, places: asyncio.Semaphore
    ) -> T | Exception:
        try:
            async with places:
                return await self._run(flow, until, late)
        except Exception as error:
            return error

    async def _write_page(self, step: Exclusive, until: float | None) -> Any:
        """Run a flow under the lock of the wiki, which is kept until all that it sent is answered."""
        lock, shared = WIKIS[self._settings.wiki], self._settings.page_lock
        if not await lock.acquire_async(rest(until)):
            raise out_of_time()
        late: Requests = set()
        has_shared = False
        try:
            if shared is not None:
                has_shared = await self._acquire(shared.acquire, shared.release, until)
                if not has_shared:
                    raise out_of_time()
            return await self._run(step.flow, until, late)
        finally:
            if late or has_shared:
                end = asyncio.create_task(self._let_go(step, lock, late, has_shared=has_shared))
                self._late.add(end)
                end.add_done_callback(self._late.discard)
                if not late:
                    await asyncio.shield(end)
            else:
                lock.release()

    async def _acquire(
        self, acquire: Callable[[float | None], bool], release: Callable[[], object], until: float | None
    ) -> bool:
        """Wait in a thread for a lock that other processes use, too. When cancelled, give it back."""
        work = asyncio.ensure_future(asyncio.to_thread(acquire, rest(until)))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            work.add_done_callback(lambda done: None if done.cancelled() or not done.result() else release())
            raise

    async def _let_go(self, step: Exclusive, lock: WikiLock, late: Requests, *, has_shared: bool) -> None:
        try:
            if late:
                await asyncio.wait(late)
                if step.late is not None:
                    await asyncio.to_thread(step.late)
        finally:
            try:
                if has_shared and self._settings.page_lock is not None:
                    await asyncio.to_thread(self._settings.page_lock.release)
            finally:
                lock.release()

    async def _send_to_the_end(self, step: Send, until: float | None, late: Requests | None) -> Reply:
        """Send a write, and have it answered even if the caller does not wait for it: then it is among the late."""
        request = asyncio.ensure_future(self._send(step, until))
        try:
            return await asyncio.shield(request)
        except asyncio.CancelledError:
            if late is not None and not request.done():
                request.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody else asks for it
                late.add(request)
            raise

    async def _send(self, step: Send, until: float | None) -> Reply:
        self._check_open()
        rest(until)
        bounds = Bounds(step, self._settings, self._http.timeout, until)
        if isinstance(step.content, bytes):
            return await self._exchange(step, step.content, bounds)
        async with aclosing(self._outgoing(step.content, step.progress, bounds)) as chunks:
            return await self._exchange(step, chunks, bounds)

    async def _exchange(self, step: Send, content: bytes | AsyncIterator[bytes], bounds: Bounds) -> Reply:
        request = self._heads.request(step, self._settings, content, bounds.timeouts)
        failure: exc.TransportError
        try:
            # No redirects, whatever the caller's own HTTP client does.
            async with aclosing(await self._http.send(request, stream=True, follow_redirects=False)) as response:
                return await self._incoming(response, step, bounds)
        except httpx2.RequestError as error:
            failure = lost(error, self._settings, bounds)
        except TooLargeError:
            failure = too_large(self._settings)
        raise failure  # out here, so that it does not hold the request, whose header holds the token

    async def _outgoing(self, body: Body, report: Report | None, bounds: Bounds) -> AsyncGenerator[bytes, None]:
        meter = Meter(report, body.length)
        with closing(body.chunks()) as chunks:
            while (chunk := await _in_thread(partial(next, chunks, None))) is not None:
                yield chunk
                meter.count(chunk)
        bounds.body_sent()

    async def _incoming(self, response: httpx2.Response, step: Send, bounds: Bounds) -> Reply:
        reply = BareReply(response.status_code, response.headers)
        write = None if step.receive is None else await _in_thread(partial(step.receive, reply))
        if write is None:
            content = await self._content(response)
            if has_surplus(response):
                await _hang_up(response)
            if step.nonces and not self._is_canned and not belongs(content, step.nonces):
                await _hang_up(response)
                raise foreign(self._settings)
            return BareReply(response.status_code, response.headers, content, response.url.host)
        bounds.content_taken()
        meter = Meter(step.progress, announced(response))
        async for piece in self._pieces(response):
            await _in_thread(partial(write, piece))
            meter.count(piece)
        if has_surplus(response):
            await _hang_up(response)
        return reply

    async def _content(self, response: httpx2.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for piece in self._pieces(response):
            size += len(piece)
            if size > self._settings.max_response_bytes:
                raise TooLargeError
            parts.append(piece)
        return b"".join(parts)

    async def _pieces(self, response: httpx2.Response) -> AsyncIterator[bytes]:
        """The content as it comes, unpacked. The connection is still ours at the end."""
        if response.is_stream_consumed:  # an answer that was made up here
            yield response.content
            return
        inflater = Inflater(response.headers.get("content-encoding", ""))
        async for data in cast("httpx2.AsyncByteStream", response.stream):
            for piece in inflater.feed(data):
                yield piece
        inflater.end()

    def _check_open(self) -> None:
        if self._is_forked:
            raise forked()
        if self._http.is_closed:
            raise exc.ConfigurationError("This client is closed.", hint="Make its requests inside its with block.")
        # Connections belong to the event loop they were opened in; in another one they fail or never answer.
        loop = asyncio.get_running_loop()
        self._loop = self._loop or loop
        if self._given is None and loop is not self._loop:
            raise exc.ConfigurationError(
                "This client belongs to another event loop.", hint="Make one client for each asyncio.run."
            )

    async def aclose(self) -> None:
        """Close the connections, unless the HTTP client came from the caller. Page writes under way are waited for."""
        if self._late and asyncio.get_running_loop() is self._loop:
            await asyncio.wait(self._late)
        if self._given is None:
            await self._http.aclose()


def _check_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise exc.ConfigurationError(
            "The asynchronous client needs a running event loop of asyncio.",
            hint="Under trio, use the blocking client in a thread: trio.to_thread.run_sync(client.pages.get, 1).",
        ) from None


async def _hang_up(response: httpx2.Response) -> None:
    """Close a connection before anybody else gets it."""
    stream = response.extensions.get("network_stream")
    if stream is not None:
        await stream.aclose()
