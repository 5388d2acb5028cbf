"""What tests of caches share."""

from __future__ import annotations

from collections.abc import Collection

from wikijs.cache import FileCache, RedisCache, base


def put(cache: base.Cache, key: str, value: bytes = b"{}", tags: Collection[str] = ()) -> bool:
    return cache.set(key, value, token=cache.begin(), tags=tags)


def stores_nothing_in_doubt(writer: FileCache | RedisCache, reader: FileCache | RedisCache) -> None:
    """Demand that nothing is stored that a write under way may change, until each such write has settled.

    Args:
        writer: The cache of who writes.
        reader: The same cache, of who reads meanwhile.
    """
    name = writer.doubt(["page:1", "pages"], 120)
    assert not put(reader, "a", tags=["page:1"])  # what was there before the write, read while it was on
    assert put(reader, "b", tags=["page:10", "users"])
    second = writer.doubt(["page:1"], 120)
    writer.settle(["page:1", "pages"], name)
    assert not put(reader, "a", tags=["page:1"])
    writer.settle(["page:1"], second)
    assert put(reader, "a", tags=["page:1"])
