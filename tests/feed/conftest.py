"""A wiki, a feed of it, and what is needed to look at both."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack
from math import inf
from pathlib import Path
from typing import Any

import pytest

from wikijs import WikiJSClient
from wikijs.feed import ChangeFeed, Event, PageEvent
from wikijs.sandbox import Sandbox


class Scene:
    """A wiki with a client that may do everything, and feeds of it."""

    def __init__(self, folder: Path) -> None:
        self._open = ExitStack()
        self.folder = folder
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
        feed = ChangeFeed(client or self.client, self.folder / name, **options)
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


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """An empty wiki."""
    made = Scene(tmp_path)
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
