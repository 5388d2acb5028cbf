"""A wiki, a feed of it, and what is needed to look at both."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from math import inf
from pathlib import Path
from typing import Any

import pytest
from support.postgres_server import a_database

from wikijs import WikiJSClient
from wikijs.feed import ChangeFeed, Event, PageEvent
from wikijs.sandbox import Sandbox


class Scene:
    """A wiki with a client that may do everything, and feeds of it."""

    def __init__(self, folder: Path, databases: Callable[[], str] | None = None) -> None:
        self._open = ExitStack()
        self.folder = folder
        self._databases = databases
        self._stores: dict[str, str | Path] = {}
        self.shift = 0.0
        ticks = itertools.count()
        # A clock that never stands still between two requests, and that a test may set.
        self.sandbox = self._open.enter_context(
            Sandbox(clock=lambda: time.time() + self.shift + next(ticks) / 100, tag_order=1)
        )
        self.client = self._open.enter_context(self.sandbox.client())

    def feed(self, client: WikiJSClient | None = None, name: str = "feed.db", **options: Any) -> ChangeFeed:
        """A feed that looks at all pages each time, unless told otherwise."""
        options = {"sweep_interval": 1e-9, "sweep_share": inf, **options}
        if name not in self._stores:
            self._stores[name] = self.folder / name if self._databases is None else self._databases()
        feed = ChangeFeed(client or self.client, self._stores[name], **options)
        return self._open.enter_context(feed)

    def reader(self, *permissions: str, path: str = "", match: str = "START", deny: bool = False) -> WikiJSClient:
        """A client with a key whose group has these permissions and one rule that allows them below a path."""
        group = self.client.groups.create(f"group {time.time_ns()}")
        self.rule(group.id, *permissions, path=path, deny=deny)
        key = self.client.api_keys.create(f"key {time.time_ns()}", group=group.id).key
        client = self._open.enter_context(self.sandbox.client(key))
        client.group_id = group.id  # type: ignore[attr-defined]
        return client

    def rule(self, group_id: int, *permissions: str, path: str = "", deny: bool = False) -> None:
        """Give a group these permissions and one rule that allows them below a path."""
        from wikijs_generated.operations import groups_update

        rule = {
            "id": "rule",
            "deny": deny,
            "match": "START",
            "roles": list(permissions),
            "path": path,
            "locales": [],
        }
        self.client.execute(
            groups_update(
                group_id,
                name=f"group {group_id}",
                redirect_on_login="/",
                permissions=list(permissions),
                page_rules=[rule],  # type: ignore[list-item]
            )
        )

    def create(self, path: str, **fields: Any) -> int:
        """Create a page; its id."""
        fields = {"title": path.rpartition("/")[2], "content": f"# {path}\n", **fields}
        return self.client.pages.create(path, **fields).id

    def close(self) -> None:
        self._open.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a module on all stores that it names."""
    if "scene" in metafunc.fixturenames:
        metafunc.parametrize("scene", getattr(metafunc.module, "STORES", ("sqlite",)), indirect=True)


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """An empty wiki; its feeds are stored in files, or in databases of a PostgreSQL that tests start."""
    made = Scene(tmp_path, (lambda: a_database(request)) if request.param == "postgres" else None)
    yield made
    made.close()


def told(events: list[Event]) -> list[tuple[str, str]]:
    """Types and subjects of events."""
    return [(event.type, event.subject) for event in events]


def types(events: list[Event]) -> list[str]:
    """Types of events, those about the feed itself left out."""
    return [event.type for event in events if not event.type.startswith("feed.")]


def only_page(events: list[Event]) -> PageEvent:
    """The one event, which is about a page."""
    [event] = events
    assert isinstance(event, PageEvent)
    return event
