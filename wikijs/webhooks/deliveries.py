"""What became of messages: the log, and what a person may do about it."""

from __future__ import annotations

import asyncio
import secrets as random
import threading
from abc import abstractmethod
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from wikijs.exceptions import WebhookNotFoundError
from wikijs.feed.history import Draft
from wikijs.feed.store import event_id

from .model import Attempt, Delivery, Endpoint, Message, Outcome, Status

if TYPE_CHECKING:
    from wikijs.feed.store import Store

    from .sending.endpoints import Endpoints
    from .sending.outbox import Outbox
    from .sending.senders import Senders

T = TypeVar("T")


class Deliveries:
    """The part of `Webhooks` about messages."""

    store: Store
    outbox: Outbox
    _endpoints: Endpoints

    @abstractmethod
    def senders(self) -> Senders:
        """What brings messages to endpoints."""

    @abstractmethod
    def get(self, id: str) -> Endpoint:
        """One endpoint."""

    @abstractmethod
    def _tell(self) -> None:
        """Say that something changed."""

    def deliveries(
        self,
        id: str | None = None,
        *,
        status: Status | None = None,
        failed: bool = False,
        since: datetime | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """What became of events, the newest first, each with its attempts.

        Args:
            id: Id of an endpoint; all of them unless given.
            status: Only those that are "pending", "delivered" or "dead".
            failed: Only those of which the last attempt failed: dead ones, and those that wait for the next try.
            since: Only those of events that were found out since then.
            limit: How many at most.
        """
        conditions, values = ["1 = 1"], list[Any]()
        for condition, value in (("d.endpoint = ?", id), ("d.status = ?", status)):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        if failed:
            conditions.append("(d.status = 'dead' OR (d.status = 'pending' AND d.attempts > 0))")
        if since is not None:
            conditions.append("e.detected_at >= ?")
            values.append(since.timestamp())
        query = (
            "SELECT d.endpoint, d.seq, e.id, e.type, e.subject, d.status FROM deliveries d"  # noqa: S608
            " JOIN events e ON e.seq = d.seq"
            f" WHERE {' AND '.join(conditions)} ORDER BY d.seq DESC, d.endpoint LIMIT ?"
        )
        with self.store.database.reading() as sql:
            rows = sql.all(query, *values, limit)
            return [
                Delivery(f"{row[0]}.{row[1]}", row[0], int(row[1]), row[2], row[3], row[4], row[5], _attempts(sql, row))
                for row in rows
            ]

    def waiting(self) -> dict[str, int]:
        """How many messages wait, by endpoint."""
        with self.store.database.reading() as sql:
            rows = sql.all("SELECT endpoint, count(*) FROM deliveries WHERE status = 'pending' GROUP BY endpoint")
        return {str(name): int(count) for name, count in rows}

    def redeliver(self, delivery_id: str) -> Attempt:
        """Send a message again now, past the queue, with the same id. A failure is not tried again by itself.

        Raises:
            WebhookNotFoundError: There is no such delivery.
        """
        endpoint_id, _, number = delivery_id.rpartition(".")
        endpoint = self.get(endpoint_id)
        with self.store.database.reading() as sql:
            row = sql.one(
                "SELECT d.seq, d.lane, e.id, e.type, e.subject, d.attempts, d.body, e.body FROM deliveries d"
                " JOIN events e ON e.seq = d.seq WHERE d.endpoint = ? AND d.seq = ?",
                endpoint_id,
                int(number) if number.isdecimal() else -1,
            )
        if row is None:
            raise WebhookNotFoundError(f"There is no delivery {delivery_id!r}.", hint="See `wikijs hooks deliveries`.")
        body = bytes(row[7] if row[6] is None else row[6])
        return self._now(Message(endpoint, int(row[0]), row[1], row[2], row[3], row[4], int(row[5]), body, "manual"))

    def recover(self, id: str, *, since: datetime) -> int:
        """Let an endpoint have again, in their order, all events that it wanted and never took; how many these are.

        Raises:
            WebhookNotFoundError: There is none with this id.
        """
        found = 0
        with self.store.database.transaction() as sql:
            endpoint = self._endpoints.locked(sql, id, lock=self.store.database.row_lock)
            rows = sql.all(
                "SELECT e.seq, e.type, e.wiki, e.subject, e.body, e.context FROM events e LEFT JOIN deliveries d"
                " ON d.endpoint = ? AND d.seq = e.seq WHERE e.detected_at >= ?"
                " AND (d.status IS NULL OR d.status = 'dead') ORDER BY e.seq",
                id,
                since.timestamp(),
            )
            for row in rows:
                found += self.outbox.offer(sql, endpoint, row)
        self._tell()
        return found

    def test(self, id: str) -> Attempt:
        """Send `webhook.test` to an endpoint now, past the queue, and say what it answered.

        Raises:
            WebhookNotFoundError: There is none with this id.
        """
        from wikijs.feed.types.base import written
        from wikijs.feed.types.own import WebhookData, WebhookTest

        from .sending.payloads import render

        endpoint = self.get(id)
        now = datetime.fromtimestamp(self.store.clock(), UTC)
        draft = Draft("webhook.test", f"webhook:{id}", random.token_hex(8), None, {})
        event = WebhookTest.model_validate(
            {
                "id": event_id(endpoint.wiki, 0, draft),
                "timestamp": written(now),
                "detected_at": written(now),
                "wiki": endpoint.wiki,
                "subject": draft.subject,
                "data": WebhookData(endpoint=id, reason="Somebody tries this endpoint out."),
            }
        )
        body = event.to_json()
        body = render(body, endpoint.payload, None) or body
        return self._now(Message(endpoint, 0, "", event.id, event.type, event.subject, 0, body, "test"))

    def _now(self, message: Message) -> Attempt:
        """Send one message, and note what came of it."""

        async def send() -> Outcome:
            senders = self.senders()
            try:
                return await senders.send(message)
            finally:
                await senders.aclose()

        outcome = blocking(send())
        self.outbox.settle([outcome])
        return Attempt(
            datetime.fromtimestamp(outcome.at, UTC),
            message.trigger,
            outcome.status,
            outcome.milliseconds,
            outcome.error,
            outcome.answer,
        )


def _attempts(sql: Any, row: Sequence[Any]) -> list[Attempt]:
    rows = sql.all(
        "SELECT at, reason, status, milliseconds, error, answer FROM attempts"
        " WHERE endpoint = ? AND seq = ? ORDER BY id",
        row[0],
        row[1],
    )
    return [Attempt(datetime.fromtimestamp(at, UTC), *rest) for at, *rest in rows]


def blocking(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end from blocking code, also where an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    found: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            found.append(asyncio.run(work))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return found[0]
