"""A cache in a file, shared by all processes of a machine that use the same directory."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wikijs.exceptions import ConfigurationError

from .base import ALL, MAX_GENERATIONS, BaseCache, CorruptEntryError, Entry, checksum

SCHEMA_VERSION: Final = 1
BUSY_TIMEOUT: Final = 2.0
"""Seconds to wait for another process that writes."""
TOUCH_AFTER: Final = 60.0
"""Seconds to which the time of last use is exact: to note each use would turn each read into a write."""
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SCHEMA: Final = """
CREATE TABLE state (epoch TEXT NOT NULL, invalidations INTEGER NOT NULL, forgotten INTEGER NOT NULL,
                    bytes INTEGER NOT NULL);
CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, checksum INTEGER NOT NULL, size INTEGER NOT NULL,
                      stored REAL NOT NULL, fresh_until REAL NOT NULL, keep_until REAL NOT NULL, used REAL NOT NULL);
CREATE INDEX entries_by_use ON entries (used);
CREATE INDEX entries_by_end ON entries (keep_until);
CREATE TABLE tags (tag TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (tag, key)) WITHOUT ROWID;
CREATE INDEX tags_by_key ON tags (key);
CREATE TABLE generations (tag TEXT PRIMARY KEY, invalidation INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER added AFTER INSERT ON entries BEGIN
  UPDATE state SET bytes = bytes + new.size;
END;
CREATE TRIGGER removed AFTER DELETE ON entries BEGIN
  UPDATE state SET bytes = bytes - old.size;
  DELETE FROM tags WHERE key = old.key;
END;
INSERT INTO state VALUES (:epoch, 0, 0, 0);
"""
_DROP: Final = "DELETE FROM entries WHERE key = ? OR key IN (SELECT key FROM tags WHERE tag = ?)"


@dataclass(frozen=True, slots=True)
class _Connection:
    database: sqlite3.Connection
    identity: tuple[int, int]


class _NewerSchemaError(Exception):
    """The file was written by a later release."""


class FileCache(BaseCache):
    """Keeps entries in an SQLite file. Safe for many threads and processes on one machine, not for network drives.

    The database lies in a folder of its own in `cache_dir`, which only the user may enter (0700, files 0600). A damaged
    file is moved aside to `damaged` beside it, and an empty one begun. If an invalidation cannot be written, because
    the disk is full for example, the whole cache is thrown away instead, which every process notices.

    Args:
        cache_dir: Folder; made where it is missing.
        ttl: Seconds for which an entry is fresh.
        max_bytes: Bytes of all entries at most; the least recently used ones (to the minute) leave when it is full.
            Files take about a third more.
        stale: Seconds for which an entry is kept beyond its time to live.
        clock: Seconds since the epoch, for tests.
    """

    blocking = True

    def __init__(
        self,
        cache_dir: str | os.PathLike[str],
        ttl: float = 3600.0,
        max_bytes: int = 100_000_000,
        *,
        stale: float = 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(ttl, stale)
        if max_bytes < 1:
            raise ConfigurationError("A file cache's max_bytes is at least 1.")
        self._base = Path(cache_dir)
        self._folder = self._base / "entries"
        self._path = self._folder / "cache.sqlite"
        self._max_bytes = max_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[_Connection] = []
        self._process = os.getpid()
        self._abandoned: list[_Connection] = []

    def __del__(self) -> None:
        # A cache that nobody closed closes itself quietly; Python warns of connections that are left open.
        if getattr(self, "_process", None) == os.getpid():
            for connection in self._idle:
                connection.database.close()

    def begin(self) -> str:
        """A token for `set`, to be taken before a read is sent."""
        with self._database() as database:
            epoch, invalidations = database.execute("SELECT epoch, invalidations FROM state").fetchone()
        return f"{epoch}:{invalidations}"

    def close(self) -> None:
        """Close the file; it is opened again where it is needed."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.database.close()

    def _read(self, key: str) -> Entry | None:
        now = self._clock()
        query = "SELECT value, checksum, stored, fresh_until, used FROM entries WHERE key = ? AND keep_until > ?"
        with self._database() as database:
            row = database.execute(query, (key, now)).fetchone()
            if row is None:
                return None
            value, check, stored, fresh_until, used = row
            if not isinstance(value, bytes) or checksum(value) != check:
                raise CorruptEntryError
            if now - used > TOUCH_AFTER:
                self._touch(database, key, now)
        return Entry(value, max(now - stored, 0.0), now < fresh_until)

    def _write(self, key: str, value: bytes, tags: frozenset[str], token: str, ttl: float) -> bool:
        now = self._clock()
        size = len(value) + len(key) + sum(map(len, tags))
        epoch, _, began = token.partition(":")
        with self._database() as database, _transaction(database):
            state = database.execute("SELECT epoch, forgotten FROM state").fetchone()
            if state[0] != epoch or int(began) < state[1] or size > self._max_bytes:
                return False
            moved = "SELECT 1 FROM generations WHERE tag = ? AND invalidation > ?"
            if any(database.execute(moved, (tag, int(began))).fetchone() for tag in (ALL, key, *tags)):
                return False
            doubted = "SELECT 1 FROM generations WHERE tag >= ? AND tag < ? AND invalidation > ?"
            if any(database.execute(doubted, (*_doubts(tag), now)).fetchone() for tag in (ALL, key, *tags)):
                return False
            database.execute("DELETE FROM entries WHERE key = ? OR keep_until <= ?", (key, now))
            database.execute(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (key, value, checksum(value), size, now, now + ttl, now + ttl + self.stale, now),
            )
            database.executemany("INSERT INTO tags VALUES (?, ?)", [(tag, key) for tag in tags])
            evicted = self._make_room(database, key)
        if evicted:
            self._count("evictions", evicted)
        return True

    def _drop(self, tags: Collection[str]) -> int:
        try:
            with self._database() as database, _transaction(database, durable=True):
                return self._invalidate(database, tags)
        except sqlite3.Error:
            # Old entries must not outlive a change that could not be noted, because the disk is full or somebody else
            # keeps the file busy. All processes look whether the file is still theirs before each use.
            self._discard(_identity(self._folder)[0])
            return 0

    def doubt(self, tags: Collection[str], seconds: float) -> str:
        """Store nothing with these tags until `settle`, or until so many seconds are over.

        What is read while a write is under way may be what was there before; if the writer is killed then, nobody
        drops it any more.

        Args:
            tags: What the write may change.
            seconds: How long a write may take at most.

        Returns:
            A name for this doubt.
        """
        name = secrets.token_hex(4)
        until = math.ceil(self._clock() + seconds)
        with self._database() as database, _transaction(database):
            database.execute(
                "DELETE FROM generations WHERE tag >= ? AND tag < ? AND invalidation < ?",
                (*_doubts(""), int(self._clock())),
            )
            database.executemany(
                "INSERT OR REPLACE INTO generations VALUES (?, ?)", [(_doubts(tag)[0] + name, until) for tag in tags]
            )
        return name

    def settle(self, tags: Collection[str], name: str) -> None:
        """End a doubt: the write is over, and what it may have changed was dropped."""
        with self._database() as database, _transaction(database):
            database.executemany("DELETE FROM generations WHERE tag = ?", [(_doubts(tag)[0] + name,) for tag in tags])

    def _size(self) -> int:
        with self._database() as database:
            count: int = database.execute(
                "SELECT count(*) FROM entries WHERE keep_until > ?", (self._clock(),)
            ).fetchone()[0]
        return count

    def _invalidate(self, database: sqlite3.Connection, tags: Collection[str]) -> int:
        database.execute("UPDATE state SET invalidations = invalidations + 1")
        known = database.execute("SELECT count(*) FROM generations").fetchone()[0]
        if known + len(tags) > MAX_GENERATIONS:
            database.execute("DELETE FROM generations")
            database.execute("UPDATE state SET forgotten = invalidations")
        database.executemany(
            "INSERT OR REPLACE INTO generations SELECT ?, invalidations FROM state", [(tag,) for tag in tags]
        )
        database.execute("DELETE FROM entries WHERE keep_until <= ?", (self._clock(),))
        if ALL in tags:
            return database.execute("DELETE FROM entries").rowcount
        return sum(database.execute(_DROP, (tag, tag)).rowcount for tag in tags)

    def _make_room(self, database: sqlite3.Connection, key: str) -> int:
        evicted = 0
        while database.execute("SELECT bytes FROM state").fetchone()[0] > self._max_bytes:
            evicted += database.execute(
                "DELETE FROM entries WHERE key = (SELECT key FROM entries WHERE key != ? ORDER BY used LIMIT 1)", (key,)
            ).rowcount
        return evicted

    def _touch(self, database: sqlite3.Connection, key: str, now: float) -> None:
        # Not worth waiting for: the entry was found all the same.
        database.execute("PRAGMA busy_timeout = 0")
        try:
            with contextlib.suppress(sqlite3.OperationalError):
                database.execute("UPDATE entries SET used = ? WHERE key = ?", (now, key))
        finally:
            database.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT * 1000)}")

    @contextlib.contextmanager
    def _database(self) -> Generator[sqlite3.Connection]:
        """A connection of one's own to the file that lies there now; a damaged file is moved aside."""
        connection = self._take() or self._open()
        try:
            yield connection.database
        except sqlite3.DatabaseError as error:
            if _code(error) in _DAMAGED:
                self._discard(connection.identity[0])
            raise
        finally:
            self._idle.append(connection)

    def _take(self) -> _Connection | None:
        if self._process != os.getpid():
            # Connections must not be used after a fork, nor closed: the parent's journal would go with them.
            self._abandoned += self._idle
            self._idle, self._process = [], os.getpid()
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if connection.identity == _identity(self._folder):
                return connection
            connection.database.close()  # somebody moved the folder aside

    def _open(self) -> _Connection:
        self._base.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.mkdir(exist_ok=True, mode=0o700)
        inode = _identity(self._folder)[0]
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite gives its other files the same mode
        database = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(database)
        except BaseException as error:
            database.close()
            if isinstance(error, sqlite3.Error) and _code(error) in _DAMAGED:
                self._discard(inode)
                return self._open()
            raise
        return _Connection(database, _identity(self._folder))

    def _prepare(self, database: sqlite3.Connection) -> None:
        _write_ahead(database)
        database.execute("PRAGMA synchronous = NORMAL")
        if database.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION:
            return
        with _transaction(database):
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                raise _NewerSchemaError(f"{self._path} was written by a later release; give each its own cache_dir.")
            if version < SCHEMA_VERSION:
                for statement in _statements(_SCHEMA):
                    database.execute(statement, {"epoch": secrets.token_hex(8)} if ":epoch" in statement else {})
                database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _discard(self, inode: int) -> None:
        """Move the folder aside, database and journal at once, unless somebody did so before."""
        aside = self._base / "damaged"
        with self._lock:
            if not inode or _identity(self._folder)[0] != inode:
                return
            shutil.rmtree(aside, ignore_errors=True)
            self._folder.rename(aside)


def _doubts(tag: str) -> tuple[str, str]:
    """The range of names under which doubts about a tag are kept; of all tags for an empty one."""
    prefix = f"\x00doubt\x00{tag}\x00" if tag else "\x00doubt\x00"
    return prefix, f"{prefix[:-1]}\x01"


@contextlib.contextmanager
def _transaction(database: sqlite3.Connection, *, durable: bool = False) -> Generator[None]:
    # A lost answer does no harm after a power failure, a lost invalidation would.
    if durable:
        database.execute("PRAGMA synchronous = FULL")
    try:
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if database.in_transaction:  # SQLite ends it by itself on some errors
                database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")
    finally:
        if durable:
            database.execute("PRAGMA synchronous = NORMAL")


def _write_ahead(database: sqlite3.Connection) -> None:
    # SQLite does not wait here for another process that opens the new file at the same time.
    patience = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if _code(error) not in _BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.005)
        else:
            return


def _identity(folder: Path) -> tuple[int, int]:
    """Tells this folder from another one of the same name, even if that got the same inode."""
    try:
        found = folder.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_ino, found.st_ctime_ns)


def _code(error: sqlite3.Error) -> int | None:
    # Misuse of the module itself, such as of a closed connection, comes without a code.
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return code


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
