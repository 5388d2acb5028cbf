"""No page is told to be deleted that was not, whatever the wiki, the network and the disk do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from wikijs import WikiJSClient
from wikijs.exceptions import ConfigurationError, FeedBusyError, StoreError
from wikijs.feed import ChangeFeed, Event
from wikijs.feed.database import SQLiteDatabase
from wikijs.feed.store import Store

from .conftest import Scene, told, types

PAGES = int(os.environ.get("WIKIJS_FEED_PAGES", "60"))


class Tampered(httpx2.BaseTransport):
    """A wiki whose answers are changed on their way."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner
        self.change: Callable[[bytes], httpx2.Response] | None = None
        self.requests = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = self._inner.handle_request(request)
        self.requests += 1
        if self.change is None:
            return response
        return self.change(response.read())


@pytest.fixture
def wire(scene: Scene) -> Tampered:
    return Tampered(scene.sandbox.transport())


@pytest.fixture
def client(scene: Scene, wire: Tampered) -> WikiJSClient:
    return WikiJSClient(
        scene.sandbox.url, scene.sandbox.api_key, http_client=httpx2.Client(transport=wire), retry=False
    )


def full(scene: Scene, count: int = PAGES) -> None:
    """Fill the wiki quickly: what is asked about is how little of it is told."""
    scene.create("page-0", tags=["x", "y"])
    row = dict(scene.sandbox.db.all("SELECT * FROM pages")[0])
    for number in range(1, count):
        scene.sandbox.db.insert(
            "pages", {**{k: v for k, v in row.items() if k not in {"id", "heap"}}, "path": f"page-{number}"}
        )


def all_of(feed: ChangeFeed) -> list[Event]:
    """What looks tell until there is nothing more: of thousands of pages, one asks about some hundred."""
    events: list[Event] = []
    while found := feed.poll():
        events += found
    return events


def raw(status: int, body: bytes, kind: str = "application/json") -> Callable[[bytes], httpx2.Response]:
    return lambda _: httpx2.Response(status, content=body, headers={"content-type": kind})


ANSWERS: dict[str, Callable[[bytes], httpx2.Response]] = {
    "error 500": raw(500, b'{"data":{},"errors":[{"message":"API Key is invalid or was revoked.","path":[]}]}'),
    "API is off": raw(
        500,
        b'{"data":{},"errors":[{"message":"API is disabled. You must enable it from the Administration Area first.",'
        b'"path":[]}]}',
    ),
    "a proxy's page": raw(502, b"<html>Bad Gateway</html>", "text/html"),
    "a login page": raw(200, b"<html>Log in</html>", "text/html"),
    "nothing": raw(200, b""),
    "an empty object": raw(200, b"{}"),
    "no data": raw(200, b'{"data":null}'),
    "cut": lambda body: httpx2.Response(200, content=body[:-10], headers={"content-type": "application/json"}),
    "another one's": raw(200, b'{"data":{"b0_users":{"profile":{"id":7}},"b1_pages":{"list":[]}}}'),
    "no list": raw(200, b'{"data":{"b0_users":{"profile":{"id":1}},"b1_pages":{"list":null}}}'),
    "a redirect": lambda _: httpx2.Response(302, headers={"location": "https://example.com"}),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_that_is_none_suspends_the_feed_and_tells_it_once(
    scene: Scene, client: WikiJSClient, wire: Tampered, answer: Callable[[bytes], httpx2.Response]
) -> None:
    full(scene)
    feed = scene.feed(client)
    feed.poll()
    wire.change = answer
    [event] = feed.poll()
    assert event.type == "feed.suspended"
    assert event.data.reason
    assert feed.poll() == []
    status = feed.status()
    assert status.suspended_since is not None
    assert status.reason == event.data.reason
    wire.change = None
    [event] = feed.poll()
    assert (event.type, event.data.reason) == ("feed.resumed", status.reason)
    assert feed.status().suspended_since is None
    assert feed.poll() == []


def test_an_empty_list_is_not_believed(scene: Scene, client: WikiJSClient, wire: Tampered) -> None:
    full(scene)
    feed = scene.feed(client)
    feed.poll()
    wire.change = lambda body: httpx2.Response(
        200,
        content=body
        if b'"single"' in body
        else b'{"data":{"b0_users":{"profile":{"id":1}},"b1_pages":{"list":[]},"b2_system":{"info":{"pagesTotal":0}}}}',
        headers={"content-type": "application/json"},
    )
    assert types(feed.poll()) == []
    wire.change = None
    assert types(feed.poll()) == []


def test_guests_shrunk_rights_and_no_rights_delete_nothing(scene: Scene) -> None:
    full(scene)
    rights = ("read:pages", "read:history", "manage:pages", "read:source")
    reader = scene.reader(*rights)
    feed = scene.feed(reader)
    feed.poll()
    events: list[Event] = []
    for path, deny in (("page-1", False), ("", True), ("nowhere", False)):
        scene.rule(reader.group_id, *rights, path=path, deny=deny)  # type: ignore[attr-defined]
        events += all_of(feed)
        assert not [event for event in events if event.type == "page.deleted"]
    assert len([event for event in events if event.type == "page.hidden"]) >= PAGES
    scene.rule(reader.group_id, "read:assets")  # type: ignore[attr-defined]
    assert told(feed.poll()) == [("feed.suspended", "feed")]
    scene.rule(reader.group_id, *rights)  # type: ignore[attr-defined]
    after = all_of(feed)
    assert {event.type for event in after} == {"feed.resumed", "page.visible"}
    assert len(after) == PAGES + 1


def test_a_key_that_is_revoked_and_one_that_expired(scene: Scene) -> None:
    full(scene)
    feed = scene.feed()
    feed.poll()
    scene.sandbox.db.run("UPDATE apiKeys SET isRevoked = 1")
    assert told(feed.poll()) == [("feed.suspended", "feed")]
    scene.sandbox.db.run("UPDATE apiKeys SET isRevoked = 0")
    assert told(feed.poll()) == [("feed.resumed", "feed")]


def test_deletions_are_proven_also_when_many_pages_go_at_once(scene: Scene) -> None:
    full(scene)
    feed = scene.feed()
    feed.poll()
    gone = [row["id"] for row in scene.sandbox.db.all("SELECT id FROM pages")][: PAGES // 2 + 25]
    for page_id in gone:
        scene.sandbox.db.run("DELETE FROM pages WHERE id = ?", page_id)
    assert sorted(told(all_of(feed))) == sorted(("page.deleted", f"page:{each}") for each in gone)
    assert feed.poll() == []


class TestABackupThatWasRestored:
    """The wiki goes back to what it was: what was told since then is told to be worth nothing."""

    def restored(self, scene: Scene, *, work: Callable[[ChangeFeed], None]) -> list[Event]:
        full(scene, 5)
        scene.client.pages.update(1, content="yesterday")
        feed = scene.feed()
        feed.poll()
        tables = ("pages", "pageHistory", "pageTags", "tags", "pageLinks")
        backup = {table: [dict(row) for row in scene.sandbox.db.all(f"SELECT * FROM {table}")] for table in tables}  # noqa: S608
        work(feed)
        for table in tables:
            scene.sandbox.db.run(f"DELETE FROM {table}")  # noqa: S608
            for row in backup[table]:
                scene.sandbox.db.insert(table, {key: value for key, value in row.items() if key != "heap"})
        events = feed.poll()
        assert feed.poll() == []
        scene.client.pages.update(1, content="tomorrow")
        assert types(feed.poll()) == ["page.updated"]  # whose version has a number that was told before
        return events

    def test_pages_that_were_edited(self, scene: Scene) -> None:
        def work(feed: ChangeFeed) -> None:
            scene.client.pages.update(1, content="today")
            assert types(feed.poll()) == ["page.updated"]
            scene.create("new")
            assert types(feed.poll()) == ["page.created"]

        events = self.restored(scene, work=work)
        assert [event.type for event in events] == ["feed.gap"]
        assert "went back in time" in events[0].data.reason

    def test_pages_that_were_deleted(self, scene: Scene) -> None:
        def work(feed: ChangeFeed) -> None:
            scene.client.pages.delete(3)
            assert types(feed.poll()) == ["page.deleted"]

        assert [event.type for event in self.restored(scene, work=work)] == ["feed.gap"]

    def test_ids_that_are_used_again(self, scene: Scene) -> None:
        full(scene, 5)
        feed = scene.feed()
        feed.poll()
        scene.sandbox.db.run("UPDATE pages SET createdAt = '2030-01-01T00:00:00.000Z' WHERE id = 2")
        assert [event.type for event in feed.poll()] == ["feed.gap"]


class TestClocks:
    def test_the_server_s_clock_set_back(self, scene: Scene) -> None:
        page_id = scene.create("page-a")
        scene.client.pages.update(page_id, content="0")
        feed = scene.feed()
        feed.poll()
        scene.client.pages.update(page_id, content="1")
        assert types(feed.poll()) == ["page.updated"]
        # The server takes the time as it is.
        scene.sandbox.db.run("UPDATE pages SET updatedAt = '2020-01-01T00:00:00.000Z' WHERE id = ?", page_id)
        scene.sandbox.db.run("UPDATE pages SET content = '2' WHERE id = ?", page_id)
        version = dict(scene.sandbox.db.all("SELECT * FROM pageHistory ORDER BY id")[-1])
        scene.sandbox.db.insert("pageHistory", {k: v for k, v in version.items() if k not in {"id", "heap"}})
        assert types(feed.poll()) == ["page.updated"]

    @pytest.mark.parametrize("jump", [-3600.0, 3600.0, -10 * 86400.0])
    def test_our_clock_that_jumps(self, scene: Scene, jump: float) -> None:
        now = [1_800_000_000.0]
        page_id = scene.create("page-a")
        feed = scene.feed(clock=lambda: now[0], sweep_interval=60.0, sweep_share=0.01)
        feed.poll()
        now[0] += jump
        scene.client.pages.update(page_id, content="1")
        assert types(feed.poll()) == ["page.updated"]
        scene.client.pages.delete(page_id)
        now[0] += 1
        assert types(feed.poll()) == ["page.deleted"]
        assert feed.status().lag == 0


class TestTheStore:
    def test_the_store_of_another_wiki_is_refused(self, scene: Scene, tmp_path: Path) -> None:
        scene.feed().poll()
        with (
            WikiJSClient("https://other.example.com") as other,
            pytest.raises(ConfigurationError, match="is the store of"),
        ):
            ChangeFeed(other, tmp_path / "feed.db")

    def test_another_user_s_answers_are_not_compared(self, scene: Scene) -> None:
        full(scene, 3)
        feed = scene.feed()
        feed.poll()
        state = feed.store.state(scene.sandbox.url)
        assert state is not None
        state.identity = 99
        feed.store.commit(scene.sandbox.url, state)
        [event] = feed.poll()
        assert event.data.reason == "The wiki takes the feed for user 1; its store was begun as user 99."

    def test_two_feeds_of_one_store_do_not_look_at_once(self, scene: Scene) -> None:
        first, second = scene.feed(), scene.feed()
        first.poll()
        with pytest.raises(FeedBusyError, match="already"):
            second.poll()
        first.close()
        assert second.poll() == []

    def test_a_locked_store_says_so_and_loses_nothing(self, scene: Scene, tmp_path: Path) -> None:
        page_id = scene.create("page-a")
        store = Store(SQLiteDatabase(tmp_path / "feed.db", busy_timeout=0.05))
        feed = ChangeFeed(scene.client, store, sweep_interval=1e-9)
        feed.poll()
        scene.client.pages.update(page_id, content="new")
        other = sqlite3.connect(tmp_path / "feed.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process is writing"):
            feed.poll()
        other.execute("ROLLBACK")
        other.close()
        assert types(feed.poll()) == ["page.updated"]
        feed.close()
        store.close()

    def test_a_full_disk_says_so_and_loses_nothing(self, scene: Scene, tmp_path: Path) -> None:
        ids = [scene.create(f"page-{number}") for number in range(3)]
        database = SQLiteDatabase(tmp_path / "feed.db")
        store = Store(database)
        feed = ChangeFeed(scene.client, store, sweep_interval=1e-9)
        feed.poll()
        for page_id in ids:
            scene.client.pages.update(page_id, title="x" * 200, description="y" * 200, content="new")
        with database.reading() as sql:
            row = sql.one("PRAGMA page_count")
            assert row is not None
            sql.one(f"PRAGMA max_page_count = {row[0]}")

        def go_on() -> None:
            for _ in range(50):
                feed.poll()
                for page_id in ids:
                    scene.client.pages.update(page_id, content=os.urandom(8).hex())

        with pytest.raises(StoreError, match="the disk is full"):
            go_on()
        with database.reading() as sql:
            sql.one("PRAGMA max_page_count = 1000000")
        feed.poll()
        told_versions = {event.data.change.version_id for event in store.events(limit=10_000) if types([event])}
        assert told_versions == {row["id"] for row in scene.sandbox.db.all("SELECT id FROM pageHistory")}
        feed.close()
        store.close()

    def test_a_file_that_is_none_and_one_of_a_later_release(self, tmp_path: Path) -> None:
        (tmp_path / "x.db").write_bytes(b"no database at all, and long enough to be looked at" * 100)
        with pytest.raises(StoreError, match="no database"):
            Store(tmp_path / "x.db")
        Store(tmp_path / "y.db").close()
        with sqlite3.connect(tmp_path / "y.db") as database:
            database.execute("UPDATE schema_versions SET version = 99")
        database.close()
        with pytest.raises(StoreError, match="later release"):
            Store(tmp_path / "y.db")
        with pytest.raises(StoreError, match="cannot be used"):
            Store(tmp_path / "nowhere" / "z.db")
        with pytest.raises(ConfigurationError, match="not known"):
            Store("mysql://somewhere/db")

    def test_nobody_else_may_read_the_file(self, tmp_path: Path) -> None:
        Store(tmp_path / "x.db").close()
        assert (tmp_path / "x.db").stat().st_mode & 0o077 == 0

    def test_a_store_that_was_closed_says_so(self, tmp_path: Path) -> None:
        store = Store(tmp_path / "x.db")
        store.close()
        with pytest.raises(StoreError, match="closed"):
            store.events()

    def test_a_process_that_ends_before_the_store_is_written_finds_the_same_again(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page_id = scene.create("page-a")
        feed = scene.feed()
        feed.poll()
        scene.client.pages.update(page_id, content="new")
        commit = Store.commit

        def killed(*_: Any, **__: Any) -> Any:
            raise KeyboardInterrupt

        monkeypatch.setattr(Store, "commit", killed)
        with pytest.raises(KeyboardInterrupt):
            feed.poll()
        monkeypatch.setattr(Store, "commit", commit)
        assert types(feed.poll()) == ["page.updated"]
