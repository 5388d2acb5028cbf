"""The database under the store: SQL with `?` for values, in transactions. One file by default."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol
from weakref import finalize

from wikijs.core.files.locking import try_lock
from wikijs.exceptions import StoreError

Row = tuple[Any, ...]

BUSY_TIMEOUT: Final = 5.0
"""Seconds to wait for another process that writes."""

_REASONS: Final = {
    sqlite3.SQLITE_BUSY: "another process is writing to it for too long",
    sqlite3.SQLITE_LOCKED: "another process is writing to it for too long",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_READONLY: "it must not be written",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is no database of py-wikijs",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
}


class Statements(Protocol):
    """What runs SQL inside a transaction."""

    def all(self, sql: str, *values: Any) -> list[Row]:
        """All rows of an answer."""
        ...

    def run(self, sql: str, *values: Any) -> int:
        """Run a statement; the number of rows that it changed."""
        ...

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values."""
        ...

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row of an answer."""
        ...


class Database(Protocol):
    """A database with what SQLite and PostgreSQL have in common."""

    name: str
    """What it is called in messages, without a password."""
    binary: str
    """The type of columns with bytes."""
    serial: str
    """The type of a primary key that counts up and never uses a number again."""
    skip_locked: str
    """What makes a query pass over rows that somebody else works on."""
    row_lock: str
    """What makes a query wait for those who work on its rows."""

    def transaction(self) -> AbstractContextManager[Statements]:
        """A block that is stored as a whole, or not at all; others write before or after it."""
        ...

    def reading(self) -> AbstractContextManager[Statements]:
        """A block that only reads."""
        ...

    def take_lock(self, name: str) -> Callable[[], None] | None:
        """Hold a lock until it is given back or this process ends; None when another one holds it."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class _SQLiteStatements:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self, sql: str, *values: Any) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Row | None:
        row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def run(self, sql: str, *values: Any) -> int:
        return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)


class SQLiteDatabase:
    """An SQLite file (0600), for any number of processes on one machine; not for network drives.

    Args:
        path: The file; made where it is missing.
        busy_timeout: Seconds to wait for another process that writes.

    Raises:
        StoreError: It cannot be opened, or is no such file.
    """

    binary = "BLOB"
    serial = "INTEGER PRIMARY KEY AUTOINCREMENT"
    skip_locked = ""
    row_lock = ""

    def __init__(self, path: str | os.PathLike[str], *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self.path = Path(path)
        self.name = str(self.path)
        self._lock = threading.RLock()
        try:
            # Secrets of webhooks are in it: nobody else may read it, not even for a moment.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(
                self.path, isolation_level=None, timeout=busy_timeout, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it cannot be opened"
            raise StoreError(
                f"{self.name} cannot be used: {reason}.", hint="Check the folder and its permissions."
            ) from None
        # A store that nobody closed closes itself quietly; Python warns of connections that are left open.
        self._closed = finalize(self, self._connection.close)
        try:
            with self._failing():
                self._connection.execute("PRAGMA journal_mode = WAL")
                # What was told must survive a power cut: with less, the last transactions may be gone.
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            self._connection.close()
            raise

    @contextmanager
    def _failing(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if isinstance(error, sqlite3.ProgrammingError):
                reason = "it is closed"
            else:
                reason = _REASONS.get(code, "SQLite refuses it")
            raise StoreError(f"{self.name} cannot be used: {reason}.", hint="Nothing was lost; try again.") from error

    @contextmanager
    def transaction(self) -> Generator[Statements]:
        """A block that is stored as a whole, or not at all."""
        with self._lock, self._failing():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield _SQLiteStatements(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Generator[Statements]:
        """A block that only reads."""
        with self._lock, self._failing():
            yield _SQLiteStatements(self._connection)

    def take_lock(self, name: str) -> Callable[[], None] | None:
        """Hold a lock, by a file beside the database, until it is given back or this process ends."""
        from hashlib import sha256

        path = self.path.with_name(f"{self.path.name}.{sha256(name.encode()).hexdigest()[:8]}.lock")
        try:
            file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise StoreError(f"{path} cannot be made: {error.strerror}.") from None
        if try_lock(file) is False:
            os.close(file)
            return None
        return lambda: os.close(file)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def migrate(database: Database, component: str, steps: Sequence[Callable[[Database, Statements], None]]) -> None:
    """Bring the tables of a part of the store to this release.

    Args:
        database: Where.
        component: Name of the part.
        steps: What made each version out of the one before.

    Raises:
        StoreError: A later release has been here.
    """
    with database.transaction() as sql:
        sql.run("CREATE TABLE IF NOT EXISTS schema_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL)")
        row = sql.one("SELECT version FROM schema_versions WHERE component = ?", component)
        version = 0 if row is None else int(row[0])
        if version > len(steps):
            raise StoreError(f"{database.name} was written by a later release of py-wikijs.", hint="Update it.")
        if version == len(steps):
            return
        for step in steps[version:]:
            step(database, sql)
        sql.run(
            "INSERT INTO schema_versions VALUES (?, ?)"
            " ON CONFLICT (component) DO UPDATE SET version = excluded.version",
            component,
            len(steps),
        )
