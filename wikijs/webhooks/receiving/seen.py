"""Which events were handled, so that one that comes again is not handled again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from time import time
from typing import TYPE_CHECKING, Final

from wikijs.exceptions import DuplicateEvent
from wikijs.feed.database import SQLiteDatabase, migrate

if TYPE_CHECKING:
    from wikijs.feed.database import Database, Statements

KEEP: Final = 7 * 86400.0
"""Seconds for which an id is remembered: longer than a sender tries."""
LEASE: Final = 60.0
"""Seconds after which an event whose handler never ended may be handled again."""


class Seen:
    """Ids of events: in progress until a handler ends, then handled.

    Args:
        where: Path of an SQLite file, shared by all processes of a machine that receive; None remembers in memory.
        clock: Seconds since 1970.
    """

    def __init__(self, where: str | os.PathLike[str] | None, clock: Callable[[], float] = time) -> None:
        self._clock = clock
        self._memory: dict[str, tuple[bool, float]] = {}
        self._lock = threading.Lock()
        self._database = None if where is None else SQLiteDatabase(where)
        if self._database is not None:
            migrate(self._database, "seen", [_table])

    def begin(self, event_id: str) -> None:
        """An event is about to be handled.

        Raises:
            DuplicateEvent: It was handled, or is being handled.
        """
        now = self._clock()
        known = self._claim(event_id, now)
        if known is not None:
            raise DuplicateEvent(event_id, in_progress=not known)

    def _claim(self, event_id: str, now: float) -> bool | None:
        """Take an event; whether it was handled where that is not possible."""
        if self._database is None:
            with self._lock:
                known = self._memory.get(event_id)
                if known is not None and known[1] > now:
                    return known[0]
                self._memory[event_id] = (False, now + LEASE)
                if len(self._memory) > 10_000:
                    self._memory = {key: value for key, value in self._memory.items() if value[1] > now}
            return None
        with self._database.transaction() as sql:
            row = sql.one("SELECT handled, until FROM seen WHERE id = ?", event_id)
            if row is not None and row[1] > now:
                return bool(row[0])
            sql.run("INSERT OR REPLACE INTO seen VALUES (?, 0, ?)", event_id, now + LEASE)
            sql.run("DELETE FROM seen WHERE until < ?", now)
        return None

    def end(self, event_id: str, *, handled: bool) -> None:
        """Its handler has ended: it was handled, or may come again."""
        until = self._clock() + KEEP
        if self._database is None:
            with self._lock:
                if handled:
                    self._memory[event_id] = (True, until)
                else:
                    self._memory.pop(event_id, None)
            return
        with self._database.transaction() as sql:
            if handled:
                sql.run("INSERT OR REPLACE INTO seen VALUES (?, 1, ?)", event_id, until)
            else:
                sql.run("DELETE FROM seen WHERE id = ?", event_id)

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()


def _table(_: Database, sql: Statements) -> None:
    sql.run("CREATE TABLE seen (id TEXT PRIMARY KEY, handled INTEGER NOT NULL, until DOUBLE PRECISION NOT NULL)")
