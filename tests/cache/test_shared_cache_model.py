"""All caches behave like one simple model."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from wikijs.cache import BaseCache, FileCache, MemoryCache, RedisCache

KEYS = st.sampled_from(["a", "b", "c", "page:1"])
TAGS = st.sampled_from(["page:1", "page:2", "pages", "path:en/ü b", "a"])
TTL, STALE = 10.0, 5.0


@dataclass
class Kept:
    value: bytes
    tags: frozenset[str]
    stored: float
    ttl: float


class CacheMachine(RuleBasedStateMachine):
    """The model: a dictionary, and for each token the tags invalidated since."""

    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000_000.0
        self.cache = self.make()
        self.kept: dict[str, Kept] = {}
        self.since: list[set[str]] = []

    def make(self) -> BaseCache:
        raise NotImplementedError

    def clock(self) -> float:
        return self.now

    def alive(self) -> dict[str, Kept]:
        return {key: kept for key, kept in self.kept.items() if self.now < kept.stored + kept.ttl + STALE}

    @rule(target=tokens)
    def begin(self) -> tuple[str, int]:
        self.since.append(set())
        return self.cache.begin(), len(self.since) - 1

    @rule(seconds=st.sampled_from([0.5, 4.0, 11.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(
        token=tokens,
        key=KEYS,
        value=st.binary(max_size=20),
        tags=st.frozensets(TAGS),
        ttl=st.sampled_from([None, 2.0, 30.0]),
    )
    def set(self, token: tuple[str, int], key: str, value: bytes, tags: frozenset[str], ttl: float | None) -> None:
        secret, number = token
        allowed = not self.since[number] & {*tags, key, "*"}
        assert self.cache.set(key, value, token=secret, tags=tags, ttl=ttl) is allowed
        if allowed:
            self.kept[key] = Kept(value, tags, self.now, ttl or TTL)

    @rule(key=KEYS)
    def get(self, key: str) -> None:
        found, expected = self.cache.get(key), self.alive().get(key)
        if expected is None:
            assert found is None
        else:
            assert found is not None
            assert found.value == expected.value
            assert found.age == pytest.approx(self.now - expected.stored, abs=1e-4)
            assert found.fresh == (self.now < expected.stored + expected.ttl)

    @rule(target=tokens, tags=st.frozensets(TAGS, max_size=3))
    def invalidate(self, tags: frozenset[str]) -> object:
        assert self.cache.invalidate(tags) == self.forget(tags)
        return multiple()

    @rule(key_or_tag=st.one_of(KEYS, TAGS))
    def delete(self, key_or_tag: str) -> None:
        assert self.cache.delete(key_or_tag) == self.forget({key_or_tag})

    @rule()
    def clear(self) -> None:
        assert self.cache.clear() == self.forget({"*"})

    def forget(self, tags: frozenset[str] | set[str]) -> int:
        doomed = {key for key, kept in self.alive().items() if {*kept.tags, key, "*"} & tags}
        self.kept = {key: kept for key, kept in self.alive().items() if key not in doomed}
        for since in self.since:
            since.update(tags)
        return len(doomed)

    @invariant()
    def counts(self) -> None:
        assert self.cache.stats().size == len(self.alive())

    def teardown(self) -> None:
        self.cache.close()


STEPS = settings(max_examples=40, stateful_step_count=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def test_memory() -> None:
    class Memory(CacheMachine):
        def make(self) -> BaseCache:
            return MemoryCache(TTL, stale=STALE, clock=self.clock)

    _run(Memory)


def test_file() -> None:
    class File(CacheMachine):
        def make(self) -> BaseCache:
            self.folder = tempfile.mkdtemp()
            return FileCache(self.folder, TTL, stale=STALE, clock=self.clock)

        def teardown(self) -> None:
            super().teardown()
            shutil.rmtree(self.folder)

    _run(File)


def test_redis(redis_url: str) -> None:
    class Redis(CacheMachine):
        def make(self) -> BaseCache:
            return RedisCache(redis_url, TTL, f"{uuid.uuid4()}:", stale=STALE, clock=self.clock, timeout=30)

    _run(Redis)


def _run(machine: type[CacheMachine]) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(machine, settings=STEPS)
