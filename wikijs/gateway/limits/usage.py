"""What was used: counted in memory, written to the database once a second, hour by hour."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ..store import tables
from ..store.database import Database, row_of

HOUR = 3600


class Usage:
    """Counts requests by hour, key, route and status.

    Args:
        database: Where they are kept.
        clock: Seconds since 1970, for tests.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._pending: dict[tuple[int, str, str, int], list[float]] = {}

    def note(self, key: str, route: str, status: int, milliseconds: float, size: int) -> None:
        """Count a request."""
        place = (int(self._clock() // HOUR) * HOUR, key, route, status)
        found = self._pending.get(place)
        if found is None:
            self._pending[place] = [1, milliseconds, size]
        else:
            found[0] += 1
            found[1] += milliseconds
            found[2] += size

    def flush(self) -> None:
        """Write down what was counted. What could not be written is kept for the next time."""
        pending, self._pending = self._pending, {}
        if not pending:
            return
        table = tables.usage
        statement = self._database.insert(table)
        statement = statement.on_conflict_do_update(
            index_elements=["hour", "key", "route", "status"],
            set_={name: table.c[name] + statement.excluded[name] for name in ("count", "milliseconds", "bytes")},
        )
        rows = [
            {"hour": hour, "key": key, "route": route, "status": status}
            | {"count": int(count), "milliseconds": spent, "bytes": int(size)}
            for (hour, key, route, status), (count, spent, size) in sorted(pending.items())
        ]
        try:
            self._database.work(lambda sql: sql.execute(statement, rows))
        except BaseException:
            for place, numbers in pending.items():
                kept = self._pending.setdefault(place, [0, 0.0, 0])
                for index, number in enumerate(numbers):
                    kept[index] += number
            raise

    def read(self, *, since: float, until: float | None = None, key: str | None = None) -> list[dict[str, Any]]:
        """Rows by hour, key, route and status, the oldest first."""
        table = tables.usage
        query = sa.select(table).where(table.c.hour >= int(since // HOUR) * HOUR)
        if until is not None:
            query = query.where(table.c.hour < until)
        if key is not None:
            query = query.where(table.c.key == key)
        query = query.order_by(table.c.hour, table.c.key, table.c.route, table.c.status).limit(10_000)
        return self._database.work(lambda sql: [row_of(row) for row in sql.execute(query)])
