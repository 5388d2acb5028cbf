"""Endpoints in the store."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from wikijs.exceptions import WebhookNotFoundError
from wikijs.feed.filters import EventFilter

from ..model import Endpoint, State

if TYPE_CHECKING:
    from wikijs.feed.database import Row, Statements
    from wikijs.feed.store import Store

    from .sealing import Sealer

_COLUMNS: Final = "id, config, state, reason, failing_since, created_at, sealed"


class Endpoints:
    """Who is told, as the store has it."""

    def __init__(self, store: Store, sealer: Sealer) -> None:
        self._database = store.database
        self._sealer = sealer
        self._read: dict[Row, Endpoint] = {}

    def all(self) -> list[Endpoint]:
        """All of them, oldest first."""
        with self._database.reading() as sql:
            rows = sql.all(f"SELECT {_COLUMNS} FROM endpoints ORDER BY created_at, id")  # noqa: S608  own columns
        # Looked at every few seconds, and changed rarely: only what is new is read and opened.
        known = self._read
        self._read = {row: known.get(row) or self._made(row) for row in rows}
        return list(self._read.values())

    def get(self, endpoint_id: str) -> Endpoint:
        """One of them.

        Raises:
            WebhookNotFoundError: There is none with this id.
        """
        with self._database.reading() as sql:
            return self.locked(sql, endpoint_id)

    def locked(self, sql: Statements, endpoint_id: str, *, lock: str = "") -> Endpoint:
        """One of them, as a transaction sees it."""
        row = sql.one(f"SELECT {_COLUMNS} FROM endpoints WHERE id = ?{lock}", endpoint_id)  # noqa: S608
        if row is None:
            raise WebhookNotFoundError(f"There is no endpoint {endpoint_id!r}.", hint="See `wikijs hooks list`.")
        return self._made(row)

    def put(self, sql: Statements, endpoint: Endpoint) -> None:
        """Store one."""
        config = {
            "filter": asdict(endpoint.filter),
            "payload": endpoint.payload,
            "version": endpoint.version,
            "ordering": endpoint.ordering,
            "wiki": endpoint.wiki,
            "description": endpoint.description,
        }
        # The URL and the headers may hold credentials, too.
        hidden = {"url": endpoint.url, "headers": dict(endpoint.headers), "secrets": endpoint.secrets}
        sql.run(
            f"INSERT INTO endpoints ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"  # noqa: S608
            " config = excluded.config, state = excluded.state, reason = excluded.reason,"
            " failing_since = excluded.failing_since, sealed = excluded.sealed",
            endpoint.id,
            json.dumps(config, ensure_ascii=False),
            endpoint.state,
            endpoint.reason,
            endpoint.failing_since,
            endpoint.created_at.timestamp(),
            self._sealer.seal(hidden, endpoint.id),
        )
        full = any(json.loads(row[0])["payload"] == "full" for row in sql.all("SELECT config FROM endpoints"))
        sql.run(
            "INSERT INTO settings VALUES ('content', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            "yes" if full else "no",
        )

    def set_state(self, sql: Statements, endpoint_id: str, state: State, reason: str | None) -> None:
        """Let one have messages, or none."""
        sql.run(
            "UPDATE endpoints SET state = ?, reason = ?, failing_since = NULL WHERE id = ?", state, reason, endpoint_id
        )

    def _made(self, row: Row) -> Endpoint:
        id_, config_text, state, reason, failing_since, created_at, sealed = row
        config: dict[str, Any] = json.loads(config_text)
        hidden = self._sealer.open(bytes(sealed), id_)
        return Endpoint(
            id=id_,
            url=hidden["url"],
            filter=EventFilter(**{name: tuple(value) for name, value in config["filter"].items()}),
            payload=config["payload"],
            version=config["version"],
            ordering=config["ordering"],
            wiki=config["wiki"],
            headers=hidden["headers"],
            state=state,
            reason=reason,
            failing_since=failing_since,
            created_at=datetime.fromtimestamp(created_at, UTC),
            description=config["description"],
            secrets=tuple((secret, until) for secret, until in hidden["secrets"]),
        )


def rotated(endpoint: Endpoint, secret: str, now: float, keep_old_for: float) -> Endpoint:
    """An endpoint with a new secret; the newest old one signs beside it for a while."""
    current = [(old, until) for old, until in endpoint.secrets if until is None or until > now]
    kept = [(old, now + keep_old_for) for old, _ in current[:1]] if keep_old_for > 0 else []
    return replace(endpoint, secrets=((secret, None), *kept))
