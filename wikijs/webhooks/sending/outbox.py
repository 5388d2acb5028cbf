"""What is to be sent to whom: from events to deliveries, from deliveries to attempts. All of it in transactions."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from wikijs.feed.filters import wants_type
from wikijs.feed.history import Draft

from ..model import Endpoint, Message, Outcome
from . import schedule
from .payloads import render

if TYPE_CHECKING:
    from wikijs.feed.database import Statements
    from wikijs.feed.store import Store

    from .endpoints import Endpoints

READER: Final = "webhooks"
"""The consumer of the feed's events that makes deliveries of them."""
FAN_OUT: Final = 500
"""Events that are made deliveries of in one transaction."""
LEASE: Final = 60.0
"""Seconds for which a message is left to the one who sends it; longer than sending may take."""
KEEP_ATTEMPTS: Final = 30 * 86400.0


class Outbox:
    """The queue of messages.

    Args:
        store: Of the feed; its database holds the queue.
        endpoints: Who is told.
        lease: Seconds for which a message is left to the one who sends it.
    """

    def __init__(self, store: Store, endpoints: Endpoints, *, lease: float = LEASE) -> None:
        self._store = store
        self._database = store.database
        self._endpoints = endpoints
        self._lease = lease
        self.chance: Callable[[], float] = random.random

    def begin(self, sql: Statements) -> None:
        """Let deliveries begin with the next event, unless they have begun."""
        newest = sql.one("SELECT COALESCE(MAX(seq), 0) FROM events")
        sql.run(
            "INSERT INTO consumers VALUES (?, ?) ON CONFLICT (name) DO NOTHING", READER, int(newest[0]) if newest else 0
        )

    def fan_out(self) -> int:
        """Make deliveries of new events; how many events there were.

        An event becomes deliveries in the transaction that notes it as read: never twice, and never not at all.
        """
        database = self._database
        with database.reading() as sql:
            row = sql.one(
                "SELECT 1 FROM events WHERE seq > (SELECT COALESCE(MAX(seq), 0) FROM consumers WHERE name = ?) LIMIT 1",
                READER,
            )
        if row is None:
            return 0
        with database.transaction() as sql:
            self.begin(sql)
            done = sql.one(f"SELECT seq FROM consumers WHERE name = ?{database.row_lock}", READER)  # noqa: S608
            events = sql.all(
                "SELECT seq, type, wiki, subject, body, context FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
                done[0] if done else 0,
                FAN_OUT,
            )
            if not events:
                return 0
            active = [each for each in self._endpoints.all() if each.state != "disabled"]
            for event in events:
                for endpoint in active:
                    if wants_type(endpoint.filter.types, str(event[1])):
                        self.offer(sql, endpoint, event)
            sql.run("UPDATE consumers SET seq = ? WHERE name = ?", int(events[-1][0]), READER)
        return len(events)

    def offer(self, sql: Statements, endpoint: Endpoint, event: Sequence[Any]) -> bool:
        """Let an endpoint have an event where it wants it; whether it does.

        Args:
            event: Number, type, wiki, subject, body and context.
        """
        seq, type_, wiki, subject, body, context = event
        known: dict[str, Any] = json.loads(context) if context else {}
        body = bytes(body)
        if endpoint.wiki not in {"*", wiki} or not endpoint.filter.wants(type_, json.loads(body)["data"], known):
            return False
        self.put(sql, endpoint, int(seq), f"{wiki} {subject}", render(body, endpoint.payload, known))
        return True

    def put(self, sql: Statements, endpoint: Endpoint, seq: int, subject: str, body: bytes | None) -> None:
        """Let an endpoint have an event, behind those that its lane holds already."""
        lane = subject if endpoint.ordering == "page" else f"{subject} {seq}"
        rows = sql.run(
            "INSERT INTO deliveries (endpoint, seq, lane, status, body) VALUES (?, ?, ?, 'pending', ?)"
            " ON CONFLICT (endpoint, seq) DO UPDATE SET status = 'pending', attempts = 0"
            " WHERE deliveries.status IN ('dead', 'skipped')",
            endpoint.id,
            seq,
            lane,
            body,
        )
        if rows:
            # The update that changes nothing waits for whoever is about to remove the lane.
            sql.run(
                "INSERT INTO lanes VALUES (?, ?, ?, ?) ON CONFLICT (endpoint, lane) DO UPDATE SET head = lanes.head",
                endpoint.id,
                lane,
                seq,
                self._store.clock(),
            )

    def claim(self, endpoints: Mapping[str, Endpoint], free: Mapping[str, int], limit: int) -> list[Message]:
        """Take messages that are due; nobody else takes them until the lease ends.

        Args:
            endpoints: Those that are active, by id.
            free: How many more messages each may have under way.
            limit: Messages at most.
        """
        database, now = self._database, self._store.clock()
        with database.reading() as sql:
            waiting = [name for name in self._waiting(sql, now) if free.get(name, 0) > 0 and name in endpoints]
        if not waiting or limit < 1:
            return []
        found: list[Message] = []
        with database.transaction() as sql:
            for name in waiting:
                count = min(free[name], limit - len(found))
                if count < 1:
                    break
                found += self._claim(sql, endpoints[name], now, count)
        return found

    def _waiting(self, sql: Statements, now: float) -> list[str]:
        """Ids of endpoints with something due: one step in the index for each, however much waits behind it."""
        rows = sql.all(
            "WITH RECURSIVE e(id) AS (SELECT MIN(endpoint) FROM lanes UNION ALL SELECT"
            " (SELECT MIN(endpoint) FROM lanes WHERE endpoint > e.id) FROM e WHERE e.id IS NOT NULL)"
            " SELECT id FROM e WHERE id IS NOT NULL"
            " AND (SELECT MIN(due) FROM lanes WHERE lanes.endpoint = e.id) <= ?",
            now,
        )
        return [str(row[0]) for row in rows]

    def _claim(self, sql: Statements, endpoint: Endpoint, now: float, count: int) -> list[Message]:
        rows = sql.all(
            "UPDATE lanes SET due = ? WHERE endpoint = ? AND lane IN (SELECT lane FROM lanes WHERE endpoint = ?"  # noqa: S608
            f" AND due <= ? ORDER BY due LIMIT ?{self._database.skip_locked}) RETURNING lane, head",
            now + self._lease,
            endpoint.id,
            endpoint.id,
            now,
            count,
        )
        found: list[Message] = []
        for lane, head in rows:
            row = sql.one(
                "SELECT events.id, events.type, events.subject, deliveries.attempts, deliveries.body, events.body,"
                " deliveries.status FROM deliveries JOIN events ON events.seq = deliveries.seq"
                " WHERE deliveries.endpoint = ? AND deliveries.seq = ?",
                endpoint.id,
                head,
            )
            if row is None or row[6] != "pending":  # its event was forgotten, or a person delivered it
                self._advance(sql, endpoint.id, str(lane), now)
                continue
            body = bytes(row[5] if row[4] is None else row[4])
            found.append(Message(endpoint, int(head), str(lane), row[0], row[1], row[2], int(row[3]), body))
        return found

    def settle(self, outcomes: Sequence[Outcome]) -> list[str]:
        """Note what came of messages; the ids of endpoints that are disabled from now on."""
        disabled: list[str] = []
        with self._database.transaction() as sql:
            # In one order for all, so that no two wait for each other.
            for outcome in sorted(outcomes, key=lambda each: (each.message.endpoint.id, each.message.lane)):
                self._note(sql, outcome)
                if outcome.message.trigger == "auto":
                    disabled += self._settle(sql, outcome)
        return disabled

    def _settle(self, sql: Statements, outcome: Outcome) -> list[str]:
        message, now = outcome.message, self._store.clock()
        endpoint = message.endpoint.id
        if self._database.row_lock:
            sql.all("SELECT 1 FROM lanes WHERE endpoint = ? AND lane = ? FOR UPDATE", endpoint, message.lane)
        attempts = message.attempts + 1
        if outcome.error is None:
            self._end(sql, message, "delivered", attempts, now)
            sql.run("UPDATE endpoints SET failing_since = NULL WHERE id = ? AND failing_since IS NOT NULL", endpoint)
            return []
        pause = schedule.wait(attempts, self.chance(), status=outcome.status, retry_after=outcome.retry_after)
        if pause is None or outcome.dead:
            self._end(sql, message, "dead", attempts, now)
        else:
            sql.run(
                "UPDATE deliveries SET attempts = ? WHERE endpoint = ? AND seq = ? AND status = 'pending'",
                attempts,
                endpoint,
                message.sequence,
            )
            sql.run(
                "UPDATE lanes SET due = ? WHERE endpoint = ? AND lane = ? AND head = ?",
                now + pause,
                endpoint,
                message.lane,
                message.sequence,
            )
        sql.run("UPDATE endpoints SET failing_since = ? WHERE id = ? AND failing_since IS NULL", now, endpoint)
        row = sql.one("SELECT failing_since, state FROM endpoints WHERE id = ?", endpoint)
        if row is None or row[1] == "disabled":
            return []
        if outcome.status == schedule.GONE:
            return [self._disable(sql, message.endpoint, "It answered that it is gone (410).")]
        if schedule.is_over(row[0], now):
            return [self._disable(sql, message.endpoint, "It failed for five days.")]
        return []

    def _disable(self, sql: Statements, endpoint: Endpoint, reason: str) -> str:
        self._endpoints.set_state(sql, endpoint.id, "disabled", reason)
        wiki = "" if endpoint.wiki == "*" else endpoint.wiki
        key = f"{self._store.clock()}"
        draft = Draft(
            "webhook.disabled", f"webhook:{endpoint.id}", key, None, {"endpoint": endpoint.id, "reason": reason}
        )
        self._store.insert(sql, wiki, [draft])
        return endpoint.id

    def _end(self, sql: Statements, message: Message, status: str, attempts: int, now: float) -> None:
        """A delivery is over; the next one of its lane may go. A late one changes nothing."""
        ended = sql.run(
            "UPDATE deliveries SET status = ?, attempts = ? WHERE endpoint = ? AND seq = ? AND status = 'pending'",
            status,
            attempts,
            message.endpoint.id,
            message.sequence,
        )
        if ended:
            self._advance(sql, message.endpoint.id, message.lane, now)

    def _advance(self, sql: Statements, endpoint: str, lane: str, now: float) -> None:
        row = sql.one(
            "SELECT MIN(seq) FROM deliveries WHERE endpoint = ? AND lane = ? AND status = 'pending'", endpoint, lane
        )
        if row is None or row[0] is None:
            sql.run("DELETE FROM lanes WHERE endpoint = ? AND lane = ?", endpoint, lane)
        else:
            sql.run(
                "UPDATE lanes SET head = ?, due = ? WHERE endpoint = ? AND lane = ?", int(row[0]), now, endpoint, lane
            )

    def _note(self, sql: Statements, outcome: Outcome) -> None:
        message = outcome.message
        sql.run(
            "INSERT INTO attempts (endpoint, seq, at, reason, status, milliseconds, error, answer)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            message.endpoint.id,
            message.sequence,
            outcome.at,
            message.trigger,
            outcome.status,
            outcome.milliseconds,
            outcome.error,
            outcome.answer,
        )
        if message.trigger == "manual" and outcome.error is None:
            self._end(sql, message, "delivered", message.attempts, self._store.clock())
            sql.run(
                "UPDATE deliveries SET status = 'delivered' WHERE endpoint = ? AND seq = ?",
                message.endpoint.id,
                message.sequence,
            )

    def next_due(self) -> float | None:
        """When the next message is due; None when there is none."""
        with self._database.reading() as sql:
            row = sql.one(
                "WITH RECURSIVE e(id) AS (SELECT MIN(endpoint) FROM lanes UNION ALL SELECT"
                " (SELECT MIN(endpoint) FROM lanes WHERE endpoint > e.id) FROM e WHERE e.id IS NOT NULL)"
                " SELECT MIN((SELECT MIN(due) FROM lanes WHERE lanes.endpoint = e.id)) FROM e"
            )
        return None if row is None or row[0] is None else float(row[0])

    def oldest(self) -> dict[str, float]:
        """When the oldest event that waits was found out, by endpoint."""
        with self._database.reading() as sql:
            rows = sql.all(
                "SELECT first.endpoint, events.detected_at FROM (SELECT endpoint, MIN(seq) AS seq FROM deliveries"
                " WHERE status = 'pending' GROUP BY endpoint) AS first JOIN events ON events.seq = first.seq"
            )
        return {str(endpoint): float(at) for endpoint, at in rows}

    def tidy(self) -> None:
        """Forget what is old and over."""
        now = self._store.clock()
        with self._database.transaction() as sql:
            sql.run("DELETE FROM attempts WHERE at < ?", now - KEEP_ATTEMPTS)
            # Nothing waits for that long: the clock was set back, and it would wait until then.
            sql.run("UPDATE lanes SET due = ? WHERE due > ?", now, now + schedule.LONGEST)
            row = sql.one("SELECT MIN(seq) FROM deliveries WHERE status = 'pending'")
        first = None if row is None or row[0] is None else int(row[0])
        self._store.forget(up_to=None if first is None else first - 1)
        with self._database.transaction() as sql:
            sql.run(
                "DELETE FROM deliveries WHERE status <> 'pending' AND seq < (SELECT COALESCE(MIN(seq), 0) FROM events)"
            )
