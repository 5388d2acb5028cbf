"""What both drivers share: how the HTTP library is told about a request, and what its failures mean.

A driver answers each step of a flow and turns the HTTP library's exceptions into `TransportError`.
"""

from __future__ import annotations

import logging
import os
import ssl
import time
from collections.abc import Generator
from functools import lru_cache
from importlib.util import find_spec
from math import inf
from typing import Any, Final, TypeVar

import httpx2

from wikijs import exceptions as exc

from ..flow import Report, Send
from ..settings import Settings
from ..values.patterns import LazyPattern
from ..values.records import record
from ..values.redaction import hide_tokens
from .limits import ENCODINGS
from .surroundings import check_certificates, check_proxies, proxy_of
from .waits import Deadline, Until

S = TypeVar("S")

_LIMITS: Final = httpx2.Limits(
    # As many as are kept: the server answers one at a time, and opening connections anew costs more than waiting.
    max_connections=50,
    max_keepalive_connections=50,
    keepalive_expiry=3.0,  # seconds; Wiki.js closes idle connections after 5, and a request on a closed one is lost
)


_MOST_HEADS: Final = 64

_NUMBER: Final = LazyPattern(r"^\[Errno -?\d+\] ")


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
    if settings.verify_ssl is True:
        check_certificates()
    if settings.proxy is None:
        check_proxies()
    else:
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


class Bounds:
    """How long one request may take: each wait, and all of them together.

    Args:
        step: The request.
        settings: The client's.
        usual: The timeouts of the HTTP client.
        until: When the whole call must be over, by the monotonic clock; None where it may take its time.
    """

    __slots__ = ("_begun", "_limit", "_until", "_wait", "deadline", "timeouts")

    def __init__(self, step: Send, settings: Settings, usual: httpx2.Timeout, until: float | None) -> None:
        self._begun = time.monotonic()
        self._until = inf if until is None else until
        self._limit = settings.longest + step.patience
        self._wait = settings.timeout + step.patience
        # A large content takes as long as it takes; when it is sent, the clock begins to run.
        whole = isinstance(step.content, bytes)
        self.deadline = Deadline(min(self._begun + self._limit, self._until) if whole else self._until)
        read = None if usual.read is None else usual.read + step.patience
        wait = Until.of(usual.connect, self.deadline)
        self.timeouts: dict[str, float] = {
            "connect": wait,
            "read": wait if read == usual.connect else Until.of(read, self.deadline),
            "write": wait if usual.write == usual.connect else Until.of(usual.write, self.deadline),
            "pool": wait if usual.pool == usual.connect else Until.of(usual.pool, self.deadline),
        }
        if usual.pool is None or self._until < inf:  # nobody looks at the deadline while waiting for a connection
            self.timeouts["pool"] = min(self.timeouts["pool"], max(self.deadline.at - self._begun, 0.0))

    def body_sent(self) -> None:
        """The content is sent, and the answer is waited for."""
        self.deadline.at = min(time.monotonic() + self._limit, self._until)

    def content_taken(self) -> None:
        """Somebody takes the content of the answer as it comes, however long it is."""
        self.deadline.at = self._until

    def late(self, *, sent: bool) -> exc.TimeoutError | None:
        """The error of a request that took too long as a whole; None where it was one wait."""
        if not self.deadline.is_over:
            return None
        seconds = time.monotonic() - self._begun
        return exc.TimeoutError(f"The answer was not complete after {seconds:.1f} s.", sent=sent)

    def wait(self, *, sent: bool) -> float:
        """Seconds that a wait was allowed."""
        return self._wait if sent else self.timeouts["connect"]


def arguments(step: Send, settings: Settings) -> dict[str, Any]:
    """How the HTTP library is told about a request, apart from its content."""
    headers = {"accept-encoding": ENCODINGS, **step.headers}
    if not isinstance(step.content, bytes):
        headers["content-length"] = str(step.content.length)
    return {"method": step.method, "url": _parsed(settings.url + step.path), "headers": headers}


class Heads:
    """Makes requests of an HTTP client. Its headers are merged with those of a request once: they are mostly the same.

    Args:
        http: The HTTP client.
    """

    def __init__(self, http: httpx2.Client | httpx2.AsyncClient) -> None:
        self._http = http
        self._of_client: list[tuple[bytes, bytes]] = []
        self._merged: dict[tuple[tuple[str, str], ...], httpx2.Headers] = {}

    def request(self, step: Send, settings: Settings, content: Any, timeouts: dict[str, float]) -> httpx2.Request:
        """A request as the HTTP client would build it."""
        http = self._http
        known = arguments(step, settings)
        if http.cookies or http.params or type(http) not in {httpx2.Client, httpx2.AsyncClient}:
            request = http.build_request(content=content, **known)
            request.extensions["timeout"] = timeouts
            return request
        usual = http.headers.raw
        if usual != self._of_client or len(self._merged) > _MOST_HEADS:
            self._of_client, self._merged = usual, {}
        place = tuple(known["headers"].items())
        headers = self._merged.get(place)
        if headers is None:
            headers = httpx2.Headers(http.headers)
            headers.update(known["headers"])
            if isinstance(step.content, bytes):  # the length of a stream is its own
                self._merged[place] = headers
        return httpx2.Request(
            known["method"], known["url"], headers=headers, content=content, extensions={"timeout": timeouts}
        )


def out_of_time() -> exc.TimeoutError:
    """The error of a call whose time is over before its next request."""
    return exc.TimeoutError("The time given for this call is over.", sent=False)


def rest(until: float | None) -> float | None:
    """Seconds left of the time for a call; None where it may take its time.

    Raises:
        TimeoutError: There are none.
    """
    if until is None:
        return None
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise out_of_time()
    return seconds


def pause_of(seconds: float, until: float | None) -> float:
    """A pause, unless it would take longer than the time left.

    Raises:
        TimeoutError: It would.
    """
    left = rest(until)
    if left is not None and seconds > left:
        raise out_of_time()
    return seconds


def foreign(settings: Settings) -> exc.ForeignReplyError:
    """The exception for the answer to another request."""
    return exc.ForeignReplyError(
        f"{settings.url} sent the answer to another request; the connection was closed.",
        hint="Something between here and the wiki mixes answers up, such as a proxy.",
    )


def too_large(settings: Settings) -> exc.TransportError:
    """The exception for an answer that is larger than this client takes."""
    return exc.TransportError(
        f"The answer of {settings.url} has more than {settings.max_response_bytes:,} bytes.",
        sent=True,
        permanent=True,
        hint="Pass a larger max_response_bytes if the wiki has such answers.",
    )


def forked() -> exc.ConfigurationError:
    """The exception for a client whose HTTP client came from the caller, in a process that was forked since."""
    return exc.ConfigurationError(
        "The http_client of this client was made before this process was forked; both would read each other's answers.",
        hint="Make http_client and client in the child process, or let the client make its own.",
    )


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
    proxy = proxy_of(settings)
    if proxy is not None and "SSL" not in reason:
        return _proxy_failed(proxy, reason)
    what, hint = f"No connection to {settings.url}: {reason}.", "Check the URL and whether the wiki is running."
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        what = f"The certificate of {settings.url} is not trusted: {reason}."
        hint = "Pass verify_ssl=ssl.create_default_context(cafile=...) with the authority that signed it."
    elif "WRONG_VERSION_NUMBER" in reason:
        what = f"{settings.url} does not speak TLS."
        hint = "The address may have to begin with http:// instead of https://."
    # What is wrong with TLS does not heal by itself, unless the handshake was merely cut off.
    permanent = "SSL" in reason and "EOF" not in reason
    return exc.TransportError(what, sent=False, permanent=permanent, hint=hint)


def _proxy_failed(proxy: tuple[str, str], reason: str, *, permanent: bool = False) -> exc.TransportError:
    """The exception for a proxy that cannot be reached, or does not let requests through."""
    name, url = proxy
    return exc.TransportError(
        f"The request did not get past the proxy {url} that {name} names: {reason.rstrip('.')}.",
        sent=False,
        permanent=permanent,
        hint=f"Check {name}" + ("." if name == "proxy" else ", or name the wiki in NO_PROXY."),
    )


def _reason(error: BaseException) -> str:
    """Why a connection was not made, in the words of the system: the asynchronous library hides it in the causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno is not None and cause.errno > 0:
            return str(cause) if isinstance(cause, ssl.SSLError) else os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    return _NUMBER.sub("", str(error))


def lost(error: httpx2.RequestError, settings: Settings, bounds: Bounds) -> exc.TransportError:
    """The exception for a request without an answer, and whether the server can have seen it."""
    not_sent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
    if isinstance(error, httpx2.TimeoutException):
        late = bounds.late(sent=not not_sent)
        if late is not None:
            return late
        stage = "could not be reached" if not_sent else "did not answer"
        if not_sent and (proxy := proxy_of(settings)) is not None:
            stage += f" through the proxy {proxy[1]} that {proxy[0]} names"
        return exc.TimeoutError(
            f"{settings.url} {stage} within {bounds.wait(sent=not not_sent):g} s.", sent=not not_sent
        )
    if isinstance(error, httpx2.ConnectError):
        return _unreachable(_reason(error), settings)
    if isinstance(error, httpx2.DecodingError):
        return exc.TransportError(f"{settings.url} sent an answer whose compression is damaged.", sent=True)
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.ProxyError):
        proxy = proxy_of(settings) if isinstance(error, httpx2.ProxyError) else None
        said = exc.TransportError(f"The request was not sent: {error}.", sent=False, permanent=True)
        return said if proxy is None else _proxy_failed(proxy, str(error), permanent=True)
    return exc.TransportError(f"The connection to {settings.url} broke before the answer was complete.", sent=True)


@record
class Failure:
    """What a step raised."""

    error: BaseException


def resume(flow: Generator[S, Any, Any], answer: Any) -> S:
    """Tell a flow how its step went, and return its next one. Raises StopIteration when the flow ends."""
    return flow.throw(answer.error) if isinstance(answer, Failure) else flow.send(answer)
