"""The blocking driver: it runs flows on httpx2 in the calling thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
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
from ..processes.locks import WIKIS, Locks
from ..settings import Settings
from .exchange import (
    Bounds,
    Failure,
    Meter,
    announced,
    arguments,
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


class SyncDriver:
    """Runs flows in the calling thread. Safe to share between threads."""

    def __init__(self, settings: Settings, http: httpx2.Client | None = None) -> None:
        self._settings = settings
        self._given = http
        self._locks = Locks(threading.Lock)
        self._is_forked = False
        self._http = http or httpx2.Client(**options(settings))
        self._parents: list[httpx2.Client] = []
        self._prepare()
        renew_in_children(self)

    def _prepare(self) -> None:
        self._is_canned = is_canned(self._http)
        watch(self._http)

    def after_fork(self) -> None:
        """Connect anew: what is left on the connections belongs to the parent process."""
        if self._given is not None:
            self._is_forked = not self._is_canned
            return
        self._parents.append(self._http)  # not closed, which would wait for locks; the server closes them soon
        was_closed = self._http.is_closed
        self._http = httpx2.Client(**options(self._settings))
        self._prepare()
        if was_closed:
            self._http.close()

    def run(self, flow: Flow[T], timeout: float | None = None) -> T:
        """Run a flow to its end and return its result.

        Args:
            flow: What to do.
            timeout: Seconds for all of it; None for as long as it takes.
        """
        return self._run(flow, None if timeout is None else time.monotonic() + timeout)

    def _run(self, flow: Flow[T], until: float | None) -> T:
        try:
            step = next(flow)
            while True:
                step = resume(flow, self._attempt(step, until))
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
                    step = resume(stream, self._attempt(step, None))
        except StopIteration:
            return
        finally:
            stream.close()

    def _attempt(self, step: Step, until: float | None) -> Any:
        try:
            return self._perform(step, until)
        except BaseException as error:  # the flow decides, KeyboardInterrupt included
            return Failure(error)

    def _perform(self, step: Step, until: float | None) -> Any:
        match step:
            case Send():
                return self._send(step, until)
            case Sleep():
                time.sleep(pause_of(step.seconds, until))
                return None
            case Blocking():
                return step.function()
            case Exclusive(lock=name) if name == PAGE_WRITES:
                return self._write_page(step, until)
            case Exclusive():
                lock = self._locks[step.lock]
                if not lock.acquire(timeout=rest(until) or -1):
                    raise out_of_time()
                try:
                    return self._run(step.flow, until)
                finally:
                    lock.release()
            case Gather():
                return [self._outcome(flow, until) for flow in step.flows]
            case _:
                assert_never(step)

    def _write_page(self, step: Exclusive, until: float | None) -> Any:
        lock, shared = WIKIS[self._settings.wiki], self._settings.page_lock
        if not lock.acquire(rest(until)):
            raise out_of_time()
        try:
            if shared is None:
                return self._run(step.flow, until)
            if not shared.acquire(rest(until)):
                raise out_of_time()
            try:
                return self._run(step.flow, until)
            finally:
                shared.release()
        finally:
            lock.release()

    def _outcome(self, flow: Flow[T], until: float | None) -> T | Exception:
        try:
            return self._run(flow, until)
        except Exception as error:
            return error

    def _send(self, step: Send, until: float | None) -> Reply:
        self._check_open()
        rest(until)
        bounds = Bounds(step, self._settings, self._http.timeout, until)
        if isinstance(step.content, bytes):
            return self._exchange(step, step.content, bounds)
        with closing(self._outgoing(step.content, step.progress, bounds)) as chunks:
            return self._exchange(step, chunks, bounds)

    def _exchange(self, step: Send, content: bytes | Iterator[bytes], bounds: Bounds) -> Reply:
        request = self._http.build_request(content=content, **arguments(step, self._settings))
        request.extensions["timeout"] = bounds.timeouts
        failure: exc.TransportError
        try:
            # No redirects, whatever the caller's own HTTP client does.
            with closing(self._http.send(request, stream=True, follow_redirects=False)) as response:
                return self._incoming(response, step, bounds)
        except httpx2.RequestError as error:
            failure = lost(error, self._settings, bounds)
        except TooLargeError:
            failure = too_large(self._settings)
        raise failure  # out here, so that it does not hold the request, whose header holds the token

    def _outgoing(self, body: Body, report: Report | None, bounds: Bounds) -> Generator[bytes, None, None]:
        meter = Meter(report, body.length)
        with closing(body.chunks()) as chunks:
            for chunk in chunks:
                yield chunk
                meter.count(chunk)
        bounds.body_sent()

    def _incoming(self, response: httpx2.Response, step: Send, bounds: Bounds) -> Reply:
        reply = BareReply(response.status_code, response.headers)
        write = None if step.receive is None else step.receive(reply)
        if write is None:
            content = self._content(response)
            if has_surplus(response):
                _hang_up(response)
            if step.nonces and not self._is_canned and not belongs(content, step.nonces):
                _hang_up(response)
                raise foreign(self._settings)
            return BareReply(response.status_code, response.headers, content, response.url.host)
        bounds.content_taken()
        meter = Meter(step.progress, announced(response))
        for piece in self._pieces(response):
            write(piece)
            meter.count(piece)
        if has_surplus(response):
            _hang_up(response)
        return reply

    def _content(self, response: httpx2.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        for piece in self._pieces(response):
            size += len(piece)
            if size > self._settings.max_response_bytes:
                raise TooLargeError
            parts.append(piece)
        return b"".join(parts)

    def _pieces(self, response: httpx2.Response) -> Iterator[bytes]:
        """The content as it comes, unpacked. The connection is still ours at the end."""
        if response.is_stream_consumed:  # an answer that was made up here
            yield response.content
            return
        inflater = Inflater(response.headers.get("content-encoding", ""))
        for data in cast("httpx2.SyncByteStream", response.stream):
            yield from inflater.feed(data)
        inflater.end()

    def _check_open(self) -> None:
        if self._is_forked:
            raise forked()
        if self._http.is_closed:
            raise exc.ConfigurationError("This client is closed.", hint="Make its requests inside its with block.")

    def close(self) -> None:
        """Close the connections, unless the HTTP client came from the caller."""
        if self._given is None:
            self._http.close()


def _hang_up(response: httpx2.Response) -> None:
    """Close a connection before anybody else gets it."""
    stream = response.extensions.get("network_stream")
    if stream is not None:
        stream.close()
