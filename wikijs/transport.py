"""The two drivers: they run flows on httpx2, one blocking, one with asyncio. Nothing else here knows of either.

A driver answers each step of a flow and turns the HTTP library's exceptions into `TransportError`.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final, TypeVar, assert_never

import httpx2

from . import exceptions as exc
from .flow import Emit, Exclusive, Flow, Gather, Reply, Send, Sleep, Step, Stream
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


def _lost(error: httpx2.RequestError, settings: Settings) -> exc.TransportError:
    """The exception for a request without an answer, and whether the server can have seen it."""
    not_sent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    if isinstance(error, httpx2.TimeoutException):
        stage = "could not be reached" if not_sent else "did not answer"
        return exc.TimeoutError(f"{settings.url} {stage} within {settings.timeout:g} s.", sent=not not_sent)
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
        try:
            return self._http.request(
                step.method,
                self._settings.url + step.path,
                content=step.content,
                headers=dict(step.headers),
                follow_redirects=False,  # whatever the caller's own HTTP client does
            )
        except httpx2.RequestError as error:
            raise _lost(error, self._settings) from None

    def _check_open(self) -> None:
        if self._http.is_closed:
            raise exc.ConfigurationError("This client is closed.", hint="Make its requests inside its with block.")

    def close(self) -> None:
        """Close the connections, unless the HTTP client came from the caller."""
        if self._owns_http:
            self._http.close()


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
        try:
            return await self._http.request(
                step.method,
                self._settings.url + step.path,
                content=step.content,
                headers=dict(step.headers),
                follow_redirects=False,  # whatever the caller's own HTTP client does
            )
        except httpx2.RequestError as error:
            raise _lost(error, self._settings) from None

    def _check_open(self) -> None:
        if self._http.is_closed:
            raise exc.ConfigurationError("This client is closed.", hint="Make its requests inside its with block.")

    async def aclose(self) -> None:
        """Close the connections, unless the HTTP client came from the caller."""
        if self._owns_http:
            await self._http.aclose()
