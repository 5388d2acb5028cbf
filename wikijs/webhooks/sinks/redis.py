"""A stream of Redis: redis://host:6379/0?stream=wiki&maxlen=100000."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

from wikijs.core.values.installing import pip_line
from wikijs.exceptions import WebhookError

from ..sending.payloads import cloud_event

if TYPE_CHECKING:
    from ..model import Message

MAXLEN: Final = 100_000


def check(url: str) -> None:
    """Refuse a URL that cannot work.

    Raises:
        WebhookError: It cannot.
    """
    options = _options(url)
    if not options["stream"]:
        raise WebhookError("The URL of the sink names no stream.", hint="Add ?stream=NAME.")


def _options(url: str) -> dict[str, Any]:
    query = parse_qs(urlsplit(url).query)
    length = query.get("maxlen", [str(MAXLEN)])[0]
    if not length.isdecimal() or int(length) < 1:
        raise WebhookError("maxlen of the sink is a number.")
    return {"stream": query.get("stream", [""])[0], "maxlen": int(length)}


class Sink:
    """Adds each event to the stream, with the fields `id`, `type`, `subject` and `event`."""

    def __init__(self, url: str, timeout: float) -> None:
        try:
            redis: Any = import_module("redis.asyncio")
        except ModuleNotFoundError:
            raise WebhookError("Redis as a sink is an extra.", hint=pip_line("redis")) from None
        self._options = _options(url)
        bare = urlunsplit(urlsplit(url)._replace(query=""))
        self._redis: Any = redis.Redis.from_url(bare, socket_timeout=timeout, socket_connect_timeout=timeout)

    async def publish(self, message: Message) -> None:
        """Add one event."""
        fields = {
            "id": message.event_id,
            "type": message.event_type,
            "subject": message.subject,
            "event": cloud_event(message.body) if message.endpoint.payload != "cloudevents" else message.body,
        }
        await self._redis.xadd(self._options["stream"], fields, maxlen=self._options["maxlen"], approximate=True)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()
