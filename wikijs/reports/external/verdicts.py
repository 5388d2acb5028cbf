"""What became of a link to another site, and how that is remembered between two reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, cast, get_args

Fate: TypeAlias = Literal[
    "fine", "moved", "gone", "unreachable", "failing", "slow", "loop", "refused", "busy", "private", "unasked"
]
"""What became of a link: it leads somewhere; to where something moved for good; the site says that there is nothing;
there is no such site; the site fails; it does not answer in time; it leads in a circle; the site wants a login or no
programs; it was asked too often; it leads into a private network; it was not looked at."""

KEPT_DAYS: Final = 30
_LASTING: Final = frozenset({"fine", "moved"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a link.

    Attributes:
        fate: In one word.
        says: In one sentence.
        status: The status of the last answer.
        target: Where it moved to.
    """

    fate: Fate
    says: str
    status: int | None = None
    target: str = ""


class Memory:
    """Verdicts of earlier reports, in a file (SQLite). A file that cannot be used is done without.

    Args:
        file: Its path; None for none.
        fresh: Seconds for which a good verdict holds.
        retry: Seconds for which a bad one holds.
    """

    def __init__(self, file: Path | None, *, fresh: float, retry: float) -> None:
        self._fresh = fresh
        self._retry = retry
        self._connection: sqlite3.Connection | None = None
        if file is not None:
            with suppress(OSError, sqlite3.Error):
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                connection = sqlite3.connect(file, timeout=5.0, isolation_level=None)
                try:
                    connection.execute(
                        "CREATE TABLE IF NOT EXISTS links (url TEXT PRIMARY KEY, at REAL, fate TEXT, says TEXT,"
                        " status INTEGER, target TEXT)"
                    )
                except sqlite3.Error:
                    connection.close()
                    raise
                self._connection = connection

    def recall(self, urls: Iterable[str], now: float) -> dict[str, Verdict]:
        """Verdicts that still hold."""
        known: dict[str, Verdict] = {}
        if self._connection is None:
            return known
        with suppress(sqlite3.Error, ValueError, TypeError):  # a damaged one knows nothing
            for url in urls:
                row = self._connection.execute(
                    "SELECT at, fate, says, status, target FROM links WHERE url = ?", (url,)
                ).fetchone()
                if row is None or row[1] not in get_args(Fate):
                    continue
                lasts = self._fresh if row[1] in _LASTING else self._retry
                if 0 <= now - float(row[0]) < lasts:
                    known[url] = Verdict(cast("Fate", row[1]), str(row[2]), row[3], str(row[4]))
        return known

    def keep(self, verdicts: Iterable[tuple[str, Verdict]], now: float) -> None:
        """Remember verdicts, and forget old ones. What was not looked at is not remembered."""
        if self._connection is None:
            return
        rows = [
            (url, now, verdict.fate, verdict.says, verdict.status, verdict.target)
            for url, verdict in verdicts
            if verdict.fate not in {"unasked", "private", "busy"}
        ]
        with suppress(sqlite3.Error), closing(self._connection.cursor()) as cursor:
            cursor.execute("BEGIN")
            cursor.executemany("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?, ?)", rows)
            cursor.execute("DELETE FROM links WHERE at < ?", (now - KEPT_DAYS * 86_400,))
            cursor.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
