"""What a cache is, and how invalidation wins over reads that are on their way.

Entries carry tags (`page:12`, `path:en/docs/x`, `pages`). A cache counts its invalidations, and remembers for each tag
the count at which it was invalidated last: its generation. A read notes the count before it is sent (`begin`). When its
answer is stored (`set`), the cache compares: if any tag of the answer was invalidated after the read began, the answer
may be from before the change, and is refused. Because the count is one for the whole cache, the tags need to be known
only when the answer is there, as with a page that is asked for by its path and tagged by its id.

Only the latest `MAX_GENERATIONS` tags are remembered. When there are more, all are forgotten, and reads that began
before are refused whatever their tags. A cache that was lost and started anew has a new random epoch, which is part of
the token, so that counts from before the loss mean nothing to it.

Each entry has two more tags: `ALL`, and its own key. So deleting a key and clearing the cache are invalidations too.
"""

from __future__ import annotations

import logging
import zlib
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, Protocol

from wikijs.core.processes.forks import renew_in_children
from wikijs.exceptions import ConfigurationError

log = logging.getLogger("wikijs.cache")

ALL: Final = "*"
"""Tag of every entry."""
MAX_GENERATIONS: Final = 100_000
"""Invalidated tags that are remembered at most."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was found.

    Attributes:
        value: The bytes that were stored.
        age: Seconds since they were stored.
        fresh: False when the time to live is over, and the entry is kept only for use while a new one is fetched, or
            when the server cannot be reached.
        made: What readers made of the value, by the operation that they asked for, where a cache lets them share it.
    """

    value: bytes
    age: float
    fresh: bool
    made: dict[Any, Any] | None = None


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What a cache has done in this process.

    Attributes:
        hits: Reads that found an entry, stale ones included.
        misses: Reads that found none.
        stale: Hits whose time to live was over.
        refused: Answers not stored, because something they tell of was changed while they were on their way, or because
            they are too large.
        evictions: Entries dropped for want of room.
        errors: Failures of the store, each of which was taken as a miss.
        size: Entries in the store now, in shared stores those of other processes included.
    """

    hits: int = 0
    misses: int = 0
    stale: int = 0
    refused: int = 0
    evictions: int = 0
    errors: int = 0
    size: int = 0

    @property
    def hit_ratio(self) -> float:
        """Share of the reads that found an entry; 0.0 when there were none."""
        reads = self.hits + self.misses
        return self.hits / reads if reads else 0.0


class Cache(Protocol):
    """What the client needs of a cache. Implementations may raise; `SafeCache` turns failures into misses.

    Attributes:
        blocking: Whether calls do input and output. The asynchronous client runs those in a thread: they take a
            fraction of a millisecond when all is well, but seconds when the store does not answer.
    """

    @property
    def blocking(self) -> bool: ...

    def get(self, key: str) -> Entry | None:
        """The entry of this key, or None."""
        ...

    def begin(self) -> str | None:
        """A token for `set`, to be taken before a read is sent; None when its answer cannot be stored."""
        ...

    def set(
        self, key: str, value: bytes, *, token: str | None, tags: Collection[str] = (), ttl: float | None = None
    ) -> bool:
        """Store an answer; False when it was refused, because one of its tags was invalidated since `begin`."""
        ...

    def invalidate(self, tags: Collection[str]) -> int:
        """Drop all entries that carry any of these tags, and refuse those on their way; how many were dropped."""
        ...

    def delete(self, key_or_tag: str) -> int:
        """Drop the entry of this key, or all with this tag, such as `page:12`; how many were dropped."""
        ...

    def clear(self) -> int:
        """Drop everything; how many entries there were."""
        ...

    def stats(self) -> CacheStats:
        """What it has done so far."""
        ...

    def close(self) -> None:
        """Let go of connections and files."""
        ...


class CorruptEntryError(Exception):
    """A store holds something that was not put there in this form."""


class BaseCache(ABC):
    """What all caches share: times to live, tags and counting. Subclasses store.

    Args:
        ttl: Seconds for which an entry is fresh.
        stale: Seconds for which it is kept beyond that, for stale-while-revalidate and stale-if-error.
    """

    blocking: bool

    def __init__(self, ttl: float, stale: float) -> None:
        if ttl <= 0 or stale < 0:
            raise ConfigurationError("A cache's ttl is more than 0 seconds, its stale time not negative.")
        self.ttl = ttl
        self.stale = stale
        self._counts = {"hits": 0, "misses": 0, "stale": 0, "refused": 0, "evictions": 0, "errors": 0}
        self._counting = Lock()
        renew_in_children(self)

    def after_fork(self) -> None:
        """A thread of the parent may hold the lock."""
        self._counting = Lock()

    def get(self, key: str) -> Entry | None:
        """The entry of this key, or None."""
        try:
            entry = self._read(key)
        except CorruptEntryError:
            if not self._counts["errors"]:
                log.warning("A damaged entry of the cache was dropped; others are dropped without further notice.")
            self._count("errors")
            self._drop({key})
            entry = None
        self._count("misses" if entry is None else "hits")
        if entry is not None and not entry.fresh:
            self._count("stale")
        return entry

    @abstractmethod
    def begin(self) -> str:
        """A token for `set`, to be taken before a read is sent."""

    def set(
        self, key: str, value: bytes, *, token: str | None, tags: Collection[str] = (), ttl: float | None = None
    ) -> bool:
        """Store an answer, unless one of its tags was invalidated since its read began.

        Args:
            key: From `cache_key`.
            value: JSON.
            token: What `begin` returned before the read was sent.
            tags: What the answer tells of; a change of any of it invalidates the answer.
            ttl: Seconds for which it is fresh, if not the cache's own.

        Returns:
            False when it was refused.
        """
        ttl = self.ttl if ttl is None else ttl
        stored = token is not None and ttl > 0 and self._write(key, value, frozenset(tags), token, ttl)
        if not stored:
            self._count("refused")
        return stored

    def invalidate(self, tags: Collection[str]) -> int:
        """Drop all entries that carry any of these tags, and refuse those on their way; how many were dropped."""
        return self._drop(frozenset(tags)) if tags else 0

    def delete(self, key_or_tag: str) -> int:
        """Drop the entry of this key, or all with this tag, such as `page:12`; how many were dropped."""
        return self._drop({key_or_tag})

    def clear(self) -> int:
        """Drop everything; how many entries there were."""
        return self._drop({ALL})

    def stats(self) -> CacheStats:
        """What it has done so far."""
        return CacheStats(**self._counts, size=self._size())

    @abstractmethod
    def close(self) -> None:
        """Let go of connections and files."""

    @abstractmethod
    def _read(self, key: str) -> Entry | None: ...

    @abstractmethod
    def _write(self, key: str, value: bytes, tags: frozenset[str], token: str, ttl: float) -> bool: ...

    @abstractmethod
    def _drop(self, tags: Collection[str]) -> int: ...

    @abstractmethod
    def _size(self) -> int: ...

    def _count(self, name: str, number: int = 1) -> None:
        with self._counting:
            self._counts[name] += number


def checksum(value: bytes) -> int:
    """Tells a damaged value from a good one. Stores outside this process neither check nor promise it."""
    return zlib.crc32(value)
