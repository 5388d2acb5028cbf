"""Webhooks of a wiki in AWS Lambda, behind a function URL or an HTTP API (payload format 2.0)."""

import base64
import os
from typing import Any

from wikijs.webhooks import Event, PageEvent, WebhookReceiver

receiver = WebhookReceiver([os.environ["WIKIJS_WEBHOOK_SECRET"]])


def handle(event: Event) -> None:
    if isinstance(event, PageEvent):
        print(event.type, event.page.path)


def handler(request: dict[str, Any], context: object) -> dict[str, Any]:
    body = request.get("body") or ""
    raw = base64.b64decode(body) if request.get("isBase64Encoded") else body.encode()
    status, text = receiver.handle(request["headers"], raw, handle)
    return {"statusCode": status, "body": text}
