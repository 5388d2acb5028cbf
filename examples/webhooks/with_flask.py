"""Webhooks of a wiki in Flask: `WIKIJS_WEBHOOK_SECRET=whsec_... flask --app with_flask run`."""

import os

from flask import Flask, request

from wikijs.webhooks import Event, PageEvent, WebhookReceiver

app = Flask(__name__)
receiver = WebhookReceiver([os.environ["WIKIJS_WEBHOOK_SECRET"]])


def handle(event: Event) -> None:
    if isinstance(event, PageEvent):
        print(event.type, event.page.path)


@app.post("/wiki")
def wiki() -> tuple[str, int]:
    status, text = receiver.handle(request.headers, request.get_data(), handle)  # the body as it came in
    return text, status
