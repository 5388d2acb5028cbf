"""A topic of Kafka: kafka://host:9092/topic. The key is the event's subject, so a page's events stay in order."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

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
    if not urlsplit(url).path.strip("/"):
        raise WebhookError("The URL of the sink names no topic.", hint="Give kafka://host:9092/TOPIC.")


class Sink:
    """Sends each event to the topic, and waits until all replicas that are in sync have it."""

    def __init__(self, url: str, timeout: float) -> None:
        try:
            kafka: Any = import_module("aiokafka")  # which has no types
        except ModuleNotFoundError:
            raise WebhookError("Kafka as a sink is an extra.", hint=pip_line("kafka")) from None
        parts = urlsplit(url)
        self._topic = parts.path.strip("/")
        self._make: Any = lambda: kafka.AIOKafkaProducer(
            bootstrap_servers=parts.netloc.rpartition("@")[2],
            acks="all",
            enable_idempotence=True,
            request_timeout_ms=int(timeout * 1000),
        )
        self._producer: Any = None

    async def publish(self, message: Message) -> None:
        """Send one event."""
        if self._producer is None:
            producer = self._make()
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        body = message.body if message.endpoint.payload == "cloudevents" else cloud_event(message.body)
        headers = [("content-type", b"application/cloudevents+json"), ("id", message.event_id.encode())]
        await self._producer.send_and_wait(self._topic, body, key=message.subject.encode(), headers=headers)

    async def aclose(self) -> None:
        """Send what is left and close the connection."""
        if self._producer is not None:
            await self._producer.stop()
