"""The gateway's own keys: kept in memory, looked up by their digest, changed in the database."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import sqlalchemy as sa

from wikijs.exceptions import ConfigurationError

from ..store import tables, versions
from ..store.database import Database, row_of
from .scopes import checked_origins, checked_prefixes, expanded
from .tokens import Secret, again, digest_of, new_secret

GRACE: Final = 24 * 3600.0
"""Seconds for which the old secret of a rotated key is taken, unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, without its secret.

    Attributes:
        id: Its public name.
        name: What people call it.
        scopes: What it may do.
        tier: Whose limits it has.
        prefixes: Folders of pages that it is confined to; none for all pages.
        origins: Web origins that a browser may come from with it; none for any.
        credential: Name of the wiki's credential that is used for it.
        created_at, expires_at, revoked_at, last_used_at: Seconds since 1970; None for never.
        created_by: Who made it.
        old_until: Until when its old secret is still taken.
    """

    id: str
    name: str
    scopes: frozenset[str]
    tier: str
    prefixes: tuple[str, ...]
    origins: tuple[str, ...]
    credential: str
    created_at: float
    created_by: str
    expires_at: float | None = None
    revoked_at: float | None = None
    last_used_at: float | None = None
    old_until: float | None = None
    digest: str = ""
    old_digest: str | None = None

    def problem(self, now: float) -> str | None:
        """Why it is not taken; None when it is."""
        if self.revoked_at is not None:
            return "This key was revoked."
        if self.expires_at is not None and now >= self.expires_at:
            return "This key has expired."
        return None


@dataclass(frozen=True, slots=True)
class _Known:
    """All keys at one moment, replaced as a whole: whoever reads has old or new ones, never half of each."""

    version: str = ""
    by_id: Mapping[str, Key] = field(default_factory=dict[str, Key])
    by_digest: Mapping[str, Key] = field(default_factory=dict[str, Key])


class KeyRing:
    """All keys.

    Args:
        database: Where they are kept.
        clock: Seconds since 1970, for tests.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._known = _Known()
        self._loading = threading.Lock()  # what was read first must not be kept last
        self._used: dict[str, float] = {}

    def load(self) -> None:
        """Read all keys anew."""
        with self._loading:
            version, rows = self._database.work(lambda sql: (_version(sql), _rows(sql)))
            by_id = {row["id"]: _key(row) for row in rows}
            old = {key.old_digest: key for key in by_id.values() if key.old_digest}
            self._known = _Known(version, by_id, old | {key.digest: key for key in by_id.values()})

    def refresh(self) -> bool:
        """Read them anew if another process changed them; whether it did."""
        if self._database.work(_version) == self._known.version:
            return False
        self.load()
        return True

    def find(self, text: str) -> tuple[Key | None, str | None]:
        """The key of this secret, and why it is not taken."""
        digest = digest_of(text)
        key = self._known.by_digest.get(digest)
        if key is None:
            return None, "This key is unknown."
        now = self._clock()
        problem = key.problem(now)
        if problem is None and digest != key.digest and now >= (key.old_until or 0.0):
            problem = "This secret was replaced by a new one."
        if problem is None:
            self._used[key.id] = now
        return key, problem

    def get(self, id: str) -> Key | None:
        """A key by its id."""
        return self._known.by_id.get(id)

    def all(self) -> list[Key]:
        """All keys, the oldest first."""
        return sorted(self._known.by_id.values(), key=lambda key: (key.created_at, key.id))

    def create(
        self,
        name: str,
        *,
        scopes: Sequence[str],
        tier: str = "free",
        prefixes: Sequence[str] = (),
        origins: Sequence[str] = (),
        credential: str = "default",
        expires_at: float | None = None,
        created_by: str = "",
    ) -> tuple[Key, str]:
        """Make a key; the second part is its secret, which cannot be had again.

        Raises:
            ConfigurationError: A scope is unknown, a folder is none, or it has no name.
        """
        if not name.strip():
            raise ConfigurationError("A key needs a name.", hint="Say who uses it, and for what.")
        secret = new_secret("wkg")
        key = Key(
            id=secret.id,
            name=name.strip()[:200],
            scopes=expanded(scopes),
            tier=tier,
            prefixes=checked_prefixes(prefixes),
            origins=checked_origins(origins),
            credential=credential,
            created_at=self._clock(),
            created_by=created_by,
            expires_at=expires_at,
            digest=secret.digest,
        )
        self._write(lambda sql: sql.execute(tables.keys.insert().values(**_columns(key))))
        return key, secret.text

    def update(self, id: str, **changes: Any) -> Key:
        """Change what a key may do; arguments as of `create`.

        Raises:
            ConfigurationError: There is no such key, or it cannot be like that.
        """
        if "scopes" in changes:
            changes["scopes"] = expanded(changes["scopes"])
        if "prefixes" in changes:
            changes["prefixes"] = checked_prefixes(changes["prefixes"])
        if "origins" in changes:
            changes["origins"] = checked_origins(changes["origins"])
        return self._change(id, lambda key: changes)

    def rotate(self, id: str, *, grace: float = GRACE) -> tuple[Key, str]:
        """Give a key a new secret; the old one is taken for so many seconds more."""
        secret: Secret = again("wkg", id)
        until = self._clock() + max(grace, 0.0)
        changed = self._change(id, lambda key: {"digest": secret.digest, "old_digest": key.digest, "old_until": until})
        return changed, secret.text

    def revoke(self, id: str) -> Key:
        """Take a key no more, from now on."""
        return self._change(id, lambda key: {} if key.revoked_at is not None else {"revoked_at": self._clock()})

    def flush_used(self) -> None:
        """Write down when keys were last used."""
        used, self._used = self._used, {}
        if not used:
            return

        def write(sql: sa.Connection) -> None:
            statement = (
                tables.keys.update()
                .where(tables.keys.c.id == sa.bindparam("key_id"))
                .values(last_used_at=sa.bindparam("at"))
            )
            sql.execute(statement, [{"key_id": name, "at": at} for name, at in sorted(used.items())])

        self._database.work(write)
        with self._loading:
            known = self._known
            seen = {
                name: replace(known.by_id[name], last_used_at=at) for name, at in used.items() if name in known.by_id
            }
            self._known = replace(known, by_id={**known.by_id, **seen})

    def _change(self, id: str, change: Callable[[Key], Mapping[str, Any]]) -> Key:
        """Change some columns of a key as the database has it: another process may have changed others of them."""

        def write(sql: sa.Connection) -> None:
            row = sql.execute(sa.select(tables.keys).where(tables.keys.c.id == id)).one_or_none()
            if row is None:
                raise ConfigurationError(f"There is no key {id}.", hint="`wikijs gateway keys list` lists them.")
            key = _key(row_of(row))
            changes = change(key)
            if changes:
                columns = _columns(replace(key, **changes))
                values = {name: columns[name] for name in changes}
                sql.execute(tables.keys.update().where(tables.keys.c.id == id).values(**values))

        self._write(write)
        return self._known.by_id[id]

    def _write(self, do: Callable[[sa.Connection], Any]) -> None:
        def write(sql: sa.Connection) -> None:
            versions.changed(self._database, sql, "keys")
            do(sql)

        self._database.work(write)
        self.load()


def _version(sql: sa.Connection) -> str:
    return versions.version(sql, "keys")


def _rows(sql: sa.Connection) -> list[dict[str, Any]]:
    return [row_of(row) for row in sql.execute(sa.select(tables.keys))]


def _key(row: dict[str, Any]) -> Key:
    lists = {name: json.loads(row[name]) for name in ("scopes", "prefixes", "origins")}
    fields: dict[str, Any] = {
        **row,
        "scopes": frozenset(lists["scopes"]),
        "prefixes": tuple(lists["prefixes"]),
        "origins": tuple(lists["origins"]),
    }
    return Key(**fields)


def _columns(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "digest": key.digest,
        "old_digest": key.old_digest,
        "old_until": key.old_until,
        "scopes": json.dumps(sorted(key.scopes)),
        "tier": key.tier,
        "prefixes": json.dumps(key.prefixes),
        "origins": json.dumps(key.origins),
        "credential": key.credential,
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
    }
