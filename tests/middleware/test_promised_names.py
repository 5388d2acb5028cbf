"""The names that users know from elsewhere, for limits, caches, the circuit breaker and figures."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import redis

from wikijs import exceptions as exc
from wikijs.cache import RedisCache
from wikijs.core.events import CacheUsed, Finished, LimitWait, Refused, Retrying, describe
from wikijs.core.jobs.results import BatchError
from wikijs.core.redis import address
from wikijs.exceptions import ConfigurationError, RateLimitExceeded
from wikijs.middleware import BreakerStats, CircuitBreaker, RateLimiter, SharedRateLimiter
from wikijs.middleware.stats import Stats


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def sent(limiter: RateLimiter, endpoint: str, times: int) -> int:
    """How many of so many requests in a row are let through."""
    passed = 0
    for _ in range(times):
        with suppress(RateLimitExceeded):
            passed += not list(limiter.turns(endpoint))
    return passed


# ---- Redis


@pytest.mark.parametrize(
    ("parts", "url"),
    [
        ({}, "redis://localhost:6379/0"),
        ({"host": "cache.example.com"}, "redis://cache.example.com:6379/0"),
        ({"host": "::1", "port": 6380, "db": 3}, "redis://[::1]:6380/3"),
        ({"password": "p@ss/word:1"}, "redis://:p%40ss%2Fword%3A1@localhost:6379/0"),
    ],
)
def test_the_parts_of_a_redis_url_make_one(parts: dict[str, object], url: str) -> None:
    named: dict[str, object] = {"host": None, "port": None, "db": None, "password": None, **parts}
    assert address(None, **named) == url  # type: ignore[arg-type]  # by name


def test_a_redis_cache_takes_its_parts_and_keeps_them(redis_url: str) -> None:
    host, _, port = redis_url.removeprefix("redis://").partition("/")[0].partition(":")
    cache = RedisCache(host=host, port=int(port), db=1, password=None, ttl=60, key_prefix="promised:")
    token = cache.begin()
    assert cache.set("a", b"1", token=token, tags=[])
    found = cache.get("a")
    assert found is not None
    assert found.value == b"1"
    assert cache.clear() == 1
    cache.close()


def test_a_redis_cannot_be_named_twice() -> None:
    with pytest.raises(ConfigurationError, match="by a str and by host, db: give one of both"):
        RedisCache("redis://localhost", host="localhost", db=0)
    with pytest.raises(ConfigurationError, match="port must be a number, not '6379'"):
        RedisCache(port="6379")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# ---- rate limits


def test_default_rps_lets_that_many_through_in_a_second() -> None:
    clock = Clock()
    limiter = RateLimiter(default_rps=10, on_limit="raise", clock=clock)
    assert sent(limiter, "pages.list", 15) == 10
    clock.now = 1.001
    assert sent(limiter, "pages.list", 15) == 10


def test_paths_limit_what_is_behind_them() -> None:
    limits = {"/graphql": 5, "/assets": 2}
    calls = ("pages.list", "batch", "graphql", "assets.list", "assets.upload", "assets.download")
    counts = {
        call: sent(RateLimiter(default_rps=1000, endpoint_limits=limits, on_limit="raise", clock=Clock()), call, 8)
        for call in calls
    }
    assert counts == {
        "pages.list": 5,
        "batch": 5,
        "graphql": 5,
        "assets.list": 2,
        "assets.upload": 2,
        "assets.download": 2,
    }


def test_endpoints_of_one_path_share_its_limit() -> None:
    limiter = RateLimiter(default_rps=1000, endpoint_limits={"/graphql": 3}, on_limit="raise", clock=Clock())
    assert [sent(limiter, call, 2) for call in ("pages.list", "users.list", "assets.upload")] == [2, 1, 2]


def test_the_path_of_uploads_is_that_of_the_server() -> None:
    limiter = RateLimiter(endpoint_limits={"/u": 1}, on_limit="raise", clock=Clock())
    assert [sent(limiter, call, 3) for call in ("assets.upload", "assets.list")] == [1, 3]


def test_a_reached_limit_is_an_exception_of_the_package() -> None:
    limiter = RateLimiter(default_rps=1, on_limit="raise", clock=Clock())
    assert not list(limiter.turns("pages.list"))
    with pytest.raises(exc.RateLimitExceeded, match=r"There is room again in 1\.0 s") as raised:
        list(limiter.turns("pages.list"))
    assert raised.value.retry_after == 1.0
    assert exc.RateLimitExceeded is exc.RateLimitError


def test_one_rate_has_one_name_at_a_time() -> None:
    with pytest.raises(ConfigurationError, match="give one of them"):
        RateLimiter(5, default_rps=5)
    with pytest.raises(ConfigurationError, match="more than 0"):
        RateLimiter(default_rps=0)
    assert sent(RateLimiter(on_limit="raise", clock=Clock()), "pages.list", 30) == 20
    assert sent(RateLimiter(default_rps=5, burst_size=7, on_limit="raise", clock=Clock()), "x", 30) == 7


def test_the_shared_limiter_has_the_same_names(redis_url: str) -> None:
    limits = {"/assets": 1}
    with redis.Redis.from_url(redis_url) as client:
        limiter = SharedRateLimiter(
            client, default_rps=2, endpoint_limits=limits, on_limit="raise", key_prefix="promised:rate:"
        )
        assert not list(limiter.turns("assets.upload"))
        with pytest.raises(RateLimitExceeded):
            list(limiter.turns("assets.list"))


# ---- circuit breaker


def test_the_figures_of_a_circuit_have_their_promised_names() -> None:
    breaker = CircuitBreaker(failure_threshold=2)
    circuit = breaker.circuit("https://wiki.example.com")
    circuit.after(success=True, probe=False)
    begun = datetime.now(UTC)
    circuit.after(success=False, probe=False)
    stats = circuit.stats()
    assert (stats.state, stats.failure_count, stats.success_count) == ("closed", 1, 1)
    assert stats.last_failure_time is not None
    assert begun <= stats.last_failure_time <= datetime.now(UTC)
    assert stats["failure_count"] == stats.failures == 1
    assert {"state", "failure_count", "success_count", "last_failure_time"} <= set(dict(stats)) == set(stats)
    with pytest.raises(KeyError, match="nonsense"):
        stats["nonsense"]
    circuit.reset()
    assert circuit.stats().last_failure_time is None


def test_figures_of_several_servers_are_their_sums() -> None:
    breaker = CircuitBreaker()
    for host in ("https://a", "https://b"):
        breaker.circuit(host).after(success=True, probe=False)
    assert breaker.stats().success_count == 2
    assert breaker.stats().last_failure_time is None
    breaker.circuit("https://b").after(success=False, probe=False)
    assert breaker.stats().last_failure_time == breaker.circuit("https://b").stats().last_failure_time
    assert breaker.stats() == BreakerStats("closed", 1, 0, 0)


# ---- figures of a client


def test_metrics_add_all_operations_up() -> None:
    stats = Stats()
    for seconds in (0.1, 0.2, 0.3):
        stats.add(Finished("pages.single", seconds, 200))
    stats.add(Finished("pages.list", 1.0, None))
    stats.add(Refused("pages.single", "PageNotFoundError", 6003))
    for event in (Retrying("pages.list", 1, 0.5, "lost"), CacheUsed("a", "hit"), LimitWait("a", 0.5)):
        stats.add(event)
    metrics = stats.metrics()
    assert (metrics.total_requests, metrics.total_errors, metrics.error_rate) == (4, 2, 50.0)
    latency = metrics.latency
    assert (latency.min, latency.max, latency.avg) == pytest.approx((100.0, 1000.0, 400.0))
    assert latency.p50 == pytest.approx(200, rel=0.06)
    assert latency.p95 == latency.p99 == pytest.approx(1000, rel=0.06)
    assert metrics.counters == {
        "retries": 1,
        "settled": 0,
        "cache_hits": 1,
        "cache_misses": 0,
        "limit_waits": 1,
        "breaker_opened": 0,
        "requests.pages.list": 1,
        "requests.pages.single": 3,
    }


def test_metrics_are_a_dictionary_for_json_as_well() -> None:
    stats = Stats()
    stats.add(Finished("pages.single", 0.25, 200))
    metrics = stats.metrics()
    assert metrics["latency"]["max"] == 250.0
    assert json.loads(json.dumps(metrics))["error_rate"] == 0.0
    with pytest.raises(AttributeError, match="no figure 'p95'; there are total_requests"):
        _ = metrics.p95


def test_metrics_of_nothing_are_zero_and_a_reset_begins_again() -> None:
    stats = Stats()
    assert stats.metrics().latency == {"min": 0.0, "max": 0.0, "avg": 0.0, "p50": 0.0, "p95": 0.0, "p99": 0.0}
    stats.add(Finished("pages.single", 0.25, 500))
    assert stats.metrics(reset=True).total_errors == 1
    assert stats.metrics().total_requests == 0
    assert stats.snapshot().operations == {}


def test_percentiles_lie_between_the_fastest_and_the_slowest() -> None:
    stats = Stats()
    stats.add(Finished("pages.single", 0.2, 200))
    latency = stats.metrics().latency
    assert latency.min == latency.p50 == latency.p99 == latency.max == 200.0


def test_a_refusal_is_one_line_of_the_log() -> None:
    assert describe(Refused("pages.single", "PageNotFoundError", 6003)) == (
        "pages.single: the server said no: PageNotFoundError 6003"
    )


# ---- errors of bulk work


def test_an_error_of_a_batch_has_the_message_of_its_exception() -> None:
    error = BatchError(3, "item", exc.NotFoundError("There is no page 9.", operation="pages.single"))
    assert (error.index, error.message) == (3, "There is no page 9.")
    assert BatchError(0, "item", ValueError("odd")).message == "odd"
    assert BatchError(0, "item", KeyError()).message == "KeyError"
