"""Token buckets and daily quotas, decided at once and together: a request takes from all of them, or from none."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from redis import Redis

MINUTE: Final = 60.0
DAY: Final = 86_400
_MOST: Final = 100_000
"""Buckets kept in memory; those unused for the longest time leave, and are full when they come back."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One token bucket.

    Attributes:
        name: What it counts, such as `key:AbC`.
        rate: Tokens a second.
        size: Tokens at most.
    """

    name: str
    rate: float
    size: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided.

    Attributes:
        allowed: Whether the request may go on.
        wait: Seconds until it would be; 0 when allowed.
        left: Tokens left, bucket by bucket.
        full_in: Seconds until the first bucket is full again.
        used: Requests of this day.
        reason: The bucket that said no, or `day`.
    """

    allowed: bool
    wait: float
    left: tuple[float, ...]
    full_in: float
    used: float
    reason: str = ""


class Limits(Protocol):
    """Where buckets and quotas are kept."""

    async def take(self, buckets: Sequence[Bucket], cost: float, quota: tuple[str, int]) -> Decision:
        """Take tokens from all buckets and the day's quota, or from none."""
        ...

    async def give_back(self, buckets: Sequence[Bucket], amount: float, quota: tuple[str, int]) -> None:
        """Give tokens back: the request cost less than was taken."""
        ...

    async def used(self, name: str) -> float:
        """Requests of this day."""
        ...


class LocalLimits:
    """Buckets of one process, in its memory.

    A bucket is kept as the moment at which it will be full: nothing has to be done as time goes by.

    Args:
        clock: Monotonic seconds.
        wall: Seconds since 1970, for days.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._wall = wall
        self._full: OrderedDict[str, float] = OrderedDict()
        self._day = -1
        self._used: dict[str, float] = {}

    def decide(self, buckets: Sequence[Bucket], cost: float, quota: tuple[str, int]) -> Decision:
        """See `Limits.take`."""
        now = self._clock()
        self._turn()
        name, most = quota
        used = self._used.get(name, 0.0)
        full = [max(self._full.get(bucket.name, now), now) for bucket in buckets]
        left = tuple(bucket.size - (at - now) * bucket.rate for bucket, at in zip(buckets, full, strict=True))
        if used + cost > most + 1e-6:
            return Decision(False, DAY - self._wall() % DAY, left, _first(full, now), used, "day")
        waits = [max((cost - rest) / bucket.rate, 0.0) for bucket, rest in zip(buckets, left, strict=True)]
        longest = max(waits, default=0.0)
        if longest > 1e-9:
            reason = buckets[waits.index(longest)].name
            return Decision(False, longest, left, _first(full, now), used, reason)
        after = [at + cost / bucket.rate for bucket, at in zip(buckets, full, strict=True)]
        for bucket, at in zip(buckets, after, strict=True):
            self._full[bucket.name] = at
            self._full.move_to_end(bucket.name)
        while len(self._full) > _MOST:
            self._full.popitem(last=False)
        self._used[name] = used + cost
        return Decision(True, 0.0, tuple(rest - cost for rest in left), _first(after, now), used + cost)

    def refund(self, buckets: Sequence[Bucket], amount: float, quota: tuple[str, int]) -> None:
        """See `Limits.give_back`."""
        for bucket in buckets:
            at = self._full.get(bucket.name)
            if at is not None:
                self._full[bucket.name] = at - amount / bucket.rate
        self._used[quota[0]] = max(self._used.get(quota[0], 0.0) - amount, 0.0)

    async def take(self, buckets: Sequence[Bucket], cost: float, quota: tuple[str, int]) -> Decision:
        """See `Limits.take`."""
        return self.decide(buckets, cost, quota)

    async def give_back(self, buckets: Sequence[Bucket], amount: float, quota: tuple[str, int]) -> None:
        """See `Limits.give_back`."""
        self.refund(buckets, amount, quota)

    async def used(self, name: str) -> float:
        """See `Limits.used`."""
        self._turn()
        return self._used.get(name, 0.0)

    def restore(self, day: int, used: dict[str, float]) -> None:
        """Go on counting where a process before this one ended."""
        self._turn()
        if day == self._day:
            for name, number in used.items():
                self._used[name] = max(self._used.get(name, 0.0), number)

    def counted(self) -> tuple[int, dict[str, float]]:
        """The day, and what was used on it."""
        self._turn()
        return self._day, dict(self._used)

    def _turn(self) -> None:
        day = int(self._wall() // DAY)
        if day != self._day:
            self._day = day
            self._used.clear()


def _first(full: Sequence[float], now: float) -> float:
    return max(full[0] - now, 0.0) if full else 0.0


# KEYS: the day's counter, then the buckets. ARGV: cost, the day's limit, then rate and size of each bucket.
TAKE: Final = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local cost, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local left, full, longest, reason = {}, {}, 0, 0
for i = 2, #KEYS do
  local rate, size = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local at = math.max(tonumber(redis.call('GET', KEYS[i]) or now), now)
  full[i] = at
  left[i] = size - (at - now) * rate
  local wait = math.max((cost - left[i]) / rate, 0)
  if wait > longest then longest, reason = wait, i - 1 end
end
local answer = {}
local function tell(ok, wait, why)
  answer[1], answer[2], answer[3], answer[4] = ok, string.format('%.6f', wait), why, string.format('%.3f', used)
  for i = 2, #KEYS do answer[3 + i] = string.format('%.6f', left[i]) end
  answer[#answer + 1] = string.format('%.6f', #KEYS > 1 and full[2] - now or 0)
  return answer
end
if used + cost > most + 0.000001 then return tell(0, 86400 - now % 86400, -1) end
if longest > 0.000001 then return tell(0, longest, reason) end
for i = 2, #KEYS do
  local rate = tonumber(ARGV[2 * i - 1])
  full[i] = full[i] + cost / rate
  left[i] = left[i] - cost
  redis.call('SET', KEYS[i], string.format('%.6f', full[i]), 'PX', math.ceil((full[i] - now) * 1000) + 1000)
end
used = tonumber(redis.call('INCRBYFLOAT', KEYS[1], ARGV[1]))
redis.call('EXPIRE', KEYS[1], 172800)
return tell(1, 0, 0)
"""

# The same keys and arguments; cost is what to give back.
GIVE_BACK: Final = """
for i = 2, #KEYS do
  local at = redis.call('GET', KEYS[i])
  if at then
    local earlier = tonumber(at) - tonumber(ARGV[1]) / tonumber(ARGV[2 * i - 1])
    redis.call('SET', KEYS[i], string.format('%.6f', earlier), 'KEEPTTL')
  end
end
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('INCRBYFLOAT', KEYS[1], '-' .. ARGV[1]) end
"""


class RedisLimits:
    """Buckets that all processes share, in Redis. While it does not answer, each process counts for itself.

    Args:
        redis: URL of Redis.
        prefix: Start of the names of all keys.
    """

    def __init__(self, redis: str | Redis, prefix: str = "wikijs:gateway:") -> None:
        from wikijs.core.redis import Outage, connect

        client = connect(redis)
        self._client = client
        self._take = client.register_script(TAKE)
        self._give = client.register_script(GIVE_BACK)
        self._prefix = prefix
        self._outage = Outage("The shared limits of the gateway", "each process counts for itself")
        self.local = LocalLimits()

    async def take(self, buckets: Sequence[Bucket], cost: float, quota: tuple[str, int]) -> Decision:
        """See `Limits.take`."""
        import asyncio

        def ask() -> Decision:
            keys, arguments = self._arguments(buckets, cost, quota)
            answer: Any = self._take(keys=keys, args=arguments)
            left = tuple(float(each) for each in answer[4:-1])
            why = int(answer[2])
            reason = "" if int(answer[0]) else ("day" if why < 0 else buckets[why - 1].name)
            return Decision(bool(int(answer[0])), float(answer[1]), left, float(answer[-1]), float(answer[3]), reason)

        return await asyncio.to_thread(self._outage.attempt, ask, lambda: self.local.decide(buckets, cost, quota))

    async def give_back(self, buckets: Sequence[Bucket], amount: float, quota: tuple[str, int]) -> None:
        """See `Limits.give_back`."""
        import asyncio

        def give() -> None:
            keys, arguments = self._arguments(buckets, amount, quota)
            self._give(keys=keys, args=arguments)

        await asyncio.to_thread(self._outage.attempt, give, lambda: self.local.refund(buckets, amount, quota))

    async def used(self, name: str) -> float:
        """See `Limits.used`."""
        import asyncio

        def ask() -> float:
            found: Any = self._client.get(self._day(name))
            return float(found or 0)

        def own() -> float:
            return self.local.counted()[1].get(name, 0.0)

        return await asyncio.to_thread(self._outage.attempt, ask, own)

    def _day(self, name: str) -> str:
        return f"{self._prefix}day:{int(time.time() // DAY)}:{name}"

    def _arguments(self, buckets: Sequence[Bucket], cost: float, quota: tuple[str, int]) -> tuple[list[str], list[Any]]:
        keys = [self._day(quota[0]), *(f"{self._prefix}{bucket.name}" for bucket in buckets)]
        numbers = [number for bucket in buckets for number in (repr(bucket.rate), repr(bucket.size))]
        return keys, [repr(cost), quota[1], *numbers]


def seconds(wait: float) -> int:
    """Seconds to wait as `Retry-After` says them: whole ones, at least one."""
    return max(math.ceil(wait), 1)
