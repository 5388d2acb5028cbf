"""A folder or a state that cannot be written once the wiki was: told as such, and settled by the next run."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import httpx2
import pytest

from tests.support.cutting import MUTATION, admits
from tests.sync.conftest import Scene, change_everything
from tests.sync.test_sync_killed import check
from wikijs import WikiJSClient
from wikijs import exceptions as exc
from wikijs.sandbox import Sandbox
from wikijs.sync.apply import Applier
from wikijs.sync.folder import Folder
from wikijs.sync.state import State

STRIDE: Final = 1 if "WIKIJS_SYNC_EXAMPLES" in os.environ else 9
"""Writes of the wiki between two that are followed by trouble."""
MOST: Final = 60


class Counting(httpx2.BaseTransport):
    """Passes on what is asked, notes each write of the wiki, and says when so many were answered."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.transport()
        self.writes: list[bytes] = []
        self.at = 0
        self.begin: Callable[[], object] = bool

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        content = request.read()
        response = self._inner.handle_request(request)
        if MUTATION in content or request.url.path == "/u":
            self.writes.append(content)
            if len(self.writes) == self.at:
                self.begin()
        return response


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wiki and a folder that have both changed in every way, pages and other files."""
    root, ticks = tmp_path_factory.mktemp("troubles"), itertools.count()
    (root / "docs").mkdir()
    sandbox = Sandbox(data=root / "wiki.db", clock=lambda: time.time() + next(ticks) / 100)
    scene = Scene(sandbox, sandbox.client(), root / "docs")
    for name in ("here.png", "gone.png"):
        (scene.folder / name).write_bytes(b"old")
    scene.sync(assets=True)
    change_everything(scene)
    (scene.folder / "here.png").write_bytes(b"new, here")
    (scene.folder / "gone.png").unlink()
    scene.close()
    return root


@contextmanager
def copied(changed: Path, place: Path) -> Iterator[tuple[Scene, Counting]]:
    """The same again, to be spoilt."""
    shutil.copytree(changed, place)
    ticks = itertools.count()
    with Sandbox(data=place / "wiki.db", clock=lambda: time.time() + next(ticks) / 100) as sandbox:
        counting = Counting(sandbox)
        http = httpx2.Client(transport=counting)
        with http, WikiJSClient(sandbox.url, sandbox.api_key, http_client=http) as client:
            yield Scene(sandbox, client, place / "docs"), counting


class Trouble:
    """Nothing can be written any more, from a moment on."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._is_on = False

    def begin(self) -> None:
        """Let it begin."""
        self._is_on = True

    @contextmanager
    def around(self) -> Iterator[list[exc.WikiJSException]]:
        """Around a run; holds what is said of the steps that were under way or came later."""
        told: list[exc.WikiJSException] = []
        apply, writing = Applier.apply, State._writing

        def noted(applier: Applier, action: Any) -> Any:
            before = self._is_on
            try:
                failure = apply(applier, action)
            except exc.WikiJSException as error:
                told.extend([] if before else [error])
                raise
            if self._is_on and not before and failure is not None:
                told.append(failure.error)
            return failure

        def unwritable(state: State) -> Any:
            if self._is_on and self._what == "state":
                state._db.execute("PRAGMA query_only = ON")
            return writing(state)

        def failing(method: Callable[..., Any]) -> Callable[..., Any]:
            def step(*args: Any, **options: Any) -> Any:
                if self._is_on:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return method(*args, **options)

            return step

        with ExitStack() as stack:
            stack.enter_context(patch.object(Applier, "apply", noted))
            stack.enter_context(patch.object(State, "_writing", unwritable))
            if self._what == "folder":
                for name in ("write", "rename", "remove", "copy"):
                    stack.enter_context(patch.object(Folder, name, failing(getattr(Folder, name))))
            yield told


def kinds(writes: list[bytes]) -> list[str]:
    """What was written, in any order: each operation on each page, and each upload."""
    return sorted(
        "upload" if not each.startswith(b"{") else each.partition(b'"variables":')[2].decode() for each in writes
    )


@pytest.mark.parametrize("what", ["folder", "state"])
def test_what_cannot_be_written_after_the_wiki_was_is_settled_by_the_next_run(
    changed: Path, tmp_path: Path, what: str
) -> None:
    with copied(changed, tmp_path / "undisturbed") as (scene, counting):
        assert not scene.sync(adopt=True).failures
        expected = kinds(counting.writes)
    assert len(expected) > 10
    tried = [at for at in range(1, MOST, STRIDE) if at <= len(expected)]
    said = 0
    for at in tried:
        trouble = Trouble(what)
        with copied(changed, tmp_path / str(at)) as (scene, counting):
            counting.at, counting.begin = at, trouble.begin
            raised = pytest.raises(exc.FollowUpError, match="cannot be written") if what == "state" else nullcontext()
            with trouble.around() as told, raised:
                scene.sync(adopt=True)
            assert [error for error in told if not admits(error)] == []
            said += len(told)
            counting.at = 0
            assert not scene.sync().failures
            assert kinds(counting.writes) == expected
            check(scene, {"here": "new, here"})
    assert said
