"""A cache in the memory of this process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from threading import Lock
from typing import Final

from wikijs.exceptions import ConfigurationError

from .base import ALL, MAX_GENERATIONS, BaseCache, Entry


@dataclass(frozen=True, slots=True)
class _Stored:
    value: bytes
    tags: frozenset[str]
    stored: float
    fresh_until: float
    keep_until: float


MAX_SIZE: Final = 4096
"""Entries of a cache unless said otherwise: of a wiki of 10,000 pages that are read as Zipf's law has it (the page of
rank r is read 1 / r times as often as the first), they answer over 80 % of the reads."""
MAX_BYTES: Final = 64 * 1024 * 1024


class MemoryCache(BaseCache):
    """Keeps entries in this process; the least recently used one leaves when it is full. Safe for threads and tasks.

    Args:
        ttl: Seconds for which an entry is fresh.
        max_size: Entries at most.
        max_bytes: Bytes of all answers at most; each entry takes about a kilobyte besides. A larger answer is not kept.
        stale: Seconds for which an entry is kept beyond its time to live, to be used while a new one is fetched or when
            the server cannot be reached.
        clock: Monotonic seconds, for tests.
    """

    blocking = False

    def __init__(
        self,
        ttl: float = 300.0,
        max_size: int = MAX_SIZE,
        *,
        max_bytes: int = MAX_BYTES,
        stale: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(ttl, stale)
        if max_size < 1 or max_bytes < 1:
            raise ConfigurationError("A memory cache's max_size and max_bytes are at least 1.")
        self._max_size = max_size
        self._max_bytes = max_bytes
        self._bytes = 0
        self._clock = clock
        self._lock = Lock()
        self._entries: OrderedDict[str, _Stored] = OrderedDict()
        self._invalidations = 0
        self._generations: dict[str, int] = {}
        self._forgotten = 0

    def after_fork(self) -> None:
        """A thread of the parent may hold the lock, in the middle of a change: the child begins with nothing."""
        super().after_fork()
        self._lock = Lock()
        self._entries.clear()
        self._generations.clear()
        self._bytes = 0
        self._invalidations += 1
        self._forgotten = self._invalidations

    def begin(self) -> str:
        """A token for `set`, to be taken before a read is sent."""
        return str(self._invalidations)

    def close(self) -> None:
        """Nothing to let go of."""

    def _read(self, key: str) -> Entry | None:
        now = self._clock()
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            if found.keep_until <= now:
                self._remove(key)
                return None
            self._entries.move_to_end(key)
        return Entry(found.value, now - found.stored, now < found.fresh_until)

    def _write(self, key: str, value: bytes, tags: frozenset[str], token: str, ttl: float) -> bool:
        now, began, evicted = self._clock(), int(token), 0
        with self._lock:
            if began < self._forgotten or any(self._generations.get(tag, 0) > began for tag in (ALL, key, *tags)):
                return False
            if key in self._entries:
                self._remove(key)
            if len(value) > self._max_bytes:
                return False
            self._entries[key] = _Stored(value, tags, now, now + ttl, now + ttl + self.stale)
            self._bytes += len(value)
            while len(self._entries) > self._max_size or self._bytes > self._max_bytes:
                self._remove(next(iter(self._entries)))
                evicted += 1
        if evicted:
            self._count("evictions", evicted)
        return True

    def _drop(self, tags: Collection[str]) -> int:
        # No index of tags to keep in step: looking at every entry takes microseconds, a write to a wiki a second.
        wanted, now = frozenset(tags), self._clock()
        with self._lock:
            self._invalidations += 1
            if len(self._generations) + len(wanted) > MAX_GENERATIONS:
                self._generations.clear()
                self._forgotten = self._invalidations
            self._generations.update(dict.fromkeys(wanted, self._invalidations))
            doomed = [
                key
                for key, entry in self._entries.items()
                if ALL in wanted or key in wanted or not wanted.isdisjoint(entry.tags)
            ]
            return sum(self._remove(key).keep_until > now for key in doomed)

    def _remove(self, key: str) -> _Stored:
        entry = self._entries.pop(key)
        self._bytes -= len(entry.value)
        return entry

    def _size(self) -> int:
        now = self._clock()
        with self._lock:
            return sum(entry.keep_until > now for entry in self._entries.values())
