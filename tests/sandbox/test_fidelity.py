"""The sandbox answers as the real server did, but for the differences that are listed with a reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from replay import CHAINS, Outcome, replay

TABLE = tomllib.loads((Path(__file__).parent / "differences.toml").read_text())
LISTED = {(row["scenario"], row["step"]): row["reason"] for row in TABLE.get("difference", [])}
PENDING = set(TABLE.get("pending", []))


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """Every recorded step, replayed."""
    return [outcome for chain in CHAINS for outcome in replay(chain)]


@pytest.mark.parametrize("scenario", [name for chain in CHAINS for name in chain])
def test_scenario_is_answered_as_recorded(
    scenario: str, outcomes: list[Outcome], request: pytest.FixtureRequest
) -> None:
    if scenario in PENDING:
        request.applymarker(pytest.mark.xfail(strict=True, reason="being worked on"))
    unlisted = {
        outcome.step: outcome.differences[:5]
        for outcome in outcomes
        if outcome.scenario == scenario and outcome.differences and (scenario, outcome.step) not in LISTED
    }
    assert not unlisted


def test_listed_differences_are_still_there(outcomes: list[Outcome]) -> None:
    differing = {(outcome.scenario, outcome.step) for outcome in outcomes if outcome.differences}
    assert set(LISTED) - differing == set()


def test_listed_differences_have_a_reason() -> None:
    assert all(reason.strip() for reason in LISTED.values())


def test_steps_have_names_of_their_own(outcomes: list[Outcome]) -> None:
    names = [(outcome.scenario, outcome.step) for outcome in outcomes]
    assert len(names) == len(set(names)) == 398
