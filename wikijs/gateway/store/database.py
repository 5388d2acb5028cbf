"""The database under the gateway: a file of SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy import exc as failures
from sqlalchemy.dialects import postgresql, sqlite

from wikijs.exceptions import ConfigurationError, StoreError

from . import tables

T = TypeVar("T")

VERSION: Final = 1
"""What the tables look like; each step up is a function of `_STEPS`."""


class Database:
    """Where the gateway keeps what it remembers.

    Args:
        where: Path of a file, `:memory:`, or a URL such as `postgresql://user@host/name`.

    Raises:
        ConfigurationError: It cannot be such a place.
        StoreError: It cannot be opened.
    """

    def __init__(self, where: str) -> None:
        self.is_postgres = where.startswith(("postgresql://", "postgres://"))
        if "://" in where and not self.is_postgres:
            raise ConfigurationError(
                "The gateway's database is the path of a file, or a URL that begins with postgresql://."
            )
        self.path = None if self.is_postgres or where == ":memory:" else Path(where)
        if self.is_postgres:
            address = "postgresql+psycopg" + where[where.index("://") :]
            self.engine = sa.create_engine(address, pool_pre_ping=True, pool_size=5, max_overflow=5, pool_timeout=10)
        elif self.path is None:
            self.engine = sa.create_engine(
                "sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False}
            )
        else:
            _private(self.path)
            self.engine = sa.create_engine(f"sqlite:///{self.path}", connect_args={"check_same_thread": False})
        if not self.is_postgres:
            event.listen(self.engine, "connect", _set_up)
            event.listen(self.engine, "begin", _begin)
        self._one = asyncio.Semaphore(1 if self.path is None and not self.is_postgres else 8)

    @property
    def name(self) -> str:
        """What it is called in messages, without a password."""
        return self.engine.url.render_as_string(hide_password=True) if self.is_postgres else str(self.path or "memory")

    def work(self, do: Callable[[sa.Connection], T]) -> T:
        """Do something in one transaction, in this thread.

        Raises:
            StoreError: The database cannot be reached, read or written.
        """
        try:
            with self.engine.begin() as connection:
                return do(connection)
        except failures.IntegrityError:
            raise
        except failures.SQLAlchemyError as error:
            cause = error.__cause__ or error
            if "database is locked" in str(cause):  # SQLite's own words
                raise StoreError(
                    f"The gateway's database {self.name} is held by another program.",
                    hint="Try again when that has ended, such as a copy or a shell of SQLite that is open.",
                ) from None
            raise StoreError(f"The gateway's database {self.name} cannot be used ({type(cause).__name__}).") from None

    async def run(self, do: Callable[[sa.Connection], T]) -> T:
        """The same in a thread, so that the loop goes on."""
        async with self._one:
            return await asyncio.to_thread(self.work, do)

    def insert(self, table: sa.Table) -> Any:
        """An INSERT that knows `on_conflict_do_update`, of whichever database this is."""
        return (postgresql.insert if self.is_postgres else sqlite.insert)(table)

    def migrate(self) -> int:
        """Bring the tables to what this version needs; the version they had before (0 for none).

        Raises:
            StoreError: They are of a newer version.
        """
        found = self.version()
        if found > VERSION:
            raise StoreError(f"{self.name} is of a newer py-wikijs: its version is {found}, this one knows {VERSION}.")

        def up(connection: sa.Connection) -> None:
            if self.is_postgres:  # two processes may start at once
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7766554433)"))
            tables.metadata.create_all(connection)
            statement = self.insert(tables.meta).values(name="version", value=str(VERSION))
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": str(VERSION)}))

        if found < VERSION:
            self.work(up)
        return found

    def version(self) -> int:
        """What the tables look like; 0 where there are none."""

        def look(connection: sa.Connection) -> int:
            if not sa.inspect(connection).has_table("gateway_meta"):
                return 0
            value = connection.execute(
                sa.select(tables.meta.c.value).where(tables.meta.c.name == "version")
            ).scalar_one_or_none()
            return int(value) if value else 0

        return self.work(look)

    def backup(self, to: Path) -> None:
        """Copy a SQLite database while it is in use. The file must not exist.

        Raises:
            ConfigurationError: It is PostgreSQL, or the file exists or cannot be written.
        """
        if self.path is None:
            raise ConfigurationError("Only a database file can be copied here.", hint="Use pg_dump for PostgreSQL.")
        try:
            descriptor = os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as error:
            raise ConfigurationError(f"The copy {to} cannot be made: {error.strerror}.") from None
        os.close(descriptor)
        source, target = sqlite3.connect(self.path), sqlite3.connect(to)
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()

    def close(self) -> None:
        """Close it."""
        self.engine.dispose()


def _private(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600))
    except OSError as error:
        raise StoreError(f"The gateway's database {path} cannot be opened: {error.strerror}.") from None


def _set_up(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions are begun below, by us
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def row_of(row: Any) -> dict[str, Any]:
    """A row as a dictionary."""
    return dict(row._mapping)  # the library's public name for it
