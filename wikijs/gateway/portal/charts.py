"""Charts as SVG and words: bars that stretch, numbers in a table beside them for those who cannot see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

KINDS: Final = (("good", "answered"), ("refused", "refused (4xx)"), ("failed", "failed (5xx)"))
HEIGHT: Final = 100.0
_WIDTH: Final = 10.0


@dataclass(slots=True)
class Bar:
    """One span of time.

    Attributes:
        label: What people call it.
        short: The same on the axis.
        good, refused, failed: Requests by what became of them.
    """

    label: str
    short: str
    good: int = 0
    refused: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.good + self.refused + self.failed

    def count(self, status: int, count: int) -> None:
        """Add requests of a status."""
        if status >= 500:
            self.failed += count
        elif status >= 400:
            self.refused += count
        else:
            self.good += count


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of a chart; what it says is part of it."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template draws."""

    bars: Sequence[Bar]
    width: float
    top: int
    blocks: Sequence[Sequence[Block]]
    summary: str
    ticks: Sequence[str] = field(default_factory=tuple)


def chart(bars: Sequence[Bar], what: str) -> Chart:
    """A chart of bars; `what` says what they are, such as "Requests by hour"."""
    top = nice(max((bar.total for bar in bars), default=0))
    blocks: list[list[Block]] = []
    for place, bar in enumerate(bars):
        level, drawn = HEIGHT, list[Block]()
        for kind, _ in KINDS:
            value: int = getattr(bar, kind)
            height = round(HEIGHT * value / top, 3)
            if value:
                height = max(height, 0.8)
                level = max(level - height, 0.0)
                drawn.append(Block(place * _WIDTH + 1.2, round(level, 3), _WIDTH - 2.4, height, kind))
        blocks.append(drawn)
    most = max(bars, key=lambda bar: bar.total, default=None)
    total = sum(bar.total for bar in bars)
    summary = f"{what}: {total} in all"
    if most is not None and most.total:
        summary += f", at most {most.total} ({most.label})"
    middle = bars[len(bars) // 2].short if len(bars) > 2 else ""
    ticks = (bars[0].short, middle, bars[-1].short) if bars else ()
    return Chart(bars, len(bars) * _WIDTH, top, blocks, f"{summary}.", ticks)


def nice(value: int) -> int:
    """A round number that is not smaller."""
    step = 1
    while True:
        for factor in (1, 2, 4, 5, 8):
            if factor * step >= value:
                return factor * step
        step *= 10


def over_time(rows: Sequence[Mapping[str, Any]], hours: int, now: float) -> list[Bar]:
    """Rows of usage as bars: by hour up to two days, else by day."""
    span = 3600 if hours <= 48 else 86_400
    last = int(now // span) * span
    count = hours if span == 3600 else (hours + 23) // 24
    bars: dict[int, Bar] = {}
    for step in range(count - 1, -1, -1):
        at = datetime.fromtimestamp(last - step * span, UTC)
        hourly = span == 3600
        label = at.strftime("%d %b, %H:00 UTC") if hourly else at.strftime("%d %b %Y")
        bars[last - step * span] = Bar(label, at.strftime("%H:00") if hourly else at.strftime("%d %b"))
    for row in rows:
        bar = bars.get(int(datetime.fromisoformat(row["hour"]).timestamp() // span) * span)
        if bar is not None:
            bar.count(row["status"], row["count"])
    return list(bars.values())


@dataclass(slots=True)
class Share:
    """Usage of one route, or of one key."""

    name: str
    count: int = 0
    refused: int = 0
    failed: int = 0
    milliseconds: float = 0.0
    bytes: int = 0
    percent: float = 0.0


def shares(rows: Sequence[Mapping[str, Any]], name: str) -> list[Share]:
    """Rows of usage summed up by `route` or `key`, the most used first."""
    found: dict[str, Share] = {}
    for row in rows:
        share = found.setdefault(row[name], Share(row[name]))
        share.count += row["count"]
        share.refused += row["count"] if 400 <= row["status"] < 500 else 0
        share.failed += row["count"] if row["status"] >= 500 else 0
        share.milliseconds += row["milliseconds"] * row["count"]
        share.bytes += row["bytes"]
    ordered = sorted(found.values(), key=lambda share: (-share.count, share.name))
    for share in ordered:
        share.milliseconds = round(share.milliseconds / max(share.count, 1), 1)
        share.percent = round(100 * share.count / max(ordered[0].count, 1), 1)
    return ordered


def whole(rows: Sequence[Mapping[str, Any]]) -> Share:
    """All rows summed up."""
    return next(iter(shares([{**row, "all": "all"} for row in rows], "all")), Share("all"))
