"""Many requests at once and many in all: no failure, no deadlock, nothing left behind.

`WIKIJS_LOAD=100000` sets the number of requests after which memory is measured again.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from tests.support.loopback import Answer, serve
from tests.support.recordings import step
from tests.support.served import Served, served
from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs.cache import MemoryCache
from wikijs.middleware import CircuitBreaker, RateLimiter

REQUESTS: Final = int(os.environ.get("WIKIJS_LOAD", "3000"))
AT_ONCE: Final = 1000
THREADS: Final = 64


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(Path(tmp_path_factory.mktemp("load")) / "wiki.db", seed=20) as server:
        yield server


def sockets() -> int:
    """Sockets that this process holds."""
    count = 0
    for name in os.listdir("/proc/self/fd"):
        try:
            count += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
        except OSError:
            continue
    return count


def resident() -> float:
    """Memory of this process in MiB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def settled(limit: int) -> bool:
    """Whether the number of sockets falls to a limit: the server's side of a connection takes a moment to close."""
    until = time.monotonic() + 10
    while sockets() > limit and time.monotonic() < until:
        time.sleep(0.02)
    return sockets() <= limit


async def test_a_thousand_requests_at_once(server: Served) -> None:
    before, tasks = sockets(), len(asyncio.all_tasks())
    async with AsyncWikiJSClient(server.url, server.api_key, timeout=120, retry=False) as client:
        ids = [page.id for page in await client.pages.list()]
        wanted = [ids[index % len(ids)] for index in range(AT_ONCE)]
        async with asyncio.timeout(200):
            pages = await asyncio.gather(*(client.pages.get(ident) for ident in wanted))
        assert [page.id for page in pages] == wanted
        assert len(asyncio.all_tasks()) == tasks
    assert await asyncio.to_thread(settled, before)


async def test_cancelled_requests_leave_nothing_behind(server: Served) -> None:
    before = sockets()
    async with AsyncWikiJSClient(server.url, server.api_key, timeout=120, retry=False) as client:
        running = [asyncio.create_task(client.pages.list()) for _ in range(200)]
        await asyncio.sleep(0.05)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        assert len(await asyncio.wait_for(client.pages.list(), 60)) == 20
    assert await asyncio.to_thread(settled, before)


def test_many_threads_share_a_client(server: Served) -> None:
    before, threads = sockets(), threading.active_count()
    everything = {
        "cache": MemoryCache(),
        "circuit_breaker": CircuitBreaker(),
        "rate_limiter": RateLimiter(requests_per_second=100_000, burst_size=100_000),
    }
    for options in ({}, everything):
        with WikiJSClient(server.url, server.api_key, timeout=120, retry=False, **options) as client:  # type: ignore[arg-type]  # a mix of options
            ids = [page.id for page in client.pages.list()]
            wanted = [ids[index % len(ids)] for index in range(10 * THREADS)]
            with ThreadPoolExecutor(THREADS) as pool:
                pages = list(pool.map(client.pages.get, wanted, timeout=200))
            assert [page.id for page in pages] == wanted
            assert client.stats().retries == 0
    assert settled(before)
    assert threading.active_count() == threads


def test_threads_that_write_wait_for_each_other(server: Served) -> None:
    with WikiJSClient(server.url, server.api_key, timeout=120, retry=False) as client:

        def create(number: int) -> str:
            page = client.pages.create(f"threads/p{number}", title="T", content="# T", tags=["x", f"n{number % 5}"])
            client.pages.delete(page.id)
            return page.path

        with ThreadPoolExecutor(16) as pool:
            paths = list(pool.map(create, range(48), timeout=200))
        assert len(set(paths)) == 48
        assert len(client.pages.list()) == 20


def test_memory_stays_what_it_was() -> None:
    listed = step("pages-crud", "list all").reply().content
    with serve(lambda _: Answer(listed)) as server:
        server.seen = _Forgetful()
        client = WikiJSClient(
            server.url, cache=MemoryCache(max_size=100), circuit_breaker=CircuitBreaker(), rate_limiter=True
        )
        with client:

            def ask(times: int) -> None:
                for number in range(times):
                    client.pages.list(limit=number + 1)  # never the same twice: the cache is full soon

            ask(1000)
            early = resident()
            ask(REQUESTS - 1000)
            late = resident()
    print(f"{early:.1f} MiB after 1,000 requests, {late:.1f} MiB after {REQUESTS:,}")
    assert late - early < 5


class _Forgetful(list):  # type: ignore[type-arg]  # a list of anything that keeps nothing
    def append(self, item: object) -> None:
        """Forget it: the test is about the client's memory."""
