"""Jobs in the database: who does which, and for how long nobody else may."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import sqlalchemy as sa

from ..store import tables
from ..store.database import Database, row_of

LEASE: Final = 20.0
"""Seconds after which a job whose process is silent may be taken over by another."""
State = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: Final = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Job:
    """A job.

    Attributes:
        id: Its id.
        kind: What it does.
        caller: Whose it is.
        credential: Name of the wiki's credential that is used.
        state: How it is.
        input: What it was given.
        result: What became of its items, once it has ended.
        problem: Why it failed as a whole.
        done, total, failed: Items; the total is unknown before the first is done.
        cancel: Whether somebody wants it to end.
        attempt: How often it was begun.
        retry_of: The job whose failed items it does again.
        created_at, started_at, ended_at: Seconds since 1970.
    """

    id: str
    kind: str
    caller: str
    credential: str
    state: str
    writes: bool
    input: dict[str, Any] = field(repr=False)  # may hold passwords of new users
    result: dict[str, Any] | None
    problem: str | None
    done: int
    total: int | None
    failed: int
    cancel: bool
    attempt: int
    owner: str | None
    lease_until: float | None
    retry_of: str | None
    created_at: float
    started_at: float | None
    ended_at: float | None


class JobStore:
    """All jobs.

    Args:
        database: Where they are kept.
        owner: Name of this process.
        clock: Seconds since 1970, for tests.
        lease: Seconds after which a job whose process is silent may be taken over by another.
    """

    def __init__(
        self, database: Database, owner: str, clock: Callable[[], float] = time.time, lease: float = LEASE
    ) -> None:
        self._lease = lease
        self._database = database
        self._owner = owner
        self._clock = clock

    def create(
        self,
        kind: str,
        given: dict[str, Any],
        *,
        caller: str,
        credential: str,
        most: int,
        writes: bool = True,
        retry_of: str | None = None,
    ) -> Job | None:
        """Queue a job; None when the caller has so many already."""
        table = tables.jobs
        id = f"job_{secrets.token_hex(8)}"  # noqa: A001  what it is
        row = {
            "id": id,
            "kind": kind,
            "caller": caller,
            "credential": credential,
            "state": "queued",
            "writes": writes,
            "input": json.dumps(given),
            "done": 0,
            "failed": 0,
            "cancel": False,
            "attempt": 0,
            "retry_of": retry_of,
            "created_at": self._clock(),
        }

        def do(sql: sa.Connection) -> bool:
            self._serialize(sql)
            active = (
                sa.select(sa.func.count())
                .select_from(table)
                .where(table.c.caller == caller, table.c.state.in_(["queued", "running"]))
            )
            if sql.execute(active).scalar_one() >= most:
                return False
            sql.execute(table.insert().values(row))
            return True

        return self.get(id) if self._database.work(do) else None

    def get(self, id: str) -> Job | None:
        """A job by its id."""
        query = sa.select(tables.jobs).where(tables.jobs.c.id == id)
        row = self._database.work(lambda sql: sql.execute(query).one_or_none())
        return None if row is None else _job(row_of(row))

    def list(self, *, caller: str | None, state: str | None = None, limit: int = 100) -> list[Job]:
        """Jobs, the newest first."""
        table = tables.jobs
        query = sa.select(table).order_by(table.c.created_at.desc(), table.c.id).limit(limit)
        if caller is not None:
            query = query.where(table.c.caller == caller)
        if state is not None:
            query = query.where(table.c.state == state)
        return self._database.work(lambda sql: [_job(row_of(row)) for row in sql.execute(query)])

    def adopt(self, seconds: float) -> None:
        """This is the only process: what runs was left behind by one before it. It is taken up after a moment."""
        table = tables.jobs
        left = table.update().where(table.c.state == "running", table.c.owner != self._owner)
        self._database.work(lambda sql: sql.execute(left.values(lease_until=self._clock() + seconds)))

    def claim(self, *, writes: bool, kinds: Collection[str] | None = None) -> Job | None:
        """Take the next job that nobody does; None when there is none.

        Args:
            writes: One that writes pages, of which one runs at a time, however many processes there are; or else one
                that does not, of which one runs at a time, too.
            kinds: Only these; the others wait.
        """
        table = tables.jobs
        now = self._clock()

        def do(sql: sa.Connection) -> dict[str, Any] | None:
            self._serialize(sql)
            mine = table.c.writes == sa.literal(writes)
            busy = sa.select(table.c.id).where(mine, table.c.state == "running", table.c.lease_until > now)
            if sql.execute(busy).first() is not None:
                return None
            left = sa.and_(table.c.state == "running", table.c.lease_until <= now)
            query = sa.select(table).where(mine, sa.or_(left, table.c.state == "queued"))
            if kinds is not None:
                query = query.where(table.c.kind.in_(sorted(kinds)))
            query = query.order_by(table.c.state.desc(), table.c.created_at, table.c.id).limit(1)
            row = sql.execute(query).one_or_none()
            if row is None:
                return None
            found = row_of(row)
            values = {
                "state": "running",
                "owner": self._owner,
                "lease_until": now + self._lease,
                "attempt": found["attempt"] + 1,
                "started_at": found["started_at"] or now,
            }
            sql.execute(table.update().where(table.c.id == found["id"]).values(values))
            return found | values

        row = self._database.work(do)
        return None if row is None else _job(row)

    def beat(self, id: str, done: int, total: int | None, failed: int) -> bool | None:
        """Say that a job goes on, and how far it is: whether it shall end; None when somebody else does it now."""
        table = tables.jobs
        values = {"lease_until": self._clock() + self._lease, "done": done, "total": total, "failed": failed}
        mine = sa.and_(table.c.id == id, table.c.owner == self._owner, table.c.state == "running")

        def do(sql: sa.Connection) -> bool | None:
            if sql.execute(table.update().where(mine).values(values)).rowcount != 1:
                return None
            return bool(sql.execute(sa.select(table.c.cancel).where(table.c.id == id)).scalar_one())

        return self._database.work(do)

    def end(
        self,
        id: str,
        state: State,
        *,
        result: dict[str, Any] | None,
        problem: str | None,
        done: int,
        total: int | None,
        failed: int,
    ) -> None:
        """A job has ended."""
        table = tables.jobs
        values: dict[str, Any] = {
            "state": state,
            "result": None if result is None else json.dumps(result),
            "problem": problem,
            "done": done,
            "total": total,
            "failed": failed,
            "ended_at": self._clock(),
            "lease_until": None,
        }
        mine = table.update().where(table.c.id == id, table.c.owner == self._owner)
        self._database.work(lambda sql: sql.execute(mine.values(values)))

    def forget(self, before: float) -> None:
        """Forget jobs that ended before a moment."""
        table = tables.jobs
        old = table.delete().where(table.c.ended_at < before)
        self._database.work(lambda sql: sql.execute(old))

    def cancel(self, id: str) -> None:
        """Let a job end after the item under way; one that waits ends at once."""
        table = tables.jobs

        def do(sql: sa.Connection) -> None:
            waits = table.update().where(table.c.id == id, table.c.state == "queued")
            sql.execute(waits.values(state="cancelled", ended_at=self._clock(), cancel=True))
            sql.execute(table.update().where(table.c.id == id, table.c.state == "running").values(cancel=True))

        self._database.work(do)

    def _serialize(self, sql: sa.Connection) -> None:
        """Let other processes wait: what is read here decides what is written."""
        if self._database.is_postgres:
            sql.execute(sa.text("SELECT pg_advisory_xact_lock(7766554434)"))


def _job(row: dict[str, Any]) -> Job:
    result = row.get("result")
    fields: dict[str, Any] = {**row, "input": json.loads(row["input"])}
    fields["result"] = json.loads(result) if result else None
    return Job(**fields)
