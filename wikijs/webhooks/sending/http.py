"""Sending one message by HTTP."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import httpcore2

from wikijs import __version__
from wikijs.core.answers.waiting import retry_after
from wikijs.core.values.redaction import clean
from wikijs.exceptions import WebhookRefusedError

from ..model import Message, Outcome
from ..signing import signed_headers
from . import schedule
from .guard import GuardedBackend, Network
from .payloads import content_type

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

TIMEOUT: Final = 15.0
"""Seconds for a whole request."""
ANSWER_READ: Final = 16_384
"""Bytes of an answer that are read."""
ANSWER_KEPT: Final = 2_000
_CONNECTIONS: Final = 200
_LOST: Final = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    OSError,
)


class HTTPSender:
    """Sends messages to endpoints, each signed, none redirected. Use it in an `async with` block.

    Args:
        allowed: Private networks that may be sent to.
        proxy: URL of an HTTP proxy to go through; which addresses may be reached is then its business.
        timeout: Seconds for a whole request.
        ssl_context: What certificates are checked with.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[Network] = (),
        proxy: str | None = None,
        timeout: float = TIMEOUT,
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], float],
        backend: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._timeout = timeout
        self._clock = clock
        pool: httpcore2.AsyncConnectionPool
        if proxy is not None:
            pool = httpcore2.AsyncHTTPProxy(
                proxy, ssl_context=ssl_context, max_connections=_CONNECTIONS, network_backend=backend
            )
        else:
            # Neither the environment's proxies nor its names for them play a part here.
            pool = httpcore2.AsyncConnectionPool(
                ssl_context=ssl_context,
                max_connections=_CONNECTIONS,
                max_keepalive_connections=_CONNECTIONS,
                keepalive_expiry=30.0,
                network_backend=backend or GuardedBackend(allowed),
            )
        self._pool = pool

    async def send(self, message: Message) -> Outcome:
        """Send one message; whatever happens is an outcome, not an exception."""
        began, at = monotonic(), self._clock()
        status: int | None = None
        error: str | None = None
        answer, pause = "", None
        try:
            async with asyncio.timeout(self._timeout):
                status, answer, after = await self._exchange(message, int(at))
            pause = retry_after(after, datetime.fromtimestamp(self._clock(), UTC))
            error = None if schedule.succeeded(status) else _meaning(status)
        except WebhookRefusedError as refusal:
            error = refusal.message
        except TimeoutError:
            error = f"No answer within {self._timeout:g} s."
        except (
            httpcore2.TimeoutException,
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
            ssl.SSLError,
            OSError,
        ) as lost:
            error = clean(f"{type(lost).__name__}: {lost}")
        except Exception as broken:  # a configuration that cannot work, such as an unknown secret
            error = clean(f"{type(broken).__name__}: {broken}")
        return Outcome(message, at, status, (monotonic() - began) * 1000, error, answer, pause)

    async def _exchange(self, message: Message, timestamp: int) -> tuple[int, str, str | None]:
        endpoint = message.endpoint
        headers = {
            "host": _host(endpoint.url),
            "content-type": content_type(endpoint.payload),
            "content-length": str(len(message.body)),
            "user-agent": f"py-wikijs-webhooks/{__version__}",
            **endpoint.headers,
            **signed_headers(endpoint.signing(self._clock()), message.event_id, timestamp, message.body),
        }
        seconds = self._timeout
        request = httpcore2.Request(
            "POST",
            endpoint.url,
            headers=list(headers.items()),
            content=message.body,
            extensions={"timeout": {"connect": seconds, "read": seconds, "write": seconds, "pool": None}},
        )
        response = await self._pool.handle_async_request(request)
        try:
            answer = await _beginning(response.aiter_stream())
        finally:
            await response.aclose()
        after = [value.decode("latin-1") for name, value in response.headers if name.lower() == b"retry-after"]
        return response.status, clean(answer.decode("utf-8", "replace"))[:ANSWER_KEPT], after[0] if after else None

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


async def _beginning(chunks: AsyncIterable[bytes]) -> bytes:
    """As much of an answer as is read."""
    found = b""
    async for chunk in chunks:
        found += chunk
        if len(found) >= ANSWER_READ:
            break
    return found[:ANSWER_READ]


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).netloc


def _meaning(status: int) -> str:
    if 300 <= status < 400:
        return f"It answered with a redirect ({status}), which is not followed."
    return f"It answered {status}."
