"""When failed attempts are repeated, and after how long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wikijs import exceptions as exc
from wikijs.core.outcomes import classify
from wikijs.middleware import CircuitOpenError, Outcome, RetryBudget, RetryStrategy

LOST = exc.TransportError("lost", sent=True)
NOT_SENT = exc.TransportError("no connection", sent=False)


def strategy(**options: object) -> RetryStrategy:
    return RetryStrategy(**{"budget": None, "random": lambda: 0.0, **options})  # type: ignore[arg-type]


def wait(
    error: Exception, kind: str = "query", retries: int = 0, elapsed: float = 0.0, **options: object
) -> float | None:
    outcome = classify(error, "pages.list" if kind == "query" else "pages.create")
    return strategy(**options).delay(error, kind=kind, outcome=outcome, retries=retries, elapsed=elapsed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "error",
    [
        LOST,
        NOT_SENT,
        exc.TimeoutError("slow", sent=True),
        exc.RateLimitError("slow down", retry_after=3.0),
        *(exc.ServerError("down", status=status) for status in (502, 503, 504)),
        exc.BrokenReplyError("cut off"),
    ],
)
def test_a_query_is_repeated_when_its_answer_was_lost_or_the_server_says_not_now(error: Exception) -> None:
    assert wait(error) is not None


@pytest.mark.parametrize(
    "error",
    [
        exc.PageNotFoundError("gone"),
        exc.ServerError("bug", status=500),
        exc.ApiKeyRevokedError("revoked", status=500),
        exc.ExpiredTokenError("expired"),
        exc.EndpointError("html"),
        CircuitOpenError("wiki", 30),
        exc.TransportError("the certificate is not trusted", sent=False, permanent=True),
        ValueError("not ours"),
    ],
)
def test_a_query_is_not_repeated_when_it_would_fail_again(error: Exception) -> None:
    assert wait(error) is None


@pytest.mark.parametrize(
    "error", [LOST, exc.TimeoutError("slow"), exc.ServerError("down", status=502), exc.BrokenReplyError("cut")]
)
def test_a_write_is_never_repeated_on_a_guess(error: Exception) -> None:
    assert wait(error, "mutation") is None
    assert wait(error, "mutation", retry_on=[type(error)]) is None


@pytest.mark.parametrize("error", [NOT_SENT, exc.RateLimitError("slow down", retry_after=2.0)])
def test_a_write_is_repeated_when_it_certainly_had_no_effect(error: Exception) -> None:
    assert wait(error, "mutation") is not None


def test_further_errors_can_be_named_for_queries() -> None:
    assert wait(exc.ServerError("bug", status=500), retry_on=[exc.ServerError]) is not None


def test_the_server_decides_how_long_to_wait() -> None:
    assert wait(exc.RateLimitError("slow", retry_after=7.0)) == 7.0
    assert wait(exc.ServerError("down", status=503, retry_after=2.0)) == 2.0
    assert wait(exc.RateLimitError("slow", retry_after=59.0), max_delay=30.0) is None, "longer than anyone would wait"


def test_it_ends_after_the_retries_and_after_the_time() -> None:
    assert wait(LOST, retries=2, max_retries=3) is not None
    assert wait(LOST, retries=3, max_retries=3) is None
    assert wait(LOST, elapsed=9.8, max_elapsed=10.0, initial_delay=0.5) is None


@pytest.mark.parametrize(
    ("backoff", "expected"),
    [("exponential", [1, 2, 4, 8, 10]), ("linear", [1, 2, 3, 4, 5]), ("constant", [1, 1, 1, 1, 1])],
)
def test_backoff(backoff: str, expected: list[float]) -> None:
    delays = strategy(backoff=backoff, initial_delay=1.0, max_delay=10.0)
    assert [delays.pause(retry) for retry in range(5)] == expected


@given(
    st.sampled_from(["exponential", "linear", "constant"]),
    st.floats(0, 10),
    st.floats(0, 60),
    st.floats(0, 1),
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 10_000),
)
def test_no_pause_is_negative_or_longer_than_allowed(
    backoff: str, initial: float, longest: float, jitter: float, luck: float, retries: int
) -> None:
    delays = strategy(backoff=backoff, initial_delay=initial, max_delay=longest, jitter=jitter, random=lambda: luck)
    without = strategy(backoff=backoff, initial_delay=initial, max_delay=longest, jitter=0.0)
    assert 0 <= delays.pause(retries) <= longest
    assert without.pause(retries) * (1 - jitter) <= delays.pause(retries) + 1e-9
    assert without.pause(retries) <= without.pause(retries + 1)


@pytest.mark.parametrize(
    "options", [{"max_retries": -1}, {"jitter": 2.0}, {"initial_delay": -0.1}, {"backoff": "quadratic"}]
)
def test_nonsense_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(exc.ConfigurationError):
        strategy(**options)


def test_a_dead_server_is_not_hammered() -> None:
    budget = RetryBudget(ratio=0.1, reserve=5)
    retries = sum(
        RetryStrategy(budget=budget).delay(LOST, kind="query", outcome=Outcome.UNKNOWN, retries=0, elapsed=0)
        is not None
        for _ in range(1000)
        if budget.deposit() is None
    )
    assert retries <= 5 + 1000 * 0.1
    assert retries >= 100


def test_a_budget_makes_sense() -> None:
    with pytest.raises(exc.ConfigurationError):
        RetryBudget(ratio=-1)
