"""Hosts that listen to resources are told when pages change, whoever changes them."""

from __future__ import annotations

import asyncio

import pytest
from mcp.client.subscriptions import ListenNotSupportedError
from mcp.server.subscriptions import ResourceUpdated
from mcp_host import Connect

from wikijs import WikiJSClient
from wikijs.feed import AsyncChangeFeed, Event, PageMoved, parse_event
from wikijs.mcp import watching
from wikijs.mcp.watching import resources_of

PAGE = "wikijs://page/en/docs/guide"
TREE = "wikijs://tree/en/docs"
_LONG = 120


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "INTERVAL", 0.1)


async def test_changes_of_others_and_of_ones_own_are_told(
    connect: Connect, wiki: WikiJSClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, poll = asyncio.Event(), AsyncChangeFeed.poll

    async def looking(feed: AsyncChangeFeed) -> list[Event]:
        found = await poll(feed)
        looked.set()
        return found

    monkeypatch.setattr(AsyncChangeFeed, "poll", looking)
    async with connect() as host, asyncio.timeout(_LONG):
        async with host.client.listen(resource_subscriptions=[PAGE, TREE]) as told:
            await looked.wait()  # what is there at the first look is no news
            await asyncio.to_thread(wiki.pages.update, 1, content="Changed by somebody else.")
            assert await anext(told) == ResourceUpdated(PAGE)
            await host.call("edit_page", page="docs/guide", replace=[{"old": "somebody else", "new": "me"}])
            assert await anext(told) == ResourceUpdated(PAGE)
            await asyncio.to_thread(wiki.pages.create, "docs/more", title="More", content="x")
            assert await anext(told) == ResourceUpdated(TREE)
            await asyncio.to_thread(wiki.pages.delete, 1)
            assert {await anext(told), await anext(told)} == {ResourceUpdated(PAGE), ResourceUpdated(TREE)}
        async with host.client.listen(resource_subscriptions=[TREE]):
            pass  # listening ends and begins as often as hosts like


async def test_an_older_protocol_and_a_server_without_notices_say_no(connect: Connect, wiki: WikiJSClient) -> None:
    async with connect("legacy") as host:
        with pytest.raises(ListenNotSupportedError):
            async with host.client.listen(resource_subscriptions=[PAGE]):
                pass
    async with connect(notices=False) as host:
        with pytest.raises(Exception, match=r"(?i)not found|not supported"):
            async with host.client.listen(resource_subscriptions=[PAGE]):
                pass


def test_a_moved_page_is_told_at_both_of_its_places() -> None:
    event = parse_event(
        {
            "id": "evt_1",
            "type": "page.moved",
            "version": "1",
            "timestamp": "2026-11-28T12:00:00.000Z",
            "detected_at": "2026-11-28T12:00:00.000Z",
            "wiki": "https://wiki.example.com",
            "sequence": 1,
            "subject": "page:1",
            "certain": True,
            "data": {
                "page": {"id": 1, "path": "new/ü", "locale": "en"},
                "change": {"kind": "move", "previous": {"path": "old"}},
                "url": "https://wiki.example.com/en/new",
            },
        }
    )
    assert isinstance(event, PageMoved)
    assert set(resources_of(event)) == {
        *("wikijs://page/en/new/ü", "wikijs://page/en/new/%C3%BC", "wikijs://page/en/old"),
        *("wikijs://tree/en/", "wikijs://tree/en/new"),
    }
