"""Tokens that last for an hour, and those that refresh them: opaque, kept as digests, one family a login."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from ..store import tables
from ..store.database import Database, row_of
from .tokens import digest_of, new_secret

LIFETIME: Final = 3600.0
REFRESH: Final = 30 * 24 * 3600.0
TICKET: Final = 60.0
PORTAL: Final = 12 * 3600.0
"""Seconds that a login of the portal lasts."""


@dataclass(frozen=True, slots=True)
class Session:
    """Whom a token stands for.

    Attributes:
        family: All tokens of one login.
        key: Id of the gateway key that it was made with; None for an account of the wiki.
        name: What it is called in logs.
        sealed: The wiki's token, encrypted, for an account of the wiki.
        expires_at: Seconds since 1970.
        begun_at: When it was logged in, seconds since 1970.
    """

    family: str
    key: str | None
    name: str
    sealed: bytes | None
    expires_at: float
    begun_at: float


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token and what refreshes it."""

    access: str
    refresh: str
    expires_in: float
    family: str


class Sessions:
    """All tokens.

    Args:
        database: Where their digests are kept.
        clock: Seconds since 1970, for tests.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[str, tuple[Session, float]] = {}

    def begin(self, name: str, *, key: str | None = None, seal: Callable[[str], bytes] | None = None) -> Pair:
        """A new family.

        Args:
            name: What it is called in logs.
            key: Id of a gateway key.
            seal: Encrypts the wiki's token for the family.
        """
        family = secrets.token_hex(16)
        sealed = seal(family) if seal is not None else None
        now = self._clock()
        return self._database.work(lambda sql: self._pair(sql, family, key, name, sealed, now))

    def enter(self, name: str, *, key: str | None = None, seal: Callable[[str], bytes] | None = None) -> str:
        """A login of the portal: the text of its cookie; arguments as of `begin`."""
        family = secrets.token_hex(16)
        now = self._clock()
        secret = new_secret("wkp")
        row = {
            "digest": secret.digest,
            "kind": "portal",
            "family": family,
            "key": key,
            "name": name,
            "sealed": seal(family) if seal is not None else None,
            "created_at": now,
            "expires_at": now + PORTAL,
        }

        def do(sql: sa.Connection) -> None:
            table = tables.tokens
            sql.execute(table.delete().where(table.c.kind.in_(("portal", "form")), table.c.expires_at < now))
            sql.execute(table.insert().values(row))

        self._database.work(do)
        return secret.text

    def remember(self, form: str, made: str) -> None:
        """Remember for a day what a form of the portal has made, so that sending it again makes nothing more."""
        now = self._clock()
        row = {
            "digest": digest_of(f"form:{form}"),
            "kind": "form",
            "family": "",
            "name": made,
            "created_at": now,
            "expires_at": now + 86_400,
        }
        statement = self._database.insert(tables.tokens).values(row).on_conflict_do_nothing(index_elements=["digest"])
        self._database.work(lambda sql: sql.execute(statement))

    def made_by(self, form: str) -> str | None:
        """What a form of the portal has made already."""
        table = tables.tokens
        query = sa.select(table.c.name).where(table.c.digest == digest_of(f"form:{form}"), table.c.kind == "form")
        return self._database.work(lambda sql: sql.execute(query).scalar_one_or_none())

    def ticket(self, key: str) -> str:
        """A ticket of a key, that opens one stream within a minute; any process of the gateway takes it."""
        now = self._clock()
        text = secrets.token_urlsafe(32)
        row = {"digest": digest_of(text), "kind": "ticket", "family": "", "key": key, "name": ""}
        table = tables.tokens

        def do(sql: sa.Connection) -> None:
            sql.execute(table.delete().where(table.c.kind == "ticket", table.c.expires_at < now))
            sql.execute(table.insert().values(row | {"created_at": now, "expires_at": now + TICKET}))

        self._database.work(do)
        return text

    def redeem(self, ticket: str) -> str | None:
        """The id of the key whose ticket it is; it is used up."""
        table = tables.tokens
        mine = sa.and_(table.c.digest == digest_of(ticket), table.c.kind == "ticket")

        def do(sql: sa.Connection) -> str | None:
            row = sql.execute(sa.select(table.c.key, table.c.expires_at).where(mine)).one_or_none()
            is_mine = sql.execute(table.delete().where(mine)).rowcount == 1
            return row[0] if is_mine and row is not None and row[1] > self._clock() else None

        return self._database.work(do)

    def _pair(
        self, sql: sa.Connection, family: str, key: str | None, name: str, sealed: bytes | None, begun: float
    ) -> Pair:
        now = self._clock()
        access, refresh = new_secret("wka"), new_secret("wkr")
        rows = [
            {"digest": secret.digest, "kind": kind, "expires_at": now + life}
            | {"family": family, "key": key, "name": name, "sealed": sealed, "created_at": begun, "used_at": None}
            for secret, kind, life in ((access, "access", LIFETIME), (refresh, "refresh", REFRESH))
        ]
        sql.execute(tables.tokens.insert(), rows)
        sql.execute(tables.tokens.delete().where(tables.tokens.c.expires_at < now - REFRESH))
        return Pair(access.text, refresh.text, LIFETIME, family)

    def find(self, text: str, kind: str = "access") -> Session | None:
        """Whom an access token stands for; None when it is unknown, expired or revoked. It is remembered for 2 s.

        Args:
            text: The token.
            kind: "portal" for a login of the portal.
        """
        digest = digest_of(text)
        place = f"{kind}:{digest}"
        now = self._clock()
        known = self._known.get(place)
        if known is not None and known[1] > now and known[0].expires_at > now:
            return known[0]
        table = tables.tokens
        query = sa.select(table).where(table.c.digest == digest, table.c.kind == kind, table.c.expires_at > now)
        row = self._database.work(lambda sql: sql.execute(query).one_or_none())
        if row is None:
            self._known.pop(place, None)
            return None
        found = _session(row_of(row))
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[place] = (found, now + 2.0)
        return found

    def refresh(self, text: str) -> Pair | None:
        """A new pair for a refresh token, which is used up by it. One that was used before revokes its whole family."""
        digest = digest_of(text)
        now = self._clock()
        table = tables.tokens

        def do(sql: sa.Connection) -> Pair | None:
            used = (
                table.update()
                .where(table.c.digest == digest, table.c.kind == "refresh", table.c.used_at.is_(None))
                .where(table.c.expires_at > now)
                .values(used_at=now)
            )
            won = sql.execute(used).rowcount == 1
            row = sql.execute(sa.select(table).where(table.c.digest == digest)).one_or_none()
            if row is None:
                return None
            fields = row_of(row)
            if not won:
                sql.execute(table.delete().where(table.c.family == fields["family"]))
                return None
            sql.execute(table.delete().where(table.c.family == fields["family"], table.c.kind == "access"))
            named = fields["family"], fields["key"], fields["name"]
            return self._pair(sql, *named, fields["sealed"], fields["created_at"])

        pair = self._database.work(do)
        self._known.clear()
        return pair

    def revoke(self, text: str) -> None:
        """End the family of a token."""
        table = tables.tokens
        digest = digest_of(text)

        def do(sql: sa.Connection) -> None:
            family = sql.execute(sa.select(table.c.family).where(table.c.digest == digest)).scalar_one_or_none()
            if family is not None:
                sql.execute(table.delete().where(table.c.family == family))

        self._database.work(do)
        self._known.clear()

    def renew(self, family: str, sealed: bytes) -> None:
        """Keep the token that the wiki renewed."""
        table = tables.tokens
        self._database.work(
            lambda sql: sql.execute(table.update().where(table.c.family == family).values(sealed=sealed))
        )
        self._known.clear()


def _session(row: dict[str, Any]) -> Session:
    sealed = row["sealed"]
    sealed = None if sealed is None else bytes(sealed)
    return Session(row["family"], row["key"], row["name"], sealed, row["expires_at"], row["created_at"])
