"""A folder and an empty wiki, and publishing the one to the other."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wikijs import WikiJSClient
from wikijs.publish import PublishOptions, PublishPlan, PublishReport, plan_publish, run_publish
from wikijs.publish.marks import read
from wikijs.sandbox import Sandbox


@dataclass
class Scene:
    """A wiki and a folder.

    Attributes:
        sandbox: The wiki.
        client: A client that may do everything.
        folder: The folder.
    """

    sandbox: Sandbox
    client: WikiJSClient
    folder: Path

    def write(self, name: str, text: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def plan(self, to: str = "product/docs", **options: Any) -> PublishPlan:
        return plan_publish(self.client, self.folder, to, PublishOptions(**options))

    def publish(self, to: str = "product/docs", **options: Any) -> PublishReport:
        return run_publish(self.client, self.plan(to, **options))

    def did(self, to: str = "product/docs", **options: Any) -> list[tuple[str, str]]:
        """Publish, and what was done."""
        report = self.publish(to, **options)
        assert report.is_whole, (report.failed, report.plan.refused)
        return [(step.action, step.path) for step in report.done]

    def texts(self) -> dict[str, str]:
        """What pages say below their mark."""
        rows = self.sandbox.db.all("SELECT path, content FROM pages")
        return {row["path"]: read(row["content"])[1] for row in rows}

    def id_of(self, path: str) -> int:
        return self.client.pages.get_by_path(path, content=False).id

    def edit(self, path: str, text: str) -> None:
        """Edit a page on the wiki."""
        page = self.client.pages.get_by_path(path)
        self.client.pages.update(page.id, content=page.content + text)

    def close(self) -> None:
        self.client.close()
        self.sandbox.close()


def opened(folder: Path) -> Scene:
    """An empty wiki, on a clock that never stands still between two requests, and an empty folder."""
    folder.mkdir(parents=True)
    ticks = itertools.count()
    sandbox = Sandbox(clock=lambda: time.time() + next(ticks) / 100)
    return Scene(sandbox, sandbox.client(), folder)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """An empty wiki and an empty folder."""
    made = opened(tmp_path / "docs")
    yield made
    made.close()
