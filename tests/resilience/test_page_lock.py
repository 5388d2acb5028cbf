"""One page write of a wiki at a time: of all clients, threads, loops, and processes where they are told to."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.support.echo import echoed
from tests.support.raw import Connection, answer, raw_server
from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.core.processes.locks import WikiLock
from wikijs.middleware import FileLock, PageLock, PostgresLock, RedisLock

DONE = b'{"data":{"pages":{"render":{"responseResult":{"succeeded":true,"errorCode":0,"slug":"ok","message":"ok"}}}}}'


class Counting:
    """A server on which a page write takes a while, and which counts how many are at work at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.now, self.most, self.writes = seconds, 0, 0, 0
        self._guard = threading.Lock()

    def __call__(self, _: Connection, body: bytes) -> bytes:
        with self._guard:
            self.now, self.writes = self.now + 1, self.writes + 1
            self.most = max(self.most, self.now)
        time.sleep(self.seconds)
        with self._guard:
            self.now -= 1
        return answer(echoed(body, DONE))


async def test_cancelled_writes_are_at_work_one_at_a_time() -> None:
    counting = Counting(0.15)
    with raw_server(counting) as server:
        async with AsyncWikiJSClient(server.url, retry=False) as client:
            for _ in range(4):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(client.execute(ops.pages_render(1)), 0.03)
            await client.execute(ops.pages_render(1))
        assert counting.most == 1
        assert counting.now == 0  # closing waits for the last


async def test_chaos_with_cancellation_threads_and_clients() -> None:
    counting, lot = Counting(0.02), Random(5)
    with raw_server(counting) as server:

        def write_in_thread() -> None:
            with WikiJSClient(server.url, retry=False) as client:
                for _ in range(5):
                    client.execute(ops.pages_render(1))

        threads = [threading.Thread(target=write_in_thread) for _ in range(2)]
        for thread in threads:
            thread.start()
        async with AsyncWikiJSClient(server.url, retry=False) as one, AsyncWikiJSClient(server.url, retry=False) as two:

            async def write(client: AsyncWikiJSClient, patience: float) -> None:
                with suppress(TimeoutError, exc.OutcomeUnknownError):
                    await asyncio.wait_for(client.execute(ops.pages_render(1)), patience)

            await asyncio.gather(*(write(lot.choice([one, two]), lot.uniform(0.005, 0.6)) for _ in range(30)))
        for thread in threads:
            await asyncio.to_thread(thread.join)
        assert counting.most == 1
        assert counting.writes > 10


def test_whoever_gives_up_does_not_keep_the_place() -> None:
    lock = WikiLock()
    assert lock.acquire()
    assert not lock.acquire(0.01)

    async def give_up() -> None:
        assert not await lock.acquire_async(0.01)
        task = asyncio.create_task(lock.acquire_async())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(give_up())
    lock.release()
    assert lock.acquire(0)
    lock.release()


@pytest.fixture(params=["file", "redis", "postgres"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], PageLock]]:
    if request.param == "file":
        yield lambda: FileLock(tmp_path / "lock")
    elif request.param == "redis":
        url = request.getfixturevalue("redis_url")
        key = f"test:{tmp_path.name}"
        yield lambda: RedisLock(url, key, lease=0.3)
    else:
        dsn = os.environ.get("WIKIJS_TEST_POSTGRES", "")
        if not dsn:
            pytest.skip("WIKIJS_TEST_POSTGRES names no PostgreSQL")
        yield lambda: PostgresLock(dsn, tmp_path.name)


def test_a_lock_of_processes_is_held_by_one(make: Callable[[], PageLock]) -> None:
    one, other = make(), make()
    assert one.acquire()
    assert not other.acquire(0.05)
    time.sleep(0.5)  # longer than a lease
    assert not other.acquire(0.05)
    one.release()
    assert other.acquire(2)
    other.release()
    other.release()  # twice does no harm
    assert "lock" in repr(one).lower()


async def test_both_clients_use_it(make: Callable[[], PageLock]) -> None:
    counting, held = Counting(0.01), make()
    with raw_server(counting) as server:
        assert held.acquire()
        with WikiJSClient(server.url, page_lock=make(), retry=False) as client:
            with pytest.raises(exc.TimeoutError):
                client.execute(ops.pages_render(1), timeout=0.1)
            async with AsyncWikiJSClient(server.url, page_lock=make(), retry=False) as other:
                with pytest.raises(exc.TimeoutError):
                    await other.execute(ops.pages_render(1), timeout=0.1)
                assert counting.writes == 0
                held.release()
                client.execute(ops.pages_render(1))
                await other.execute(ops.pages_render(1))
        assert counting.writes == 2


def test_locks_that_cannot_be_had_say_so(tmp_path: Path) -> None:
    with pytest.raises(exc.ConfigurationError, match="cannot be opened"):
        FileLock(tmp_path / "missing" / "lock").acquire()
    with pytest.raises(exc.ConfigurationError, match="more than 0 seconds"):
        RedisLock("redis://localhost:1", lease=0)
    with pytest.raises(exc.TransportError) as caught:
        RedisLock("redis://127.0.0.1:9/0").acquire()
    assert not caught.value.sent
    with pytest.raises(exc.TransportError):
        PostgresLock("postgresql://127.0.0.1:9/none?connect_timeout=2").acquire()


def test_a_lease_that_is_lost_is_told(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    from wikijs.core.redis import connect

    lock: Any = RedisLock(redis_url, "test:lost", lease=0.3)
    assert lock.acquire()
    connect(redis_url).delete("test:lost")
    until = time.monotonic() + 5
    while "was lost" not in caplog.text and time.monotonic() < until:
        time.sleep(0.02)
    lock.release()
    assert "was lost" in caplog.text
