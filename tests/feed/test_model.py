"""Random people's work against the truth: every event is told once, and nothing that did not happen.

WIKIJS_FEED_EXAMPLES sets how many stories are tried, a few by default; with WIKIJS_FEED_STORE=postgres feeds remember
in databases of a PostgreSQL that the test starts.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections import Counter
from math import inf
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from support.postgres_server import a_database
from wikijs_generated.operations import pages_purge_history, pages_restore

from wikijs.feed import ChangeFeed, Event, PageEvent

from .conftest import Scene

STORE: Final = os.environ.get("WIKIJS_FEED_STORE", "sqlite")
EXAMPLES: Final = int(os.environ.get("WIKIJS_FEED_EXAMPLES", "6"))
NUMBER: Final = st.integers(0, 7)
PATHS: Final = ["alpha", "beta", "gamma", "delta", "docs/one", "docs/two"]
TAGS: Final = ["red", "green", "blue"]


class FeedMachine(RuleBasedStateMachine):
    """People at work, a feed that looks at times, and what they did: `truth`, as type and subject in their order.

    Two feeds look: one at all pages each time, one at the newest ones and at all pages only where something is missing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="feed-"))
        self.scene = Scene(self.folder, a_database if STORE == "postgres" else None)
        self.numbers = itertools.count()
        self.truth: list[tuple[str, str]] = []
        self.unseen: list[tuple[str, str]] = []
        self.alive: dict[int, str] = {}
        self.fresh: set[int] = set()
        self.touched: dict[int, list[tuple[str, str]]] = {}
        self.tagged: set[int] = set()
        self.feeds: dict[str, ChangeFeed] = {}
        self.told: dict[str, list[Event]] = {"often": [], "rarely": []}

    def teardown(self) -> None:
        for _ in range(2):
            self.look()
        for name, events in self.told.items():
            self.compare(name, events)
        self.scene.close()
        shutil.rmtree(self.folder)

    def feed(self, name: str) -> ChangeFeed:
        options = {} if name == "often" else {"sweep_interval": 1e9, "sweep_share": inf}
        return self.scene.feed(name=f"{name}.db", unchanged=True, **options)

    @initialize(count=st.integers(0, 3))
    def begin(self, count: int) -> None:
        for path in PATHS[:count]:
            self.alive[self.scene.create(path, tags=TAGS)] = path
        for name in self.told:
            self.feeds[name] = self.feed(name)
            self.feeds[name].poll()

    # People.

    def did(self, type_: str, page_id: int) -> None:
        self.touched.setdefault(page_id, []).append((type_, f"page:{page_id}"))
        self.truth.append((type_, f"page:{page_id}"))

    def page(self, number: int) -> int:
        return sorted(self.alive)[number % len(self.alive)]

    @rule(number=NUMBER)
    def create(self, number: int) -> None:
        free = [path for path in PATHS if path not in self.alive.values()]
        if free:
            path = free[number % len(free)]
            page_id = self.scene.create(path, tags=TAGS[: number % 3])
            self.alive[page_id] = path
            self.fresh.add(page_id)
            self.did("page.created", page_id)

    @precondition(lambda self: self.alive)
    @rule(number=NUMBER)
    def edit(self, number: int) -> None:
        page_id = self.page(number)
        self.scene.client.pages.update(page_id, content=f"text {next(self.numbers)}")
        self.did("page.updated", page_id)

    @precondition(lambda self: self.alive)
    @rule(number=NUMBER, tags=st.lists(st.sampled_from(TAGS), unique=True))
    def retag(self, number: int, tags: list[str]) -> None:
        page_id = self.page(number)
        before = self.scene.client.pages.get(page_id)
        if sorted(tag.tag for tag in before.tags) != sorted(tags):
            self.scene.client.pages.update(page_id, tags=tags)
            self.did("page.updated", page_id)

    @precondition(lambda self: self.alive)
    @rule(number=NUMBER)
    def style(self, number: int) -> None:
        page_id = self.page(number)
        self.scene.client.pages.update(page_id, script_css=f"p {{ margin: {next(self.numbers)}px }}")
        self.did("page.updated", page_id)

    @precondition(lambda self: self.alive)
    @rule(number=NUMBER)
    def toggle(self, number: int) -> None:
        page_id = self.page(number)
        row = self.scene.sandbox.db.one("SELECT isPublished FROM pages WHERE id = ?", page_id)
        assert row is not None
        published = not row["isPublished"]
        self.scene.client.pages.update(page_id, is_published=published)
        self.did("page.published" if published else "page.unpublished", page_id)

    @precondition(lambda self: self.alive)
    @rule(number=NUMBER)
    def move(self, number: int) -> None:
        page_id = self.page(number)
        free = [path for path in PATHS if path not in self.alive.values()]
        if free:
            self.scene.client.pages.move(page_id, free[0])
            self.alive[page_id] = free[0]
            self.did("page.moved", page_id)

    @precondition(lambda self: self.alive)
    @rule(number=NUMBER)
    def render(self, number: int) -> None:
        self.scene.client.pages.render(self.page(number))

    @precondition(lambda self: self.alive)
    @rule(number=NUMBER)
    def restore(self, number: int) -> None:
        page_id = self.page(number)
        versions = self.scene.sandbox.db.all("SELECT * FROM pageHistory WHERE pageId = ? ORDER BY id", page_id)
        path, published = (
            self.alive[page_id],
            self.scene.sandbox.db.value("SELECT isPublished FROM pages WHERE id = ?", page_id),
        )
        same = [row for row in versions if row["path"] == path and row["isPublished"] == published]
        if same:
            self.scene.client.execute(pages_restore(page_id, version_id=same[number % len(same)]["id"]))
            self.did("page.updated", page_id)

    @precondition(lambda self: self.alive)
    @rule(number=NUMBER)
    def delete(self, number: int) -> None:
        page_id = self.page(number)
        del self.alive[page_id]
        self.scene.client.pages.delete(page_id)
        lost = self.touched.pop(page_id, [])
        for each in lost:  # what happened since the last look to a page that is gone cannot be seen
            self.truth.remove(each)
            self.unseen.append(each)
        if page_id not in self.fresh:
            self.truth.append(("page.deleted", f"page:{page_id}"))
        else:
            self.unseen.append(("page.deleted", f"page:{page_id}"))
        self.fresh.discard(page_id)

    @precondition(lambda self: not self.touched)
    @rule()
    def purge(self) -> None:
        self.scene.client.execute(pages_purge_history("PT0S"))

    # The feed.

    @rule()
    def look(self) -> None:
        for name, feed in self.feeds.items():
            events = feed.poll()
            note(f"{name}: {[(event.type, event.subject, event.certain) for event in events]}")
            self.told[name] += events
        self.touched.clear()
        self.fresh.clear()

    @rule()
    def look_as_a_guest(self) -> None:
        """A bad token is silently taken for a guest."""
        for name, feed in self.feeds.items():
            with self.scene.sandbox.client(guest=True) as guest:
                feed.close()
                with self.scene.feed(guest, name=f"{name}.db") as blind:
                    self.told[name] += blind.poll()
            self.feeds[name] = self.feed(name)

    @rule()
    def look_while_the_api_is_off(self) -> None:
        self.scene.sandbox.db.run("UPDATE apiKeys SET isRevoked = 1")
        for name, feed in self.feeds.items():
            self.told[name] += feed.poll()
        self.scene.sandbox.db.run("UPDATE apiKeys SET isRevoked = 0")

    @rule()
    def restart(self) -> None:
        for name in self.feeds:
            self.feeds[name].close()
            self.feeds[name] = self.feed(name)

    def compare(self, name: str, events: list[Event]) -> None:
        about_pages = [event for event in events if isinstance(event, PageEvent)]
        found = [(event.type, event.subject) for event in about_pages]
        assert Counter(found) == Counter(self.truth), name
        assert len({event.id for event in events}) == len(events)
        assert [event.sequence for event in events] == sorted(event.sequence for event in events)
        for page_id in self.alive:
            subject = f"page:{page_id}"
            assert [each for each in found if each[1] == subject] == [
                each for each in self.truth if each[1] == subject
            ], name
        for event in about_pages:
            if event.change.author is not None:
                assert event.change.author.id == 1


TestFeed = FeedMachine.TestCase
TestFeed.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
