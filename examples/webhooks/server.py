"""A server of its own: `WIKIJS_WEBHOOK_SECRET=whsec_... python server.py` (the extra `webhooks`)."""

import os

from wikijs.webhooks import PageCreated, PageEvent, WebhookServer

server = WebhookServer(secret=os.environ["WIKIJS_WEBHOOK_SECRET"])


@server.on("page.created")
def created(event: PageCreated) -> None:
    print("new:", event.page.title, event.data.url)


@server.on("page.*")
async def changed(event: PageEvent) -> None:
    print(event.type, event.page.path, event.change.fields)


if __name__ == "__main__":
    server.run("127.0.0.1", 8080, path="/wiki")
