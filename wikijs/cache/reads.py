"""Reads through a cache, as flows: look it up, ask once for all who wait, store what came."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any, Final, TypeAlias, TypeVar

from pydantic_core import ValidationError

from wikijs import exceptions as exc
from wikijs.core import replies
from wikijs.core.collaborators import CacheChoice, Emitter
from wikijs.core.events import CacheUsed, Events
from wikijs.core.flow import Blocking, Flow, exclusively
from wikijs.core.operations import Operation
from wikijs.core.processes.forks import renew_in_children
from wikijs.core.tokens import Token

from . import tags
from .base import Cache, CacheStats, Entry
from .keys import cache_key, principal
from .memory import MemoryCache
from .safe import SafeCache

T = TypeVar("T")

Fetch: TypeAlias = Callable[[], Flow[tuple[T, bytes]]]
"""Asks the server; gives the leaf and the JSON of the answer."""


class ReadCache:
    """The cache of one client. Its failures are misses; answers with errors are never stored."""

    def __init__(self, cache: Cache, url: str, events: Emitter) -> None:
        self._cache = SafeCache(cache)
        self._blocking = cache.blocking
        self._url = url
        self._events = events
        self._known: tuple[Token | None, str] = (None, principal(None))
        self._under_way: set[str] = set()
        """Keys of answers that somebody is fetching: what is stale serves the others meanwhile."""
        renew_in_children(self)

    def after_fork(self) -> None:
        """Nobody fetches anything in a new process."""
        self._under_way.clear()

    def read(self, operation: Operation[T], token: Token | None, fetch: Fetch[T], choice: CacheChoice) -> Flow[T]:
        """An answer from the cache, or from the server; callers who ask for the same at once cost one request."""
        if choice is False or not tags.is_kept(operation.spec.server_field):
            return (yield from fetch())[0]
        key = self._key(operation, token)
        found = yield from self._found(operation, key, stale=key in self._under_way)
        if found is not None:
            return found
        return (yield from exclusively(f"read:{key}", self._fetched(operation, key, fetch, choice)))

    def look_up(self, operation: Operation[T], token: Token | None) -> Flow[T | None]:
        """What the cache has, for the parts of a batch; None when the server has to be asked."""
        if not tags.is_kept(operation.spec.server_field):
            return None
        return (yield from self._found(operation, self._key(operation, token)))

    def begin(self) -> Flow[str | None]:
        """A token for `keep`, to be taken before the server is asked."""
        return (yield from self._call(self._cache.begin))

    def keep(
        self, operation: Operation[Any], token: Token | None, leaf: Any, content: bytes, begun: str | None
    ) -> Flow[None]:
        """Store an answer, unless what it tells of was changed since `begin`."""
        if tags.is_kept(operation.spec.server_field):
            yield from self._store(operation, self._key(operation, token), leaf, content, begun, True)

    def drop_after(self, writes: Iterable[Operation[Any]], flow: Flow[T]) -> Flow[T]:
        """Run writes, and drop what they may have changed."""
        return self.drop_tags_after({tag for write in writes for tag in tags.of_write(write)}, flow)

    def drop_tags_after(self, doomed: Collection[str], flow: Flow[T]) -> Flow[T]:
        """Run a write, and drop what carries these tags, however it ended.

        It is dropped before the write too, and until the write has ended nobody stores it: a process killed between
        the two leaves nothing old behind, nor does one that reads meanwhile.
        """
        doubt = yield from self._call(lambda: self._cache.doubt(doomed))
        try:
            result = yield from flow
        except GeneratorExit:
            self._cache.settle(doomed, doubt)  # abandoned: no step can be taken any more
            raise
        except BaseException:
            yield from self._call(lambda: self._cache.settle(doomed, doubt))
            raise
        yield from self._call(lambda: self._cache.settle(doomed, doubt))
        return result

    def _found(self, operation: Operation[T], key: str, *, stale: bool = False) -> Flow[T | None]:
        """What the cache has; also what is over its time where `stale` allows it."""
        entry: Entry | None = (yield Blocking(lambda: self._cache.get(key))) if self._blocking else self._cache.get(key)
        if entry is None or not (entry.fresh or stale):
            return None
        leaf = _parsed(operation, entry)
        if leaf is not None:
            self._events.emit(_used(operation.spec.server_field, "hit" if entry.fresh else "stale"))
        return leaf

    def _fetched(self, operation: Operation[T], key: str, fetch: Fetch[T], choice: CacheChoice) -> Flow[T]:
        found = yield from self._found(operation, key)
        if found is not None:
            return found  # somebody else asked while we waited
        begun = yield from self.begin()
        self._under_way.add(key)
        try:
            leaf, content = yield from fetch()
        except (exc.TransportError, exc.ServerError):
            entry = yield from self._call(lambda: self._cache.get(key))
            stale = _parsed(operation, entry) if entry is not None else None
            if stale is None:
                raise
            self._events.emit(_used(operation.spec.server_field, "stale"))
            return stale
        finally:
            self._under_way.discard(key)
        self._events.emit(_used(operation.spec.server_field, "miss"))
        yield from self._store(operation, key, leaf, content, begun, choice)
        return leaf

    def _store(
        self, operation: Operation[Any], key: str, leaf: Any, content: bytes, begun: str | None, choice: CacheChoice
    ) -> Flow[None]:
        if begun is None or leaf is None or not content:  # what a plugin made up has no content
            return
        ttl = None if isinstance(choice, bool) else choice
        named = tags.of_answer(operation, leaf)
        yield from self._call(lambda: self._cache.set(key, content, token=begun, tags=named, ttl=ttl))

    def _key(self, operation: Operation[Any], token: Token | None) -> str:
        return cache_key(
            url=self._url,
            principal=self._principal(token),
            operation_name=operation.name,
            document=operation.spec.document,
            variables=operation.variables,
        )

    def _principal(self, token: Token | None) -> str:
        known, name = self._known
        if known is not token:  # nearly always it is the token of the call before
            name = principal(token)
            self._known = (token, name)
        return name

    def _call(self, function: Callable[[], T]) -> Flow[T]:
        if not self._blocking:
            return function()
        result: T = yield Blocking(function)
        return result

    # What users call directly, as `client.cache`. With a file or Redis these take a moment.

    def clear(self) -> int:
        """Drop everything; how many entries there were."""
        return self._cache.clear()

    def delete(self, key_or_tag: str) -> int:
        """Drop all entries with a tag, such as `page:12`, `path:en/docs/x`, `pages` or `users`; how many there were."""
        return self._cache.delete(key_or_tag)

    def stats(self) -> CacheStats:
        """What it has done so far."""
        return self._cache.stats()

    def flush(self) -> None:
        """Apply what could not be dropped yet, as far as the cache can be reached now."""
        self._cache.flush()

    def close(self) -> None:
        """Let go of connections and files."""
        self._cache.close()


def no_cache() -> ReadCache:
    """What a client without a cache shows as its cache: it holds nothing, and nothing is read through it."""
    return ReadCache(MemoryCache(max_size=1), "", Events())


_used: Final = lru_cache(maxsize=512)(CacheUsed)
"""Events of one operation are the same: to make them anew costs as much as to look the answer up."""


def _parsed(operation: Operation[T], entry: Entry) -> T | None:
    """The leaf of a stored answer; None when it does not fit any more, after an upgrade of the client for instance."""
    made = entry.made
    if made is not None and operation.spec in made:
        known: T = made[operation.spec]
        return known
    try:
        data = replies.decoder_for(operation.spec)(entry.value).data
    except ValidationError:
        return None
    leaf = None if data is None else replies.accept(operation.spec, data)
    if made is not None:
        made[operation.spec] = leaf
    return leaf
