"""The circuit breaker: a state machine with exactly one probe at a time."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.echo import echoed

from wikijs import WikiJSClient, ops
from wikijs.exceptions import ConfigurationError, TransportError
from wikijs.middleware import BreakerStats, CircuitBreaker, CircuitOpenError
from wikijs.middleware.breaker import Circuit


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


WIKI = "https://wiki.example.com"


def opened(clock: Clock) -> Circuit:
    breaker = CircuitBreaker(failure_threshold=3, recovery_timeout=60, success_threshold=2, clock=clock).circuit(WIKI)
    for _ in range(3):
        breaker.after(success=False, probe=breaker.before())
    return breaker


def test_it_opens_after_failures_in_a_row_and_says_so_once() -> None:
    seen: list[BreakerStats] = []
    breaker = CircuitBreaker(failure_threshold=3, on_open=seen.append).circuit(WIKI)
    for success in (False, False, True, False, False, False):
        breaker.after(success=success, probe=breaker.before())
    assert breaker.stats().state == "open"
    assert seen == [BreakerStats("open", 3, 1, 0, WIKI)]


def test_while_open_nothing_is_sent_and_the_error_says_for_how_long() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 20
    with pytest.raises(CircuitOpenError) as caught:
        breaker.before()
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
            return breaker.before()
        except CircuitOpenError:
            return False

    with ThreadPoolExecutor(100) as pool:
        probes = sum(pool.map(ask, range(100)))
    assert probes == 1
    assert breaker.stats().refused == 99


def test_enough_good_probes_close_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 61
    for expected in ("half_open", "closed"):
        assert breaker.before()
        breaker.after(success=True, probe=True)
        assert breaker.stats().state == expected
    assert breaker.before() is False


def test_a_bad_probe_opens_it_again() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 61
    breaker.after(success=False, probe=breaker.before())
    with pytest.raises(CircuitOpenError):
        breaker.before()


def test_a_cancelled_probe_makes_room_for_another() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 61
    breaker.after(success=None, probe=breaker.before())
    assert breaker.before()


def test_reset_tries_at_once() -> None:
    breaker = opened(Clock())
    breaker.reset()
    assert breaker.before() is False


def test_each_server_has_a_circuit_of_its_own() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failure_threshold=1, recovery_timeout=60, clock=clock)
    down, other = breaker.circuit(WIKI), breaker.circuit("https://other.example.com")
    down.after(success=False, probe=down.before())
    assert other.before() is False
    with pytest.raises(CircuitOpenError, match=WIKI):
        down.before()
    assert breaker.stats() == BreakerStats("open", 1, 1, 1)
    assert (down.stats().state, other.stats().state) == ("open", "closed")
    other.after(success=False, probe=False)
    clock.now += 61
    assert (down.before(), other.before()) == (True, True)
    assert breaker.stats().state == "half_open"
    breaker.reset()
    assert breaker.stats() == BreakerStats("closed", 0, 2, 1)


def test_a_hundred_threads_get_the_same_circuit() -> None:
    breaker = CircuitBreaker()
    with ThreadPoolExecutor(100) as pool:
        assert len(set(pool.map(lambda _: breaker.circuit(WIKI), range(1000)))) == 1
    assert breaker.stats().host == WIKI


JSON = {"content-type": "application/json"}


class Wikis(httpx2.BaseTransport):
    """Servers of which one is down; counts the requests that each gets."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        origin = str(request.url).removesuffix("/graphql")
        self.seen[origin] += 1
        if origin == "http://down.example.com":
            raise httpx2.ConnectError("refused", request=request)
        return httpx2.Response(
            200, content=echoed(request.read(), b'{"data":{"users":{"lastLogins":[]}}}'), headers=JSON
        )


def test_one_breaker_for_several_clients_stops_only_those_of_the_server_that_is_down() -> None:
    breaker = CircuitBreaker(failure_threshold=2)
    wikis = Wikis()
    with httpx2.Client(transport=wikis) as http:

        def client(url: str) -> WikiJSClient:
            return WikiJSClient(url, http_client=http, circuit_breaker=breaker, retry=False)

        down, again = client("http://down.example.com/graphql"), client("http://DOWN.example.com:80/")
        others = [client("https://down.example.com"), client("http://down.example.com:8080"), client("http://up")]
        for _ in range(3):
            with pytest.raises(TransportError):
                down.execute(ops.users_last_logins())
        with pytest.raises(CircuitOpenError, match=r"http://down\.example\.com failed too often"):
            again.execute(ops.users_last_logins())
        assert wikis.seen["http://down.example.com"] == 2
        for other in others:
            assert other.execute(ops.users_last_logins()) == []
            assert other.circuit_breaker is not None
            assert other.circuit_breaker.stats().state == "closed"
        assert down.circuit_breaker is again.circuit_breaker
        assert down.circuit_breaker is not None
        assert down.circuit_breaker.stats() == BreakerStats("open", 2, 1, 2, "http://down.example.com")


@pytest.mark.parametrize("options", [{"failure_threshold": 0}, {"success_threshold": 0}, {"recovery_timeout": 0}])
def test_nonsense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        CircuitBreaker(**options)


class Machine(RuleBasedStateMachine):
    """Requests begin and end in any order while time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        breaker = CircuitBreaker(3, 10.0, 2, clock=self.clock)
        self.circuits = [breaker.circuit(host) for host in (WIKI, "https://other.example.com")]
        self.pending: list[tuple[Circuit, bool]] = []
        self.refusals: list[tuple[str, float]] = []

    @rule(which=st.integers(0, 1))
    def begin(self, which: int) -> None:
        circuit = self.circuits[which]
        try:
            self.pending.append((circuit, circuit.before()))
        except CircuitOpenError as error:
            self.refusals.append((circuit.stats().state, error.retry_after))

    @precondition(lambda self: self.pending)
    @rule(success=st.sampled_from([True, False, None]), data=st.data())
    def end(self, success: bool | None, data: st.DataObject) -> None:
        circuit, probe = self.pending.pop(data.draw(st.integers(0, len(self.pending) - 1)))
        circuit.after(success=success, probe=probe)

    @rule(seconds=st.floats(0, 30))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def one_probe_at_most_for_each_server(self) -> None:
        for circuit in self.circuits:
            assert sum(probe for whose, probe in self.pending if whose is circuit) <= 1

    @invariant()
    def refused_only_while_not_closed_and_never_for_long(self) -> None:
        assert all(state != "closed" and 0 <= wait <= 10.0 + 1e-9 for state, wait in self.refusals)

    @invariant()
    def open_only_after_enough_failures(self) -> None:
        for circuit in self.circuits:
            stats = circuit.stats()
            assert stats.state == "closed" or stats.opened > 0
            assert stats.state != "closed" or stats.failures < 3


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
