"""Which sender brings a message to an endpoint: HTTP, or a sink by the scheme of its URL."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from wikijs.core.values.redaction import clean
from wikijs.exceptions import WebhookError

from ..model import Message, Outcome
from .guard import Network
from .http import HTTPSender

if TYPE_CHECKING:
    from .dispatch import Sender

_SINKS: Final = {
    "redis": "redis",
    "rediss": "redis",
    "nats": "nats",
    "tls": "nats",
    "kafka": "kafka",
    "svix": "svix",
    "svix+http": "svix",
}
"""The module of each kind of sink, by the scheme of its URL."""


def is_sink(url: str) -> bool:
    """Whether a URL is that of a sink."""
    return url.partition("://")[0] in _SINKS


class Senders:
    """All kinds of senders, each made when it is needed."""

    def __init__(
        self,
        *,
        allowed: Sequence[Network],
        proxy: str | None,
        timeout: float,
        ssl_context: ssl.SSLContext | None,
        clock: Callable[[], float],
    ) -> None:
        self._clock = clock
        self._timeout = timeout
        self._allowed = allowed
        self._proxy = proxy
        self._ssl_context = ssl_context
        self._http: HTTPSender | None = None
        self._sinks: dict[str, Any] = {}

    @staticmethod
    def checked(url: str) -> str:
        """The URL of a sink.

        Raises:
            WebhookError: It has no host, or lacks what its kind needs.
        """
        if not urlsplit(url).hostname:
            raise WebhookError("The URL of the sink has no host.")
        _module(url).check(url)
        return url

    async def send(self, message: Message) -> Outcome:
        """Send a message; whatever happens is an outcome."""
        url = message.endpoint.url
        if not is_sink(url):
            return await self._over_http().send(message)
        began, at = monotonic(), self._clock()
        error: str | None = None
        try:
            sink = self._sinks.get(url)
            if sink is None:
                sink = self._sinks[url] = _module(url).Sink(url, self._timeout)
            await sink.publish(message)
        except Exception as failure:  # each library has exceptions of its own
            error = clean(f"{type(failure).__name__}: {failure}")
        return Outcome(message, at, None, (monotonic() - began) * 1000, error)

    def _over_http(self) -> Sender:
        if self._http is None:
            self._http = HTTPSender(
                allowed=self._allowed,
                proxy=self._proxy,
                timeout=self._timeout,
                ssl_context=self._ssl_context,
                clock=self._clock,
            )
        return self._http

    async def aclose(self) -> None:
        """Close all connections."""
        if self._http is not None:
            await self._http.aclose()
        for sink in self._sinks.values():
            await sink.aclose()
        self._sinks.clear()


def _module(url: str) -> Any:
    return import_module(f"wikijs.webhooks.sinks.{_SINKS[url.partition('://')[0]]}")
