"""The audit trail: which key did what to what, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ..store import tables
from ..store.database import Database, row_of


class Audit:
    """Writes down each write; kept in memory for a second at most, then in the database.

    Args:
        database: Where it is kept.
        clock: Seconds since 1970, for tests.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._pending: list[dict[str, Any]] = []

    def note(
        self, *, caller: str, name: str, address: str, action: str, target: str, status: int, request_id: str
    ) -> None:
        """Remember a write. No content, no secret: the action and the address of what it is about."""
        self._pending.append(
            {
                "at": self._clock(),
                "caller": caller[:32],
                "name": name[:200],
                "address": address[:64],
                "action": action[:160],
                "target": target[:500],
                "status": status,
                "request_id": request_id,
            }
        )

    def flush(self) -> None:
        """Write down what is remembered."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        try:
            self._database.work(lambda sql: sql.execute(tables.audit.insert(), pending))
        except BaseException:
            self._pending = [*pending, *self._pending]
            raise

    def read(
        self, *, limit: int, before: int | None = None, caller: str | None = None, since: float | None = None
    ) -> list[dict[str, Any]]:
        """Entries, the latest first."""
        self.flush()
        table = tables.audit
        query = sa.select(table).order_by(table.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(table.c.id < before)
        if caller is not None:
            query = query.where(table.c.caller == caller)
        if since is not None:
            query = query.where(table.c.at >= since)
        return self._database.work(lambda sql: [row_of(row) for row in sql.execute(query)])
