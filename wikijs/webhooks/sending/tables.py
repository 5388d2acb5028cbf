"""The tables of webhooks, beside those of the feed in the same database."""

from __future__ import annotations

from typing import Final

from wikijs.feed.database import Database, Statements

COMPONENT: Final = "webhooks"


def first(database: Database, sql: Statements) -> None:
    """What the first release has."""
    sql.run(
        "CREATE TABLE endpoints (id TEXT PRIMARY KEY, config TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,"
        f" failing_since DOUBLE PRECISION, created_at DOUBLE PRECISION NOT NULL, sealed {database.binary} NOT NULL)"
    )
    sql.run(
        "CREATE TABLE deliveries (endpoint TEXT NOT NULL, seq BIGINT NOT NULL, lane TEXT NOT NULL,"
        f" status TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,"
        f" body {database.binary}, PRIMARY KEY (endpoint, seq))"
    )
    sql.run("CREATE INDEX deliveries_waiting ON deliveries (endpoint, lane, seq) WHERE status = 'pending'")
    sql.run("CREATE INDEX deliveries_by_status ON deliveries (endpoint, status, seq)")
    sql.run(
        # One row for each endpoint and page with something to send: the next message is found without looking at those
        # behind it. `due` is the lease as well: who works on a lane sets it to when others may take over.
        "CREATE TABLE lanes (endpoint TEXT NOT NULL, lane TEXT NOT NULL, head BIGINT NOT NULL,"
        " due DOUBLE PRECISION NOT NULL, PRIMARY KEY (endpoint, lane))"
    )
    sql.run("CREATE INDEX lanes_due ON lanes (endpoint, due)")
    sql.run(
        f"CREATE TABLE attempts (id {database.serial}, endpoint TEXT NOT NULL, seq BIGINT NOT NULL,"
        " at DOUBLE PRECISION NOT NULL, reason TEXT NOT NULL, status INTEGER, milliseconds DOUBLE PRECISION NOT NULL,"
        " error TEXT, answer TEXT NOT NULL)"
    )
    sql.run("CREATE INDEX attempts_of ON attempts (endpoint, seq)")
    sql.run("CREATE INDEX attempts_by_age ON attempts (at)")
