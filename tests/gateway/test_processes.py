"""Several processes of one gateway, on a real PostgreSQL and a real Redis: they know of each other what they must."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from support.postgres_server import a_database
from support.served import Served, served

from wikijs.gateway.access.callers import Caller
from wikijs.gateway.access.credentials import Credentials, master_key
from wikijs.gateway.access.keys import KeyRing
from wikijs.gateway.store.database import Database

PATIENCE = 240.0


@dataclass
class Many:
    """A gateway of two processes."""

    url: str
    key: str
    wiki: Served
    process: subprocess.Popen[str]
    database: str

    def ask(self, method: str, path: str, *, key: str | None = None, **more: Any) -> httpx2.Response:
        """One request over a connection of its own, so that either process may get it."""
        headers = {"authorization": f"Bearer {key or self.key}"} | more.pop("headers", {})
        with httpx2.Client(timeout=120) as client:
            return client.request(method, self.url + path, headers=headers, **more)

    def workers(self) -> list[int]:
        """Ids of its processes."""
        found: list[int] = []
        for place in Path("/proc").iterdir():
            if place.name.isdecimal():
                try:
                    parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
                    line = (place / "cmdline").read_bytes()
                except OSError:
                    continue
                if parent == self.process.pid and b"spawn_main" in line:
                    found.append(int(place.name))
        return found


def until(there: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (found := there()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def written(folder: Path, wiki: str, database: str, more: str = "") -> Path:
    """The configuration of a gateway, its tables, its credential."""
    place = folder / "gateway.toml"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    place.write_text(
        f'wiki = "{wiki}"\nport = {port}\ndatabase = "{database}"\nfeed = false\njob_lease = 4.0\n'
        "drain_seconds = 600.0\n"
        f'journals = "journals"\nkey_file = "gateway.key"\nrate = 1000000\n{more}'
        "[tiers.few]\nrate = 1\nburst = 50\ndaily = 100000\n"
        "[tiers.much]\nrate = 1000000\nburst = 1000000\ndaily = 1000000\nwrite = 1000000\nexport = 1000\njobs = 9\n"
    )
    return place


def keys_of(folder: Path, database: str, api_key: str, *tiers: str) -> list[str]:
    store = Database(database)
    try:
        store.migrate()
        Credentials(store, master_key(folder / "gateway.key", {}, make=True)).put(
            "default", "api_key", {"key": api_key}
        )
        return [KeyRing(store).create(tier, scopes=["all"], tier=tier)[1] for tier in tiers]
    finally:
        store.close()


@contextmanager
def running(place: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WIKIJS_")}
    command = [sys.executable, "-m", "wikijs.cli", "gateway", "serve", "--config", str(place), *more]
    log = place.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(command, stderr=output, stdout=output, text=True, env=environment)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def test_several_processes_on_a_file_are_refused(tmp_path: Path) -> None:
    """Nothing would keep their page writes apart, nor their limits together."""
    place = written(tmp_path, "http://127.0.0.1:9", str(tmp_path / "gateway.db"))
    keys_of(tmp_path, str(tmp_path / "gateway.db"), "x.y.z")
    with running(place, "--workers", "2") as process:
        assert process.wait(120) != 0
    assert "PostgreSQL" in place.with_suffix(".log").read_text()


@pytest.fixture(params=os.environ.get("WIKIJS_GATEWAY_QUEUES", "own,procrastinate").split(","))
def many(tmp_path: Path, redis_url: str, request: pytest.FixtureRequest) -> Iterator[Many]:
    database = a_database()
    with served(tmp_path / "wiki", seed="empty", latency=0.002) as wiki:
        place = written(tmp_path, wiki.url, database, f'redis = "{redis_url}"\njob_queue = "{request.param}"\n')
        few, much = keys_of(tmp_path, database, wiki.api_key, "few", "much")
        port = re.search(r"port = (\d+)", place.read_text())
        assert port is not None
        with running(place, "--workers", "2") as process:
            many = Many(f"http://127.0.0.1:{port[1]}", much, wiki, process, database)
            many.few = few  # type: ignore[attr-defined]

            def both() -> bool:
                assert process.poll() is None, place.with_suffix(".log").read_text()[-3000:]
                try:
                    return many.ask("GET", "/readyz").status_code == 200 and len(many.workers()) == 2
                except httpx2.TransportError:
                    return False

            until(both)
            yield many


def paths(many: Many, folder: str) -> Counter[str]:
    with many.wiki.sandbox.client() as client:
        return Counter(page.path for page in client.pages.list(folder=folder))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found by /proc")
def test_two_processes_are_one_gateway(many: Many) -> None:
    # Limits: 50 at once, then one a minute, whichever process is asked.
    few: str = many.few  # type: ignore[attr-defined]
    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(lambda _: many.ask("GET", "/api/v1/me", key=few).status_code, range(150)))
    assert set(statuses) == {200, 429}
    assert 50 <= statuses[200] <= 53  # a slow machine takes some minutes for it

    # The same request is done once, though both get it.
    body = {"path": "once/page", "title": "t", "content": "c"}

    def once(_: int) -> tuple[int, str]:
        answer = many.ask("POST", "/api/v1/pages", json=body, headers={"idempotency-key": "storm"})
        return answer.status_code, answer.json().get("type", "")

    running = "/docs/errors#idempotency-running"
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(once, range(16))) <= {(201, ""), (409, running)}
    assert once(0) == (201, "")
    assert paths(many, "once") == {"once/page": 1}

    # Conditional writes: each edit that was accepted is there.
    page = many.ask("GET", "/api/v1/pages/by-path/en/once/page").json()["id"]

    def edit(number: int) -> None:
        while True:
            read = many.ask("GET", f"/api/v1/pages/{page}", headers={"cache-control": "no-cache"})
            content = f"{read.json()['content']}\nline {number}"
            headers = {"if-match": read.headers["etag"]}
            done = many.ask("PATCH", f"/api/v1/pages/{page}", json={"content": content}, headers=headers)
            if done.status_code == 200:
                return
            assert done.status_code == 412, done.text

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(edit, range(12)))
    with many.wiki.sandbox.client() as client:
        content = client.pages.get(page).content
    assert sorted(content.split("\n")[1:]) == sorted(f"line {number}" for number in range(12))

    # A key that one process made is known to the other, and revoked by both.
    made = many.ask("POST", "/api/v1/admin/keys", json={"name": "n", "scopes": ["read"], "tier": "much"}).json()

    def all_say(status: int) -> bool:
        return {many.ask("GET", "/api/v1/me", key=made["key"]).status_code for _ in range(12)} == {status}

    until(lambda: all_say(200))
    many.ask("DELETE", f"/api/v1/admin/keys/{made['id']}")
    until(lambda: all_say(401))

    # A job goes on when all processes are killed, and what they did is not done again.
    pages = [{"path": f"job/p{n}", "title": "t", "content": "c"} for n in range(60)]
    job = many.ask("POST", "/api/v1/jobs", json={"kind": "pages.create_many", "input": {"pages": pages}}).json()["id"]
    until(lambda: sum(paths(many, "job").values()) > 2)
    before = many.workers()
    for worker in before:
        os.kill(worker, signal.SIGKILL)

    def ended() -> Any:
        try:
            found = many.ask("GET", f"/api/v1/jobs/{job}").json()
        except httpx2.TransportError:
            return None
        return found if found["state"] not in {"queued", "running"} else None

    found = until(ended)
    assert (found["state"], found["done"], found["failed"]) == ("done", 60, 0), found
    assert paths(many, "job") == {page["path"]: 1 for page in pages}

    # Told to stop, all end their streams now, not when they would be cut off (drain_seconds).
    until(lambda: len(many.workers()) == 2)
    long = {"pages": [{"path": f"long/p{n}", "title": "t", "content": "c"} for n in range(5_000)]}
    watched = many.ask("POST", "/api/v1/jobs", json={"kind": "pages.create_many", "input": long}).json()["id"]

    def watch(_: int) -> str:
        return many.ask("GET", f"/api/v1/jobs/{watched}/events").text

    with ThreadPoolExecutor(8) as pool:
        streams = [pool.submit(watch, number) for number in range(8)]
        until(lambda: paths(many, "long"))
        time.sleep(1.0)
        many.process.terminate()
        many.process.wait(200)
        texts = [stream.result() for stream in streams]
    assert all(text.startswith(": welcome") and "event: end" not in text for text in texts), texts


def test_a_database_of_postgresql_is_migrated_by_all_at_once() -> None:
    where = a_database()
    databases = [Database(where) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Database.migrate, databases))
    assert {each.version() for each in databases} == {1}
    assert "@" in databases[0].name
    for each in databases:
        each.close()


def test_keys_of_requests_jobs_and_usage_are_the_same_on_postgresql() -> None:
    import asyncio

    from starlette.responses import Response

    from wikijs.gateway.http.problems import Refused
    from wikijs.gateway.idempotency import Idempotency
    from wikijs.gateway.jobs.store import JobStore
    from wikijs.gateway.limits.usage import Usage

    database = Database(a_database())
    database.migrate()
    credentials = Credentials(database, "A" * 43 + "=")
    one, two = Idempotency(database, "one", credentials), Idempotency(database, "two", credentials)
    caller = Caller("caller", "tests", "key", frozenset({"pages:write"}), "free")

    async def send() -> None:
        assert await one.begin(caller, "key", "print") is None
        with pytest.raises(Refused, match="under way"):
            await two.begin(caller, "key", "print")
        with pytest.raises(Refused, match="Another request"):
            await two.begin(caller, "key", "other")
        await one.end(caller, "key", Response(b"done", 201, {"etag": "x"}))
        stored = await two.begin(caller, "key", "print")
        assert stored is not None
        assert (stored.status, stored.body, stored.headers["etag"]) == (201, b"done", "x")

    asyncio.run(send())
    first, second = JobStore(database, "one"), JobStore(database, "two")
    for kind in ("a", "b"):
        first.create(kind, {}, caller="c", credential="default", most=9)
    reading = first.create("r", {}, caller="c", credential="default", most=9, writes=False)
    assert first.create("d", {}, caller="c", credential="default", most=3) is None
    job = first.claim(writes=True)
    assert job is not None
    assert second.claim(writes=True) is None  # one writes at a time
    beside = second.claim(writes=False)
    assert (beside and beside.id) == (reading and reading.id)
    assert second.beat(job.id, 1, 2, 0) is None  # another one's
    assert first.beat(job.id, 1, 2, 0) is False
    first.end(job.id, "done", result={"items": []}, problem=None, done=1, total=1, failed=0)
    following = second.claim(writes=True)
    assert following is not None
    assert following.kind == "b"
    for _ in range(2):
        usage = Usage(database)
        usage.note("key", "GET /x", 200, 2.0, 10)
        usage.flush()
    assert [(row["count"], row["bytes"]) for row in Usage(database).read(since=0.0)] == [(2, 20)]
    database.close()
