"""A PostgreSQL database under the store, for more than one machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError, StoreError

if TYPE_CHECKING:
    import psycopg

    from .database import Row, Statements


def _driver() -> Any:
    try:
        import psycopg
    except ModuleNotFoundError:
        raise ConfigurationError("A store in PostgreSQL is an extra.", hint=pip_line("postgres")) from None
    return psycopg


class _PostgresStatements:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def _execute(self, sql: str, values: Sequence[Any]) -> psycopg.Cursor[Any]:
        return self._connection.execute(_placed(sql), tuple(values))

    def all(self, sql: str, *values: Any) -> list[Row]:
        return self._execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Row | None:
        row: Row | None = self._execute(sql, values).fetchone()
        return row

    def run(self, sql: str, *values: Any) -> int:
        return self._execute(sql, values).rowcount

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_placed(sql), rows)


def _placed(sql: str) -> Any:
    """SQL with this driver's places for values; none of ours has a question mark or a percent sign in a text."""
    return sql.replace("?", "%s")


class PostgresDatabase:
    """A PostgreSQL database, for any number of processes on any number of machines.

    Args:
        url: Such as postgresql://user:password@host/database.

    Raises:
        ConfigurationError: The driver is missing.
        StoreError: The database does not answer.
    """

    binary = "BYTEA"
    serial = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    skip_locked = " FOR UPDATE SKIP LOCKED"
    row_lock = " FOR UPDATE"

    def __init__(self, url: str) -> None:
        self._driver = _driver()
        self._url = url
        self.name = _without_password(url)
        self._lock = threading.RLock()
        self._closed = False
        self._connection: psycopg.Connection[Any] | None = None
        with self._failing():
            self._connected()

    def _connected(self) -> psycopg.Connection[Any]:
        """The connection, made again where it was lost."""
        if self._closed:
            raise StoreError(f"{self.name} cannot be used: it is closed.")
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = self._driver.connect(self._url, autocommit=True, connect_timeout=10)
        assert self._connection is not None  # noqa: S101  for the type checker
        return self._connection

    @contextmanager
    def _failing(self) -> Generator[None]:
        try:
            yield
        except self._driver.Error as error:
            reason = "it does not answer" if isinstance(error, self._driver.OperationalError) else "it refuses it"
            detail = type(error).__name__
            raise StoreError(
                f"{self.name} cannot be used: {reason} ({detail}).", hint="Nothing was lost; try again."
            ) from error

    @contextmanager
    def transaction(self) -> Generator[Statements]:
        """A block that is stored as a whole, or not at all."""
        with self._lock, self._failing():
            connection = self._connected()
            with connection.transaction():
                yield _PostgresStatements(connection)

    @contextmanager
    def reading(self) -> Generator[Statements]:
        """A block that only reads."""
        with self._lock, self._failing():
            yield _PostgresStatements(self._connected())

    def take_lock(self, name: str) -> Callable[[], None] | None:
        """Hold a lock of the database on a connection of its own, until it is given back or this process ends."""
        number = int.from_bytes(sha256(f"py-wikijs {name}".encode()).digest()[:8], signed=True)
        with self._failing():
            connection: psycopg.Connection[Any] = self._driver.connect(self._url, autocommit=True, connect_timeout=10)
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (number,)).fetchone()
        if row is None or not row[0]:
            connection.close()
            return None

        def release() -> None:
            with suppress(self._driver.Error):
                connection.close()

        return release

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()


def _without_password(url: str) -> str:
    """A URL for messages: its host and database, neither user nor password nor options."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"{host}{port}", parts.path, "", ""))
