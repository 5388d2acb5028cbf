"""Rate limits: never more than allowed, in the order of asking, and nothing lost."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Generator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wikijs.exceptions import ConfigurationError, RateLimitError
from wikijs.middleware.limiter import SERVER_MARGIN, LimiterStats, LimitReached, RateLimiter, ServerLimits
from wikijs.middleware.limits import LocalRateLimitError, Strategy, Ticket
from wikijs.middleware.quota import DailyQuota, QuotaUsage


class Clock:
    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


Request = tuple[float, str]  # time of asking, endpoint


def simulate(
    limiter: ServerLimits,
    clock: Clock,
    requests: Sequence[Request],
    *,
    server_limits: dict[str, tuple[int, float]] | None = None,
    late: float = 0.0,
) -> list[tuple[float, int, str]]:
    """Let each request ask at its time and again when told, some a little late: (time permitted, number, endpoint)."""
    sent: list[tuple[float, int, str]] = []
    limits = server_limits or {}
    tickets = [Ticket(limiter._windows(endpoint, limits.get(endpoint))) for _, endpoint in requests]
    events = [(at, number) for number, (at, _) in enumerate(requests)]
    heapq.heapify(events)
    while events:
        clock.now, number = heapq.heappop(events)
        turn = limiter._schedule.ask(tickets[number], float("inf"))
        assert not turn.refused
        if turn.final:
            sent.append((clock.now + turn.wait, number, requests[number][1]))
        else:
            heapq.heappush(events, (clock.now + turn.wait + late * (number % 3), number))
    return sent


def most_in(times: Sequence[float], seconds: float) -> int:
    """The largest number of requests in any time span of this length, its end excluded."""
    times = sorted(times)
    return max(sum(start <= at < start + seconds - 1e-5 for at in times) for start in times)


GAPS = st.one_of(st.sampled_from([0.0, 0.0, 0.1, 1.0]), st.floats(0, 3))
ARRIVALS = st.lists(GAPS, min_size=12, max_size=40).map(lambda gaps: list(itertools.accumulate(gaps)))


@settings(max_examples=150)
@given(
    arrivals=ARRIVALS,
    rate=st.sampled_from([0.3, 1.0, 7.0]),
    burst=st.integers(1, 6),
    strategy=st.sampled_from(["token_bucket", "sliding_window"]),
)
def test_never_more_than_allowed_in_any_span_and_first_come_first_served(
    arrivals: list[float], rate: float, burst: int, strategy: Strategy
) -> None:
    clock = Clock()
    limiter = RateLimiter(rate, burst, strategy, clock=clock)
    sent = simulate(limiter, clock, [(1000 + at, "pages.list") for at in arrivals])
    times = [at for at, _, _ in sent]
    if strategy == "sliding_window":
        assert most_in(times, burst / rate) <= burst
    else:
        for i, j in itertools.combinations(range(len(times)), 2):
            assert j - i + 1 <= burst + rate * (times[j] - times[i]) + 1e-5
    order = {number: at for at, number, _ in sent}
    assert [order[number] for number in range(len(arrivals))] == pytest.approx(sorted(times))


@settings(max_examples=150)
@given(
    requests=st.lists(
        st.tuples(GAPS, st.sampled_from(["pages.list", "pages.create", "comments.create", "/u"])),
        min_size=15,
        max_size=50,
    ),
    strategy=st.sampled_from(["token_bucket", "sliding_window"]),
    late=st.sampled_from([0.0, 0.01, 5.0]),
)
def test_narrow_limits_and_the_overall_rate_hold_at_once_even_if_some_oversleep(
    requests: list[Request], strategy: Strategy, late: float
) -> None:
    clock = Clock()
    limiter = RateLimiter(4, 2, strategy, endpoint_limits={"/u": 2, "pages.create": 0.5}, clock=clock)
    at = itertools.accumulate(1000 + gap if not number else gap for number, (gap, _) in enumerate(requests))
    asked = list(zip(at, (endpoint for _, endpoint in requests), strict=True))
    server = {"comments.create": (1, 15.0), "pages.create": (3, 10.0)}
    sent = simulate(limiter, clock, asked, server_limits=server)
    assert len(sent) == len(requests)

    def times(endpoint: str) -> list[float]:
        return [at for at, _, called in sent if called == endpoint]

    for endpoint, limit, seconds in (
        ("/u", 2, 1.0),
        ("pages.create", 1, 2.0),
        ("pages.create", 3, 10 + SERVER_MARGIN),
        ("comments.create", 1, 15 + SERVER_MARGIN),
    ):
        assert not times(endpoint) or most_in(times(endpoint), seconds) <= limit
        by_number = [number for _, number, called in sorted(sent) if called == endpoint]
        assert late or by_number == sorted(by_number), "first come, first served"
    everything = [at for at, _, _ in sent]
    if strategy == "sliding_window":
        assert most_in(everything, 0.5) <= 2
    else:
        for i, j in itertools.combinations(range(len(everything)), 2):
            assert j - i + 1 <= 2 + 4 * (everything[j] - everything[i]) + 1e-5


def test_waiting_for_a_narrow_limit_keeps_nobody_else_waiting() -> None:
    clock = Clock()
    limiter = RateLimiter(1, 1, endpoint_limits={"pages.create": 0.1}, clock=clock)
    creates = [(1000.0, "pages.create")] * 5
    reads = [(1001.0 + number, "pages.list") for number in range(9)]
    sent = simulate(limiter, clock, creates + reads)
    assert [at for at, _, endpoint in sent if endpoint == "pages.list"] == pytest.approx([1001.0 + n for n in range(9)])
    assert [at for at, _, endpoint in sent if endpoint == "pages.create"] == pytest.approx(
        [1000, 1010, 1020, 1030, 1040]
    )


def test_an_unused_rate_is_saved_up_to_the_burst() -> None:
    clock = Clock()
    limiter = RateLimiter(10, 3, clock=clock)
    sent = simulate(limiter, clock, [(1000.0, "a")] * 5 + [(2000.0, "a")] * 4)
    assert [at for at, _, _ in sent] == pytest.approx([1000, 1000, 1000, 1000.1, 1000.2, 2000, 2000, 2000, 2000.1])


def test_the_limits_of_the_server_are_kept_with_a_margin() -> None:
    clock = Clock()
    sent = simulate(
        ServerLimits(clock=clock),
        clock,
        [(1000.0, "authentication.login")] * 6 + [(1000.0, "comments.create")] * 2 + [(1000.0, "pages.list")] * 50,
        server_limits={"authentication.login": (5, 60), "comments.create": (1, 15)},
    )
    waited = {(number, endpoint): at - 1000 for at, number, endpoint in sent if at > 1000}
    assert waited == {
        (5, "authentication.login"): pytest.approx(60 + SERVER_MARGIN),
        (7, "comments.create"): pytest.approx(15 + SERVER_MARGIN),
    }


def drain(turns: Generator[float, None, None]) -> list[float]:
    return list(turns)


def test_a_limit_can_be_an_error() -> None:
    clock = Clock()
    limiter = RateLimiter(2, 1, on_limit="raise", endpoint_limits={"/u": 0.25}, clock=clock)
    assert drain(limiter.turns("/u")) == []
    with pytest.raises(LocalRateLimitError, match=r"/u: Not sent.*4\.0 s") as caught:
        drain(limiter.turns("/u"))
    assert isinstance(caught.value, RateLimitError)
    assert caught.value.retry_after == pytest.approx(4.0)
    with pytest.raises(LocalRateLimitError) as caught:
        drain(limiter.turns("pages.list"))
    assert caught.value.retry_after == pytest.approx(0.5)
    clock.now += 0.5
    assert drain(limiter.turns("pages.list")) == []
    clock.now += 3.5
    assert drain(limiter.turns("/u")) == [], "who was refused took no place"
    assert limiter.stats() == LimiterStats(admitted=3, refused=2)


@pytest.mark.parametrize("strategy", ["token_bucket", "sliding_window"])
def test_a_wait_longer_than_the_timeout_fails_at_once_and_takes_no_place(strategy: Strategy) -> None:
    clock = Clock()
    limiter = RateLimiter(1, 1, strategy, timeout=2.5, clock=clock)
    waiting = [limiter.turns("a") for _ in range(3)]
    assert [next(turns, 0.0) for turns in waiting] == pytest.approx([0, 1, 2])
    for _ in range(3):
        with pytest.raises(LocalRateLimitError):
            next(limiter.turns("a"))
    clock.now += 2
    assert drain(limiter.turns("a")) == pytest.approx([1])


def test_the_timeout_counts_all_waits_of_a_request() -> None:
    clock = Clock()
    limiter = RateLimiter(1, 1, endpoint_limits={"/u": 0.5}, timeout=2.5, clock=clock)
    drain(limiter.turns("/u"))
    turns = limiter.turns("/u")
    assert next(turns) == pytest.approx(2)
    clock.now += 2
    assert next(limiter.turns("a"), None) is None
    with pytest.raises(LocalRateLimitError):
        next(turns)
    clock.now += 1
    assert drain(limiter.turns("/u")) == []


@pytest.mark.parametrize("strategy", ["token_bucket", "sliding_window"])
@pytest.mark.parametrize("endpoint", ["pages.list", "/u"])
def test_a_place_that_is_not_used_is_given_back(strategy: Strategy, endpoint: str) -> None:
    clock = Clock()
    limiter = RateLimiter(1, 1, strategy, endpoint_limits={"/u": 1}, clock=clock)
    drain(limiter.turns(endpoint))
    waiting = limiter.turns(endpoint)
    assert next(waiting) == pytest.approx(1)
    waiting.close()
    assert next(limiter.turns(endpoint)) == pytest.approx(1)
    assert limiter.stats().admitted == 1


def test_a_place_before_others_cannot_be_given_back_from_a_token_bucket() -> None:
    clock = Clock()
    limiter = RateLimiter(1, 1, clock=clock)
    waiting = [limiter.turns("a") for _ in range(3)]
    assert [next(turns, 0.0) for turns in waiting] == pytest.approx([0, 1, 2])
    waiting[1].close()
    assert next(limiter.turns("a")) == pytest.approx(3), "two at once would be more than the burst"


def test_a_function_is_told_before_a_request_waits_and_may_refuse() -> None:
    clock, told = Clock(), list[LimitReached]()
    limiter = RateLimiter(1, 1, on_limit=told.append, clock=clock)
    drain(limiter.turns("a"))
    assert drain(limiter.turns("b")) == pytest.approx([1])
    assert told == [LimitReached("b", pytest.approx(1))]

    def refuse(reached: LimitReached) -> None:
        raise InterruptedError(reached.endpoint)

    limiter = RateLimiter(1, 1, on_limit=refuse, clock=clock)
    drain(limiter.turns("a"))
    for _ in range(2):
        with pytest.raises(InterruptedError):
            drain(limiter.turns("b"))
    clock.now += 1
    assert drain(limiter.turns("b")) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"requests_per_second": 0},
        {"burst_size": 0},
        {"strategy": "leaky"},
        {"on_limit": "ignore"},
        {"endpoint_limits": {"/u": 0}},
    ],
)
def test_limits_that_make_no_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        RateLimiter(**settings)  # type: ignore[arg-type]


def test_a_limit_of_the_server_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        next(ServerLimits().turns("a", (0, 60)))


def test_a_limiter_keeps_no_memory_of_what_is_over() -> None:
    clock = Clock()
    limiter = RateLimiter(1000, 10, "sliding_window", endpoint_limits={"a": 100}, clock=clock)
    for _ in range(2000):
        clock.now += 0.02
        drain(limiter.turns("a"))
    schedule = limiter._schedule
    assert sum(len(window._places) for window in (schedule._overall, *schedule._windows.values())) < 200  # type: ignore[attr-defined]


@pytest.mark.parametrize("strategy", ["token_bucket", "sliding_window"])
def test_eight_threads_keep_the_rate_and_share_it(strategy: Strategy) -> None:
    rate, seconds = 200.0, 1.5
    limiter = RateLimiter(rate, 2, strategy)
    sent: list[list[float]] = [[] for _ in range(8)]
    end = time.monotonic() + seconds

    def work(number: int) -> None:
        while time.monotonic() < end:
            for wait in limiter.turns("a"):
                time.sleep(wait)
            sent[number].append(time.monotonic())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = [sum(at < end for at in times) for times in sent]
    assert rate * seconds / 3 < sum(counts) < rate * seconds * 1.05  # a busy machine may send less, and never more
    assert min(counts) > sum(counts) / 8 / 3


# ---- quotas


def test_a_quota_warns_once_a_day_and_then_refuses() -> None:
    clock, warned = Clock(86_400 * 20_000 + 82_800), list[QuotaUsage]()
    quota = DailyQuota(10, on_warning=warned.append, clock=clock)
    limiter = RateLimiter(1e6, 100, daily_quota=quota, clock=clock)
    assert not limiter.blocking
    for _ in range(10):
        drain(limiter.turns("a"))
    assert warned == [QuotaUsage(8, 10, 3600)]
    with pytest.raises(LocalRateLimitError, match="60 minutes") as caught:
        drain(limiter.turns("a"))
    assert caught.value.retry_after == 3600
    assert quota.usage() == QuotaUsage(10, 10, 3600)
    clock.now += 3600
    assert quota.usage().used == 0
    for _ in range(9):
        drain(limiter.turns("a"))
    assert [usage.used for usage in warned] == [8, 8]


def test_a_quota_does_not_count_what_was_not_sent() -> None:
    clock = Clock()
    quota = DailyQuota(5, clock=clock)
    limiter = RateLimiter(1, 1, on_limit="raise", daily_quota=quota, clock=clock)
    drain(limiter.turns("a"))
    for _ in range(3):
        with pytest.raises(LocalRateLimitError):
            drain(limiter.turns("a"))
    assert quota.usage().used == 1


def test_without_a_function_a_quota_warns_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    quota = DailyQuota(2, warn_at=0.5)
    with caplog.at_level(logging.WARNING, "wikijs"):
        quota.take()
        quota.take()
    assert [record.getMessage() for record in caplog.records] == ["1 of the 2 requests allowed today are used."]


@pytest.mark.parametrize("settings", [{"limit": 0}, {"limit": 1, "warn_at": 0}, {"limit": 1, "warn_at": 1.1}])
def test_quotas_that_make_no_sense_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError):
        DailyQuota(**settings)  # type: ignore[arg-type]
