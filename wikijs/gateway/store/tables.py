"""The tables, the same for SQLite and PostgreSQL. Moments are seconds since 1970; what is structured is JSON text."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

metadata: Final = sa.MetaData()

meta: Final = sa.Table(
    "gateway_meta", metadata, sa.Column("name", sa.String(64), primary_key=True), sa.Column("value", sa.Text)
)

keys: Final = sa.Table(
    "gateway_keys",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("old_digest", sa.String(64)),
    sa.Column("old_until", sa.Float),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("tier", sa.String(64), nullable=False),
    sa.Column("prefixes", sa.Text, nullable=False),
    sa.Column("origins", sa.Text, nullable=False),
    sa.Column("credential", sa.String(64), nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Float),
    sa.Column("revoked_at", sa.Float),
    sa.Column("last_used_at", sa.Float),
)

credentials: Final = sa.Table(
    "gateway_credentials",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("checked_at", sa.Float),
    sa.Column("problem", sa.Text),
)

tokens: Final = sa.Table(
    "gateway_tokens",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("family", sa.String(32), nullable=False, index=True),
    sa.Column("key", sa.String(16)),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),
    sa.Column("used_at", sa.Float),
)

usage: Final = sa.Table(
    "gateway_usage",
    metadata,
    sa.Column("hour", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("route", sa.String(160), primary_key=True),
    sa.Column("status", sa.Integer, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("milliseconds", sa.Float, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
)

idempotency: Final = sa.Table(
    "gateway_idempotency",
    metadata,
    sa.Column("caller", sa.String(32), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("owner", sa.String(40), nullable=False),
    sa.Column("lease_until", sa.Float, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False, index=True),
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.Text),
    sa.Column("body", sa.LargeBinary),
)

jobs: Final = sa.Table(
    "gateway_jobs",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("caller", sa.String(32), nullable=False, index=True),
    sa.Column("credential", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("writes", sa.Boolean, nullable=False),
    sa.Column("input", sa.Text, nullable=False),
    sa.Column("result", sa.Text),
    sa.Column("problem", sa.Text),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("cancel", sa.Boolean, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("owner", sa.String(40)),
    sa.Column("lease_until", sa.Float),
    sa.Column("retry_of", sa.String(32)),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("started_at", sa.Float),
    sa.Column("ended_at", sa.Float),
)

overrides: Final = sa.Table(
    "gateway_overrides",
    metadata,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("limits", sa.Text, nullable=False),
    sa.Column("until", sa.Float),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

quotas: Final = sa.Table(
    "gateway_quotas",
    metadata,
    sa.Column("day", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("used", sa.Float, nullable=False),
)

audit: Final = sa.Table(
    "gateway_audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("caller", sa.String(32), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("action", sa.String(160), nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
)
