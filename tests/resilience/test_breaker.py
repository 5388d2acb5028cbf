"""The circuit breaker: a state machine with exactly one probe at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from wikijs.exceptions import ConfigurationError
from wikijs.middleware import BreakerStats, CircuitBreaker, CircuitOpenError


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock, **options: int) -> CircuitBreaker:
    breaker = CircuitBreaker(failure_threshold=3, recovery_timeout=60, clock=clock, **options)
    for _ in range(3):
        breaker.after(success=False, probe=breaker.before("wiki"))
    return breaker


def test_it_opens_after_failures_in_a_row_and_says_so_once() -> None:
    seen: list[BreakerStats] = []
    breaker = CircuitBreaker(failure_threshold=3, on_open=seen.append)
    for success in (False, False, True, False, False, False):
        breaker.after(success=success, probe=breaker.before("wiki"))
    assert breaker.stats().state == "open"
    assert [(stats.state, stats.failures, stats.opened) for stats in seen] == [("open", 3, 1)]


def test_while_open_nothing_is_sent_and_the_error_says_for_how_long() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 20
    with pytest.raises(CircuitOpenError) as caught:
        breaker.before("wiki.example.com")
    assert caught.value.retry_after == 40
    assert not caught.value.sent
    assert "wiki.example.com" in str(caught.value)
    assert breaker.stats().refused == 1


def test_half_open_lets_one_of_a_hundred_through() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 61

    def ask(_: int) -> bool:
        try:
            return breaker.before("wiki")
        except CircuitOpenError:
            return False

    with ThreadPoolExecutor(100) as pool:
        probes = sum(pool.map(ask, range(100)))
    assert probes == 1
    assert breaker.stats().refused == 99


def test_enough_good_probes_close_it() -> None:
    clock = Clock()
    breaker = opened(clock, success_threshold=2)
    clock.now += 61
    for expected in ("half_open", "closed"):
        assert breaker.before("wiki")
        breaker.after(success=True, probe=True)
        assert breaker.stats().state == expected
    assert breaker.before("wiki") is False


def test_a_bad_probe_opens_it_again() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 61
    breaker.after(success=False, probe=breaker.before("wiki"))
    with pytest.raises(CircuitOpenError):
        breaker.before("wiki")


def test_a_cancelled_probe_makes_room_for_another() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 61
    breaker.after(success=None, probe=breaker.before("wiki"))
    assert breaker.before("wiki")


def test_reset_tries_at_once() -> None:
    breaker = opened(Clock())
    breaker.reset()
    assert breaker.before("wiki") is False


@pytest.mark.parametrize("options", [{"failure_threshold": 0}, {"success_threshold": 0}, {"recovery_timeout": 0}])
def test_nonsense_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError):
        CircuitBreaker(**options)


class Machine(RuleBasedStateMachine):
    """Requests begin and end in any order while time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.breaker = CircuitBreaker(3, 10.0, 2, clock=self.clock)
        self.pending: list[bool] = []
        self.refusals: list[tuple[str, float]] = []

    @rule()
    def begin(self) -> None:
        try:
            self.pending.append(self.breaker.before("wiki"))
        except CircuitOpenError as error:
            self.refusals.append((self.breaker.stats().state, error.retry_after))

    @precondition(lambda self: self.pending)
    @rule(success=st.sampled_from([True, False, None]), data=st.data())
    def end(self, success: bool | None, data: st.DataObject) -> None:
        probe = self.pending.pop(data.draw(st.integers(0, len(self.pending) - 1)))
        self.breaker.after(success=success, probe=probe)

    @rule(seconds=st.floats(0, 30))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def one_probe_at_most(self) -> None:
        assert sum(self.pending) <= 1

    @invariant()
    def refused_only_while_not_closed_and_never_for_long(self) -> None:
        assert all(state != "closed" and 0 <= wait <= 10.0 for state, wait in self.refusals)

    @invariant()
    def open_only_after_enough_failures(self) -> None:
        stats = self.breaker.stats()
        assert stats.state == "closed" or stats.opened > 0
        assert stats.state != "closed" or stats.failures < 3


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
