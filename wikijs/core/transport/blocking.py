"""The blocking driver: it runs flows on httpx2. What it shares with the asynchronous one is here too.

A driver answers each step of a flow and turns the HTTP library's exceptions into `TransportError`.
"""

from __future__ import annotations

import logging
import os
import re
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Final, Generic, TypeVar, assert_never
from weakref import WeakValueDictionary

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
from ..values.redaction import hide_tokens

T = TypeVar("T")
S = TypeVar("S")
L = TypeVar("L")

_LIMITS: Final = httpx2.Limits(
    # As many as are kept: the server answers one at a time, and opening connections anew costs more than waiting.
    max_connections=50,
    max_keepalive_connections=50,
    keepalive_expiry=3.0,  # seconds; Wiki.js closes idle connections after 5, and a request on a closed one is lost
)


_NUMBER: Final = re.compile(r"^\[Errno -?\d+\] ")


class _RedactingFilter(logging.Filter):
    """Cleans the log of the HTTP library, which shows response headers at DEBUG: `new-jwt` is a token."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = hide_tokens(record.getMessage()), ()
        return True


logging.getLogger("httpcore2.http11").addFilter(_RedactingFilter())


def options(settings: Settings) -> dict[str, Any]:
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


def arguments(step: Send, settings: Settings, usual: httpx2.Timeout) -> dict[str, Any]:
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


class Meter:
    """Reports how many bytes have passed."""

    def __init__(self, report: Report | None, total: int) -> None:
        self._report = report
        self._total = total
        self._done = 0

    def count(self, chunk: bytes) -> None:
        self._done += len(chunk)
        if self._report is not None:
            self._report(self._done, self._total)


def announced(response: httpx2.Response) -> int:
    """Length of the content as the answer announces it, 0 where it does not."""
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


def _unreachable(reason: str, settings: Settings) -> exc.TransportError:
    """The exception for a connection that was not made."""
    what, hint = f"No connection to {settings.url}: {reason}.", "Check the URL and whether the wiki is running."
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        what = f"The certificate of {settings.url} is not trusted: {reason}."
        hint = "Pass verify_ssl=ssl.create_default_context(cafile=...) with the authority that signed it."
    elif "WRONG_VERSION_NUMBER" in reason:
        what = f"{settings.url} does not speak TLS."
        hint = "The address may have to begin with http:// instead of https://."
    # What is wrong with TLS does not heal by itself.
    return exc.TransportError(what, sent=False, permanent="SSL" in reason, hint=hint)


def _reason(error: BaseException) -> str:
    """Why a connection was not made, in the words of the system: the asynchronous library hides it in the causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno is not None and cause.errno > 0:
            return str(cause) if isinstance(cause, ssl.SSLError) else os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    return _NUMBER.sub("", str(error))


def lost(error: httpx2.RequestError, settings: Settings, patience: float) -> exc.TransportError:
    """The exception for a request without an answer, and whether the server can have seen it."""
    not_sent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    if isinstance(error, httpx2.TimeoutException):
        stage = "could not be reached" if not_sent else "did not answer"
        seconds = settings.timeout if not_sent else settings.timeout + patience
        return exc.TimeoutError(f"{settings.url} {stage} within {seconds:g} s.", sent=not not_sent)
    if isinstance(error, httpx2.ConnectError):
        return _unreachable(_reason(error), settings)
    if isinstance(error, httpx2.DecodingError):
        return exc.TransportError(f"{settings.url} sent an answer whose compression is damaged.", sent=True)
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.ProxyError):
        return exc.TransportError(f"The request was not sent: {error}.", sent=False, permanent=True)
    return exc.TransportError(f"The connection to {settings.url} broke before the answer was complete.", sent=True)


class Locks(Generic[L]):
    """Locks by name, made when asked for and forgotten when nobody holds or awaits them."""

    def __init__(self, make: Callable[[], L]) -> None:
        self._make = make
        self._locks: WeakValueDictionary[str, L] = WeakValueDictionary()
        self._guard = threading.Lock()

    def __getitem__(self, name: str) -> L:
        with self._guard:
            lock = self._locks.get(name)
            if lock is None:
                lock = self._locks[name] = self._make()
            return lock


@dataclass(frozen=True, slots=True)
class Failure:
    """What a step raised."""

    error: BaseException


def resume(flow: Generator[S, Any, Any], answer: Any) -> S:
    """Tell a flow how its step went, and return its next one. Raises StopIteration when the flow ends."""
    return flow.throw(answer.error) if isinstance(answer, Failure) else flow.send(answer)


class SyncDriver:
    """Runs flows in the calling thread. Safe to share between threads."""

    def __init__(self, settings: Settings, http: httpx2.Client | None = None) -> None:
        self._settings = settings
        self._owns_http = http is None
        self._http = http or httpx2.Client(**options(settings))
        self._locks = Locks(threading.Lock)

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result."""
        try:
            step = next(flow)
            while True:
                step = resume(flow, self._attempt(step))
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
                    step = resume(stream, self._attempt(step))
        except StopIteration:
            return
        finally:
            stream.close()

    def _attempt(self, step: Step) -> Any:
        try:
            return self._perform(step)
        except BaseException as error:  # the flow decides, KeyboardInterrupt included
            return Failure(error)

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
        request = self._http.build_request(content=content, **arguments(step, self._settings, self._http.timeout))
        try:
            # No redirects, whatever the caller's own HTTP client does.
            response = self._http.send(request, stream=step.receive is not None, follow_redirects=False)
            return response if step.receive is None else self._incoming(response, step.receive, step.progress)
        except httpx2.RequestError as error:
            raise lost(error, self._settings, step.patience) from None

    def _outgoing(self, body: Body, report: Report | None) -> Generator[bytes, None, None]:
        meter = Meter(report, body.length)
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
            meter = Meter(report, announced(response))
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
