"""Answers that were given before, and are given again as long as all that they were made of is still in the cache.

A read that the cache answers costs more in finding the route, reading parameters and writing JSON than in all the rest.
So the bytes are kept, together with the entries of the cache that they were made of. An entry that was dropped or
replaced, or is over its time, makes the answer worthless: it is right exactly as long as the cache is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wikijs.cache import MemoryCache
from wikijs.cache.base import Entry

from .http.problems import Refused
from .limits.traffic import Traffic, current

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

    from wikijs import AsyncWikiJSClient

    from .access.callers import Caller
    from .access.checks import Rule

MOST: Final = 4096
"""Answers kept; the one that was not asked for longest leaves."""
MOST_BYTES: Final = 32 * 1024 * 1024
LARGEST: Final = 256 * 1024
_LONG: Final = 32 * 1024
"""Bytes of an entry from which on it pays to keep what was made of it, too."""
_LISTS: Final = 16

Place = tuple[str, bytes, str, tuple[str, ...]]


class SharedCache(MemoryCache):
    """A cache whose readers share what was made of long entries, such as the list of all pages: they do not change it.

    Args:
        ttl: Seconds for which an entry is fresh.
    """

    def __init__(self, ttl: float) -> None:
        super().__init__(ttl)
        self._made: OrderedDict[str, tuple[bytes, dict[Any, Any]]] = OrderedDict()

    def get(self, key: str) -> Entry | None:
        """The entry of this key, or None."""
        entry = super().get(key)
        if entry is None:
            return None
        traffic = current()
        if traffic is not None:
            traffic.found.append((key, entry.value))
        if len(entry.value) < _LONG:
            return entry
        made = self._made.get(key)
        if made is None or made[0] is not entry.value:
            made = self._made[key] = (entry.value, {})
        self._made.move_to_end(key)
        while len(self._made) > _LISTS:
            self._made.popitem(last=False)
        return Entry(entry.value, entry.age, entry.fresh, made[1])

    def holds(self, key: str, value: bytes) -> bool:
        """Whether this very value is there, and fresh."""
        entry = self._read(key)
        return entry is not None and entry.value is value and entry.fresh


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and what it was made of."""

    client: AsyncWikiJSClient
    rule: Rule
    route: str
    head: list[tuple[bytes, bytes]]
    body: bytes
    tag: str | None
    made_of: list[tuple[str, bytes]]


class Answers:
    """Remembers answers.

    Args:
        cache: The gateway's cache.
        client_of: Gives the client of the wiki for a caller.
    """

    def __init__(self, cache: SharedCache, client_of: Callable[[Caller], AsyncWikiJSClient]) -> None:
        self._client_of = client_of
        self._cache = cache
        self._known: OrderedDict[Place, Answer] = OrderedDict()
        self._bytes = 0

    def keep(
        self,
        scope: Scope,
        rule: Rule,
        route: str,
        caller: Caller,
        traffic: Traffic,
        response: Response,
    ) -> None:
        """Remember an answer that was made of the cache alone.

        Args:
            scope: The request.
            rule: What its route asks for.
            route: Its route.
            caller: Who asked.
            traffic: What was found in the cache.
            response: The answer.
        """
        if response.status_code != 200 or traffic.asked or not traffic.found or len(response.body) > LARGEST:
            return
        place = _place(scope, caller)
        head = [each for each in response.raw_headers if each[0] != b"content-length"]
        tag = response.headers.get("etag")
        if tag is not None:
            tag = tag.removeprefix("W/").strip('"')
        client = self._client_of(caller)
        self._forget(place)
        self._known[place] = Answer(client, rule, route, head, bytes(response.body), tag, list(traffic.found))
        self._bytes += len(response.body)
        while len(self._known) > MOST or self._bytes > MOST_BYTES:
            self._forget(next(iter(self._known)))

    def _forget(self, place: Place) -> None:
        gone = self._known.pop(place, None)
        if gone is not None:
            self._bytes -= len(gone.body)

    def find(self, scope: Scope, caller: Caller) -> Answer | None:
        """The answer to a request, if it would be the same now."""
        place = _place(scope, caller)
        known = self._known.get(place)
        if known is None:
            return None
        if not all(self._cache.holds(key, value) for key, value in known.made_of) or (
            known.client is not self._client(caller)
        ):
            self._forget(place)
            return None
        self._known.move_to_end(place)
        return known

    def _client(self, caller: Caller) -> AsyncWikiJSClient | None:
        try:
            return self._client_of(caller)
        except Refused:  # the wiki's credential is gone, or cannot be used
            return None


def _place(scope: Scope, caller: Caller) -> Place:
    return scope["path"], scope["query_string"], caller.credential, caller.prefixes
