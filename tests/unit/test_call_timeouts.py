"""Each call may have a time of its own: for everything it does, retries and waits included."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest
from support.raw import Connection, RawServer, raw_server

from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.core.flow import PAGE_WRITES, Stream, emit, exclusively, pause
from wikijs.middleware import RateLimiter


@pytest.fixture
def silent() -> Iterator[RawServer]:
    """A server that takes its time."""
    done = threading.Event()

    def handle(connection: Connection, body: bytes) -> None:
        del connection, body
        done.wait(30)

    with raw_server(handle) as server:
        yield server
        done.set()


async def test_calls_of_all_kinds_end_in_time(silent: RawServer) -> None:
    started = time.monotonic()
    with WikiJSClient(silent.url) as client:
        for call in (
            lambda: client.pages.get(1, timeout=0.1),
            lambda: client.pages.list(timeout=0.1),
            lambda: client.execute(ops.pages_list(), timeout=0.1),
            lambda: client.query(ops.pages_list(), timeout=0.1),
            lambda: client.graphql("{ __typename }", timeout=0.1),
            lambda: client.batch(ops.pages_list(), ops.users_list(), timeout=0.1),
            lambda: client.whoami(timeout=0.1),
        ):
            with pytest.raises(exc.TimeoutError):
                call()
        with pytest.raises(exc.OutcomeUnknownError):
            client.execute(ops.pages_render(1), timeout=2)  # enough to be sent on a slow machine
    async with AsyncWikiJSClient(silent.url) as other:
        for wait in (
            other.pages.get(1, timeout=0.1),
            other.execute(ops.pages_list(), timeout=0.1),
            other.graphql("{ __typename }", timeout=0.1),
            other.batch(ops.pages_list(), ops.users_list(), timeout=0.1),
        ):
            with pytest.raises(exc.TimeoutError):
                await wait
    assert time.monotonic() - started < 25  # each of them would take 30 s


def test_what_is_not_begun_for_want_of_time_was_not_sent(silent: RawServer) -> None:
    slow = RateLimiter(requests_per_second=0.01, burst_size=1)
    with WikiJSClient(silent.url, rate_limiter=slow, retry=False) as client:
        with pytest.raises(exc.TimeoutError) as caught:
            client.execute(ops.pages_list(), timeout=0.1)
        assert caught.value.sent
        with pytest.raises(exc.TimeoutError, match="time given for this call is over") as caught:
            client.execute(ops.pages_list(), timeout=0.1)
        assert not caught.value.sent


async def test_a_lock_is_waited_for_no_longer_than_the_time_given(silent: RawServer) -> None:
    held = threading.Event()

    def hold() -> None:
        def wait() -> object:
            held.set()
            yield from pause(2)

        with WikiJSClient(silent.url) as other:
            other._sync.driver.run(exclusively(PAGE_WRITES, wait()))  # type: ignore[arg-type]

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    with WikiJSClient(silent.url) as client, pytest.raises(exc.TimeoutError) as caught:
        client.pages.delete(1, timeout=0.1)
    assert not caught.value.sent
    async with AsyncWikiJSClient(silent.url) as other:
        with pytest.raises(exc.TimeoutError) as caught:
            await other.pages.delete(1, timeout=0.1)
    assert not caught.value.sent
    thread.join()


async def test_iterators_end_in_time_too(silent: RawServer) -> None:
    started = time.monotonic()
    with WikiJSClient(silent.url) as client:
        for values in (
            client.pages.iter_all(timeout=0.1),
            client.pages.iter_all(content=True, timeout=0.1),
            client.pages.grep("x", timeout=0.1),
            client.users.iter_all(timeout=0.1),
            client.assets.iter_all(timeout=0.1),
            client.tags.iter_all(timeout=0.1),
        ):
            with pytest.raises(exc.TimeoutError):
                next(values)
    async with AsyncWikiJSClient(silent.url) as other:
        for later in (
            other.pages.iter_all(timeout=0.1),
            other.groups.iter_all(timeout=0.1),
            other.comments.iter_all(timeout=0.1),
            other.api_keys.iter_all(timeout=0.1),
        ):
            with pytest.raises(exc.TimeoutError):
                await anext(later)
    assert time.monotonic() - started < 25


async def test_what_a_loop_does_is_not_the_iterators_time() -> None:
    def numbers() -> Stream[int]:
        for number in range(4):
            yield from emit([number])
            yield from pause(0)
        yield from pause(100)

    got: list[int] = []
    with WikiJSClient("http://127.0.0.1:9") as client:

        def take() -> None:
            for number in client._sync.driver.iterate(numbers(), 1.0):
                got.append(number)
                time.sleep(0.4)

        with pytest.raises(exc.TimeoutError, match="time given for this call is over"):
            take()
    assert got == [0, 1, 2, 3]
    async with AsyncWikiJSClient("http://127.0.0.1:9") as other:

        async def take_later() -> None:
            async for number in other._async.driver.iterate(numbers(), 1.0):
                got.append(number)
                await asyncio.sleep(0.4)

        with pytest.raises(exc.TimeoutError):
            await take_later()
    assert got == [0, 1, 2, 3] * 2
