"""What is sent of an event. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

CONTENT_LIMIT: Final = 20_000
"""Bytes of a page's source in a full payload at most."""
CLOUDEVENTS: Final = "application/cloudevents+json"
JSON: Final = "application/json"
SOURCE_PREFIX: Final = "org.wikijs."


def content_type(payload: str) -> str:
    """The media type of a payload."""
    return CLOUDEVENTS if payload == "cloudevents" else JSON


def render(body: bytes, payload: str, context: Mapping[str, Any] | None) -> bytes | None:
    """The body for endpoints with this kind of payload; None where it is the event as it is stored."""
    if payload == "cloudevents":
        return cloud_event(body)
    if payload != "full":
        return None
    content = (context or {}).get("content")
    if content is None:
        return None
    event: dict[str, Any] = json.loads(body)
    raw = str(content).encode("utf-8", "replace")
    event["data"]["content"] = raw[:CONTENT_LIMIT].decode("utf-8", "ignore")
    event["data"]["truncated"] = len(raw) > CONTENT_LIMIT
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def cloud_event(body: bytes) -> bytes:
    """An event as structured JSON of CloudEvents 1.0."""
    event: dict[str, Any] = json.loads(body)
    kind, _, number = str(event["subject"]).partition(":")
    rendered = {
        "specversion": "1.0",
        "id": event["id"],
        "source": event["wiki"],
        "type": f"{SOURCE_PREFIX}{event['type']}.v{event['version']}",
        "subject": f"{kind}/{number}" if number else kind,
        "time": event["timestamp"],
        "datacontenttype": JSON,
        "sequence": str(event["sequence"]),
        "certain": event["certain"],
        "data": event["data"],
    }
    return json.dumps(rendered, ensure_ascii=False, separators=(",", ":")).encode()
