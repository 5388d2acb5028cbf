"""A cache in Redis, shared by all processes that use it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs.core.redis import address, connect
from wikijs.exceptions import ConfigurationError

from . import scripts
from .base import ALL, MAX_GENERATIONS, BaseCache, CorruptEntryError, Entry, checksum

if TYPE_CHECKING:
    from redis import Redis

_PARTS: Final = 4
"""Of which the script `READ` makes its answer, unless the entry is damaged."""


class RedisCache(BaseCache):
    """Keeps entries in Redis 5 or later. Needs the extra `redis`. Safe for processes on many machines.

    Times are those of the Redis server, so that the clocks of the machines need not agree. Each entry is checked
    against the invalidations when it is read, in the same step, so that Redis may evict whatever it likes. All keys
    begin with `key_prefix`; with a hash tag in it, such as `{wikijs}:`, the cache works on a cluster.

    After a failover to a replica, or when Redis is restored from an old snapshot, invalidations may be lost with the
    latest writes. A restart is noticed by clients that were made from a URL; otherwise the time to live is the limit.

    Args:
        redis: URL, such as `redis://localhost:6379/0`, or a client of the package `redis` that returns bytes. The parts
            of a URL may be given instead, as host, port, db and password.
        ttl: Seconds for which an entry is fresh.
        key_prefix: Start of the names of all keys; caches with different prefixes know nothing of each other.
        stale: Seconds for which an entry is kept beyond its time to live.
        host: Where Redis runs; "localhost" unless given.
        port: Its port; 6379 unless given.
        db: Number of its database; 0 unless given.
        password: Its password; none unless given.
        timeout: Seconds to wait for Redis, unless a client is given; a cache that is slower than this is no help.
        clock: Seconds, for tests; None for the server's own clock.
    """

    blocking = True

    def __init__(
        self,
        redis: str | Redis | None = None,
        ttl: float = 3600.0,
        key_prefix: str = "wikijs:",
        *,
        host: str | None = None,
        port: int | None = None,
        db: int | None = None,
        password: str | None = None,
        stale: float = 0.0,
        timeout: float = 1.0,
        clock: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(ttl, stale)
        if not key_prefix:
            raise ConfigurationError("A Redis cache needs a key_prefix, so that clear() drops only what is its own.")
        redis = address(redis, host, port, db, password)
        self._owned = isinstance(redis, str)
        self._generations = f"{key_prefix}generations"
        self._entry = f"{key_prefix}entry:"
        self._tag = f"{key_prefix}tag:"
        self._clock = clock
        self._client = connect(redis, timeout=timeout, on_connect=(scripts.ADOPT, self._generations))
        self._scripts = {
            name: self._client.register_script(source)
            for name, source in (
                ("begin", scripts.BEGIN),
                ("read", scripts.READ),
                ("write", scripts.WRITE),
                ("drop", scripts.DROP),
                ("doubt", scripts.DOUBT),
                ("size", scripts.SIZE),
            )
        }

    def begin(self) -> str:
        """A token for `set`, to be taken before a read is sent."""
        token = cast("bytes", self._run("begin", []))
        return token.decode()

    def doubt(self, tags: Collection[str], seconds: float) -> str:
        """Store nothing with these tags until `settle`, or until so many seconds are over; see `FileCache.doubt`.

        Args:
            tags: What a write may change.
            seconds: How long it may take at most.

        Returns:
            A name for this doubt.
        """
        name = secrets.token_hex(8)
        self._run("doubt", [], name, json.dumps(sorted(tags)), seconds)
        return name

    def settle(self, tags: Collection[str], name: str) -> None:
        """End a doubt: the write is over, and what it may have changed was dropped."""
        self._run("doubt", [], name, json.dumps(sorted(tags)), 0)

    def close(self) -> None:
        """Close the connections, if they were opened here."""
        if self._owned:
            self._client.close()

    def _read(self, key: str) -> Entry | None:
        found = self._run("read", [self._entry + key], key)
        if found is None:
            return None
        if not isinstance(found, list) or len(cast("list[object]", found)) != _PARTS:
            raise CorruptEntryError
        value, check, age, fresh = cast("list[bytes]", found)
        if str(checksum(value)).encode() != check:
            raise CorruptEntryError
        return Entry(value, max(float(age), 0.0), fresh == b"1")

    def _write(self, key: str, value: bytes, tags: frozenset[str], token: str, ttl: float) -> bool:
        arguments = (key, value, checksum(value), json.dumps(sorted(tags)), token, ttl, ttl + self.stale)
        return self._run("write", [self._entry + key], *arguments) == 1

    def _drop(self, tags: Collection[str]) -> int:
        return cast("int", self._run("drop", [], MAX_GENERATIONS, json.dumps(sorted(tags))))

    def _size(self) -> int:
        return cast("int", self._run("size", []))

    def _run(self, script: str, keys: list[str], *arguments: Any) -> object:
        now = "" if self._clock is None else repr(self._clock())
        names = [self._generations, self._tag + ALL, *keys]
        result: object = self._scripts[script](keys=names, args=[now, self._tag, self._entry, *arguments])
        return result
