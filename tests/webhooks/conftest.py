"""Webhooks with a clock that tests set, and the other end of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.postgres_server import a_database

from wikijs.feed.history import Draft
from wikijs.feed.store import FeedState
from wikijs.webhooks import Webhooks

from .receiving_end import ReceivingEnd, receiving_end

WIKI = "https://wiki.example.com"


class Scene:
    """A store with webhooks.

    Attributes:
        now: What the clock says.
    """

    def __init__(self, where: str | Path) -> None:
        self.now = 1_800_000_000.0
        self.hooks = Webhooks(where, allow_networks=["127.0.0.0/8"], allow_http=True, clock=lambda: self.now)
        self.hooks.outbox.chance = lambda: 0.5
        self.numbers: dict[str, int] = {}

    def tell(self, type_: str = "page.updated", page: int = 1, path: str = "docs/a", **more: Any) -> int:
        """Let something happen; the number of its event."""
        number = self.numbers[type_] = self.numbers.get(type_, 0) + 1
        data = {
            "page": {"id": page, "path": path, "locale": "en", "title": "T", "tags": more.pop("tags", [])},
            "change": {"kind": "edit", "version_id": number, "previous": more.pop("previous", {})},
            "url": f"{WIKI}/en/{path}",
        }
        draft = Draft(type_, f"page:{page}", f"{number}", None, data, True, more)
        [event] = self.hooks.store.commit(WIKI, FeedState(), drafts=[draft])
        return event.sequence

    def statuses(self, endpoint: str | None = None) -> list[str]:
        """What became of messages, oldest first."""
        return [each.status for each in reversed(self.hooks.deliveries(endpoint, limit=10_000))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a module on all stores that it names."""
    if "scene" in metafunc.fixturenames:
        metafunc.parametrize("scene", getattr(metafunc.module, "STORES", ("sqlite",)), indirect=True)


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """Webhooks in a store of their own: a file, or a database of a PostgreSQL that tests start."""
    made = Scene(a_database(request) if request.param == "postgres" else tmp_path / "hooks.db")
    yield made
    made.hooks.close()


@pytest.fixture
def end() -> Iterator[ReceivingEnd]:
    """The other end."""
    with receiving_end() as made:
        yield made


def sequences(end: ReceivingEnd) -> list[int]:
    """Numbers of the events that came, in their order."""
    return [json.loads(each.body)["sequence"] for each in end.received]
