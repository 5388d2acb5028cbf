"""A broken cache is a miss, one warning, and never an error."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from threading import Lock
from typing import Final, TypeVar

from wikijs.core.processes.forks import renew_in_children
from wikijs.core.values.redaction import clean

from .base import ALL, Cache, CacheStats, Entry

T = TypeVar("T")
log = logging.getLogger("wikijs.cache")

_NEVER: Final = float("-inf")
_LAST_ATTEMPTS: Final = 3
LONGEST_WRITE: Final = 120.0
"""Seconds after which a write that nobody has ended is over: whoever sent it was killed."""
MAX_PENDING: Final = 1000
"""Tags whose invalidation failed and is remembered; with more, everything is invalidated."""


class SafeCache:
    """Wraps a cache so that its failures never reach the caller.

    A failing store is left alone for `pause` seconds at a time, so that each request does not wait for it again; then
    requests go to the wiki. An invalidation is always tried, pause or not. When it fails, it is remembered, and this
    process reads and stores nothing until it has been applied: what is in the store may be old. Other processes that
    still reach the store cannot know; for them the time to live is the limit.

    Args:
        cache: The cache to wrap.
        pause: Seconds.
        clock: Monotonic seconds, for tests.
    """

    def __init__(self, cache: Cache, *, pause: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.cache = cache
        self._pause = pause
        self._clock = clock
        self._lock = Lock()
        self._pending: dict[str, int] = {}  # tag -> number of the invalidation that asked for it last
        self._asked = 0
        self._invalidating = 0
        self._rest_until = _NEVER
        self._warned = False
        self._errors = 0
        renew_in_children(self)

    def after_fork(self) -> None:
        """A thread of the parent may hold the lock, or be about to invalidate something."""
        self._lock = Lock()
        self._invalidating = 0

    @property
    def blocking(self) -> bool:
        """Whether calls do input and output."""
        return self.cache.blocking

    def get(self, key: str) -> Entry | None:
        """The entry of this key, or None."""
        if not self._usable():
            return None
        try:  # as `_attempt` does it; each cached read passes here
            entry = self.cache.get(key)
        except Exception as error:
            self._failed(error)
            return None
        if self._warned:
            self._recovered()
        return entry

    def begin(self) -> str | None:
        """A token for `set`, to be taken before a read is sent; None when its answer cannot be stored."""
        return self._attempt(self.cache.begin, None) if self._usable() else None

    def set(
        self, key: str, value: bytes, *, token: str | None, tags: Collection[str] = (), ttl: float | None = None
    ) -> bool:
        """Store an answer; False when it was not."""
        if token is None or not self._usable():
            return False
        return self._attempt(lambda: self.cache.set(key, value, token=token, tags=tags, ttl=ttl), False)

    def invalidate(self, tags: Collection[str]) -> int:
        """Drop all entries that carry any of these tags, at once or before anything else is read."""
        if not tags:
            return 0
        with self._lock:
            self._asked += 1
            self._pending.update(dict.fromkeys(tags, self._asked))
            if len(self._pending) > MAX_PENDING:
                self._pending = {ALL: self._asked}
        return self._apply()

    def doubt(self, tags: Collection[str]) -> str | None:
        """Drop all entries that carry any of these tags, and let nobody store any until `settle`, while a write is on.

        Returns:
            What `settle` needs; None where the cache has no such thing.
        """
        self.invalidate(tags)
        doubt: Callable[[Collection[str], float], str] | None = getattr(self.cache, "doubt", None)
        if not tags or doubt is None:
            return None
        return self._attempt(lambda: doubt(tags, LONGEST_WRITE), None)

    def settle(self, tags: Collection[str], name: str | None) -> None:
        """Drop them again: the write is over."""
        self.invalidate(tags)
        settle: Callable[[Collection[str], str], None] | None = getattr(self.cache, "settle", None)
        if name is not None and settle is not None:
            self._attempt(lambda: settle(tags, name), None)

    def flush(self) -> None:
        """Apply what is still to be invalidated, before this client goes: nobody else knows of it."""
        for _ in range(_LAST_ATTEMPTS):
            if not self._pending:
                break
            self._apply()

    def delete(self, key_or_tag: str) -> int:
        """Drop the entry of this key, or all with this tag, such as `page:12`."""
        return self.invalidate({key_or_tag})

    def clear(self) -> int:
        """Drop everything."""
        return self.invalidate({ALL})

    def stats(self) -> CacheStats:
        """What the cache has done so far, failures included."""
        stats = self._attempt(self.cache.stats, CacheStats())
        return replace(stats, errors=stats.errors + self._errors)

    def close(self) -> None:
        """Apply what is still to be invalidated, and let go of connections and files."""
        self.flush()
        self._attempt(self.cache.close, None)

    def _usable(self) -> bool:
        if not self._pending and not self._invalidating and self._rest_until == _NEVER:
            return True  # nearly always, and worth no lock: what begins at this moment comes after this read
        # Reads during an invalidation go to the wiki: the store may not have dropped the old entries yet.
        with self._lock:
            if self._invalidating or self._clock() < self._rest_until:
                return False
            if not self._pending:
                return True
        self._apply()
        return not self._pending

    def _apply(self) -> int:
        with self._lock:
            applied = self._pending.copy()
            self._invalidating += 1
        dropped = self._attempt(lambda: self.cache.invalidate(applied.keys()), None)
        with self._lock:
            self._invalidating -= 1
            if dropped is not None:
                # What was asked for again meanwhile is not done by this.
                self._pending = {tag: asked for tag, asked in self._pending.items() if applied.get(tag) != asked}
        return dropped or 0

    def _attempt(self, call: Callable[[], T], otherwise: T) -> T:
        try:
            result = call()
        except Exception as error:  # whatever it is, the wiki itself can still be asked
            self._failed(error)
            return otherwise
        if self._warned:
            self._recovered()
        return result

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self._errors += 1
            self._rest_until = self._clock() + self._pause
            first, self._warned = not self._warned, True
        if first:
            reason = clean(f"{type(error).__name__}: {error}")
            log.warning("The cache fails (%s); the wiki is asked instead until it works again.", reason)

    def _recovered(self) -> None:
        with self._lock:
            recovered, self._warned = self._warned, False
        if recovered:
            log.info("The cache works again.")
