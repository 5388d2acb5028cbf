"""JetStream of NATS: nats://host:4222/?subject=wiki. A stream of yours must take that subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from wikijs.core.values.installing import pip_line
from wikijs.exceptions import WebhookError

from ..sending.payloads import cloud_event

if TYPE_CHECKING:
    from ..model import Message


def check(url: str) -> None:
    """Refuse a URL that cannot work.

    Raises:
        WebhookError: It cannot.
    """
    if not parse_qs(urlsplit(url).query).get("subject"):
        raise WebhookError("The URL of the sink names no subject.", hint="Add ?subject=NAME.")


class Sink:
    """Publishes each event below the subject, such as wiki.page.updated; its id lets JetStream drop a second one."""

    def __init__(self, url: str, timeout: float) -> None:
        try:
            import nats
        except ModuleNotFoundError:
            raise WebhookError("NATS as a sink is an extra.", hint=pip_line("nats")) from None
        self._nats: Any = nats
        parts = urlsplit(url)
        self._subject = parse_qs(parts.query)["subject"][0]
        self._url = urlunsplit(parts._replace(path="", query=""))
        self._timeout = timeout
        self._connection: Any = None

    async def publish(self, message: Message) -> None:
        """Publish one event, and wait for the stream to have it."""
        if self._connection is None or self._connection.is_closed:
            self._connection = await self._nats.connect(
                self._url, connect_timeout=self._timeout, allow_reconnect=False, error_cb=_ignore
            )
        body = message.body if message.endpoint.payload == "cloudevents" else cloud_event(message.body)
        await self._connection.jetstream(timeout=self._timeout).publish(
            f"{self._subject}.{message.event_type}",
            body,
            headers={"Nats-Msg-Id": message.event_id, "content-type": "application/cloudevents+json"},
        )

    async def aclose(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()


async def _ignore(_: Exception) -> None:
    """What is wrong comes as an exception of `publish` as well."""
