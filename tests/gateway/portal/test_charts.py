"""Charts: every request is in one bar, bars fit, and words say the same as the picture."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wikijs.gateway.http.encoding import moment
from wikijs.gateway.portal.charts import Bar, chart, nice, over_time, shares, whole
from wikijs.gateway.portal.rendering import moment as told
from wikijs.gateway.portal.rendering import number, size

NOW = datetime(2026, 11, 28, 21, 30, tzinfo=UTC).timestamp()


def row(hours_ago: int, status: int, count: int, route: str = "GET /x") -> dict[str, Any]:
    at = NOW // 3600 * 3600 - hours_ago * 3600
    return {
        "hour": moment(at),
        "key": "k",
        "route": route,
        "status": status,
        "count": count,
        "milliseconds": 2.0,
        "bytes": 5,
    }


def test_requests_are_counted_by_hour_and_by_what_became_of_them() -> None:
    bars = over_time([row(0, 200, 5), row(0, 304, 1), row(0, 404, 2), row(23, 500, 3), row(24, 200, 99)], 24, NOW)
    assert len(bars) == 24
    assert (bars[-1].good, bars[-1].refused, bars[-1].failed) == (6, 2, 0)
    assert (bars[0].total, bars[0].failed) == (3, 3)
    assert bars[-1].label == "28 Nov, 21:00 UTC"
    assert (bars[0].short, bars[-1].short) == ("22:00", "21:00")


def test_longer_spans_are_by_day() -> None:
    bars = over_time([row(0, 200, 1), row(30, 200, 2)], 24 * 7, NOW)
    assert [bar.total for bar in bars] == [0, 0, 0, 0, 0, 2, 1]
    assert bars[-1].label == "28 Nov 2026"


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=40)
)
def test_blocks_lie_in_the_picture_and_do_not_overlap(counts: list[tuple[int, int, int]]) -> None:
    drawn = chart([Bar("x", "x", *each) for each in counts], "Requests")
    assert drawn.top >= max(sum(each) for each in counts)
    for bar, blocks in zip(drawn.bars, drawn.blocks, strict=True):
        assert len(blocks) == sum(value > 0 for value in (bar.good, bar.refused, bar.failed))
        level = 100.0
        for block in blocks:
            assert -0.01 <= block.y <= level
            assert block.x >= 0
            assert block.x + block.width <= drawn.width
            level = block.y + 0.01


def test_words_say_what_the_picture_shows() -> None:
    drawn = chart(over_time([row(2, 200, 7), row(1, 200, 3)], 24, NOW), "Requests by hour")
    assert drawn.summary == "Requests by hour: 10 in all, at most 7 (28 Nov, 19:00 UTC)."
    assert chart([], "Requests").summary == "Requests: 0 in all."
    assert drawn.ticks == ("22:00", "10:00", "21:00")


@pytest.mark.parametrize(("value", "top"), [(0, 1), (1, 1), (3, 4), (7, 8), (9, 10), (11, 20), (41, 50), (999, 1000)])
def test_the_axis_ends_at_a_round_number(value: int, top: int) -> None:
    assert nice(value) == top


def test_usage_is_summed_up_by_route() -> None:
    rows = [row(0, 200, 3, "GET /a"), row(1, 404, 1, "GET /a"), row(0, 500, 1, "GET /b")]
    first, second = shares(rows, "route")
    assert (first.name, first.count, first.refused, first.percent) == ("GET /a", 4, 1, 100.0)
    assert (second.name, second.failed, second.percent) == ("GET /b", 1, 25.0)
    assert (whole(rows).count, whole(rows).bytes, whole([]).count) == (5, 15, 0)


def test_numbers_are_for_people() -> None:
    assert number(1234567).split("\N{NARROW NO-BREAK SPACE}") == ["1", "234", "567"]
    assert [size(value) for value in (0, 999, 1500, 250_000, 3_200_000_000_000)] == [
        "0 B", "999 B", "1.5 kB", "250 kB", "3200 GB"
    ]  # fmt: skip
    assert told("2026-11-28T21:04:05.000Z") == "2026-11-28 21:04 UTC"
    assert (told(None), told("")) == ("never", "never")
