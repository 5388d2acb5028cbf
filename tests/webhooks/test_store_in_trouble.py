"""What happens to the store happens to no message: power cuts, a full disk, a locked file, clocks that jump."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from wikijs.exceptions import StoreError
from wikijs.feed.database import SQLiteDatabase
from wikijs.feed.store import FeedState, Store
from wikijs.webhooks import Webhooks

from .conftest import Scene, sequences
from .killing import WIKI, draft
from .receiving_end import OK, Received, ReceivingEnd, until

CUTS = 40


def held(store: Store) -> list[int]:
    """Which events a store has, by the number that each was made with."""
    return [int(event.data.change.version_id) for event in store.events(limit=10_000)]


@pytest.mark.parametrize("seed", range(2))
def test_a_power_cut_leaves_all_that_was_said_to_be_stored_and_nothing_half(tmp_path: Path, seed: int) -> None:
    """The files as a disk may have them: all that was flushed, and of what came later as much as happens to be."""
    chance, where = random.Random(seed), tmp_path / "hooks.db"
    store, state = Store(where), FeedState()
    log = tmp_path / "hooks.db-wal"
    number = 0
    for cut in range(CUTS):
        for _ in range(chance.randrange(1, 8)):
            size = chance.randrange(1, 5)
            store.commit(WIKI, state, drafts=[draft(number + one) for one in range(size)])
            number += size
        stored, flushed = number, log.stat().st_size if log.exists() else 0
        copy = tmp_path / f"cut-{cut}" / "hooks.db"
        copy.parent.mkdir()
        shutil.copy(where, copy)
        # What is written next may have reached the disk in part, or as rubbish.
        for _ in range(2):
            store.commit(WIKI, state, drafts=[draft(number)])
            number += 1
        content = log.read_bytes()
        if len(content) < flushed:  # the log was begun anew: that copy would be of two times
            continue
        tail = content[flushed : flushed + chance.randrange(0, max(len(content) - flushed, 1))]
        if chance.random() < 0.5:
            tail = tail[: len(tail) // 2] + chance.randbytes(len(tail) - len(tail) // 2)
        copy.with_name("hooks.db-wal").write_bytes(content[:flushed] + tail)
        with sqlite3.connect(copy) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()
        after = Store(copy)
        found = held(after)
        assert found == list(range(len(found)))
        assert stored <= len(found) <= number
        after.commit(
            WIKI, state, drafts=[draft(each) for each in range(number)]
        )  # the same found again is not told again
        assert sorted(held(after)) == list(range(number))
        after.close()
    store.close()


def test_each_commit_is_flushed_to_the_disk(tmp_path: Path) -> None:
    with SQLiteDatabase(tmp_path / "x.db").reading() as sql:
        assert sql.one("PRAGMA synchronous") == (2,)  # FULL
        assert sql.one("PRAGMA journal_mode") == ("wal",)


def noting(hooks: Webhooks, name: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Why a step of the queue failed."""
    errors: list[str] = []
    step = getattr(hooks.outbox, name)

    def noted(*arguments: object) -> object:
        try:
            return step(*arguments)
        except StoreError as error:
            errors.append(error.message)
            raise

    monkeypatch.setattr(hooks.outbox, name, noted)
    return errors


def sent_in_background(hooks: Webhooks) -> Callable[[], None]:
    """Send from a thread; the function that ends it."""
    dispatcher = hooks.dispatcher(look=0.02)
    thread = threading.Thread(target=lambda: asyncio.run(dispatcher.run()))
    thread.start()

    def end() -> None:
        dispatcher.stop()
        thread.join(60)
        assert not thread.is_alive()

    return end


def test_a_locked_store_holds_messages_up_and_loses_none(
    tmp_path: Path, end: ReceivingEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(SQLiteDatabase(tmp_path / "hooks.db", busy_timeout=0.05))
    with Webhooks(store, allow_networks=["127.0.0.0/8"], allow_http=True) as hooks:
        hooks.create(end.url)
        gate = threading.Event()

        def answer(_: Received) -> object:
            gate.wait(60)
            return OK

        end.answer = answer  # type: ignore[assignment]
        store.commit(WIKI, FeedState(), drafts=[draft(number) for number in range(5)])
        errors = noting(hooks, "settle", monkeypatch)
        stop = sent_in_background(hooks)
        try:
            until(lambda: len(end.received) == 5)
            other = sqlite3.connect(tmp_path / "hooks.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            gate.set()  # they arrive, and what came of them cannot be noted
            until(lambda: errors)
            assert "another process is writing to it" in errors[0]
            with pytest.raises(StoreError, match="another process is writing"):
                store.commit(WIKI, FeedState(), drafts=[draft(5)])
            assert sum(hooks.waiting().values()) == 5
            other.execute("ROLLBACK")
            other.close()
            store.commit(WIKI, FeedState(), drafts=[draft(5)])
            until(lambda: not hooks.waiting() and len(end.received) == 6)
        finally:
            gate.set()
            stop()
        assert sorted(sequences(end)) == [1, 2, 3, 4, 5, 6]  # each once, although one answer was noted late
    store.close()


def test_a_full_disk_holds_messages_up_and_loses_none(
    tmp_path: Path, end: ReceivingEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = SQLiteDatabase(tmp_path / "hooks.db")
    store = Store(database)
    with Webhooks(store, allow_networks=["127.0.0.0/8"], allow_http=True) as hooks:
        hooks.create(end.url)
        number = 0

        def grow(more: int) -> None:
            with database.reading() as sql:
                row = sql.one("PRAGMA page_count")
                assert row is not None
                sql.one(f"PRAGMA max_page_count = {row[0] + more}")

        grow(10)
        for size in (50, 1):  # to the last page
            try:
                while True:
                    store.commit(WIKI, FeedState(), drafts=[draft(number + each) for each in range(size)])
                    number += size
            except StoreError as error:
                assert "the disk is full" in error.message  # noqa: PT017  how many went in is asked below
        errors = noting(hooks, "fan_out", monkeypatch)
        stop = sent_in_background(hooks)
        try:
            until(lambda: errors)
            assert "the disk is full" in errors[0]
            grow(100_000)
            until(lambda: store.consumer("webhooks") == store.last_sequence() and not hooks.waiting())
        finally:
            stop()
        assert held(store) == list(range(number))
        assert set(sequences(end)) == {event.sequence for event in store.events(limit=10_000)}
    store.close()


@pytest.mark.parametrize("jump", [-3600.0, 3600.0, -30 * 86400.0])
def test_clocks_that_jump_lose_nothing_and_keep_the_order(scene: Scene, end: ReceivingEnd, jump: float) -> None:
    hook = scene.hooks.create(end.url)
    end.answer = lambda _: OK if end.received[1:] else (503, {}, b"")
    first = [scene.tell(page=1), scene.tell(page=1)]
    assert scene.hooks.deliver() == {"failed": 1}
    scene.now += jump
    other = scene.tell(page=2)
    scene.hooks.deliver()
    assert other in sequences(end)  # what happens now does not wait for what the clock said before
    scene.now += abs(jump) + 3600
    while scene.hooks.waiting():
        scene.hooks.deliver()
    assert scene.statuses(hook.id) == ["delivered"] * 3
    taken = [each for each in sequences(end) if each in first]
    assert taken == [first[0], first[0], first[1]]


def test_a_clock_set_back_by_days_holds_nothing_up_for_days(scene: Scene, end: ReceivingEnd) -> None:
    scene.hooks.create(end.url)
    scene.tell()
    while scene.hooks.outbox.fan_out():
        pass
    scene.now -= 30 * 86400.0
    assert scene.hooks.deliver() == {}
    scene.hooks.outbox.tidy()  # as it is done at the start and every hour
    assert scene.hooks.deliver() == {"delivered": 1}
