"""Webhooks of a wiki in FastAPI: `WIKIJS_WEBHOOK_SECRET=whsec_... uvicorn with_fastapi:app`."""

import os

from fastapi import FastAPI, Request, Response

from wikijs.webhooks import DuplicateEvent, PageEvent, WebhookReceiver, WebhookVerificationError

app = FastAPI()
receiver = WebhookReceiver([os.environ["WIKIJS_WEBHOOK_SECRET"]])


@app.post("/wiki")
async def wiki(request: Request) -> Response:
    try:
        event = receiver.receive(request.headers, await request.body())  # the body as it came in
    except WebhookVerificationError as error:
        return Response(error.message, 400)
    except DuplicateEvent as duplicate:
        return Response(status_code=409 if duplicate.in_progress else 200)
    if isinstance(event, PageEvent):
        print(event.type, event.page.path)
    receiver.done(event)
    return Response("ok")
