"""The blocking driver: it runs flows on httpx2 in the calling thread."""

from __future__ import annotations

import threading
import time
from _thread import start_new_thread
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import copy_context
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


class _Request:
    """A page write that goes on to its end in a thread, though whoever waits for it may be interrupted."""

    def __init__(self, send: Callable[[], Reply]) -> None:
        self._send = send
        self._outcome: list[Reply | Failure] = []
        self._under_way = threading.Lock()
        self._under_way.acquire()

    def start(self) -> None:
        """Send it."""
        # A `threading.Thread` takes thrice the time to start, and to be interrupted while joining one confuses it.
        start_new_thread(copy_context().run, (self._work,))

    def _work(self) -> None:
        try:
            self._outcome.append(self._send())
        except BaseException as error:  # of whoever waits
            self._outcome.append(Failure(error))
        finally:
            self._under_way.release()

    @property
    def is_answered(self) -> bool:
        """Whether it is over."""
        return not self._under_way.locked()

    def wait(self) -> None:
        """Wait until it is over."""
        with self._under_way:
            pass

    def result(self) -> Reply:
        """Wait for the answer."""
        self.wait()
        outcome = self._outcome.pop()
        if isinstance(outcome, Failure):
            raise outcome.error
        return outcome


Requests = list[_Request]
"""Requests that go on though their caller was interrupted."""


class SyncDriver:
    """Runs flows in the calling thread. Safe to share between threads."""

    def __init__(self, settings: Settings, http: httpx2.Client | None = None) -> None:
        self._settings = settings
        self._given = http
        self._locks = Locks(threading.Lock)
        self._is_forked = False
        self._http = http or httpx2.Client(**options(settings))
        self._parents: list[httpx2.Client] = []
        self._late: set[threading.Thread] = set()
        self._prepare()
        renew_in_children(self)

    def _prepare(self) -> None:
        self._heads = Heads(self._http)
        self._is_canned = is_canned(self._http)
        watch(self._http)

    def after_fork(self) -> None:
        """Connect anew: what is left on the connections belongs to the parent process."""
        self._late = set()
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
        return self._run(flow, None if timeout is None else time.monotonic() + timeout, None)

    def _run(self, flow: Flow[T], until: float | None, late: Requests | None) -> T:
        try:
            step = next(flow)
            while True:
                step = resume(flow, self._attempt(step, until, late))
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            flow.close()

    def iterate(self, stream: Stream[T], timeout: float | None = None) -> Iterator[T]:
        """Run a stream as far as its values are asked for.

        Args:
            stream: What hands out values.
            timeout: Seconds for all of it, without the time that values are out; None for as long as it takes.
        """
        until = None if timeout is None else time.monotonic() + timeout
        try:
            step = next(stream)
            while True:
                if isinstance(step, Emit):
                    out = time.monotonic()
                    yield from step.values
                    if until is not None:
                        until += time.monotonic() - out
                    step = stream.send(None)
                else:
                    step = resume(stream, self._attempt(step, until, None))
        except StopIteration:
            return
        finally:
            stream.close()

    def _attempt(self, step: Step, until: float | None, late: Requests | None) -> Any:
        try:
            return self._perform(step, until, late)
        except BaseException as error:  # the flow decides, KeyboardInterrupt included
            return Failure(error)

    def _perform(self, step: Step, until: float | None, late: Requests | None) -> Any:
        match step:
            case Send():
                to_the_end = late is not None and step.writes
                return self._send_to_the_end(step, until, late) if to_the_end else self._send(step, until)
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
                    return self._run(step.flow, until, late)
                finally:
                    lock.release()
            case Gather():
                return [self._outcome(flow, until, late) for flow in step.flows]
            case _:
                assert_never(step)

    def _write_page(self, step: Exclusive, until: float | None) -> Any:
        """Run a flow under the lock of the wiki, which is kept until all that it sent is answered."""
        lock, shared = WIKIS[self._settings.wiki], self._settings.page_lock
        if not lock.acquire(rest(until)):
            raise out_of_time()
        late: Requests = []
        has_shared = False
        try:
            if shared is not None:
                has_shared = shared.acquire(rest(until))
                if not has_shared:
                    raise out_of_time()
            return self._run(step.flow, until, late)
        finally:
            if late:
                # Where other processes wait for this lock, this one does not end before the write has.
                end = threading.Thread(
                    target=self._let_go_late,
                    args=(step, lock, late, has_shared),
                    name="wikijs-late",
                    daemon=not has_shared,
                )
                self._late.add(end)
                end.start()
            else:
                self._let_go(lock, has_shared=has_shared)

    def _let_go(self, lock: WikiLock, *, has_shared: bool) -> None:
        try:
            if has_shared and self._settings.page_lock is not None:
                self._settings.page_lock.release()
        finally:
            lock.release()

    def _let_go_late(self, step: Exclusive, lock: WikiLock, late: Requests, has_shared: bool) -> None:
        try:
            for request in late:
                request.wait()
            if step.late is not None:
                step.late()
        finally:
            self._let_go(lock, has_shared=has_shared)
            self._late.discard(threading.current_thread())

    def _outcome(self, flow: Flow[T], until: float | None, late: Requests | None) -> T | Exception:
        try:
            return self._run(flow, until, late)
        except Exception as error:
            return error

    def _send_to_the_end(self, step: Send, until: float | None, late: Requests | None) -> Reply:
        """Send a write, and have it answered even if Ctrl-C ends the wait for it: then it is among the late."""
        if late is None or self._is_canned or threading.current_thread() is not threading.main_thread():
            return self._send(step, until)  # only the main thread is interrupted
        request = _Request(lambda: self._send(step, until))
        try:
            request.start()
            return request.result()
        except BaseException:
            if not request.is_answered:
                late.append(request)
            raise

    def _send(self, step: Send, until: float | None) -> Reply:
        self._check_open()
        rest(until)
        bounds = Bounds(step, self._settings, self._http.timeout, until)
        if isinstance(step.content, bytes):
            return self._exchange(step, step.content, bounds)
        with closing(self._outgoing(step.content, step.progress, bounds)) as chunks:
            return self._exchange(step, chunks, bounds)

    def _exchange(self, step: Send, content: bytes | Iterator[bytes], bounds: Bounds) -> Reply:
        request = self._heads.request(step, self._settings, content, bounds.timeouts)
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
        """Close the connections, unless the HTTP client came from the caller. Page writes under way are waited for."""
        try:
            for end in list(self._late):
                end.join()
        finally:  # a second Ctrl-C ends the wait
            if self._given is None:
                self._http.close()


def _hang_up(response: httpx2.Response) -> None:
    """Close a connection before anybody else gets it."""
    stream = response.extensions.get("network_stream")
    if stream is not None:
        stream.close()
