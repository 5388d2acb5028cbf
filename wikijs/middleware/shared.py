"""Places of requests kept in Redis, for all processes: the same decisions as in `limits`, made by one script."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

from wikijs.core.redis import Outage, connect

from .limits import LocalSchedule, Rate, Ticket, Turn

if TYPE_CHECKING:
    from redis import Redis

# KEYS: 1 counter of tickets, 2 overall rate, then the windows. ARGV: 1 time or "", 2 ticket (0 at first), 3 patience
# (negative: no end), 4 strategy, 5 rate, 6 burst, then limit and seconds of each window. A window is a sorted set of
# `ticket:f` (final) and `ticket:p` (provisional) by the time of sending; a token bucket the time at which it is full.
_LONGEST: Final = 30 * 86_400.0
"""Seconds: a longer wait was not computed by our script."""
ASK: Final = """
local time = redis.call('TIME')
local now = ARGV[1] ~= '' and tonumber(ARGV[1]) or tonumber(time[1]) + tonumber(time[2]) / 1000000
local ticket, patience = tonumber(ARGV[2]), tonumber(ARGV[3])
local rate, burst = tonumber(ARGV[5]), tonumber(ARGV[6])
local function text(number) return string.format('%.6f', number) end
local function name(final) return string.format('%.0f', ticket) .. (final and ':f' or ':p') end
local function earliest(key, limit, seconds)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', text(now - seconds))
  local left, start = limit, 0
  while true do
    local part = redis.call('ZREVRANGE', key, start, start + limit, 'WITHSCORES')
    for i = 1, #part, 2 do
      local other, state = string.match(part[i], '^(%d+):(%a)$')
      other = tonumber(other)
      if other ~= ticket and (state == 'f' or other < ticket) then left = left - 1 end
      if left == 0 then return tonumber(part[i + 1]) + seconds end
    end
    if #part == 0 then return now end
    start = start + limit + 1
  end
end
local function remove(key) redis.call('ZREM', key, name(true), name(false)) end
local function put(key, at, final, seconds)
  remove(key)
  redis.call('ZADD', key, text(at), name(final))
  local lifetime = math.ceil((at - now + seconds) * 1000) + 1000
  if redis.call('PTTL', key) < lifetime then redis.call('PEXPIRE', key, lifetime) end
end

if ticket == 0 then ticket = redis.call('INCR', KEYS[1]) end
local at = now
for i = 3, #KEYS do at = math.max(at, earliest(KEYS[i], tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2]))) end
local final = at <= now + 0.000002
local full, slack
if final then
  at = now
  if ARGV[4] == 'token_bucket' then
    full = math.max(tonumber(redis.call('GET', KEYS[2]) or now), now)
    at = math.max(now, full - (burst - 1) / rate)
  else
    at = math.max(now, earliest(KEYS[2], burst, burst / rate))
  end
end
local wait = at - now
if patience >= 0 and wait > patience then
  for i = 3, #KEYS do remove(KEYS[i]) end
  return {ticket, text(wait), 0, 1, '', ''}
end
local before, after = '', ''
if final and ARGV[4] == 'token_bucket' then
  before, after = text(full), text(full + 1 / rate)
  redis.call('SET', KEYS[2], after, 'PX', math.ceil((full + 1 / rate - now) * 1000) + 1000)
elseif final then
  put(KEYS[2], at, true, burst / rate)
end
for i = 3, #KEYS do put(KEYS[i], at, final, tonumber(ARGV[2 * i + 2])) end
return {ticket, text(wait), final and 1 or 0, 0, before, after}
"""

# KEYS: 1 overall rate, then the windows. ARGV: 1 ticket, 2 and 3 state of the token bucket before and after it, or "".
WITHDRAW: Final = """
local function remove(key) redis.call('ZREM', key, ARGV[1] .. ':f', ARGV[1] .. ':p') end
for i = 2, #KEYS do remove(KEYS[i]) end
if redis.call('TYPE', KEYS[1]).ok == 'zset' then remove(KEYS[1])
elseif ARGV[3] ~= '' and redis.call('GET', KEYS[1]) == ARGV[3] then
  redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
end
"""


class RedisSchedule:
    """Keeps the places of the requests of many processes.

    Args:
        redis: URL or client.
        rate: The overall rate.
        key_prefix: Start of the names of all keys.
        clock: Seconds, for tests; None for the clock of Redis.
    """

    blocking: bool = True

    def __init__(self, redis: str | Redis, rate: Rate, key_prefix: str, clock: Callable[[], float] | None) -> None:
        client = connect(redis)
        self._ask = client.register_script(ASK)
        self._withdraw = client.register_script(WITHDRAW)
        self._rate = rate
        self._prefix = key_prefix
        self._clock = clock
        self._local = LocalSchedule(rate) if clock is None else LocalSchedule(rate, clock)
        self._outage = Outage("The shared rate limit", "each process keeps to it by itself")

    def ask(self, ticket: Ticket, patience: float) -> Turn:
        """When this request may be sent, if it would wait for at most `patience` seconds."""
        if ticket.number and ticket.local:  # it began to wait while Redis was away
            return self._local.ask(ticket, patience)
        return self._outage.attempt(lambda: self._ask_redis(ticket, patience), lambda: self._ask_self(ticket, patience))

    def withdraw(self, ticket: Ticket) -> None:
        """Give the place back of a request that will not be sent, as far as nobody counts on it yet."""
        if ticket.local:
            self._local.withdraw(ticket)
        elif ticket.number:
            self._outage.attempt(lambda: self._withdraw_redis(ticket), lambda: None)

    def _ask_self(self, ticket: Ticket, patience: float) -> Turn:
        ticket.number = 0
        return self._local.ask(ticket, patience)

    def _ask_redis(self, ticket: Ticket, patience: float) -> Turn:
        now = "" if self._clock is None else repr(self._clock())
        limit = -1 if patience == float("inf") else patience
        rate = self._rate
        narrow = [number for window in ticket.windows for number in (window.limit, window.seconds)]
        arguments = [now, ticket.number, limit, rate.strategy, rate.rate, rate.burst, *narrow]
        keys = [f"{self._prefix}tickets", *self._keys(ticket)]
        answer = cast("tuple[int, bytes, int, int, bytes, bytes]", self._ask(keys=keys, args=arguments))
        number, wait, final, refused, before, after = answer
        seconds = float(wait)
        if not 0 <= seconds <= _LONGEST:
            raise ValueError("No place is so far away.")
        ticket.number = 0 if refused else number
        ticket.bucket = (float(before), float(after)) if after else None
        return Turn(seconds, bool(final), bool(refused))

    def _withdraw_redis(self, ticket: Ticket) -> None:
        bucket = ["", ""] if ticket.bucket is None else [f"{state:.6f}" for state in ticket.bucket]
        self._withdraw(keys=self._keys(ticket), args=[ticket.number, *bucket])

    def _keys(self, ticket: Ticket) -> list[str]:
        # The numbers are part of the name: windows of different width must not share their places.
        narrow = [f"{self._prefix}{window.name}:{window.limit}:{window.seconds:g}" for window in ticket.windows]
        return [f"{self._prefix}overall", *narrow]
