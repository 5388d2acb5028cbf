"""Children of a process: they connect anew, and hold no lock that a thread of their parent held.

`WIKIJS_FORK_READS=10000` is the full size; with `WIKIJS_FORK_REAL=1`, `WIKIJS_URL`, `WIKIJS_API_KEY` and
`WIKIJS_ADMIN_PASSWORD` of a real server with ten pages or more, too, the reads are its own.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.support.served import served
from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs.auth import PasswordAuth
from wikijs.cache import MemoryCache
from wikijs.core.flow import PAGE_WRITES, exclusively, pause
from wikijs.core.processes.locks import WIKIS
from wikijs.exceptions import ConfigurationError
from wikijs.middleware import CircuitBreaker, DailyQuota, FileLock, RateLimiter

if not hasattr(os, "fork"):
    pytest.skip("this system has no fork", allow_module_level=True)

READS: Final = int(os.environ.get("WIKIJS_FORK_READS", "600"))
CHILDREN: Final = 3
THREADS: Final = 2
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")


@dataclass(frozen=True)
class Wiki:
    """A wiki on a port."""

    url: str
    api_key: str
    admin_password: str


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    if "WIKIJS_FORK_REAL" in os.environ:
        yield Wiki(*(os.environ[name] for name in ("WIKIJS_URL", "WIKIJS_API_KEY", "WIKIJS_ADMIN_PASSWORD")))
        return
    with served(Path(tmp_path_factory.mktemp("forks")) / "wiki.db", seed=20) as server:
        yield Wiki(server.url, server.api_key, server.sandbox.admin_password)


def in_child(work: Callable[[], None], timeout: float = 60) -> bool:
    """Whether this works in a process that is forked from this one."""

    def child() -> None:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)  # without waiting for threads that only the parent has

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(timeout)
    if process.is_alive():
        process.kill()
        return False
    return process.exitcode == 0


def read_all(client: WikiJSClient, ids: list[int], reads: int, seed: int) -> int:
    """Read pages; how many answers belong to another one."""
    foreign = 0
    for number in range(reads):
        wanted = ids[(number * 7 + seed) % len(ids)]
        foreign += client.execute(ops.pages_single(wanted)).id != wanted
    return foreign


def test_parent_and_children_read_their_own_answers(server: Wiki) -> None:
    share = READS // ((CHILDREN + 1) * THREADS) + 1

    def everybody(seed: int) -> int:
        foreign: list[int] = []
        threads = [
            threading.Thread(target=lambda part=part: foreign.append(read_all(client, ids, share, seed + part)))
            for part in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(foreign) == THREADS
        return sum(foreign)

    def child(seed: int) -> None:
        os._exit(min(everybody(seed), 100))

    with WikiJSClient(server.url, server.api_key, cache=None) as client:
        ids = [page.id for page in client.pages.list()]
        everybody(0)  # connections that all of them could share
        fork = multiprocessing.get_context("fork")
        children = [fork.Process(target=child, args=(10 * number,)) for number in range(1, CHILDREN + 1)]
        for process in children:
            process.start()
        assert everybody(0) == 0
        for process in children:
            process.join(120)
            assert process.exitcode == 0


async def test_the_asynchronous_client_too(server: Wiki) -> None:
    async with AsyncWikiJSClient(server.url, server.api_key) as client:
        [page, other, *_] = await client.pages.list()
        assert (await client.pages.get(page.id)).id == page.id

        async def read() -> None:
            for _ in range(10):
                assert (await client.pages.get(other.id)).id == other.id

        assert await asyncio.to_thread(in_child, lambda: asyncio.run(read()))
        assert (await client.pages.get(page.id)).id == page.id


def test_a_child_is_not_held_up_by_what_threads_of_its_parent_hold(server: Wiki, tmp_path: Path) -> None:
    limiter, quota = RateLimiter(1000, 1000, daily_quota=DailyQuota(10**6)), DailyQuota(10**6)
    cache, breaker = MemoryCache(), CircuitBreaker()
    with WikiJSClient(
        server.url,
        server.api_key,
        cache=cache,
        circuit_breaker=breaker,
        rate_limiter=limiter,
        page_lock=FileLock(tmp_path / "lock"),
    ) as client:
        page = client.pages.list()[0]
        held = threading.Event()
        lock = WIKIS[client._settings.wiki]

        def hold() -> None:
            def wait() -> Any:
                held.set()
                yield from pause(1.5)

            client._sync.driver.run(exclusively(PAGE_WRITES, wait()))

        thread = threading.Thread(target=hold)
        thread.start()
        assert held.wait(10)
        circuit = client.circuit_breaker
        assert circuit is not None
        locks = [
            cache._lock, cache._counting, breaker._lock, circuit._lock, limiter._lock, quota._lock,
            client._stats._lock, client._reads._cache._lock,  # type: ignore[union-attr]
        ]  # fmt: skip
        for each in locks:
            each.acquire()
        try:

            def work() -> None:
                assert WIKIS[client._settings.wiki] is not lock
                client.pages.render(page.id)  # waits for the file's lock until the parent lets go of it
                assert client.pages.get(page.id).id == page.id
                quota.take()
                assert client.stats().operations["pages.render"].requests == 1

            started = time.monotonic()
            assert in_child(work)
            assert time.monotonic() - started > 0.5  # processes wait for each other where they are told to
        finally:
            for each in locks:
                each.release()
            thread.join()


SERVED_BY_GUNICORN: Final = """
import os
from wikijs import WikiJSClient, ops

client = WikiJSClient(os.environ["WIKI"], os.environ["KEY"])
ids = [page.id for page in client.pages.list()]  # before the workers are forked: they inherit the connection


def app(environ, start_response):
    share, seed = map(int, environ["QUERY_STRING"].split(","))
    wanted = [ids[(number * 7 + seed) % len(ids)] for number in range(share)]
    foreign = sum(client.execute(ops.pages_single(each)).id != each for each in wanted)
    start_response("200 OK", [("content-type", "text/plain")])
    return [f"{os.getpid()} {len(wanted)} {foreign}".encode()]
"""


def test_workers_of_gunicorn_that_share_a_preloaded_client(server: Wiki, tmp_path: Path) -> None:
    pytest.importorskip("gunicorn", reason="needs gunicorn, which this system does not have")
    (tmp_path / "site_of_workers.py").write_text(SERVED_BY_GUNICORN)
    socket = tmp_path / "s"
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "3", "--threads", "2", "--timeout", "300"]
    command += ["--bind", f"unix:{socket}", "--chdir", str(tmp_path), "--worker-tmp-dir", str(tmp_path)]
    environment = {**os.environ, "WIKI": server.url, "KEY": server.api_key}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([*command, "site_of_workers:app"], env=environment, stdout=log, stderr=log)
    try:
        while not socket.exists():
            assert process.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.05)
        requests = 24

        def ask(number: int) -> list[int]:
            with httpx2.Client(transport=httpx2.HTTPTransport(uds=str(socket)), timeout=300) as http:
                answer = http.get(f"http://workers/?{READS // requests + 1},{number}")
            assert answer.status_code == 200, (tmp_path / "log").read_text()
            return [int(part) for part in answer.text.split()]

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(ask, range(requests)))
    finally:
        process.terminate()
        process.wait(60)
    assert sum(foreign for _, _, foreign in answers) == 0
    assert sum(reads for _, reads, _ in answers) >= READS
    assert len({pid for pid, _, _ in answers}) > 1, "one worker did everything: nothing was shared"


def test_a_login_under_way_in_the_parent_is_not_waited_for(server: Wiki) -> None:
    auth = PasswordAuth("admin@example.com", server.admin_password)
    with WikiJSClient(server.url, auth) as client:
        assert client.whoami().kind == "user"
        auth._login._lock.acquire()
        try:
            assert in_child(lambda: auth.adopt(auth.current.value if auth.current else ""))
        finally:
            auth._login._lock.release()


def test_an_http_client_of_the_callers_own_is_refused_in_a_child(server: Wiki) -> None:
    import httpx2

    with httpx2.Client() as http, WikiJSClient(server.url, server.api_key, http_client=http) as client:
        client.whoami()

        def work() -> None:
            with pytest.raises(ConfigurationError, match="was made before this process was forked"):
                client.whoami()

        assert in_child(work)
        client.whoami()
