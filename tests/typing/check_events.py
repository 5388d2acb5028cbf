"""What mypy and pyright must infer of the feed and of webhooks. Checked, not run."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, assert_type

from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs.feed import AsyncChangeFeed, Author, ChangeFeed, Event, FeedStatus, PageCreated, PageEvent, PageMoved
from wikijs.webhooks import Attempt, Delivery, Endpoint, NewEndpoint, WebhookReceiver, Webhooks, WebhookServer


def feeds(client: WikiJSClient) -> None:
    with ChangeFeed(client, "feed.db", watch=["pages", "comments:docs/**"]) as feed:
        assert_type(feed.poll(), list[Event])
        assert_type(feed.listen(interval=10, consumer="search"), Iterator[Event])
        assert_type(feed.status(), FeedStatus)
        for event in feed.listen(consumer=None):
            assert_type(event.timestamp, datetime)
            match event:
                case PageCreated():
                    assert_type(event.page.path, str)
                    assert_type(event.change.author, Author | None)
                case PageMoved():
                    assert_type(event.change.previous, dict[str, Any])
                case PageEvent():
                    assert_type(event.change.version_id, int | None)
                case _:
                    assert_type(event.certain, bool)


async def asynchronous(client: AsyncWikiJSClient) -> None:
    async with AsyncChangeFeed(client, "feed.db") as feed:
        assert_type(await feed.poll(), list[Event])
        assert_type(feed.listen(), AsyncIterator[Event])


def sending() -> None:
    with Webhooks("hooks.db") as hooks:
        made = hooks.create("https://ci.example.com/wiki", events=["page.*"])
        assert_type(made, NewEndpoint)
        assert_type(made.secret, str)
        assert_type(hooks.list(), list[Endpoint])
        assert_type(hooks.test(made.id), Attempt)
        assert_type(hooks.deliveries(made.id, status="dead"), list[Delivery])
        hooks.create("https://ci.example.com/wiki", payload="fat")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def receiving(server: WebhookServer, receiver: WebhookReceiver, headers: dict[str, str], body: bytes) -> None:
    @server.on("page.created")
    def created(event: PageCreated) -> None:
        assert_type(event.page.title, str | None)

    assert_type(receiver.receive(headers, body), Event)
