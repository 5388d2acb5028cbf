"""A Svix server: svix://TOKEN@host/app_id (https), or svix+http://TOKEN@host:8071/app_id."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urlsplit

from wikijs.exceptions import WebhookError

if TYPE_CHECKING:
    from ..model import Message

_KNOWN: Final = 409


def check(url: str) -> None:
    """Refuse a URL that cannot work.

    Raises:
        WebhookError: It cannot.
    """
    parts = urlsplit(url)
    if not parts.username or not parts.path.strip("/"):
        raise WebhookError("The URL of the sink lacks its token or application.", hint="svix://TOKEN@host/APP_ID")


class Sink:
    """Makes a message of each event; Svix sends it on to endpoints of its own."""

    def __init__(self, url: str, timeout: float) -> None:
        import httpx2

        parts = urlsplit(url)
        scheme = "http" if parts.scheme.endswith("+http") else "https"
        host = parts.netloc.rpartition("@")[2]
        self._place = f"{scheme}://{host}/api/v1/app/{quote(parts.path.strip('/'))}/msg/"
        self._http: Any = httpx2.AsyncClient(
            timeout=timeout,
            trust_env=False,
            headers={"authorization": f"Bearer {unquote(parts.username or '')}"},
        )

    async def publish(self, message: Message) -> None:
        """Make one message; one that Svix has already is no error."""
        content = {
            "eventType": message.event_type,
            "eventId": message.event_id,
            "channels": [message.subject],
            "payload": json.loads(message.body),
        }
        answer = await self._http.post(self._place, json=content, headers={"idempotency-key": message.event_id})
        if answer.status_code != _KNOWN and not 200 <= answer.status_code < 300:
            raise RuntimeError(f"It answered {answer.status_code}.")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()
