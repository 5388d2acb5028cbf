"""Caches shared by processes: never anything from before a confirmed write, whatever becomes of the store."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
import uuid
from collections.abc import Callable
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

import pytest
import redis
from redis import RedisError
from support.caches import put, stores_nothing_in_doubt
from support.echo import echoed
from support.raw import Connection, answer, raw_server
from support.redis_server import RedisServer, false_redis

from wikijs import WikiJSClient, ops
from wikijs.cache import BaseCache, FileCache, RedisCache, SafeCache
from wikijs.core.redis import connect

SPAWN = multiprocessing.get_context("spawn")
WRITES = 300


def make(kind: str, place: str) -> BaseCache:
    return FileCache(place) if kind == "file" else RedisCache(place, key_prefix="staleness:", timeout=30)


def read(
    kind: str, place: str, server: Counter, confirmed: Counter, ready: Barrier, done: Event, results: Results
) -> None:
    """Reads a page through the cache, and counts what is older than the last write that was confirmed before."""
    cache = make(kind, place)
    reads = stale = 0
    ready.wait()
    while not done.is_set():
        known = confirmed.value
        found = cache.get("page")
        if found is None:
            token = cache.begin()
            answer = server.value
            cache.set("page", b"%d" % answer, token=token, tags=["page:1", "pages"])
        else:
            answer = int(found.value)
        reads += 1
        stale += answer < known
    stats = cache.stats()
    cache.close()
    results.put((reads, stale, stats.hits, stats.refused))


def write(kind: str, place: str, server: Counter, confirmed: Counter, ready: Barrier, done: Event) -> None:
    cache = make(kind, place)
    ready.wait()
    for number in range(1, WRITES):
        server.value = number
        cache.invalidate([["page:1"], ["pages"], ["*"]][number % 3])
        confirmed.value = number
        time.sleep(0.004)  # time for the readers to fill the cache again
    cache.close()
    done.set()


Counter = Synchronized  # of int; the class is not generic at run time
Results = multiprocessing.Queue


@pytest.mark.parametrize("kind", ["file", "redis"])
def test_no_process_reads_what_another_has_changed(kind: str, redis_url: str, tmp_path: Path) -> None:
    place = str(tmp_path) if kind == "file" else redis_url
    server, confirmed, results = SPAWN.Value("i", 0), SPAWN.Value("i", 0), SPAWN.Queue()
    ready, done = SPAWN.Barrier(3), SPAWN.Event()
    readers = [
        SPAWN.Process(target=read, args=(kind, place, server, confirmed, ready, done, results)) for _ in range(2)
    ]
    writer = SPAWN.Process(target=write, args=(kind, place, server, confirmed, ready, done))
    for process in (*readers, writer):
        process.start()
    counted = [results.get(timeout=60) for _ in readers]
    for process in (*readers, writer):
        process.join(timeout=60)
    assert confirmed.value == WRITES - 1
    assert sum(stale for _, stale, _, _ in counted) == 0
    print(f"reads, stale, hits, refused by process: {counted}")
    assert sum(hits for _, _, hits, _ in counted) > 0, "the cache was in use"


def test_a_reader_that_was_under_way_in_another_process_is_refused(redis_url: str, tmp_path: Path) -> None:
    for one, other in (
        (FileCache(tmp_path), FileCache(tmp_path)),
        (
            RedisCache(redis_url, key_prefix="refused:", timeout=30),
            RedisCache(redis_url, key_prefix="refused:", timeout=30),
        ),
    ):
        token = one.begin()
        other.invalidate(["page:1"])
        assert not one.set("a", b"old", token=token, tags=["page:1"])
        assert one.set("b", b"unrelated", token=token, tags=["page:2"])
        assert other.get("a") is None
        assert other.get("b") is not None
        one.close()
        other.close()


@pytest.fixture
def cache(redis_url: str) -> RedisCache:
    return RedisCache(redis_url, key_prefix=f"{uuid.uuid4()}:", timeout=30)


@pytest.fixture
def client(redis_url: str) -> redis.Redis:
    return redis.Redis.from_url(redis_url)


def test_redis_removes_what_has_expired_by_itself(cache: RedisCache, client: redis.Redis) -> None:
    put(cache, "a", tags=["pages"])
    names = [name for name in client.scan_iter(f"{cache._entry[:36]}*") if b"generations" not in name]
    assert len(names) == 3
    assert all(0 < client.pttl(name) <= 3_600_000 for name in names)


def test_indexes_of_tags_do_not_outgrow_the_entries(cache: RedisCache, client: redis.Redis) -> None:
    now = [1000.0]
    cache._clock = lambda: now[0]
    for number in range(50):
        now[0] += 4000
        put(cache, f"{number}", tags=["pages"])
    assert client.zcard(cache._tag + "pages") == 1
    for number in range(50):
        put(cache, f"{number}", tags=["pages"])
        cache.delete(f"{number}")
    assert client.zcard(cache._tag + "pages") <= 1
    assert cache.stats().size <= 1


def test_an_entry_whose_index_was_evicted_is_not_served_after_an_invalidation(
    cache: RedisCache, client: redis.Redis
) -> None:
    put(cache, "a", tags=["pages"])
    client.delete(cache._tag + "pages", cache._tag + "*")
    cache.invalidate(["pages"])
    assert cache.get("a") is None


def test_nothing_is_served_once_the_generations_were_evicted(cache: RedisCache, client: redis.Redis) -> None:
    put(cache, "a", tags=["pages"])
    token = cache.begin()
    client.delete(cache._generations)
    assert cache.get("a") is None
    assert not cache.set("a", b"", token=token)
    assert put(cache, "a")
    assert cache.get("a") is not None


def test_generations_in_redis_are_bounded(
    cache: RedisCache, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wikijs.cache.shared.MAX_GENERATIONS", 10)
    put(cache, "a", tags=["users"])
    token = cache.begin()
    for number in range(50):
        cache.invalidate([f"page:{number}"])
    assert client.hlen(cache._generations) <= 14
    assert cache.get("a") is None
    assert not cache.set("a", b"", token=token)
    assert put(cache, "a")


@pytest.mark.parametrize(
    "damage",
    [
        lambda client, name: client.set(name, "text"),
        lambda client, name: client.hset(name, "v", "other"),
        lambda client, name: client.hset(name, "t", "no json"),
        lambda client, name: client.hset(name, "k", "never"),
        lambda client, name: client.hdel(name, "e"),
        lambda client, name: client.hdel(name, "s"),
    ],
)
def test_a_damaged_entry_in_redis_is_dropped(
    cache: RedisCache, client: redis.Redis, damage: Callable[[redis.Redis, str], object]
) -> None:
    put(cache, "a", b"{}", tags=["pages"])
    damage(client, cache._entry + "a")
    assert cache.get("a") is None
    assert not client.exists(cache._entry + "a")
    assert cache.stats().errors == 1
    assert put(cache, "a")
    assert cache.get("a") is not None


def test_prefixes_keep_caches_apart(redis_url: str, client: redis.Redis) -> None:
    one, other = RedisCache(redis_url, key_prefix="one:", timeout=30), RedisCache(client, key_prefix="other:")
    put(one, "a")
    put(other, "a")
    assert one.clear() == 1
    assert other.get("a") is not None
    one.close()
    other.close()
    assert client.ping(), "a client that was given is left open"


def test_a_redis_that_comes_back_with_an_old_snapshot_serves_nothing_from_it(own_redis: RedisServer) -> None:
    cache = SafeCache(RedisCache(own_redis.url), pause=0)
    other = SafeCache(RedisCache(own_redis.url), pause=0)
    put(cache, "a", b"old", tags=["page:1"])
    assert other.get("a") is not None
    with redis.Redis.from_url(own_redis.url) as client:
        client.save()
    cache.invalidate(["page:1"])
    own_redis.restart()
    with redis.Redis.from_url(own_redis.url) as client:
        assert client.exists("wikijs:entry:a"), "the old entry is back"
    for either in (other, cache):
        assert either.get("a") is None
    assert put(cache, "a", b"new")
    assert other.get("a") is not None
    cache.close()
    other.close()


def test_a_redis_that_is_away_is_a_miss_and_its_invalidations_are_made_up_for(
    own_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    cache = SafeCache(RedisCache(own_redis.url, timeout=0.2), pause=0)
    put(cache, "a", b"old", tags=["page:1"])
    with redis.Redis.from_url(own_redis.url) as client:
        client.save()
    own_redis.kill()
    assert cache.get("a") is None
    assert not put(cache, "b")
    assert cache.invalidate(["page:1"]) == 0
    own_redis.start()
    assert cache.get("a") is None
    assert put(cache, "a", b"new")
    found = cache.get("a")
    assert found is not None
    assert found.value == b"new"
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    cache.close()


def open_at_once(place: str, ready: Barrier, results: Results) -> None:
    for number in range(15):
        cache = FileCache(f"{place}/{number}")
        ready.wait()
        try:
            put(cache, "a")
            cache.invalidate(["pages"])
            results.put("fine")
        except Exception as error:
            results.put(repr(error))
        cache.close()


def test_processes_that_start_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    ready, results = SPAWN.Barrier(4), SPAWN.Queue()
    processes = [SPAWN.Process(target=open_at_once, args=(str(tmp_path), ready, results)) for _ in range(4)]
    for process in processes:
        process.start()
    found = {results.get(timeout=60) for _ in range(4 * 15)}
    for process in processes:
        process.join(timeout=10)
    assert found == {"fine"}


@pytest.mark.parametrize(("piece", "pause", "timeout"), [(b"x", 0.05, 0.5), (bytes(1 << 20), 0.0, 600.0)])
def test_an_answer_without_an_end_is_no_answer(piece: bytes, pause: float, timeout: float) -> None:
    with false_redis(b"$2000000000\r\n", piece, pause) as url:
        client = connect(url, timeout=timeout, max_answer=8 << 20)
        with pytest.raises(RedisError):  # and not after the 600 seconds in which 2 GB could come
            client.get("a")
        client.close()
        cache = RedisCache(url, timeout=0.3)
        assert SafeCache(cache).get("a") is None, "a cache that does not answer is no cache"
        cache.close()


def test_redis_stores_nothing_while_a_write_may_change_it(cache: RedisCache, client: redis.Redis) -> None:
    stores_nothing_in_doubt(cache, cache)
    cache.doubt(["*"], 120)
    assert not put(cache, "c", tags=["users"])
    assert client.hget(cache._generations, "#doubts")


def test_a_doubt_ends_by_itself_and_outlives_what_is_forgotten(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    cache = RedisCache(redis_url, key_prefix=f"{uuid.uuid4()}:", timeout=30, clock=lambda: now[0])
    cache.doubt(["page:1"], 120)
    monkeypatch.setattr("wikijs.cache.shared.MAX_GENERATIONS", 5)
    for number in range(10):
        cache.invalidate([f"page:{number + 10}"])
    assert not put(cache, "a", tags=["page:1"])
    now[0] += 121
    assert put(cache, "a", tags=["page:1"])
    cache.settle(["page:2"], cache.doubt(["page:2"], 120))
    assert not cache._client.hexists(cache._generations, "#doubts")
    cache.close()


def write_and_die(url: str, place: str) -> None:
    with WikiJSClient(url, retry=False, cache=RedisCache(place, key_prefix="killed:", timeout=30)) as client:
        client.execute(ops.groups_create("new"))


def test_what_was_read_beside_a_killed_writer_is_not_served(redis_url: str) -> None:
    there, begun = ["old"], threading.Event()

    def handle(_: Connection, body: bytes) -> bytes | None:
        if b"mutation" in body:
            begun.set()
            time.sleep(30)  # the writer does not live to see the answer
            return None
        moment = "2026-01-01T00:00:00.000Z"
        found = [
            {"id": number, "name": name, "isSystem": False, "userCount": 0, "createdAt": moment, "updatedAt": moment}
            for number, name in enumerate(there, 1)
        ]
        return answer(echoed(body, json.dumps({"data": {"groups": {"list": found}}}).encode()))

    with raw_server(handle) as server:
        writer = SPAWN.Process(target=write_and_die, args=(server.url, redis_url))
        writer.start()
        assert begun.wait(60)
        with WikiJSClient(
            server.url, retry=False, cache=RedisCache(redis_url, key_prefix="killed:", timeout=30)
        ) as client:
            assert len(client.execute(ops.groups_list())) == 1  # the write is not applied yet
            writer.kill()
            writer.join()
            there.append("new")  # now it is, and nobody is there who would drop what was read
            assert len(client.execute(ops.groups_list())) == 2
