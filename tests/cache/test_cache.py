"""What only one kind of cache does, and what their names and wrappers promise."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import threading
from collections.abc import Collection
from datetime import UTC, date, datetime
from itertools import accumulate
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.caches import put, stores_nothing_in_doubt
from support.jwt import api_key, login_token

import wikijs.cache
from wikijs.cache import CacheStats, Entry, FileCache, MemoryCache, SafeCache, cache_key, file, principal, safe
from wikijs.cache.memory import MAX_SIZE
from wikijs.core.tokens import read_token
from wikijs.exceptions import ConfigurationError


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# ---- memory


def test_the_least_recently_used_entry_leaves_a_full_memory_cache() -> None:
    cache = MemoryCache(max_size=2)
    put(cache, "a")
    put(cache, "b")
    cache.get("a")
    put(cache, "c")
    assert [key for key in "abc" if cache.get(key)] == ["a", "c"]
    assert cache.stats().evictions == 1


def test_hits_and_misses_are_counted() -> None:
    clock = Clock()
    cache = MemoryCache(ttl=10, stale=5, clock=clock)
    assert cache.stats().hit_ratio == 0.0
    put(cache, "a")
    cache.get("a")
    cache.get("b")
    clock.now += 12
    cache.get("a")
    clock.now += 12
    cache.get("a")
    assert cache.stats() == CacheStats(hits=2, misses=2, stale=1)
    assert cache.stats().hit_ratio == 0.5


@pytest.mark.parametrize("ttl", [0.0, -1.0])
def test_an_entry_without_a_time_to_live_is_not_stored(ttl: float) -> None:
    cache = MemoryCache()
    assert not cache.set("a", b"", token=cache.begin(), ttl=ttl)
    assert not cache.set("a", b"", token=None)
    assert cache.stats().refused == 2


def test_invalidating_nothing_refuses_nothing() -> None:
    cache = MemoryCache()
    token = cache.begin()
    assert cache.invalidate([]) == 0
    assert cache.set("a", b"", token=token)


def test_forgetting_generations_refuses_all_that_began_before(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in ("memory", "file"):
        monkeypatch.setattr(f"wikijs.cache.{module}.MAX_GENERATIONS", 5)
    for cache in (MemoryCache(), FileCache(tmp_path)):
        old = cache.begin()
        for number in range(20):
            cache.invalidate([f"page:{number}"])
        assert not cache.set("a", b"", token=old, tags=["page:99"])
        assert put(cache, "a", tags=["page:99"])
        cache.close()


def test_memory_of_generations_is_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in ("memory", "file"):
        monkeypatch.setattr(f"wikijs.cache.{module}.MAX_GENERATIONS", 5)
    memory, kept = MemoryCache(), FileCache(tmp_path)
    for number in range(100):
        memory.invalidate([f"page:{number}"])
        kept.invalidate([f"page:{number}"])
    kept.close()
    assert len(memory._generations) <= 5
    with sqlite3.connect(tmp_path / "entries/cache.sqlite") as database:
        assert database.execute("SELECT count(*) FROM generations").fetchone()[0] <= 5
    database.close()


def test_an_invalidation_wins_over_reads_of_many_threads() -> None:
    cache, server, confirmed = MemoryCache(), [0], [0]
    wrong: list[tuple[int, bytes]] = []

    def read() -> None:
        for _ in range(2000):
            known = confirmed[0]
            found = cache.get("page")
            if found is None:
                token = cache.begin()
                cache.set("page", b"%d" % server[0], token=token, tags=["page:1"])
            elif int(found.value) < known:
                wrong.append((known, found.value))

    def write() -> None:
        for number in range(1, 500):
            server[0] = number
            cache.invalidate(["page:1"])
            confirmed[0] = number

    threads = [threading.Thread(target=read) for _ in range(4)] + [threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert cache.stats().hits


@pytest.mark.parametrize(
    "make",
    [
        lambda _: MemoryCache(ttl=0),
        lambda _: MemoryCache(stale=-1),
        lambda _: MemoryCache(max_size=0),
        lambda _: MemoryCache(max_bytes=0),
        lambda folder: FileCache(folder, max_bytes=0),
        lambda _: wikijs.cache.RedisCache("http://localhost"),
        lambda _: wikijs.cache.RedisCache("redis://localhost", key_prefix=""),
        lambda _: wikijs.cache.RedisCache(object()),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_work_is_refused_at_once(make: object, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        make(tmp_path)  # type: ignore[operator]


def test_a_redis_client_that_decodes_is_refused() -> None:
    redis = pytest.importorskip("redis")
    with redis.Redis(decode_responses=True) as client, pytest.raises(ConfigurationError, match="decode_responses"):
        wikijs.cache.RedisCache(client)


def test_redis_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "redis", None)
    with pytest.raises(ConfigurationError, match=r"py-wikijs\[redis\]"):
        wikijs.cache.RedisCache("redis://localhost")


def test_there_is_nothing_else_in_the_package() -> None:
    with pytest.raises(AttributeError, match="PickleCache"):
        _ = wikijs.cache.PickleCache  # type: ignore[attr-defined]


# ---- file


def test_nobody_else_may_read_the_files(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "new" / "cache")
    put(cache, "a")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new/cache").rglob("*")}
    cache.close()
    assert modes.pop("entries") == 0o700
    assert set(modes) == {"cache.sqlite", "cache.sqlite-wal", "cache.sqlite-shm"}
    assert set(modes.values()) == {0o600}


def test_entries_outlive_the_process_that_wrote_them(tmp_path: Path) -> None:
    first = FileCache(tmp_path)
    put(first, "a", b"[1]", ["pages"])
    first.close()
    second = FileCache(tmp_path)
    found = second.get("a")
    assert found is not None
    assert found.value == b"[1]"
    assert second.invalidate(["pages"]) == 1
    second.close()


def test_a_full_file_cache_drops_what_was_not_used_for_longest(tmp_path: Path) -> None:
    clock = Clock()
    cache = FileCache(tmp_path, ttl=1e6, max_bytes=10_000, clock=clock)
    for number in range(9):
        clock.now += 1
        put(cache, f"{number}", b"x" * 1000)
    clock.now += 2 * file.TOUCH_AFTER
    cache.get("0")
    clock.now += 1
    put(cache, "large", b"x" * 3000)
    assert [key for key in "012345678" if cache.get(key)] == ["0", "4", "5", "6", "7", "8"]
    assert cache.stats().evictions == 3
    assert not put(cache, "huge", b"x" * 10_001)
    assert cache.stats().size == 7
    cache.close()


def test_the_files_stay_near_their_bound(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, max_bytes=2_000_000)
    for number in range(600):
        put(cache, f"{number:064}", b"x" * 20_000, ["pages", f"page:{number}"])
    size = (tmp_path / "entries/cache.sqlite").stat().st_size
    cache.close()
    assert size < 2_000_000 * 1.5


def test_expired_entries_leave_the_file(tmp_path: Path) -> None:
    clock = Clock()
    cache = FileCache(tmp_path, ttl=10, clock=clock)
    put(cache, "a", tags=["pages"])
    clock.now += 20
    put(cache, "b")
    cache.close()
    with sqlite3.connect(tmp_path / "entries/cache.sqlite") as database:
        assert database.execute("SELECT key FROM entries").fetchall() == [("b",)]
        assert database.execute("SELECT count(*) FROM tags").fetchone() == (0,)
    database.close()


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[: len(content)] = b"garbage!" * (len(content) // 8)
    path.write_bytes(content)


def test_a_damaged_file_is_moved_aside_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "entries/cache.sqlite"
    cache = FileCache(tmp_path)
    put(cache, "a")
    cache.close()
    damage(path)
    assert cache.get("a") is None
    assert put(cache, "a")
    assert cache.get("a") is not None
    cache.close()
    assert (tmp_path / "damaged/cache.sqlite").read_bytes().startswith(b"garbage!")


def test_a_file_damaged_while_in_use_is_a_miss_and_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "entries/cache.sqlite"
    broken, other = FileCache(tmp_path), FileCache(tmp_path)
    cache = SafeCache(broken, pause=0)
    for number in range(200):
        put(cache, f"{number}", b"x" * 1000)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    old = other.begin()
    damage(path)
    assert [cache.get(f"{number}") for number in range(3)] == [None] * 3
    assert put(cache, "a")
    assert other.get("a") is not None, "the other process goes over to the new file"
    assert not other.set("b", b"", token=old), "reads that began with the old file are refused"
    cache.close()
    other.close()
    assert (tmp_path / "damaged/cache.sqlite").exists()


def test_a_damaged_entry_is_dropped(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = FileCache(tmp_path)
    put(cache, "a", b"{}")
    put(cache, "b", b"{}")
    with sqlite3.connect(tmp_path / "entries/cache.sqlite") as database:
        database.execute("UPDATE entries SET value = ? WHERE key = 'a'", (b"}{",))
        database.execute("UPDATE entries SET value = 'text' WHERE key = 'b'")
    database.close()
    with caplog.at_level(logging.WARNING):
        assert cache.get("a") is None
        assert cache.get("b") is None
    assert cache.stats() == CacheStats(misses=2, errors=2)
    assert len(caplog.records) == 1
    cache.close()


def test_a_file_of_a_later_release_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = FileCache(tmp_path)
    put(cache, "a")
    cache.close()
    path = tmp_path / "entries/cache.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with caplog.at_level(logging.WARNING):
        wrapped = SafeCache(FileCache(tmp_path), pause=0)
        assert wrapped.get("a") is None
        wrapped.close()
    assert "later release" in caplog.text
    assert not (tmp_path / "damaged").exists()


def test_an_invalidation_that_cannot_be_written_throws_the_cache_away(tmp_path: Path) -> None:
    cache, other = FileCache(tmp_path), FileCache(tmp_path)
    put(cache, "a", tags=["pages"])
    put(cache, "b", tags=["users"])
    assert other.get("a") is not None
    with cache._database() as database:
        database.execute("PRAGMA max_page_count = 1")  # as on a full disk: no page can be added
        database.execute("PRAGMA query_only = ON")
    assert cache.invalidate(["pages"]) == 0
    assert other.get("a") is None
    assert other.get("b") is None
    cache.close()
    other.close()


def test_an_invalidation_that_a_busy_file_does_not_take_throws_the_cache_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "BUSY_TIMEOUT", 0.05)
    inner, other = FileCache(tmp_path), FileCache(tmp_path)
    cache = SafeCache(inner, pause=0)
    put(cache, "a", tags=["pages"])
    assert other.get("a") is not None
    writer = sqlite3.connect(tmp_path / "entries/cache.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    cache.invalidate(["pages"])
    assert other.get("a") is None  # another process, which could not know otherwise
    assert cache.get("a") is None
    writer.execute("COMMIT")
    writer.close()
    assert cache.get("a") is None
    assert put(cache, "a")
    cache.close()
    other.close()


def test_nothing_is_stored_while_a_write_may_change_it(tmp_path: Path) -> None:
    clock = Clock()
    writer, reader = FileCache(tmp_path, clock=clock), FileCache(tmp_path, clock=clock)
    stores_nothing_in_doubt(writer, reader)
    writer.doubt(["page:1"], 120)  # and then it is killed
    assert not put(reader, "a", tags=["page:1"])
    clock.now += 121
    assert put(reader, "a", tags=["page:1"])
    writer.close()
    reader.close()


def test_what_could_not_be_dropped_is_dropped_before_a_client_goes() -> None:
    inner = MemoryCache()
    cache = SafeCache(inner, pause=1000)
    put(cache, "a", tags=["pages"])
    failing = {"left": 2}
    invalidate = inner.invalidate

    def broken(tags: Collection[str]) -> int:
        failing["left"] -= 1
        if failing["left"] >= 0:
            raise OSError("out of reach")
        return invalidate(tags)

    inner.invalidate = broken  # type: ignore[method-assign]
    cache.invalidate(["pages"])
    assert inner.get("a") is not None
    cache.flush()
    assert inner.get("a") is None


def test_uses_are_noted_without_waiting_for_others(tmp_path: Path) -> None:
    clock = Clock()
    cache = FileCache(tmp_path, clock=clock)
    put(cache, "a")
    clock.now += 2 * file.TOUCH_AFTER
    writer = sqlite3.connect(tmp_path / "entries/cache.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert cache.get("a") is not None
    writer.close()
    cache.close()


def test_threads_share_a_file_without_keeping_it_open_each(tmp_path: Path) -> None:
    cache = FileCache(tmp_path)
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            put(cache, f"{number}", b"%d" % number, ["pages"])
            assert cache.get(f"{number}") is not None
        except Exception as error:
            failures.append(error)

    for _ in range(5):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures
    assert len(cache._idle) <= 8
    cache.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # later Pythons: forking with threads about
def test_a_forked_process_opens_the_file_for_itself(tmp_path: Path) -> None:
    cache = FileCache(tmp_path)
    put(cache, "a", b"1")
    child = os.fork()
    if not child:
        found = cache.get("a")
        os._exit(0 if found and found.value == b"1" and put(cache, "b") and len(cache._abandoned) == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert cache.get("b") is not None
    cache.close()


def test_a_folder_that_cannot_be_made_is_a_miss(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = SafeCache(FileCache(tmp_path / "file"), pause=0)
    assert cache.get("a") is None
    assert cache.invalidate(["pages"]) == 0
    assert cache.stats().errors == 3
    cache.close()


# ---- broken caches


class Moody(MemoryCache):
    """A cache that fails while `broken`."""

    broken = False

    def _check(self) -> None:
        if self.broken:
            raise ConnectionError("redis://user:password=secret@host is away")

    def _read(self, key: str) -> Entry | None:
        self._check()
        return super()._read(key)

    def _write(self, key: str, value: bytes, tags: frozenset[str], token: str, ttl: float) -> bool:
        self._check()
        return super()._write(key, value, tags, token, ttl)

    def _drop(self, tags: Collection[str]) -> int:
        self._check()
        return super()._drop(tags)

    def _size(self) -> int:
        self._check()
        return super()._size()


def test_a_broken_cache_is_a_miss_and_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    clock, inner = Clock(), Moody()
    cache = SafeCache(inner, pause=1, clock=clock)
    assert not cache.blocking
    put(cache, "a")
    inner.broken = True
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            clock.now += 2
            assert cache.get("a") is None
            assert not put(cache, "b")
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "secret" not in caplog.text
        inner.broken = False
        clock.now += 2
        assert cache.get("a") is not None
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert cache.stats().errors == 5, "while it rests, it is not asked"


def test_a_failed_invalidation_is_made_up_for_before_anything_is_read() -> None:
    clock, inner = Clock(), Moody()
    cache = SafeCache(inner, pause=1, clock=clock)
    put(cache, "a", tags=["page:1"])
    put(cache, "b", tags=["page:2"])
    token = cache.begin()
    inner.broken = True
    assert cache.invalidate(["page:1"]) == 0
    inner.broken = False
    assert cache.get("a") is None, "resting"
    clock.now += 2
    assert cache.get("a") is None
    assert cache.get("b") is not None
    assert not cache.set("a", b"", token=token, tags=["page:1"])
    inner.broken = True
    clock.now += 2
    assert cache.clear() == 0
    inner.broken = False
    cache.close()
    assert inner.get("b") is None, "closing makes up for it as well"


def test_an_invalidation_is_tried_while_the_cache_rests() -> None:
    inner = Moody()
    cache = SafeCache(inner, pause=1000)
    put(cache, "a", tags=["page:1"])
    inner.broken = True
    cache.get("a")
    inner.broken = False
    assert cache.delete("page:1") == 1
    assert cache.invalidate([]) == 0


def test_too_many_failed_invalidations_become_one_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe, "MAX_PENDING", 3)
    clock, inner = Clock(), Moody()
    cache = SafeCache(inner, clock=clock)
    put(cache, "a", tags=["users"])
    inner.broken = True
    for number in range(10):
        cache.invalidate([f"page:{number}"])
    assert len(cache._pending) <= 3
    inner.broken = False
    clock.now += 2
    assert cache.get("a") is None


def test_reads_during_an_invalidation_go_to_the_wiki() -> None:
    seen: list[object] = []

    class Slow(Moody):
        def _drop(self, tags: Collection[str]) -> int:
            seen.append(cache.get("a"))
            if len(seen) == 1:  # the same page is written again meanwhile, and that invalidation fails
                self.broken = True
                cache.invalidate(["page:1"])
                self.broken = False
            return super()._drop(tags)

    clock = Clock()
    inner = Slow()
    cache = SafeCache(inner, pause=1, clock=clock)
    put(cache, "a", tags=["page:1"])
    cache.invalidate(["page:1"])
    assert seen[0] is None
    assert cache._pending, "the second invalidation is not done by the first"
    clock.now += 2
    cache.get("a")
    assert not cache._pending


# ---- keys

VARIABLES = st.dictionaries(
    st.text(max_size=3), st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)), max_size=3
)


def key(**changes: object) -> str:
    given = {
        "url": "https://wiki.example.com",
        "principal": "guest",
        "operation_name": "PagesSingle",
        "document": "query PagesSingle { pages { single { id } } }",
        "variables": {"id": 1},
    }
    return cache_key(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["url", "principal", "operation_name", "document"])
def test_each_part_of_a_request_is_part_of_its_key(part: str) -> None:
    assert key() != key(**{part: "other"})
    assert key() == key()
    assert len(key()) == 64


@given(one=VARIABLES, other=VARIABLES)
def test_keys_are_equal_exactly_when_the_variables_are(one: dict[str, object], other: dict[str, object]) -> None:
    def exact(variables: dict[str, object]) -> str:
        return repr(sorted(variables.items()))  # 1 and True are equal, but not the same variable

    assert (key(variables=one) == key(variables=other)) == (exact(one) == exact(other))
    assert key(variables=dict(reversed(one.items()))) == key(variables=one)


def test_variables_count_as_they_are_sent() -> None:
    assert key(variables={"day": date(2026, 1, 1)}) == key(variables={"day": "2026-01-01"})
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert key(variables={"at": moment}) != key(variables={"at": moment.replace(hour=1)})


def test_a_principal_says_who_asks_and_nothing_of_the_token() -> None:
    one, forged, other = read_token(login_token()), read_token(login_token(iat=1)), read_token(api_key())
    assert principal(one) != principal(forged)  # the same claims in another token prove nothing
    assert len({principal(None), principal(one), principal(other)}) == 3
    assert principal(read_token(login_token(groups=[1, 2]))) != principal(one)
    assert one.value not in principal(one)


def test_a_memory_cache_keeps_no_more_bytes_than_it_may() -> None:
    cache = MemoryCache(max_bytes=100)

    def keep(key: str, size: int) -> bool:
        return put(cache, key, b"x" * size, {key})

    assert keep("a", 40)
    assert keep("b", 40)
    assert cache.get("a") is not None
    assert keep("c", 40)  # b was used longest ago
    assert [cache.get(key) is None for key in "abc"] == [False, True, False]
    assert keep("a", 60)
    assert (cache.get("c") is not None, cache.stats().evictions) == (True, 1)
    assert not keep("a", 101)  # and what was there is older than this
    assert cache.get("a") is None
    assert cache.invalidate({"c"}) == 1
    assert keep("d", 100)
    assert (cache.stats().size, cache.stats().refused) == (1, 1)


def test_room_for_the_usual_number_answers_four_reads_in_five_of_a_wiki_read_by_zipfs_law() -> None:
    cache, pages = MemoryCache(), 10_000
    weights = list(accumulate(1 / rank for rank in range(1, pages + 1)))
    for page in Random(7).choices(range(pages), cum_weights=weights, k=50_000):
        if cache.get(str(page)) is None:
            cache.set(str(page), b"{}", token=cache.begin())
    assert cache.stats().hit_ratio > 0.8
    assert cache.stats().size == MAX_SIZE
