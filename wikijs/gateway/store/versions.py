"""Numbers that grow with each change, by which one process knows that another one changed what it holds in memory."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from . import tables
from .database import Database

Kept = Literal["keys", "credentials", "overrides"]
"""What processes hold in memory."""


def changed(database: Database, sql: sa.Connection, name: Kept) -> None:
    """Note a change, in its transaction and first of all: those who write at once wait here for each other, and no
    number is given twice."""
    statement = database.insert(tables.meta).values(name=name, value="1")
    number = sa.cast(sa.cast(tables.meta.c.value, sa.Integer) + 1, sa.Text)
    sql.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": number}))


def version(sql: sa.Connection, name: Kept) -> str:
    """The number of the last change; "" before the first one."""
    found = sql.execute(sa.select(tables.meta.c.value).where(tables.meta.c.name == name)).scalar_one_or_none()
    return str(found or "")
