"""Keep what was read, in memory, in a file or in Redis, and never serve what a write may have changed.

All caches keep one promise: after `invalidate` returned, no read of any process that shares the cache gets an entry
from before it, not even one that was on its way from the server meanwhile. `base` says how. They store JSON as bytes,
never pickled objects: whoever can write to a shared store must not be able to run code here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import BaseCache, Cache, CacheStats, Entry
from .keys import cache_key, principal
from .memory import MemoryCache
from .safe import SafeCache

if TYPE_CHECKING:
    from .file import FileCache
    from .shared import RedisCache

__all__ = [
    "BaseCache",
    "Cache",
    "CacheStats",
    "Entry",
    "FileCache",
    "MemoryCache",
    "RedisCache",
    "SafeCache",
    "cache_key",
    "principal",
]


def __getattr__(name: str) -> object:
    # SQLite and the Redis client are loaded only by those who use them.
    if name == "FileCache":
        from .file import FileCache

        return FileCache
    if name == "RedisCache":
        from .shared import RedisCache

        return RedisCache
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
