"""A wiki with faults planted in it, each known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from wikijs import WikiJSClient
from wikijs.sandbox import Sandbox

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC).timestamp()
DAY = timedelta(days=1).total_seconds()
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 24


@dataclass
class Clock:
    """The wiki's."""

    now: float = NOW

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


@dataclass
class Planted:
    """The wiki, and the ids of its pages by path."""

    sandbox: Sandbox
    client: WikiJSClient
    clock: Clock
    ids: dict[str, int]

    def write(self, path: str, content: str, **fields: object) -> None:
        """Create a page without a fault of its own."""
        given: dict[str, object] = {"title": path, "description": "About it", "tags": ["planted"], **fields}
        made = self.client.pages.create(path=path, content=content, **given)  # type: ignore[arg-type]
        self.ids[path] = made.id


@pytest.fixture
def planted() -> Iterator[Planted]:
    """The demo wiki, a year younger than the clock says, with a page that leads to all that is written by `write`."""
    clock = Clock()
    with Sandbox(seed="demo", clock=clock) as sandbox, sandbox.client() as client:
        yield Planted(sandbox, client, clock, {page.path: page.id for page in client.pages.list(locale="en")})
