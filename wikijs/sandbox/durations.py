"""Durations as ISO 8601 writes them, such as `P1Y2M3DT4H`."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

from .graphql.errors import UncodedError

NUMBER = r"(-?\d+(?:[.,]\d+)?)"
DURATION = re.compile(
    rf"-?P(?=\d|T|-)(?:{NUMBER}Y)?(?:{NUMBER}M)?(?:{NUMBER}W)?(?:{NUMBER}D)?(?:T(?:{NUMBER}H)?(?:{NUMBER}M)?(?:{NUMBER}S)?)?"
)


def before(now: float, text: str) -> float:
    """The moment a duration before now, in seconds. Raise UncodedError, in the words of the server, when it is none."""
    match = DURATION.fullmatch(text)
    if match is None:
        raise UncodedError("Invalid unit value NaN")
    sign = -1 if text.startswith("-") else 1
    years, months, weeks, days, hours, minutes, seconds = (
        sign * float((group or "0").replace(",", ".")) for group in match.groups()
    )
    moment = back_in_months(datetime.fromtimestamp(now, UTC), int(years) * 12 + int(months))
    moment -= timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return moment.timestamp()


def back_in_months(moment: datetime, months: int) -> datetime:
    """The same day some months earlier, or that month's last when it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
