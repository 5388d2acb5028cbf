"""Sync and restore, ended behind each of their writes: the step that wrote is not told as one that did nothing."""

from __future__ import annotations

import itertools
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.backup.wikis import client_of, empty_wiki, fill
from tests.support.cutting import Cutting, admits
from tests.sync.conftest import Scene, change_everything
from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.backup.making import back_up
from wikijs.backup.restoring import running
from wikijs.backup.store import Store
from wikijs.sandbox import Sandbox
from wikijs.sync.apply import Applier
from wikijs.sync.run import synchronise

MOST: Final = 200
"""More writes than any of these make."""


def cut_off(cutting: Cutting, sandbox: Sandbox, work: Callable[[WikiJSClient], object]) -> None:
    """Work on a wiki until it is cut off, and as far as it comes then."""
    with httpx2.Client(transport=cutting) as http:
        client = WikiJSClient(sandbox.url, sandbox.api_key, http_client=http, retry=False, rate_limiter=False)
        client._policy.settle_waits = (0.0,)
        cutting.is_on = True
        with suppress(exc.WikiJSException):  # the whole run ends and says why, and nothing of a step
            work(client)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wiki and a folder that have both changed in every way."""
    root, ticks = tmp_path_factory.mktemp("sync"), itertools.count()
    (root / "docs").mkdir()
    sandbox = Sandbox(data=root / "wiki.db", clock=lambda: time.time() + next(ticks) / 100)
    scene = Scene(sandbox, sandbox.client(), root / "docs")
    change_everything(scene)
    scene.close()
    return root


@pytest.mark.parametrize("spared", range(2 if "WIKIJS_MATRIX" in os.environ else 1))
def test_a_step_of_sync_that_wrote(changed: Path, tmp_path: Path, spared: int, monkeypatch: pytest.MonkeyPatch) -> None:
    apply, told = Applier.apply, list[Any]()

    def noted(self: Applier, action: Any) -> Any:
        before = cutting.is_written
        failure = apply(self, action)
        if cutting.is_written and not before and failure is not None:
            told.append(failure)
        return failure

    monkeypatch.setattr(Applier, "apply", noted)
    writes = 0
    for at in range(1, MOST):
        shutil.copytree(changed, tmp_path / str(at))
        with Sandbox(data=tmp_path / str(at) / "wiki.db") as sandbox:
            cutting = Cutting(sandbox.transport(), spared, at=at)
            folder = tmp_path / str(at) / "docs"
            cut_off(cutting, sandbox, lambda client, folder=folder: synchronise(client, folder, adopt=True))
        if not cutting.is_written:
            break
        writes += 1
    assert writes > 5
    assert [(failure.action, failure.error) for failure in told if not admits(failure.error)] == []


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup of a wiki with something of everything."""
    folder = tmp_path_factory.mktemp("backups")
    with empty_wiki() as sandbox, client_of(sandbox) as client:
        fill(client, pages=2)
        back_up(client, Store(folder))
    return folder


@pytest.mark.parametrize("spared", range(2 if "WIKIJS_MATRIX" in os.environ else 1))
def test_a_step_of_a_restore_that_wrote(backed_up: Path, spared: int, monkeypatch: pytest.MonkeyPatch) -> None:
    one, told = running._Work._one, list[Any]()

    def noted(self: Any, place: int, step: Any, notes: Any) -> None:
        before, known = cutting.is_written, len(self._report.failed)
        one(self, place, step, notes)
        if cutting.is_written and not before:
            told.extend(self._report.failed[known:])

    monkeypatch.setattr(running._Work, "_one", noted)
    store = Store(backed_up)
    writes = 0
    for at in range(1, MOST):
        with empty_wiki() as sandbox:
            cutting = Cutting(sandbox.transport(), spared, at=at)
            cut_off(cutting, sandbox, lambda client: running.restore(client, store, store.snapshot()))
        if not cutting.is_written:
            break
        writes += 1
    assert writes > 20
    assert told or spared
    assert [(step.kind, step.name, error) for step, error in told if not admits(error)] == []
