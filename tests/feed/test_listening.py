"""Listening: at least once each, in both colours, for any number of readers."""

from __future__ import annotations

import asyncio
import threading
from itertools import islice
from math import inf
from pathlib import Path

import pytest
from pydantic import ValidationError

from wikijs.exceptions import ConfigurationError
from wikijs.feed import (
    EVENT_TYPES,
    AsyncChangeFeed,
    ChangeFeed,
    PageCreated,
    PageUpdated,
    UnknownEvent,
    catalogue,
    event_schema,
    parse_event,
)
from wikijs.feed.filters import checked, matches
from wikijs.feed.store import Store

from .conftest import Scene, types


def test_listening_looks_and_hands_out_what_it_finds(scene: Scene) -> None:
    feed = scene.feed()
    feed.poll()
    feed.store.consumer("search")
    timer = threading.Timer(0.2, lambda: scene.create("page-a"))
    timer.start()
    [event] = islice(feed.listen(interval=0.05, consumer="search"), 1)
    timer.join()
    assert isinstance(event, PageCreated)


def test_an_event_is_handled_when_the_next_one_is_asked_for(scene: Scene) -> None:
    feed = scene.feed()
    feed.poll()
    feed.store.consumer("one")
    feed.store.consumer("two")
    for name in ("page-a", "page-b", "page-c"):
        scene.create(name)
        feed.poll()
    first = list(islice(feed.listen(consumer="one"), 2))
    again = list(islice(feed.listen(consumer="one"), 2))
    assert [event.data.page.path for event in first] == ["page-a", "page-b"]
    assert [event.data.page.path for event in again] == ["page-b", "page-c"]
    assert [event.data.page.path for event in islice(feed.listen(consumer="two"), 1)] == ["page-a"]
    assert feed.status().behind["two"] == 3


def test_a_reader_without_a_name_gets_what_comes_and_leaves_no_trace(scene: Scene) -> None:
    feed = scene.feed()
    feed.poll()
    events = feed.listen(interval=0.01, consumer=None)
    timer = threading.Timer(0.1, lambda: scene.create("page-a"))
    timer.start()
    assert next(events).type == "page.created"
    timer.join()
    assert feed.store.consumers() == {}


def test_where_another_process_looks_its_events_are_read(scene: Scene) -> None:
    looking, reading = scene.feed(), scene.feed()
    looking.poll()
    scene.create("page-a")
    events = reading.listen(interval=0.01, consumer=None)
    timer = threading.Timer(0.1, looking.poll)
    timer.start()
    assert next(events).type == "page.created"
    timer.join()


async def test_the_asynchronous_feed_is_the_same(scene: Scene, tmp_path: Path) -> None:
    async with (
        scene.sandbox.async_client() as client,
        AsyncChangeFeed(client, tmp_path / "async.db", sweep_interval=1e-9, sweep_share=inf) as feed,
    ):
        assert [event.type for event in await feed.poll()] == ["feed.started"]
        page = await client.pages.create("page-a", title="A", content="# A")
        await client.pages.update(page.id, content="# B")
        events = feed.listen(interval=0.01, consumer=None)
        found = [await asyncio.wait_for(anext(events), 20) for _ in range(2)]
        assert [type(event) for event in found] == [PageCreated, PageUpdated]
        await client.pages.delete(page.id)
        assert types(await feed.poll()) == ["page.deleted"]
        assert feed.status().pages == 0
        assert feed.store.last_sequence() == 4


def test_what_the_feed_is_told_is_checked(scene: Scene, tmp_path: Path) -> None:
    for options, said in (
        ({"watch": ["weather"]}, "cannot watch 'weather'"),
        ({"watch": []}, "cannot watch 'nothing'"),
        ({"baseline": "loud"}, "baseline must be"),
        ({"sweep_interval": 0}, "more than 0"),
        ({"sweep_share": 0}, "more than 0"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            ChangeFeed(scene.client, tmp_path / "x.db", **options)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="interval must"):
        next(scene.feed().listen(interval=0))


class TestOtherEvents:
    """Quotas and jobs come through the same door."""

    def test_a_quota_and_a_job(self, tmp_path: Path) -> None:
        store = Store(tmp_path / "x.db")
        told: list[int] = []
        store.on_events(lambda: told.append(1))
        data = {"name": "requests", "key": "7", "used": 90, "limit": 100}
        event = store.emit("https://w", "quota.warning", "key:7", data, key="2026-11-28")
        assert event is not None
        assert event.data.limit == 100
        assert store.emit("https://w", "quota.warning", "key:7", data, key="2026-11-28") is None
        job = {"job": "j1", "kind": "import", "done": 3, "total": 10}
        assert store.emit("https://w", "batch.progress", "batch:j1", job, key="3")
        assert [event.type for event in store.events()] == ["quota.warning", "batch.progress"]
        assert told == [1, 1]
        with pytest.raises(ConfigurationError, match="no type of event"):
            store.emit("https://w", "quota.gone", "key:7", data, key="1")
        with pytest.raises(ValidationError):
            store.emit("https://w", "batch.progress", "batch:j1", {}, key="1")
        assert len(store.events()) == 2
        store.close()

    def test_old_events_are_forgotten_once_all_have_read_them(self, tmp_path: Path) -> None:
        now = [1e9]
        store = Store(tmp_path / "x.db", clock=lambda: now[0])
        for number in range(5):
            store.emit("https://w", "batch.progress", "batch:1", {"job": "1", "done": number}, key=f"{number}")
        now[0] += 40 * 86400
        store.consumer("slow", beginning=2)
        assert store.forget() == 2
        store.acknowledge("slow", 4)
        store.acknowledge("slow", 3)  # never backwards
        assert store.forget(up_to=3) == 1
        assert store.forget() == 1
        again = store.emit("https://w", "batch.progress", "batch:1", {"job": "1"}, key="new")
        assert again is not None
        assert again.sequence > 5  # a number is never used again
        store.close()


class TestTypes:
    def test_events_of_later_releases_are_unknown_ones_and_no_errors(self) -> None:
        base = {
            "id": "evt_1",
            "timestamp": "2026-11-28T12:00:00.000Z",
            "detected_at": "2026-11-28T12:00:00.000Z",
            "wiki": "https://w",
            "subject": "page:1",
        }
        change = {"page": {"id": 1, "path": "x", "locale": "en"}, "change": {"kind": "edit"}, "url": "u"}
        assert isinstance(parse_event({**base, "type": "page.updated", "version": "1", "data": change}), PageUpdated)
        for version, type_, data in (
            ("1", "page.sung", change),
            ("2", "page.updated", change),
            ("1", "page.moved", {}),
        ):
            event = parse_event({**base, "version": version, "type": type_, "data": data})
            assert isinstance(event, UnknownEvent)
            assert event.data == data
        more = {**base, "type": "page.updated", "version": "1", "data": {**change, "new": 1}, "also": 2}
        assert isinstance(parse_event(more), PageUpdated)
        for broken in (b"[]", b"x", b"{}", "1"):
            with pytest.raises(ValueError):
                parse_event(broken)

    def test_the_schema_and_the_catalogue_have_all_types(self) -> None:
        import jsonschema

        schema = event_schema()
        jsonschema.Draft202012Validator.check_schema(schema)
        assert len(schema["oneOf"]) == len(EVENT_TYPES) == len(catalogue())
        assert all(meaning.endswith(".") for _, meaning, _ in catalogue())

    def test_what_a_feed_tells_fits_the_schema(self, scene: Scene) -> None:
        import jsonschema

        feed = scene.feed()
        events = feed.poll()
        page_id = scene.create("page-a", tags=["x"])
        events += feed.poll()
        scene.client.pages.move(page_id, "page-b")
        events += feed.poll()
        validator = jsonschema.Draft202012Validator(event_schema())
        for event in events:
            validator.validate(event.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("docs/**", "docs/a", True),
        ("docs/**", "docs", True),
        ("docs/**", "docs/a/b", True),
        ("docs/**", "docsx", False),
        ("**/end", "end", True),
        ("**/end", "a/b/end", True),
        ("**/end", "bend", False),
        ("docs/*", "docs/a", True),
        ("docs/*", "docs/a/b", False),
        ("**", "a/b", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("do?s", "docs", True),
        ("a.b", "axb", False),
        ("(x", "(x", True),
    ],
)
def test_patterns_of_paths(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) == fits


def test_filters_look_at_what_was_before_as_well() -> None:
    page = {"path": "docs/new", "locale": "en", "tags": ["red"]}
    moved = {"page": page, "change": {"previous": {"path": "old/x"}}}
    assert checked(["page.*"], ["old/**"]).wants("page.moved", moved)
    assert checked(["page.*", "-page.moved"]).wants("page.created", moved)
    assert not checked(["page.*", "-page.moved"]).wants("page.moved", moved)
    assert checked(["-page.touched"]).wants("user.created", {})
    assert not checked([], ["docs/**"]).wants("user.created", {"user": {"id": 1}})
    assert checked([], ["docs/**"]).wants("feed.gap", {"reason": "x"})
    assert not checked(["page.*"]).wants("feed.gap", {"reason": "x"})
    assert checked(tags=["blue"]).wants("page.tagged", moved, {"tags": ["blue"]})
    assert not checked(tags=["blue"]).wants("page.tagged", moved)
    assert checked(locales=["en"]).wants("page.moved", moved)
    assert not checked(locales=["fr"]).wants("page.moved", moved)
    comment = {"comment": {"page": {"path": "docs/x", "locale": "en"}}}
    assert checked(paths=["docs/**"]).wants("comment.created", comment)
    assert checked(paths=["/docs/**"]).wants("asset.uploaded", {"asset": {"path": "docs/x.png"}})
