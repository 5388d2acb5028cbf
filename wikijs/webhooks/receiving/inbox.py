"""An inbox: what came in is stored first and handled afterwards, with retries."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import time
from typing import TYPE_CHECKING, Final

from wikijs.feed.database import SQLiteDatabase, migrate

if TYPE_CHECKING:
    from wikijs.feed.database import Database, Statements

WAITS: Final = (1.0, 5.0, 30.0, 300.0, 1800.0, 7200.0, 36000.0)
"""Seconds before each further try of a handler."""
LEASE: Final = 300.0
KEEP: Final = 7 * 86400.0


class Inbox:
    """Events that wait for their handlers.

    Args:
        where: Path of an SQLite file.
        clock: Seconds since 1970.
    """

    def __init__(self, where: str | os.PathLike[str], clock: Callable[[], float] = time) -> None:
        self._database = SQLiteDatabase(where)
        self._clock = clock
        migrate(self._database, "inbox", [_table])

    def put(self, event_id: str, body: bytes) -> bool:
        """Store an event; False where it was stored before."""
        with self._database.transaction() as sql:
            sql.run("DELETE FROM inbox WHERE state = 'done' AND due < ?", self._clock() - KEEP)
            return bool(
                sql.run(
                    "INSERT INTO inbox (id, body, state, attempts, due) VALUES (?, ?, 'waiting', 0, ?)"
                    " ON CONFLICT (id) DO NOTHING",
                    event_id,
                    body,
                    self._clock(),
                )
            )

    def take(self) -> tuple[str, bytes, int] | None:
        """The next event that is due, and how often it was tried; nobody else gets it for a while."""
        now = self._clock()
        with self._database.transaction() as sql:
            row = sql.one(
                "UPDATE inbox SET due = ? WHERE id = (SELECT id FROM inbox WHERE state = 'waiting' AND due <= ?"
                " ORDER BY seq LIMIT 1) RETURNING id, body, attempts",
                now + LEASE,
                now,
            )
        return None if row is None else (str(row[0]), bytes(row[1]), int(row[2]))

    def done(self, event_id: str) -> None:
        """An event was handled."""
        with self._database.transaction() as sql:
            sql.run("UPDATE inbox SET state = 'done', due = ? WHERE id = ?", self._clock(), event_id)

    def failed(self, event_id: str, attempts: int) -> bool:
        """A handler failed; whether there is another try."""
        again = attempts <= len(WAITS)
        with self._database.transaction() as sql:
            sql.run(
                "UPDATE inbox SET state = ?, attempts = ?, due = ? WHERE id = ?",
                "waiting" if again else "dead",
                attempts,
                self._clock() + (WAITS[attempts - 1] if again else 0),
                event_id,
            )
        return again

    def next_due(self) -> float | None:
        """Seconds until the next event is due; None where none waits."""
        with self._database.reading() as sql:
            row = sql.one("SELECT MIN(due) FROM inbox WHERE state = 'waiting'")
        return None if row is None or row[0] is None else max(float(row[0]) - self._clock(), 0.0)

    def counts(self) -> dict[str, int]:
        """How many events there are, by state: waiting, done, dead."""
        with self._database.reading() as sql:
            return {
                str(state): int(count) for state, count in sql.all("SELECT state, count(*) FROM inbox GROUP BY state")
            }

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _table(database: Database, sql: Statements) -> None:
    sql.run(
        f"CREATE TABLE inbox (seq {database.serial}, id TEXT UNIQUE NOT NULL, body {database.binary} NOT NULL,"
        " state TEXT NOT NULL, attempts INTEGER NOT NULL, due DOUBLE PRECISION NOT NULL)"
    )
    sql.run("CREATE INDEX inbox_due ON inbox (state, due)")
