"""The wiki's state in SQLite: in memory, or in a file that outlives the process.

The tables are in `tables/`, one file for each group of namespaces. Rows come back as dictionaries with the column's
names, which are the schema's field names wherever there is one; columns declared `FLAG` are booleans and `JSON_TEXT`
columns are decoded. Every statement commits by itself, as on the server: what a failing operation has written stays.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from weakref import finalize

from . import engines

Row = dict[str, Any]

APPLICATION_ID = 0x574A7362
"""Marks a data file as ours."""
LAYOUT = 1
"""Version of the tables; a file of another one is refused."""

sqlite3.register_converter("FLAG", lambda value: value != b"0")
sqlite3.register_converter("JSON_TEXT", json.loads)


COMPARED = re.compile(r"\b(?:code|email|filename|localeCode|name|path|slug|tag|title) TEXT\b")
"""Columns that are compared by what users write."""


class DataFileError(Exception):
    """A data file that cannot be used; the message is one sentence for the user."""


@cache
def layout(collation: str, *, moves_rows: bool) -> str:
    """The statements that make all tables of a database, with the triggers that keep `heap`."""
    sources = sorted(
        (file for file in files("wikijs.sandbox").joinpath("tables").iterdir() if file.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    statements = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    statements = COMPARED.sub(rf"\g<0> COLLATE {collation}", statements)
    for name, columns in re.findall(r"CREATE TABLE (\w+) \((.*?)\n?\);", statements, re.DOTALL):
        if "heap INTEGER" in columns:
            statements += HEAP.format(name=name) + (MOVED.format(name=name) if moves_rows else "")
    return statements


HEAP = """
CREATE INDEX {name}Heap ON {name} (heap);
CREATE TRIGGER {name}Placed AFTER INSERT ON {name} BEGIN
  UPDATE {name} SET heap = (SELECT coalesce(max(heap), 0) + 1 FROM {name}) WHERE id = NEW.id;
END;
"""
MOVED = """
CREATE TRIGGER {name}Moved AFTER UPDATE ON {name} WHEN NEW.heap = OLD.heap BEGIN
  UPDATE {name} SET heap = (SELECT max(heap) + 1 FROM {name}) WHERE id = NEW.id;
END;
"""


class Database:
    """A connection and what resolvers need of it."""

    def __init__(self, path: Path | None = None, database: str = engines.DEFAULT) -> None:
        """Open the file at `path`, made when it is not there, or memory, and pose as a database.

        Raises:
            DataFileError: The file is not ours, or was made posing as another database.
            UnknownDatabaseError: There is no such database.
        """
        self.path = path
        self.engine = engines.engine(database)
        try:
            self.connection = sqlite3.connect(
                ":memory:" if path is None else path,
                isolation_level=None,
                detect_types=sqlite3.PARSE_DECLTYPES,
                check_same_thread=False,
            )
            # A sandbox that nobody closed closes itself quietly; Python warns of connections that are left open.
            self._closed = finalize(self, self.connection.close)
            self.connection.row_factory = dictionary
            self.connection.create_collation("FOLDED", engines.compare)
            self.is_new = self._check()
        except (sqlite3.Error, OSError) as error:
            raise DataFileError(f"The data file {path} cannot be opened as a sandbox's data: {error}.") from error
        except DataFileError:
            self.close()
            raise
        self.connection.execute(f"PRAGMA foreign_keys = {'ON' if self.engine.checks else 'OFF'}")
        if path is not None:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = OFF")
        if self.is_new:
            self.connection.executescript(
                f"{layout(self.engine.collation, moves_rows=self.engine.moves_rows)}"
                f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {LAYOUT};"
            )
            self.save_setting("database", {"key": database})
        elif (made := self.setting("database").get("key", engines.DEFAULT)) != database:
            self.connection.close()
            raise DataFileError(f"The data file {path} was made as a wiki on {made}; say --database {made}.")

    def _check(self) -> bool:
        """Whether the database is new; an error when it belongs to something else."""
        application = self.connection.execute("PRAGMA application_id").fetchone()["application_id"]
        tables = self.connection.execute("SELECT count(*) AS count FROM sqlite_master").fetchone()["count"]
        if tables == 0:
            return True
        if application != APPLICATION_ID:
            raise DataFileError(f"The data file {self.path} belongs to another program; choose another file.")
        version = self.connection.execute("PRAGMA user_version").fetchone()["user_version"]
        if version != LAYOUT:
            raise DataFileError(f"The data file {self.path} was made by another version; choose another file.")
        return False

    def close(self) -> None:
        """Close the connection; a database in memory is gone."""
        self._closed()

    def all(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, or None."""
        row: Row | None = self.connection.execute(sql, values).fetchone()
        return row

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.one(sql, *values)
        return None if row is None else next(iter(row.values()))

    def run(self, sql: str, *values: Any) -> int:
        """Execute a statement; the number of rows it touched."""
        return self.connection.execute(sql, values).rowcount

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Insert a row, with the table's next id unless it brings one; return the id.

        An insert that fails uses its id up, as a PostgreSQL sequence does.
        """
        values = dict(row)
        if "id" not in values:
            values["id"] = self.next_id(table)
        self._insert(table, values)
        return int(values["id"])

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Insert a row into a table without an `id` column, in place of one with the same key."""
        self._insert(table, dict(row), "INSERT OR REPLACE")

    def _insert(self, table: str, values: Row, verb: str = "INSERT") -> None:
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self.connection.execute(
            f"{verb} INTO {table} ({names}) VALUES ({marks})", encoded(values.values())
        )  # names come from the code

    def update(self, table: str, id: int, changes: Mapping[str, Any]) -> int:
        """Change columns of one row; the number of rows touched."""
        names = ", ".join(f"{name} = ?" for name in changes)
        sql = f"UPDATE {table} SET {names} WHERE id = ?"  # noqa: S608  # own names
        return self.connection.execute(sql, [*encoded(changes.values()), id]).rowcount

    def next_id(self, table: str) -> int:
        """The next id of a table, never given twice."""
        last: int = self.value(
            "INSERT INTO sequences VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last", table
        )
        return last

    def setting(self, area: str) -> Row:
        """The settings of an area, such as `site`; empty when never set."""
        return self.value("SELECT value FROM settings WHERE key = ?", area) or {}

    def save_setting(self, area: str, value: Mapping[str, Any]) -> None:
        """Replace the settings of an area."""
        self.put("settings", {"key": area, "value": dict(value)})

    @contextmanager
    def together(self) -> Generator[None]:
        """Make the writes of a block one transaction: for seeding, where thousands of commits would be slow."""
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


def dictionary(cursor: sqlite3.Cursor, row: Sequence[Any]) -> Row:
    """A row by column names."""
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def encoded(values: Any) -> list[Any]:
    """Values as SQLite takes them: lists and dictionaries as JSON."""
    return [json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value for value in values]
