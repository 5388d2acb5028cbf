"""What one request takes from whose limits, and what the answer says about it."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from ..http.problems import Refused
from ..store import tables, versions
from ..store.database import Database, row_of
from .buckets import DAY, MINUTE, Bucket, Decision, Limits, LocalLimits, seconds
from .tiers import RouteClass, Tier, changed

if TYPE_CHECKING:
    from ..access.callers import Caller

log = logging.getLogger("wikijs.gateway")

CHEAP: Final = 0.2
"""What a read costs that the wiki was not asked for."""
WARN_AT: Final = 0.8
Warn = Callable[[str, str, int, int], None]
"""Gets the type of the event, the caller, what was used, and the limit."""


@dataclass(frozen=True, slots=True)
class Override:
    """Other limits for one caller, for a while."""

    key: str
    limits: Mapping[str, int]
    until: float | None
    created_at: float
    created_by: str
    reason: str


class Policy:
    """Decides on requests.

    Args:
        limits: Where buckets are kept.
        tiers: Limits by name.
        wiki_rate: Requests a minute of all callers together.
        database: Where overrides and the days' counts are kept.
        clock: Seconds since 1970, for tests.
    """

    def __init__(
        self,
        limits: Limits,
        tiers: Mapping[str, Tier],
        wiki_rate: int,
        database: Database,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.limits = limits
        self.tiers = tiers
        self._wiki = Bucket("wiki", wiki_rate / MINUTE, max(wiki_rate / 6, 20.0))
        self._database = database
        self._clock = clock
        self._overrides: dict[str, Override] = {}
        self._version = ""
        self._loading = threading.Lock()  # what was read first must not be kept last
        self._known: dict[tuple[str, str, str], tuple[Tier, tuple[Bucket, ...]]] = {}
        self._told: dict[tuple[str, str], int] = {}
        self.on_warning: Warn | None = None

    # Overrides.

    def load(self) -> None:
        """Read the overrides, and what was used today."""
        day = int(self._clock() // DAY)

        def read(sql: sa.Connection) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
            used = sa.select(tables.quotas).where(tables.quotas.c.day == day)
            overrides = [row_of(row) for row in sql.execute(sa.select(tables.overrides))]
            return versions.version(sql, "overrides"), overrides, [row_of(row) for row in sql.execute(used)]

        with self._loading:
            self._version, overrides, used = self._database.work(read)
            self._overrides = {
                row["key"]: Override(**{**row, "limits": json.loads(row["limits"])}) for row in overrides
            }
            self._known = {}  # another one: who works with limits of before writes them into that which is gone
        if isinstance(self.limits, LocalLimits):
            self.limits.restore(day, {row["key"]: row["used"] for row in used})

    def flush(self) -> None:
        """Write down what was used today, so that a restart does not begin at nothing."""
        if not isinstance(self.limits, LocalLimits):
            return
        day, used = self.limits.counted()
        if not used:
            return
        statement = self._database.insert(tables.quotas)
        statement = statement.on_conflict_do_update(
            index_elements=["day", "key"], set_={"used": statement.excluded.used}
        )
        rows = [{"day": day, "key": key, "used": number} for key, number in used.items()]

        def write(sql: sa.Connection) -> None:
            sql.execute(statement, rows)
            sql.execute(tables.quotas.delete().where(tables.quotas.c.day < day - 7))

        self._database.work(write)

    def override(
        self, key: str, limits: Mapping[str, int], *, until: float | None, created_by: str, reason: str
    ) -> Override:
        """Give a caller other limits.

        Raises:
            ConfigurationError: A number is none.
        """
        changed(self.tiers["free"], limits)
        new = Override(key, dict(limits), until, self._clock(), created_by, reason)
        values = {
            "limits": json.dumps(dict(limits)),
            "until": until,
            "created_at": new.created_at,
            "created_by": created_by,
            "reason": reason,
        }
        statement = self._database.insert(tables.overrides).values(key=key, **values)
        statement = statement.on_conflict_do_update(index_elements=["key"], set_=values)
        self._change(statement)
        return new

    def refresh(self) -> bool:
        """Read them anew if another process changed them; whether it did."""
        if self._database.work(lambda sql: versions.version(sql, "overrides")) == self._version:
            return False
        self.load()
        return True

    def _change(self, statement: sa.Executable) -> bool:
        def change(sql: sa.Connection) -> bool:
            versions.changed(self._database, sql, "overrides")
            return sql.execute(statement).rowcount > 0

        is_changed = self._database.work(change)
        self.load()
        return is_changed

    def forget(self, key: str) -> None:
        """A key was changed: look at its limits anew."""
        self._known = {place: limits for place, limits in self._known.items() if place[0] != key}

    def drop_override(self, key: str) -> bool:
        """Give a caller the limits of its tier again; whether there was anything else."""
        table = tables.overrides
        return self._change(table.delete().where(table.c.key == key))

    def overrides(self) -> list[Override]:
        """All overrides that are in force."""
        now = self._clock()
        return [each for each in self._overrides.values() if each.until is None or each.until > now]

    # Requests.

    def tier(self, caller: Caller) -> Tier:
        """The limits of a caller."""
        tier = self.tiers.get(caller.tier) or self.tiers["free"]
        override = self._overrides.get(caller.id)
        if override is not None:
            if override.until is None or override.until > self._clock():
                return changed(tier, override.limits)
            self._overrides.pop(caller.id, None)
        return tier

    def buckets(self, caller: Caller, kind: RouteClass) -> tuple[Tier, tuple[Bucket, ...]]:
        """The buckets that a request takes from; the first is the one that headers speak of."""
        place = (caller.id, caller.tier, kind)
        remembered = self._known
        known = remembered.get(place)
        override = self._overrides.get(caller.id)
        if known is not None and (override is None or override.until is None or override.until > self._clock()):
            return known
        tier = self.tier(caller)
        buckets = [Bucket(f"key:{caller.id}", tier.rate / MINUTE, tier.burst)]
        narrow = tier.of_class(kind)
        if narrow is not None:
            buckets.append(Bucket(f"key:{caller.id}:{kind}", narrow / MINUTE, min(narrow, tier.burst)))
        buckets.append(self._wiki)
        if len(remembered) > 10_000:
            remembered.clear()
        found = remembered[place] = (tier, tuple(buckets))
        return found

    async def take(self, caller: Caller, kind: RouteClass, cost: float = 1.0) -> tuple[Tier, Decision]:
        """Let a request through, or refuse it.

        Raises:
            Refused: It was refused (429).
        """
        tier, buckets = self.buckets(caller, kind)
        quota = (caller.id, tier.daily)
        if isinstance(self.limits, LocalLimits):
            decision = self.limits.decide(buckets, cost, quota)
        else:
            decision = await self.limits.take(buckets, cost, quota)
        if not decision.allowed:
            if decision.reason == "day":
                self._tell("quota.exceeded", caller, decision.used, tier.daily)
            raise _refusal(tier, decision, headers(tier, decision, self._clock()))
        if decision.used >= tier.daily * WARN_AT:
            self._tell("quota.warning", caller, decision.used, tier.daily)
        return tier, decision

    async def give_back(self, caller: Caller, kind: RouteClass, amount: float) -> None:
        """A request cost less than was taken."""
        tier, buckets = self.buckets(caller, kind)
        if isinstance(self.limits, LocalLimits):
            self.limits.refund(buckets, amount, (caller.id, tier.daily))
        else:
            await self.limits.give_back(buckets, amount, (caller.id, tier.daily))

    def _tell(self, type: str, caller: Caller, used: float, limit: int) -> None:
        day = int(self._clock() // DAY)
        if self._told.get((type, caller.id)) == day:
            return
        if len(self._told) > 10_000:
            self._told.clear()
        self._told[type, caller.id] = day
        log.warning("%s: %s has used %d of %d requests of this day.", type, caller.id, used, limit)
        if self.on_warning is not None:
            self.on_warning(type, caller.id, int(used), limit)


def headers(tier: Tier, decision: Decision, now: float) -> dict[str, str]:
    """What an answer says about limits: as the IETF drafts it, and as everybody has done before.

    What is left is left of what may be asked at once, so that is the limit that stands beside it, not that of a minute.
    """
    left = max(int(decision.left[0]) if decision.left else 0, 0)
    full = seconds(decision.full_in) if decision.full_in > 0 else 0
    day_left = max(int(tier.daily - decision.used), 0)
    midnight = int(now // DAY + 1) * DAY
    return {
        "RateLimit-Policy": (
            f'"minute";q={tier.rate};w=60, "burst";q={tier.burst};w={seconds(tier.burst * MINUTE / tier.rate)}, '
            f'"day";q={tier.daily};w=86400'
        ),
        "RateLimit": f'"burst";r={left};t={full}, "day";r={day_left};t={midnight - int(now)}',
        "X-RateLimit-Limit": str(tier.burst),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": str(int(now) + full),
        "X-Quota-Limit": str(tier.daily),
        "X-Quota-Remaining": str(day_left),
        "X-Quota-Reset": str(midnight),
    }


def raw(named: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as the server sends them."""
    return [(name.lower().encode(), value.encode()) for name, value in named.items()]


def _refusal(tier: Tier, decision: Decision, known: dict[str, str]) -> Refused:
    wait = seconds(decision.wait)
    known = {**known, "Retry-After": str(wait)}
    if decision.reason == "day":
        return Refused(
            429,
            "quota-exceeded",
            "Quota exceeded",
            f"The {tier.daily} requests of this day are used up. The next day begins at midnight UTC.",
            headers=known,
        )
    if decision.reason == "wiki":
        detail = f"All callers together ask the wiki too often. Try again in {wait} s."
    else:
        kind = decision.reason.split(":")[2] if decision.reason.count(":") == 2 else ""
        number = tier.of_class(kind) if kind else tier.rate
        what = f"requests of kind {kind}" if kind else "requests"
        detail = f"This key may make {number} {what} a minute. Try again in {wait} s."
    return Refused(429, "rate-limit", "Rate limit", detail, headers=known)
