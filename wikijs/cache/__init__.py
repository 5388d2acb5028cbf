"""Keep what was read, in memory, in a file or in Redis, and never serve what a write may have changed.

All caches keep one promise: after `invalidate` returned, no read of any process that shares the cache gets an entry
from before it, not even one that was on its way from the server meanwhile. `base` says how. They store JSON as bytes,
never pickled objects: whoever can write to a shared store must not be able to run code here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .base import BaseCache as BaseCache
    from .base import Cache as Cache
    from .base import CacheStats as CacheStats
    from .base import Entry as Entry
    from .file import FileCache as FileCache
    from .keys import cache_key as cache_key
    from .keys import principal as principal
    from .memory import MemoryCache as MemoryCache
    from .safe import SafeCache as SafeCache
    from .shared import RedisCache as RedisCache

_HOMES: Final = {
    "BaseCache": "base",
    "Cache": "base",
    "CacheStats": "base",
    "Entry": "base",
    "cache_key": "keys",
    "principal": "keys",
    "MemoryCache": "memory",
    "SafeCache": "safe",
    "FileCache": "file",
    "RedisCache": "shared",
}

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
    # Each part is loaded by those who use it.
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
