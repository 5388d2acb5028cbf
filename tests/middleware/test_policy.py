"""Retries, breaker and limits around every request, whatever sends it."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator

import pytest

from tests.support.driving import Answer, Script
from tests.support.recordings import step
from wikijs import exceptions as exc
from wikijs import ops
from wikijs.auth import NoAuth
from wikijs.core.engine import Engine
from wikijs.core.events import Events
from wikijs.middleware import (
    BreakerOpened,
    CircuitBreaker,
    CircuitOpenError,
    Event,
    Finished,
    LimitWait,
    Retrying,
    RetryStrategy,
)
from wikijs.middleware.policy import Policy
from wikijs.middleware.stats import Stats

WIKI = "http://wiki"
LISTED = Answer(json.dumps({"data": {"users": {"lastLogins": []}}}).encode())
DOWN = Answer(b"<html>bad gateway</html>", 502, {"content-type": "text/html"})
LIMITED = Answer(json.dumps(step("comments", "create: second within 15 s is refused").body).encode())
LOST = exc.TransportError("cut", sent=True)
UNREACHED = exc.TransportError("refused", sent=False)
READ = ops.users_last_logins()
WRITE = ops.comments_create(1, content="Hello")


class Limits:
    blocking = False

    def __init__(self, *waits: float) -> None:
        self.waits = list(waits)

    def turns(self, endpoint: str, server_limit: tuple[int, float] | None = None) -> Iterator[float]:
        wait = self.waits.pop(0)
        if wait:
            yield wait


class Bench:
    """An engine with its script and the events it told."""

    def __init__(self, *answers: Answer | Exception, **parts: object) -> None:
        self.script = Script(answers)
        self.events: list[Event] = []
        self.stats = Stats()
        options: dict[str, object] = {"retry": RetryStrategy(3, initial_delay=1.0, jitter=0.0, max_delay=20.0)} | parts
        policy = Policy(events=Events(self.events.append, self.stats.add), clock=self.script.clock, **options)  # type: ignore[arg-type]
        self.engine = Engine(NoAuth(), "http://wiki", policy)


def test_a_read_comes_through_a_bad_moment() -> None:
    bench = Bench(UNREACHED, DOWN, LOST, LISTED)
    assert bench.script.run(bench.engine.execute(READ)) == []
    assert bench.script.waited == [1.0, 2.0, 4.0]
    assert [type(event) for event in bench.events] == [Finished, Retrying] * 3 + [Finished]
    assert bench.stats.snapshot().retries == 3


def test_it_gives_up_with_the_last_error() -> None:
    bench = Bench(*[DOWN] * 4)
    with pytest.raises(exc.ServerError, match="HTTP 502"):
        bench.script.run(bench.engine.execute(READ))
    assert len(bench.script.sent) == 4


def test_a_write_that_cannot_be_checked_is_sent_once_and_said_to_be_unknown() -> None:
    bench = Bench(LOST)
    with pytest.raises(exc.OutcomeUnknownError, match=r"comments\.create: It cannot be told") as caught:
        bench.script.run(bench.engine.execute(WRITE))
    assert caught.value.__cause__ is LOST
    assert len(bench.script.sent) == 1


def test_a_write_waits_as_long_as_the_server_asks() -> None:
    done = {"responseResult": {"succeeded": True, "errorCode": 0, "slug": "ok", "message": None}, "id": 7}
    bench = Bench(LIMITED, Answer(json.dumps({"data": {"comments": {"create": done}}}).encode()))
    assert bench.script.run(bench.engine.execute(WRITE)).id == 7
    assert bench.script.waited == [15.0]


def test_without_a_strategy_nothing_is_repeated() -> None:
    bench = Bench(UNREACHED, retry=None)
    with pytest.raises(exc.TransportError):
        bench.script.run(bench.engine.execute(READ))
    assert len(bench.script.sent) == 1


@pytest.mark.parametrize(("document", "sent"), [("{users{lastLogins{id}}}", 2), ("mutation{pages{flushCache{x}}}", 1)])
def test_raw_documents_are_repeated_only_when_they_are_no_writes(document: str, sent: int) -> None:
    bench = Bench(LOST, LISTED)
    with contextlib.suppress(exc.TransportError):
        bench.script.run(bench.engine.graphql(document, None, None))
    assert len(bench.script.sent) == sent


def test_a_batch_of_reads_is_repeated_as_a_whole() -> None:
    bench = Bench(DOWN, Answer(json.dumps({"data": {f"b{n}_users": {"lastLogins": []} for n in range(2)}}).encode()))
    assert bench.script.run(bench.engine.batch([READ, READ])) == [[], []]
    assert set(bench.stats.snapshot().operations) == {"batch"}


def test_the_breaker_stops_asking_and_says_so() -> None:
    breaker = CircuitBreaker(failure_threshold=2, recovery_timeout=30)
    bench = Bench(DOWN, DOWN, retry=None, circuit=breaker.circuit(WIKI))
    for _ in range(2):
        with pytest.raises(exc.ServerError):
            bench.script.run(bench.engine.execute(READ))
    with pytest.raises(CircuitOpenError):
        bench.script.run(bench.engine.execute(READ))
    assert len(bench.script.sent) == 2
    assert BreakerOpened("users.lastLogins", 2) in bench.events
    assert bench.stats.snapshot().breaker_opened == 1


def test_failures_of_the_caller_do_not_open_it() -> None:
    forbidden = json.dumps(step("authentication", "guest reads users").body).encode()
    disabled = json.dumps(step("authentication", "a key while the API is off").body).encode()
    breaker = CircuitBreaker(failure_threshold=1)
    bench = Bench(Answer(forbidden), Answer(disabled, 500), retry=None, circuit=breaker.circuit(WIKI))
    for _ in range(2):
        with pytest.raises(exc.APIError):
            bench.script.run(bench.engine.execute(READ))
    assert breaker.stats().state == "closed"


def test_broken_and_lost_answers_do_open_it() -> None:
    for failure in (Answer(b'{"data": {"us'), LOST):
        breaker = CircuitBreaker(failure_threshold=1)
        bench = Bench(failure, retry=None, circuit=breaker.circuit(WIKI))
        with pytest.raises(exc.WikiJSException):
            bench.script.run(bench.engine.execute(READ))
        assert breaker.stats().state == "open"


def test_an_abandoned_probe_does_not_block_the_breaker() -> None:
    breaker = CircuitBreaker(failure_threshold=1, recovery_timeout=0.001)
    bench = Bench(DOWN, retry=None, circuit=breaker.circuit(WIKI))
    with pytest.raises(exc.ServerError):
        bench.script.run(bench.engine.execute(READ))
    breaker.circuit(WIKI)._opened_at -= 1
    abandoned = bench.engine.execute(READ)
    next(abandoned)
    abandoned.close()
    assert breaker.circuit(WIKI).before() is True


def test_limits_are_waited_for_before_anything_is_sent() -> None:
    bench = Bench(LISTED, LISTED, limits=Limits(0.0, 2.5))
    for _ in range(2):
        bench.script.run(bench.engine.execute(READ))
    assert bench.script.waited == [2.5]
    assert LimitWait("users.lastLogins", 2.5) in bench.events
    snapshot = bench.stats.snapshot()
    assert (snapshot.limit_waits, snapshot.limit_seconds) == (1, 2.5)


def test_a_listener_that_fails_disturbs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: Event) -> None:
        raise RuntimeError("my own bug")

    script = Script([LISTED])
    engine = Engine(NoAuth(), "http://wiki", Policy(events=Events(broken)))
    assert script.run(engine.execute(READ)) == []
    assert "listener" in caplog.text


def test_everything_told_is_in_the_log_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "wikijs")
    bench = Bench(UNREACHED, DOWN, LISTED, limits=Limits(1.0, 0.0, 0.0), circuit=CircuitBreaker(1).circuit(WIKI))
    with pytest.raises(CircuitOpenError):
        bench.script.run(bench.engine.execute(READ))
    assert "waiting 1.00 s for the rate limit" in caplog.text
    assert "no answer" in caplog.text
    assert "retry 1 in 1.00 s after: refused" in caplog.text
    assert "circuit breaker opened after 1 failures" in caplog.text


def test_percentiles_are_exact_to_five_percent() -> None:
    stats = Stats()
    for milliseconds in range(1, 1001):
        stats.add(Finished("pages.list", milliseconds / 1000, 200))
    stats.add(Finished("pages.list", 5000.0, None))
    seen = stats.snapshot().operations["pages.list"]
    assert (seen.requests, seen.failures, seen.slowest) == (1001, 1, 5000.0)
    assert seen.p50 == pytest.approx(0.5, rel=0.05)
    assert seen.p95 == pytest.approx(0.95, rel=0.05)
    assert seen.p99 == pytest.approx(0.99, rel=0.05)
