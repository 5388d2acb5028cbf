"""The store of a feed: what was seen, what was told, and who has read how far.

What a look at the wiki found and the events that follow from it are stored in one transaction. So an event is told
exactly when its cause is remembered: a process that is killed in between finds the same again, under the same id.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from time import time
from typing import TYPE_CHECKING, Any, Final

from wikijs.exceptions import ConfigurationError, StoreError

from .database import Database, SQLiteDatabase, Statements, migrate
from .history import Draft

if TYPE_CHECKING:
    from .types import Event

COMPONENT: Final = "feed"
KEEP_EVENTS: Final = 30 * 86400.0
"""Seconds for which events are kept at least."""


@dataclass(slots=True)
class FeedState:
    """How far the feed of one wiki is.

    Attributes:
        identity: Id of the user that the wiki takes us for.
        last_poll, last_sweep: When the newest pages, and when all pages were looked at last; seconds since 1970.
        sweep_seconds: How long the last look at all pages took.
        pages: How many pages are known to be there.
        unseen: How many more the wiki counts: those that the feed could never see.
        unproven: Whether it is still to be found out what became of pages that are missing.
        newest: The latest `updated_at` of the last whole list.
        highest_id: The highest id of a page that was ever seen.
        suspended_since: Since when nothing can be seen; None while all is well.
        reason: Why.
        epoch: How often the wiki went back in time: numbers of versions are used again after that.
        suspensions: How often nothing could be seen, for the ids of events about it.
        sources: When each other source was looked at last.
    """

    identity: int | None = None
    last_poll: float = 0.0
    last_sweep: float = 0.0
    sweep_seconds: float = 0.0
    pages: int = 0
    unseen: int = 0
    unproven: bool = False
    newest: str = ""
    highest_id: int = 0
    suspended_since: float | None = None
    reason: str | None = None
    epoch: int = 0
    suspensions: int = 0
    sources: dict[str, Any] | None = None


_STATE_FIELDS: Final = frozenset(field.name for field in fields(FeedState))


def _first(database: Database, sql: Statements) -> None:
    sql.run("CREATE TABLE feed (wiki TEXT PRIMARY KEY, state TEXT NOT NULL)")
    sql.run(
        "CREATE TABLE snapshot (wiki TEXT NOT NULL, source TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL,"
        " PRIMARY KEY (wiki, source, subject))"
    )
    sql.run(
        f"CREATE TABLE events (seq {database.serial}, id TEXT UNIQUE NOT NULL, type TEXT NOT NULL, wiki TEXT NOT NULL,"
        f" subject TEXT NOT NULL, occurred_at DOUBLE PRECISION NOT NULL, detected_at DOUBLE PRECISION NOT NULL,"
        f" body {database.binary} NOT NULL, context TEXT)"
    )
    sql.run("CREATE INDEX events_by_age ON events (detected_at)")
    sql.run("CREATE TABLE consumers (name TEXT PRIMARY KEY, seq BIGINT NOT NULL)")
    sql.run("CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)")


class Store:
    """What a feed remembers. Safe for many threads and processes.

    Args:
        where: Path of an SQLite file, or the URL of a PostgreSQL database.
        clock: Seconds since 1970, for tests.

    Raises:
        StoreError: It cannot be opened, or a later release wrote it.
        ConfigurationError: There is no such kind of store.
    """

    def __init__(self, where: str | os.PathLike[str] | Database, *, clock: Callable[[], float] = time) -> None:
        self.database = open_database(where)
        self.clock = clock
        self._listeners: list[Callable[[], None]] = []
        try:
            migrate(self.database, COMPONENT, [_first])
        except BaseException:
            self.database.close()
            raise

    def state(self, wiki: str) -> FeedState | None:
        """How far the feed of a wiki is; None where it has never begun.

        Raises:
            ConfigurationError: The store is that of another wiki.
        """
        with self.database.reading() as sql:
            row = sql.one("SELECT state FROM feed WHERE wiki = ?", wiki)
            if row is None:
                return None
        known: dict[str, Any] = json.loads(row[0])
        return FeedState(**{name: value for name, value in known.items() if name in _STATE_FIELDS})

    def wikis(self) -> list[str]:
        """The wikis that the store has a feed of."""
        with self.database.reading() as sql:
            return [str(row[0]) for row in sql.all("SELECT wiki FROM feed ORDER BY wiki")]

    def snapshot(self, wiki: str, source: str, subjects: Sequence[str] | None = None) -> dict[str, str]:
        """What is remembered of a source, by subject; of some subjects only where these are given."""
        query = "SELECT subject, state FROM snapshot WHERE wiki = ? AND source = ?"
        with self.database.reading() as sql:
            if subjects is None:
                return {str(row[0]): str(row[1]) for row in sql.all(query, wiki, source)}
            found: dict[str, str] = {}
            for start in range(0, len(subjects), 500):
                some = subjects[start : start + 500]
                places = ", ".join("?" * len(some))
                rows = sql.all(f"{query} AND subject IN ({places})", wiki, source, *some)
                found |= {str(row[0]): str(row[1]) for row in rows}
            return found

    def commit(
        self,
        wiki: str,
        state: FeedState,
        *,
        drafts: Sequence[Draft] = (),
        changes: Mapping[tuple[str, str], str | None] | None = None,
        replacing: Sequence[str] = (),
    ) -> list[Event]:
        """Store what was found and tell what follows from it, in one transaction.

        Args:
            wiki: URL of the wiki.
            state: How far its feed is now.
            drafts: The events, in their order.
            changes: What to remember by source and subject; None to forget it.
            replacing: Sources of which all that was remembered is forgotten first.

        Returns:
            Those events that had not been told before.
        """
        items = changes or {}
        put = [(wiki, source, subject, text) for (source, subject), text in items.items() if text is not None]
        drop = [(wiki, source, subject) for (source, subject), text in items.items() if text is None]
        with self.database.transaction() as sql:
            sql.run(
                "INSERT INTO feed VALUES (?, ?) ON CONFLICT (wiki) DO UPDATE SET state = excluded.state",
                wiki,
                json.dumps(asdict(state)),
            )
            for source in replacing:
                sql.run("DELETE FROM snapshot WHERE wiki = ? AND source = ?", wiki, source)
            if put:
                sql.many(
                    "INSERT INTO snapshot VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (wiki, source, subject) DO UPDATE SET state = excluded.state",
                    put,
                )
            if drop:
                sql.many("DELETE FROM snapshot WHERE wiki = ? AND source = ? AND subject = ?", drop)
            events = self.insert(sql, wiki, drafts, epoch=state.epoch) if drafts else []
        if events:
            self._tell()
        return events

    def insert(self, sql: Statements, wiki: str, drafts: Sequence[Draft], *, epoch: int = 0) -> list[Event]:
        """Number events and store them, inside a transaction; those that are there already are left out."""
        from .types import EVENT_TYPES
        from .types.base import written

        self._one_writer(sql)
        now = self.clock()
        found: list[Event] = []
        for draft in drafts:
            moment = _moment(draft.occurred_at) or datetime.fromtimestamp(now, UTC)
            id_ = event_id(wiki, epoch, draft)
            row = sql.one(
                "INSERT INTO events (id, type, wiki, subject, occurred_at, detected_at, body, context)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING seq",
                id_,
                draft.type,
                wiki,
                draft.subject,
                moment.timestamp(),
                now,
                b"",
                json.dumps(draft.context, ensure_ascii=False) if draft.context else None,
            )
            if row is None:
                continue
            event = EVENT_TYPES[draft.type].model_validate(
                {
                    "id": id_,
                    "type": draft.type,
                    "timestamp": written(moment),
                    "detected_at": written(datetime.fromtimestamp(now, UTC)),
                    "wiki": wiki,
                    "sequence": int(row[0]),
                    "subject": draft.subject,
                    "certain": draft.certain,
                    "data": draft.data,
                }
            )
            # What is signed later is what is stored now: the body is made once.
            sql.run("UPDATE events SET body = ? WHERE seq = ?", event.to_json(), int(row[0]))
            found.append(event)
        return found

    def _one_writer(self, sql: Statements) -> None:
        """Let events be numbered in the order in which they become visible: consumers go by the number."""
        if self.database.row_lock:
            sql.run("LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE")

    def emit(
        self, wiki: str, type: str, subject: str, data: Mapping[str, Any], *, key: str, occurred_at: str | None = None
    ) -> Event | None:
        """Tell about something that was not found in the wiki: a quota, a job. Goes to consumers and webhooks alike.

        Args:
            wiki: URL of the wiki that it concerns.
            type: A type of event, such as "quota.warning".
            subject: What it is about, such as "key:7".
            data: The details, as the type has them.
            key: What tells it from other events of this type about this subject: telling it twice is telling it once.
            occurred_at: When it happened, as ISO 8601; now unless given.

        Returns:
            The event; None where it had been told already.
        """
        from .types import EVENT_TYPES

        if type not in EVENT_TYPES:
            raise ConfigurationError(f"There is no type of event {type!r}.", hint="See wikijs.feed.EVENT_TYPES.")
        with self.database.transaction() as sql:
            events = self.insert(sql, wiki, [Draft(type, subject, key, occurred_at, data)])
        if events:
            self._tell()
        return events[0] if events else None

    def on_events(self, listener: Callable[[], None]) -> None:
        """Call a function after events were stored by this process."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            with suppress(Exception):
                listener()

    def events(self, after: int = 0, *, limit: int = 100, wiki: str | None = None) -> list[Event]:
        """Events with a higher number than `after`, in their order."""
        from .types import parse_event

        condition, values = ("", ()) if wiki is None else (" AND wiki = ?", (wiki,))
        query = f"SELECT body FROM events WHERE seq > ?{condition} ORDER BY seq LIMIT ?"  # noqa: S608  own condition
        with self.database.reading() as sql:
            rows = sql.all(query, after, *values, limit)
        return [parse_event(bytes(row[0])) for row in rows]

    def last_sequence(self) -> int:
        """The number of the newest event."""
        with self.database.reading() as sql:
            row = sql.one("SELECT COALESCE(MAX(seq), 0) FROM events")
        return int(row[0]) if row else 0

    def consumer(self, name: str, *, beginning: int | None = None) -> int:
        """The number of the last event that a consumer has acknowledged; a new one begins behind the newest event."""
        with self.database.transaction() as sql:
            row = sql.one("SELECT seq FROM consumers WHERE name = ?", name)
            if row is not None:
                return int(row[0])
            if beginning is None:
                newest = sql.one("SELECT COALESCE(MAX(seq), 0) FROM events")
                beginning = int(newest[0]) if newest else 0
            sql.run("INSERT INTO consumers VALUES (?, ?)", name, beginning)
        return beginning

    def acknowledge(self, name: str, sequence: int) -> None:
        """A consumer has handled all events up to this number."""
        with self.database.transaction() as sql:
            sql.run(
                "INSERT INTO consumers VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq"
                " WHERE consumers.seq < excluded.seq",
                name,
                sequence,
            )

    def consumers(self) -> dict[str, int]:
        """All consumers with the number of the last event that each has acknowledged."""
        with self.database.reading() as sql:
            return {str(name): int(seq) for name, seq in sql.all("SELECT name, seq FROM consumers ORDER BY name")}

    def setting(self, name: str) -> str | None:
        """A setting of the store."""
        with self.database.reading() as sql:
            row = sql.one("SELECT value FROM settings WHERE name = ?", name)
        return None if row is None else str(row[0])

    def forget(self, *, older_than: float = KEEP_EVENTS, up_to: int | None = None) -> int:
        """Delete events that are older than a number of seconds and that every consumer has handled."""
        with self.database.transaction() as sql:
            row = sql.one("SELECT MIN(seq) FROM consumers")
            limits = [int(value) for value in (row[0] if row else None, up_to) if value is not None]
            condition, values = (" AND seq <= ?", (min(limits),)) if limits else ("", ())
            return sql.run(f"DELETE FROM events WHERE detected_at < ?{condition}", self.clock() - older_than, *values)  # noqa: S608

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def event_id(wiki: str, epoch: int, draft: Draft) -> str:
    """The id of an event: made of what it is, so that finding it twice does not tell it twice."""
    parts = "\n".join((wiki, str(epoch), draft.type, draft.subject, draft.key))
    return f"evt_{sha256(parts.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _moment(text: str | None) -> datetime | None:
    """A moment that the server wrote; None for what is none: it stores any text as a date."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


__all__ = ["KEEP_EVENTS", "FeedState", "Store", "StoreError", "event_id"]


def open_database(where: str | os.PathLike[str] | Database) -> Database:
    """The database at a path, or at a URL that begins with postgresql://.

    Raises:
        ConfigurationError: There is no such kind of database, or its extra is missing.
        StoreError: It cannot be opened.
    """
    if not isinstance(where, str | os.PathLike):
        return where
    text = os.fspath(where)
    scheme, mark, _ = text.partition("://")
    if not mark:
        return SQLiteDatabase(text)
    if scheme in {"postgresql", "postgres"}:
        from .postgres import PostgresDatabase

        return PostgresDatabase(text)
    raise ConfigurationError(
        f"A store of the kind {scheme!r} is not known.", hint="Give the path of a file, or a URL with postgresql://."
    )
