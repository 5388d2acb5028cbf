"""The two drivers: they run flows on httpx2, one blocking, one with asyncio. Nothing else here knows of either.

A driver answers each step of a flow and turns the HTTP library's exceptions into `TransportError`.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.util import find_spec
from typing import Any, Final, TypeVar, assert_never

import httpx2

from . import exceptions as exc
from .flow import (
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
from .redaction import hide_tokens
from .settings import Settings

T = TypeVar("T")
S = TypeVar("S")

_LIMITS: Final = httpx2.Limits(
    max_connections=100,
    max_keepalive_connections=20,
    keepalive_expiry=3.0,  # seconds; Wiki.js closes idle connections after 5, and a request on a closed one is lost
)


class _RedactingFilter(logging.Filter):
    """Cleans the log of the HTTP library, which shows response headers at DEBUG: `new-jwt` is a token."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = hide_tokens(record.getMessage()), ()
        return True


logging.getLogger("httpcore2.http11").addFilter(_RedactingFilter())


def _options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "headers": {"user-agent": settings.user_agent, **settings.headers},
        "timeout": settings.timeout,
        "verify": settings.verify_ssl,
        "limits": _LIMITS,
        "follow_redirects": False,  # a redirected POST would arrive as a GET; it is reported as a wrong URL instead
    }
    if settings.proxy is not None:
        options["proxy"] = settings.proxy
        if settings.proxy.startswith("socks") and find_spec("socksio") is None:
            raise exc.ConfigurationError(
                "A SOCKS proxy needs a package that is not installed.", hint="pip install 'httpx2[socks]'"
            )
    return options


@lru_cache(maxsize=32)
def _parsed(url: str) -> httpx2.URL:
    """A URL, parsed once: nearly all requests go to the same one, and parsing is a good part of a small call."""
    return httpx2.URL(url)


def _arguments(step: Send, settings: Settings, usual: httpx2.Timeout) -> dict[str, Any]:
    """How the HTTP library is told about a request, apart from its content."""
    headers = dict(step.headers)
    if not isinstance(step.content, bytes):
        headers["content-length"] = str(step.content.length)
    timeout = usual
    if step.patience and usual.read is not None:
        timeout = httpx2.Timeout(
            connect=usual.connect, read=usual.read + step.patience, write=usual.write, pool=usual.pool
        )
    return {"method": step.method, "url": _parsed(settings.url + step.path), "headers": headers, "timeout": timeout}


class _Meter:
    """Reports how many bytes have passed."""

    def __init__(self, report: Report | None, total: int) -> None:
        self._report = report
        self._total = total
        self._done = 0

    def count(self, chunk: bytes) -> None:
        self._done += len(chunk)
        if self._report is not None:
            self._report(self._done, self._total)


def _announced(response: httpx2.Response) -> int:
    """Length of the content as the answer announces it, 0 where it does not."""
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _lost(error: httpx2.RequestError, settings: Settings, patience: float) -> exc.TransportError:
    """The exception for a request without an answer, and whether the server can have seen it."""
    not_sent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    if isinstance(error, httpx2.TimeoutException):
        stage = "could not be reached" if not_sent else "did not answer"
        seconds = settings.timeout if not_sent else settings.timeout + patience
        return exc.TimeoutError(f"{settings.url} {stage} within {seconds:g} s.", sent=not not_sent)
    if isinstance(error, httpx2.ConnectError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return exc.TransportError(
            f"The certificate of {settings.url} is not trusted: {error}.",
            sent=False,
            hint="Pass verify_ssl=ssl.create_default_context(cafile=...) with the authority that signed it.",
        )
    if isinstance(error, httpx2.ConnectError):
        return exc.TransportError(
            f"No connection to {settings.url}: {error}.",
            sent=False,
            hint="Check the URL and whether the wiki is running.",
        )
    if isinstance(error, httpx2.DecodingError):
        return exc.TransportError(f"{settings.url} sent an answer whose compression is damaged.", sent=True)
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.ProxyError):
        return exc.TransportError(f"The request was not sent: {error}.", sent=False)
    return exc.TransportError(f"The connection to {settings.url} broke before the answer was complete.", sent=True)


@dataclass(frozen=True, slots=True)
class _Failure:
    """What a step raised."""

    error: BaseException


def _resume(flow: Generator[S, Any, Any], answer: Any) -> S:
    """Tell a flow how its step went, and return its next one. Raises StopIteration when the flow ends."""
    return flow.throw(answer.error) if isinstance(answer, _Failure) else flow.send(answer)


class SyncDriver:
    """Runs flows in the calling thread. Safe to share between threads."""

    def __init__(self, settings: Settings, http: httpx2.Client | None = None) -> None:
        self._settings = settings
        self._owns_http = http is None
        self._http = http or httpx2.Client(**_options(settings))
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result."""
        try:
            step = next(flow)
            while True:
                step = _resume(flow, self._attempt(step))
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            flow.close()

    def iterate(self, stream: Stream[T]) -> Iterator[T]:
        """Run a stream as far as its values are asked for."""
        try:
            step = next(stream)
            while True:
                if isinstance(step, Emit):
                    yield from step.values
                    step = stream.send(None)
                else:
                    step = _resume(stream, self._attempt(step))
        except StopIteration:
            return
        finally:
            stream.close()

    def _attempt(self, step: Step) -> Any:
        try:
            return self._perform(step)
        except BaseException as error:  # the flow decides, KeyboardInterrupt included
            return _Failure(error)

    def _perform(self, step: Step) -> Any:
        match step:
            case Send():
                return self._send(step)
            case Sleep():
                time.sleep(step.seconds)
                return None
            case Blocking():
                return step.function()
            case Exclusive():
                with self._locks[step.lock]:
                    return self.run(step.flow)
            case Gather():
                return [self._outcome(flow) for flow in step.flows]
            case _:
                assert_never(step)

    def _outcome(self, flow: Flow[T]) -> T | Exception:
        try:
            return self.run(flow)
        except Exception as error:
            return error

    def _send(self, step: Send) -> Reply:
        self._check_open()
        if isinstance(step.content, bytes):
            return self._exchange(step, step.content)
        with closing(self._outgoing(step.content, step.progress)) as chunks:
            return self._exchange(step, chunks)

    def _exchange(self, step: Send, content: bytes | Iterator[bytes]) -> Reply:
        request = self._http.build_request(content=content, **_arguments(step, self._settings, self._http.timeout))
        try:
            # No redirects, whatever the caller's own HTTP client does.
            response = self._http.send(request, stream=step.receive is not None, follow_redirects=False)
            return response if step.receive is None else self._incoming(response, step.receive, step.progress)
        except httpx2.RequestError as error:
            raise _lost(error, self._settings, step.patience) from None

    def _outgoing(self, body: Body, report: Report | None) -> Generator[bytes, None, None]:
        meter = _Meter(report, body.length)
        with closing(body.chunks()) as chunks:
            for chunk in chunks:
                yield chunk
                meter.count(chunk)

    def _incoming(self, response: httpx2.Response, receive: Receive, report: Report | None) -> Reply:
        with closing(response):
            reply = BareReply(response.status_code, response.headers)
            write = receive(reply)
            if write is None:
                response.read()
                return response
            meter = _Meter(report, _announced(response))
            for chunk in response.iter_bytes():
                write(chunk)
                meter.count(chunk)
            return reply

    def _check_open(self) -> None:
        if self._http.is_closed:
            raise exc.ConfigurationError("This client is closed.", hint="Make its requests inside its with block.")

    def close(self) -> None:
        """Close the connections, unless the HTTP client came from the caller."""
        if self._owns_http:
            self._http.close()


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
        self._http = http or httpx2.AsyncClient(**_options(settings))
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result."""
        try:
            step = next(flow)
            while True:
                step = _resume(flow, await self._attempt(step))
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
                    step = _resume(stream, await self._attempt(step))
        except StopIteration:
            return
        finally:
            stream.close()

    async def _attempt(self, step: Step) -> Any:
        try:
            return await self._perform(step)
        except BaseException as error:  # the flow decides, cancellation included
            return _Failure(error)

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
        request = self._http.build_request(content=content, **_arguments(step, self._settings, self._http.timeout))
        try:
            # No redirects, whatever the caller's own HTTP client does.
            response = await self._http.send(request, stream=step.receive is not None, follow_redirects=False)
            return response if step.receive is None else await self._incoming(response, step.receive, step.progress)
        except httpx2.RequestError as error:
            raise _lost(error, self._settings, step.patience) from None

    async def _outgoing(self, body: Body, report: Report | None) -> AsyncGenerator[bytes, None]:
        meter = _Meter(report, body.length)
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
            meter = _Meter(report, _announced(response))
            async for chunk in response.aiter_bytes():
                await _in_thread(partial(write, chunk))
                meter.count(chunk)
            return reply

    def _check_open(self) -> None:
        if self._http.is_closed:
            raise exc.ConfigurationError("This client is closed.", hint="Make its requests inside its with block.")

    async def aclose(self) -> None:
        """Close the connections, unless the HTTP client came from the caller."""
        if self._owns_http:
            await self._http.aclose()
