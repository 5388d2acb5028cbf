"""Limits and quotas: what is let through, what answers say about it, what is remembered."""

from __future__ import annotations

import asyncio
import time

import http_sf
import pytest

from wikijs.exceptions import ConfigurationError
from wikijs.gateway.limits.buckets import Bucket, LocalLimits, RedisLimits
from wikijs.gateway.limits.tiers import TIERS, changed, tiers_of

from .conftest import Gate, Gates


def test_a_bucket_lets_through_its_size_at_once_and_its_rate_after_that() -> None:
    now = [1000.0]
    limits = LocalLimits(lambda: now[0], lambda: now[0])
    bucket = [Bucket("k", 10.0, 20.0)]
    accepted = 0
    for _ in range(10_000):  # 100 s at 100 requests a second
        accepted += limits.decide(bucket, 1.0, ("k", 10**9)).allowed
        now[0] += 0.01
    assert accepted == pytest.approx(20 + 100 * 10, rel=0.01)


def test_a_request_takes_from_all_buckets_or_from_none() -> None:
    limits = LocalLimits(lambda: 0.0, lambda: 0.0)
    wide, narrow = Bucket("wide", 1.0, 10.0), Bucket("narrow", 1.0, 2.0)
    decisions = [limits.decide([wide, narrow], 1.0, ("k", 100)) for _ in range(4)]
    assert [decision.allowed for decision in decisions] == [True, True, False, False]
    assert decisions[-1].reason == "narrow"
    assert decisions[-1].wait == pytest.approx(1.0)
    assert limits.decide([wide], 1.0, ("k", 100)).left == (7.0,)
    limits.refund([wide], 0.8, ("k", 100))
    assert limits.decide([wide], 0.0, ("k", 100)).left == (pytest.approx(7.8),)


def test_a_day_ends_at_midnight() -> None:
    now = [86_400.0 * 10 - 5]
    limits = LocalLimits(lambda: now[0], lambda: now[0])
    assert limits.decide([], 1.0, ("k", 1)).allowed
    refused = limits.decide([], 1.0, ("k", 1))
    assert (refused.allowed, refused.reason, refused.wait) == (False, "day", 5.0)
    now[0] += 6
    assert limits.decide([], 1.0, ("k", 1)).allowed


def test_two_processes_share_their_buckets_in_redis(redis_url: str) -> None:
    prefix = f"tests:{time.time_ns()}:"
    both = [RedisLimits(redis_url, prefix), RedisLimits(redis_url, prefix)]
    bucket = [Bucket("k", 0.001, 50.0)]

    async def ask() -> int:
        answers = [await both[number % 2].take(bucket, 1.0, ("k", 1000)) for number in range(120)]
        return sum(answer.allowed for answer in answers)

    assert asyncio.run(ask()) == 50
    assert asyncio.run(both[1].used("k")) == 50
    asyncio.run(both[0].give_back(bucket, 5.0, ("k", 1000)))
    assert asyncio.run(ask()) == 5
    refused = asyncio.run(both[0].take([], 1.0, ("k", 50)))
    assert (refused.allowed, refused.reason) == (False, "day")


def test_without_redis_each_process_counts_for_itself(redis_url: str) -> None:
    limits = RedisLimits("redis://127.0.0.1:1/0")
    bucket = [Bucket("k", 0.001, 2.0)]

    async def ask() -> list[bool]:
        return [(await limits.take(bucket, 1.0, ("k", 100))).allowed for _ in range(3)]

    assert asyncio.run(ask()) == [True, True, False]


def test_answers_say_what_is_left_in_the_old_way_and_the_new(gate: Gate) -> None:
    """The new ones are structured fields (RFC 9651), read by a library; old and new say the same."""
    client = gate.calls(gate.key("read", tier="free"))
    for number in range(30):
        answer = client.get("/api/v1/me")
        given = answer.headers
        policy = dict(http_sf.parse(given["ratelimit-policy"].encode(), tltype="list"))
        left = dict(http_sf.parse(given["ratelimit"].encode(), tltype="list"))
        assert policy == {
            "minute": {"q": 60, "w": 60},
            "burst": {"q": 20, "w": 20},
            "day": {"q": 5000, "w": 86_400},
        }
        assert set(left) <= set(policy)
        for name, parts in left.items():
            assert 0 <= parts["r"] <= policy[name]["q"]
            assert 0 <= parts["t"] <= policy[name]["w"]
        assert int(given["x-ratelimit-limit"]) == policy["burst"]["q"]
        assert int(given["x-ratelimit-remaining"]) == left["burst"]["r"]
        assert int(given["x-ratelimit-reset"]) >= time.time() - 5
        assert int(given["x-quota-limit"]) == policy["day"]["q"]
        assert int(given["x-quota-remaining"]) == left["day"]["r"]
        assert int(given["x-quota-reset"]) % 86_400 == 0
        if answer.status_code == 429:
            assert number > 15
            assert left["burst"]["r"] == 0
            return
    raise AssertionError("It was never refused.")


def test_who_asks_too_often_is_told_when_to_come_again(gate: Gate) -> None:
    client = gate.calls(gate.key("read", tier="free"))
    answers = [client.get("/api/v1/me") for _ in range(40)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].json()["type"] == "/docs/errors#rate-limit"
    assert int(refused[0].headers["retry-after"]) >= 1
    assert refused[0].headers["x-ratelimit-remaining"] == "0"
    assert gate.client.get("/api/v1/me").status_code == 200


def test_searches_have_a_bucket_of_their_own(gates: Gates) -> None:
    gate = gates(tiers=tiers_of({"odd": {"rate": 600, "burst": 600, "search": 2}}))
    client = gate.calls(gate.key("read", tier="odd"))
    statuses = [client.get("/api/v1/search?q=wiki").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.get("/api/v1/me").status_code == 200


def test_a_day_is_used_up_told_once_and_remembered(gates: Gates) -> None:
    told: list[tuple[str, str, int, int]] = []
    gate = gates(tiers=tiers_of({"few": {"daily": 5, "burst": 50}}))
    gate.gateway.policy.on_warning = lambda *what: told.append(what)
    key = gate.key("read", tier="few")
    client = gate.calls(key)
    answers = [client.get("/api/v1/me") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert answers[-1].json()["type"] == "/docs/errors#quota-exceeded"
    assert [each[0] for each in told] == ["quota.warning", "quota.exceeded"]
    gate.gateway.policy.flush()
    limits = gate.gateway.policy.limits
    assert isinstance(limits, LocalLimits)
    limits._used.clear()  # as after a restart
    gate.gateway.policy.load()
    assert client.get("/api/v1/me").status_code == 429


def test_an_override_holds_until_its_end(gates: Gates) -> None:
    now = [time.time()]
    gate = gates(clock=lambda: now[0], tiers=tiers_of({"few": {"rate": 60_000, "burst": 2}}))
    key = gate.key("read", tier="few")
    gate.gateway.policy.override(key[4:12], {"burst": 100}, until=now[0] + 60, created_by="tests", reason="a test")
    client = gate.calls(key)
    assert client.get("/api/v1/me/limits").json()["burst"] == 100
    now[0] += 61
    assert client.get("/api/v1/me/limits").json()["burst"] == 2
    assert gate.gateway.policy.overrides() == []
    gate.gateway.policy.override(key[4:12], {"daily": 7}, until=None, created_by="tests", reason="a test")
    assert client.get("/api/v1/me/limits").json()["daily"] == 7
    assert gate.gateway.policy.drop_override(key[4:12])
    assert not gate.gateway.policy.drop_override(key[4:12])


def test_tiers_are_data() -> None:
    tiers = tiers_of({"gold": {"rate": 5}, "pro": {"daily": 7}})
    assert (tiers["gold"].rate, tiers["gold"].daily) == (5, TIERS["free"].daily)
    assert (tiers["pro"].daily, tiers["pro"].rate) == (7, TIERS["pro"].rate)
    for bad in ({"rates": 1}, {"rate": 0}, {"rate": "x"}, {"rate": True}, {"name": "x"}):
        with pytest.raises(ConfigurationError):
            changed(TIERS["free"], bad)


def test_usage_is_told_by_hour_route_and_status(gate: Gate) -> None:
    client = gate.calls(gate.key("read"))
    for _ in range(3):
        client.get("/api/v1/pages/1")
    client.get("/api/v1/pages/999999")
    rows = client.get("/api/v1/me/usage").json()["items"]
    counts = {(row["route"], row["status"]): row["count"] for row in rows}
    assert counts == {("GET /api/v1/pages/{id}", 200): 3, ("GET /api/v1/pages/{id}", 404): 1}
    assert all(row["hour"].endswith(":00:00.000Z") for row in rows)
