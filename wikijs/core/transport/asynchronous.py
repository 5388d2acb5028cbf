"""The asynchronous driver: it runs flows on httpx2 as part of the calling task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, closing
from functools import partial
from typing import Any, TypeVar, assert_never

import httpx2

from wikijs import exceptions as exc

from ..flow import (
    BareReply,
    Blocking,
    Body,
    Emit,
    Exclusive,
    Flow,
    Gather,
    Receive,
    Reply,
    Report,
    Send,
    Sleep,
    Step,
    Stream,
)
from ..settings import Settings
from .blocking import Failure, Locks, Meter, announced, arguments, lost, options, resume

T = TypeVar("T")


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
        self._owns_http = http is None
        self._http = http or httpx2.AsyncClient(**options(settings))
        self._locks = Locks(asyncio.Lock)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result."""
        try:
            step = next(flow)
            while True:
                step = resume(flow, await self._attempt(step))
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            flow.close()

    async def iterate(self, stream: Stream[T]) -> AsyncIterator[T]:
        """Run a stream as far as its values are asked for."""
        try:
            step = next(stream)
            while True:
                if isinstance(step, Emit):
                    for value in step.values:
                        yield value
                    step = stream.send(None)
                else:
                    step = resume(stream, await self._attempt(step))
        except StopIteration:
            return
        finally:
            stream.close()

    async def _attempt(self, step: Step) -> Any:
        try:
            return await self._perform(step)
        except BaseException as error:  # the flow decides, cancellation included
            return Failure(error)

    async def _perform(self, step: Step) -> Any:
        match step:
            case Send():
                return await self._send(step)
            case Sleep():
                await asyncio.sleep(step.seconds)
                return None
            case Blocking():
                return await _in_thread(step.function)
            case Exclusive():
                async with self._locks[step.lock]:
                    return await self.run(step.flow)
            case Gather():
                places = asyncio.Semaphore(step.limit)
                async with asyncio.TaskGroup() as group:  # a cancelled caller takes all of them along
                    tasks = [group.create_task(self._outcome(flow, places)) for flow in step.flows]
                return [task.result() for task in tasks]
            case _:
                assert_never(step)

    async def _outcome(self, flow: Flow[T], places: asyncio.Semaphore) -> T | Exception:
        try:
            async with places:
                return await self.run(flow)
        except Exception as error:
            return error

    async def _send(self, step: Send) -> Reply:
        self._check_open()
        if isinstance(step.content, bytes):
            return await self._exchange(step, step.content)
        async with aclosing(self._outgoing(step.content, step.progress)) as chunks:
            return await self._exchange(step, chunks)

    async def _exchange(self, step: Send, content: bytes | AsyncIterator[bytes]) -> Reply:
        request = self._http.build_request(content=content, **arguments(step, self._settings, self._http.timeout))
        try:
            # No redirects, whatever the caller's own HTTP client does.
            response = await self._http.send(request, stream=step.receive is not None, follow_redirects=False)
            return response if step.receive is None else await self._incoming(response, step.receive, step.progress)
        except httpx2.RequestError as error:
            raise lost(error, self._settings, step.patience) from None

    async def _outgoing(self, body: Body, report: Report | None) -> AsyncGenerator[bytes, None]:
        meter = Meter(report, body.length)
        with closing(body.chunks()) as chunks:
            while (chunk := await _in_thread(partial(next, chunks, None))) is not None:
                yield chunk
                meter.count(chunk)

    async def _incoming(self, response: httpx2.Response, receive: Receive, report: Report | None) -> Reply:
        async with aclosing(response):
            reply = BareReply(response.status_code, response.headers)
            write = await _in_thread(partial(receive, reply))
            if write is None:
                await response.aread()
                return response
            meter = Meter(report, announced(response))
            async for chunk in response.aiter_bytes():
                await _in_thread(partial(write, chunk))
                meter.count(chunk)
            return reply

    def _check_open(self) -> None:
        if self._http.is_closed:
            raise exc.ConfigurationError("This client is closed.", hint="Make its requests inside its with block.")
        # Connections belong to the event loop they were opened in; in another one they fail or never answer.
        loop = asyncio.get_running_loop()
        self._loop = self._loop or loop
        if self._owns_http and loop is not self._loop:
            raise exc.ConfigurationError(
                "This client belongs to another event loop.", hint="Make one client for each asyncio.run."
            )

    async def aclose(self) -> None:
        """Close the connections, unless the HTTP client came from the caller."""
        if self._owns_http:
            await self._http.aclose()
