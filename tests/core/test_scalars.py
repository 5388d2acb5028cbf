"""Moments go to the server as it writes them itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from wikijs.core.scalars import PublishDate, as_sent, timestamp

MOMENT = datetime(2026, 11, 21, 9, 8, 10, 397_000, UTC)


def test_a_moment_reads_as_the_server_writes_it() -> None:
    assert timestamp(MOMENT) == "2026-11-21T09:08:10.397Z"
    assert timestamp(MOMENT.astimezone(timezone(timedelta(hours=5)))) == timestamp(MOMENT)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        timestamp(datetime(2026, 11, 21))  # noqa: DTZ001  that is the point


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_the_server_sent_goes_back_unchanged(moment: datetime) -> None:
    text = timestamp(moment)
    assert timestamp(datetime.fromisoformat(text)) == text


def test_moments_are_found_wherever_they_are_in_variables() -> None:
    assert as_sent({"a": [MOMENT, 1], "b": {"c": (MOMENT,)}, "d": None}) == {
        "a": [timestamp(MOMENT), 1],
        "b": {"c": [timestamp(MOMENT)]},
        "d": None,
    }


@pytest.mark.parametrize(
    ("sent", "read"), [("", None), (None, None), ("2026-11-21T09:08:10.397Z", MOMENT), ("next week", "next week")]
)
def test_publish_dates_may_be_anything(sent: str | None, read: object) -> None:
    assert TypeAdapter(PublishDate).validate_python(sent) == read
