"""The feed against the truth, on a real Wiki.js: random work of people, looks in between.

WIKIJS_FEED_EXAMPLES sets how many stories are told, WIKIJS_FEED_STEPS how long each is.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from math import inf
from pathlib import Path
from uuid import uuid4

import pytest

from wikijs import WikiJSClient
from wikijs.feed import ChangeFeed, Event, PageEvent

STORIES = int(os.environ.get("WIKIJS_FEED_EXAMPLES", "1"))
STEPS = int(os.environ.get("WIKIJS_FEED_STEPS", "10"))

WORK = ("create", "edit", "edit", "retag", "toggle", "move", "delete", "look", "look", "guest")

pytestmark = pytest.mark.skipif("WIKIJS_URL" not in os.environ, reason="needs a running Wiki.js")


@pytest.fixture
def client() -> Iterator[WikiJSClient]:
    with WikiJSClient(os.environ["WIKIJS_URL"], auth=os.environ["WIKIJS_API_KEY"], timeout=120) as made:
        yield made


@pytest.mark.parametrize("seed", range(STORIES))
def test_every_event_is_told_once_and_none_that_did_not_happen(client: WikiJSClient, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    root = f"feed-{uuid4().hex[:8]}"
    pages = client.pages
    alive: dict[int, str] = {}
    truth: list[tuple[str, int]] = []
    unseen: dict[int, list[tuple[str, int]]] = {}
    fresh: set[int] = set()
    found: list[Event] = []

    def did(type_: str, page_id: int) -> None:
        truth.append((type_, page_id))
        unseen.setdefault(page_id, []).append((type_, page_id))

    with (
        ChangeFeed(client, tmp_path / "feed.db", unchanged=True, sweep_interval=1e-9, sweep_share=inf) as feed,
        WikiJSClient(client.url) as guest,
    ):
        feed.poll()

        def look() -> None:
            found.extend(feed.poll())
            unseen.clear()
            fresh.clear()

        for number in range(STEPS):
            work = chance.choice(WORK)
            if work == "create" or (not alive and work not in {"look", "guest"}):
                page = pages.create(f"{root}/p{number}", title=f"P{number}", content="# one", tags=["feed-a", "feed-b"])
                alive[page.id] = page.path
                fresh.add(page.id)
                did("page.created", page.id)
                continue
            if work == "look":
                look()
                continue
            if work == "guest":
                with ChangeFeed(guest, tmp_path / f"guest-{number}.db") as blind:
                    assert [event.type for event in blind.poll()] == ["feed.suspended"]
                continue
            page_id = chance.choice(sorted(alive))
            if work == "edit":
                pages.update(page_id, content=f"text {number}")
                did("page.updated", page_id)
            elif work == "retag":
                pages.update(page_id, tags=[f"feed-{number}"])
                did("page.updated", page_id)
            elif work == "toggle":
                published = number % 2 == 0
                before = next(page for page in pages.list() if page.id == page_id).is_published
                if before != published:
                    pages.update(page_id, is_published=published)
                    did("page.published" if published else "page.unpublished", page_id)
            elif work == "move":
                pages.move(page_id, f"{root}/m{number}")
                alive[page_id] = f"{root}/m{number}"
                did("page.moved", page_id)
            else:
                pages.delete(page_id)
                del alive[page_id]
                for each in unseen.pop(page_id, []):
                    truth.remove(each)
                if page_id not in fresh:
                    truth.append(("page.deleted", page_id))
        look()
        found.extend(feed.poll())
        for page_id in alive:
            pages.delete(page_id)
    ours = [event for event in found if isinstance(event, PageEvent) and event.page.path.startswith(root)]
    told = [(event.type, event.page.id) for event in ours]
    assert Counter(told) == Counter(truth)
    for page_id in alive:
        assert [each for each in told if each[1] == page_id] == [each for each in truth if each[1] == page_id]
    assert all(event.change.author is None or event.change.author.id == 1 for event in ours)
