"""Scripts that Redis runs as one step each. `base` says what they are for.

KEYS: 1 the hash of generations, 2 the index of all entries, 3 the entry. ARGV: 1 the time or "", 2 start of the names
of indexes, 3 start of the names of entries, then what each script needs.

The hash of generations holds `#epoch`, `#count` of invalidations, `#forgotten` (reads that began before are refused),
`#run` (the run of Redis it was made in), `#doubts` (writes under way, as JSON), and for each invalidated tag the
field `=tag`. It is one key, so it is lost as a whole or not at all; entries and tokens of a lost one have another
epoch. An entry is a hash: `v` value, `c` checksum, `t` tags as JSON, `e` epoch, `n` count when its read began, `s`
stored, `f` fresh until, `k` keep until. An index is a sorted set of keys by the time they are kept until. Indexes
only save room and count; what may be served is decided by the generations.
"""

from __future__ import annotations

from typing import Final

_COMMON: Final = """
local generations, prefix, stem = KEYS[1], ARGV[2], ARGV[3]
local function clock()
  if ARGV[1] ~= '' then return tonumber(ARGV[1]) end
  local time = redis.call('TIME')
  return tonumber(time[1]) + tonumber(time[2]) / 1000000
end
local function text(number) return string.format('%.6f', number) end
local function state()
  local found = redis.call('HMGET', generations, '#epoch', '#count', '#forgotten')
  if not found[1] then
    local time = redis.call('TIME')
    found = {time[1] .. '.' .. time[2], '0', '0'}
    redis.call('HSET', generations, '#epoch', found[1], '#count', '0', '#forgotten', '0')
  end
  return found[1], tonumber(found[2]), tonumber(found[3])
end
local function outdated(key, tags, began)
  local fields = {'=*', '=' .. key}
  for _, tag in ipairs(tags) do fields[#fields + 1] = '=' .. tag end
  for _, moved in ipairs(redis.call('HMGET', generations, unpack(fields))) do
    if moved and tonumber(moved) > began then return true end
  end
  return false
end
local function remove(key)
  local tags = redis.pcall('HGET', stem .. key, 't')
  if type(tags) == 'string' then
    local good, list = pcall(cjson.decode, tags)
    if good then for _, tag in ipairs(list) do redis.call('ZREM', prefix .. tag, key) end end
  end
  redis.call('ZREM', KEYS[2], key)
  return redis.call('DEL', stem .. key)
end
local function expire(index, now)
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', index, '-inf', text(now), 'LIMIT', 0, 1000)) do remove(key) end
  redis.call('ZREMRANGEBYSCORE', index, '-inf', text(now))
end
"""

BEGIN: Final = (
    _COMMON
    + """
local epoch, count = state()
return epoch .. ':' .. count
"""
)

READ: Final = (
    _COMMON
    + """
local key, now = ARGV[4], clock()
local found = redis.pcall('HMGET', KEYS[3], 'v', 'c', 't', 'e', 'n', 's', 'f', 'k')
if found.err then return 'damaged' end
if not found[4] then return redis.call('EXISTS', KEYS[3]) == 1 and 'damaged' or nil end
for i = 1, 8 do if not found[i] then return 'damaged' end end
local good, tags = pcall(cjson.decode, found[3])
if not good or type(tags) ~= 'table' or not tonumber(found[8]) then return 'damaged' end
local epoch, _, forgotten = state()
local began = tonumber(found[5])
if tonumber(found[8]) <= now or found[4] ~= epoch or began < forgotten or outdated(key, tags, began) then
  remove(key)
  return nil
end
return {found[1], found[2], text(now - tonumber(found[6])), now < tonumber(found[7]) and '1' or '0'}
"""
)

WRITE: Final = (
    _COMMON
    + """
local function doubted(key, tags, now)
  local found = redis.call('HGET', generations, '#doubts')
  if not found then return false end
  local told = {['*'] = true, [key] = true}
  for _, tag in ipairs(tags) do told[tag] = true end
  for _, doubt in pairs(cjson.decode(found)) do
    for _, tag in ipairs(doubt[1] > now and doubt[2] or {}) do
      if told[tag] then return true end
    end
  end
  return false
end
local key, value, check, encoded, token = ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local epoch, _, forgotten = state()
local its_epoch, began = string.match(token, '^(.*):(%d+)$')
began = tonumber(began)
local tags = cjson.decode(encoded)
local now = clock()
if its_epoch ~= epoch or began < forgotten or outdated(key, tags, began) or doubted(key, tags, now) then return 0 end
local fresh, keep = now + tonumber(ARGV[9]), now + tonumber(ARGV[10])
remove(key)
redis.call('HSET', KEYS[3], 'v', value, 'c', check, 't', encoded, 'e', epoch, 'n', began,
  's', text(now), 'f', text(fresh), 'k', text(keep))
local lifetime = math.ceil((keep - now) * 1000)
redis.call('PEXPIRE', KEYS[3], lifetime)
local indexes = {KEYS[2]}
for _, tag in ipairs(tags) do indexes[#indexes + 1] = prefix .. tag end
for _, index in ipairs(indexes) do
  redis.call('ZREMRANGEBYSCORE', index, '-inf', text(now))
  redis.call('ZADD', index, text(keep), key)
  if redis.call('PTTL', index) < lifetime then redis.call('PEXPIRE', index, lifetime) end
end
return 1
"""
)

DROP: Final = (
    _COMMON
    + """
local most, tags = tonumber(ARGV[4]), cjson.decode(ARGV[5])
state()
local now, dropped = clock(), 0
local count = redis.call('HINCRBY', generations, '#count', 1)
if redis.call('HLEN', generations) + #tags > most then
  local kept = redis.call('HMGET', generations, '#epoch', '#run', '#doubts')
  redis.call('DEL', generations)
  redis.call('HSET', generations, '#epoch', kept[1], '#count', count, '#forgotten', count)
  if kept[2] then redis.call('HSET', generations, '#run', kept[2]) end
  if kept[3] then redis.call('HSET', generations, '#doubts', kept[3]) end
end
for _, tag in ipairs(tags) do
  redis.call('HSET', generations, '=' .. tag, count)
  expire(prefix .. tag, now)
  dropped = dropped + remove(tag)
  for _, key in ipairs(redis.call('ZRANGE', prefix .. tag, 0, -1)) do dropped = dropped + remove(key) end
end
return dropped
"""
)

DOUBT: Final = (
    _COMMON
    + """
local name, tags, seconds = ARGV[4], cjson.decode(ARGV[5]), tonumber(ARGV[6])
state()
local now, doubts = clock(), {}
for other, doubt in pairs(cjson.decode(redis.call('HGET', generations, '#doubts') or '{}')) do
  if other ~= name and doubt[1] > now then doubts[other] = doubt end
end
if seconds > 0 then doubts[name] = {now + seconds, tags} end
if next(doubts) then redis.call('HSET', generations, '#doubts', cjson.encode(doubts))
else redis.call('HDEL', generations, '#doubts') end
return 1
"""
)
"""Begin a doubt, or end it where it takes no seconds. One field holds all of them, which are few: writes under way."""

SIZE: Final = (
    _COMMON
    + """
expire(KEYS[2], clock())
return redis.call('ZCARD', KEYS[2])
"""
)

ADOPT: Final = """
local good, info = pcall(redis.call, 'INFO', 'server')
local run = good and type(info) == 'string' and string.match(info, 'run_id:(%x+)')
if run and redis.call('HGET', KEYS[1], '#run') ~= run then
  redis.call('DEL', KEYS[1])
  local time = redis.call('TIME')
  redis.call('HSET', KEYS[1], '#epoch', time[1] .. '.' .. time[2], '#count', '0', '#forgotten', '0', '#run', run)
end
return 1
"""
"""Run on each new connection: a Redis that was restarted may have come back with an old snapshot, in which the latest
invalidations are missing. What was stored before gets another epoch and is no longer served."""
