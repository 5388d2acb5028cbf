"""Charts as SVG, drawn by hand: each bar says its figure to who sees it and to who has it read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..model import Table, Value
from .visible import escaped as _text

_WIDTH: Final = 720
_ROW: Final = 22
_LABEL: Final = 240
_HEIGHT: Final = 180
_LETTERS: Final = 34
_MONTHS: Final = 60
"""Columns at most: the last five years of months."""
_NAMES: Final = 12
"""Names below columns at most."""


def bars(table: Table) -> str:
    """Lying bars, one below the other, each with its name."""
    rows = [(str(row[0]), _number(row[-1])) for row in table.rows]
    most = max((value for _, value in rows), default=0) or 1
    parts: list[str] = []
    for place, (name, value) in enumerate(rows):
        top = place * _ROW
        width = max(1.0, value / most * (_WIDTH - _LABEL - 90))
        parts.append(
            f"<g><title>{_text(name)}: {value:,}</title>"
            f'<text x="{_LABEL - 8}" y="{top + 15}" text-anchor="end">{_text(_short(name))}</text>'
            f'<rect x="{_LABEL}" y="{top + 4}" width="{width:.1f}" height="{_ROW - 8}" rx="2"/>'
            f'<text x="{_LABEL + width + 6:.1f}" y="{top + 15}">{value:,}</text></g>'
        )
    return _drawing(table.title, rows, len(rows) * _ROW + 4, parts)


def columns(table: Table) -> str:
    """Standing columns, such as a month each."""
    rows = [(str(row[0]), _number(row[-1])) for row in table.rows][-_MONTHS:]
    most = max((value for _, value in rows), default=0) or 1
    step = _WIDTH / max(len(rows), 1)
    every = -(-len(rows) // _NAMES)
    parts = [f'<line x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/>', f'<text x="0" y="12">{most:,}</text>']
    for place, (name, value) in enumerate(rows):
        height = value / most * (_HEIGHT - 20)
        left = place * step
        parts.append(
            f"<g><title>{_text(name)}: {value:,}</title>"
            f'<rect x="{left + 1:.1f}" y="{_HEIGHT - height:.1f}" width="{max(step - 2, 1):.1f}" '
            f'height="{height:.1f}"/>'
            + (f'<text x="{left:.1f}" y="{_HEIGHT + 16}">{_text(name)}</text>' if place % every == 0 else "")
            + "</g>"
        )
    return _drawing(table.title, rows, _HEIGHT + 24, parts)


def _drawing(title: str, rows: Sequence[tuple[str, float]], height: int, parts: Sequence[str]) -> str:
    if not rows:
        return ""
    said = "; ".join(f"{name}: {value:,}" for name, value in rows[:50])
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{_text(title)}: {_text(said)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _number(value: Value) -> float:
    return value if isinstance(value, int | float) else 0


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else f"…{name[-_LETTERS + 1 :]}"
