"""Watching what has no history: compare what is there with what was there.

Who did it is not known then, and what came and went between two looks is not seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from wikijs import exceptions as exc

from . import asking
from .history import Draft

if TYPE_CHECKING:
    from wikijs.core.engine import Engine
    from wikijs.core.flow import Flow
    from wikijs.core.operations import Operation

    from .store import FeedState, Store
    from .types import Event

Item = dict[str, Any]
"""What is remembered of one thing, by field."""
Seen: TypeAlias = tuple[dict[str, Item], set[str]]
"""What is there, by subject; and which known subjects are gone."""


class TroubleError(Exception):
    """A source cannot be watched at the moment, while others can."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Source(Protocol):
    """One kind of thing."""

    @property
    def name(self) -> str:
        """What it is called in `watch=`."""
        ...

    def look(
        self, ask: Ask, known: Mapping[str, Item], place: dict[str, Any]
    ) -> Flow[tuple[dict[str, Item], set[str]]]:
        """What is there, by subject, and which known subjects are certainly gone.

        Args:
            ask: Asks the wiki.
            known: What was there.
            place: Notes of its own, kept until the next look.

        Raises:
            TroubleError: It cannot be told.
        """
        ...

    def tell(self, subject: str, before: Item | None, after: Item | None, count: int, wiki: str) -> Sequence[Draft]:
        """What happened to one thing; `count` tells its events apart."""
        ...


class Ask:
    """Asks the wiki, each time making sure that it takes us for who we are."""

    def __init__(self, engine: Engine, state: FeedState) -> None:
        self._engine = engine
        self._state = state

    def outcomes(self, operations: Sequence[Operation[Any]]) -> Flow[list[Any]]:
        """Each answer or error, in their order."""
        found: list[Any] = []
        for start in range(0, len(operations), asking.AT_ONCE - 1):
            identity, some = yield from asking.as_us(
                self._engine, self._state.identity, operations[start : start + asking.AT_ONCE - 1]
            )
            self._state.identity = identity
            found += some
        return found

    def answers(self, operations: Sequence[Operation[Any]]) -> Flow[list[Any]]:
        """Each answer.

        Raises:
            TroubleError: One is an error.
        """
        found = yield from self.outcomes(operations)
        for outcome in found:
            if isinstance(outcome, Exception):
                raise TroubleError(asking.said(outcome))
        return found


class ListingFeed:
    """Looks at one source, and stores and tells what changed.

    Args:
        source: What to look at.
        engine: Of the client.
        store: What was seen before.
        wiki: URL of the wiki.
        pause: Seconds between two looks, by how long the last one took.
    """

    def __init__(
        self, source: Source, engine: Engine, store: Store, wiki: str, pause: Callable[[float], float]
    ) -> None:
        self.source = source
        self._engine = engine
        self._store = store
        self._wiki = wiki
        self._pause = pause

    def poll(self, state: FeedState) -> Flow[list[Event]]:
        """Look, where it is time to.

        Raises:
            Suspended: The answers are none to go by.
        """
        from wikijs.core.flow import blocking

        state.sources = state.sources or {}
        place: dict[str, Any] = state.sources.setdefault(self.source.name, {})
        age = self._store.clock() - place.get("last", 0.0)
        if 0 <= age < self._pause(place.get("seconds", 0.0)):
            return []
        texts = yield from blocking(lambda: self._store.snapshot(self._wiki, self.source.name))
        stored: dict[str, Any] = {subject: json.loads(text) for subject, text in texts.items()}
        known = {subject: each["item"] for subject, each in stored.items() if each["item"] is not None}
        began = monotonic()
        drafts: list[Draft] = []
        changes: dict[tuple[str, str], str | None] = {}
        try:
            found, gone = yield from self.source.look(Ask(self._engine, state), known, place)
        except TroubleError as trouble:
            place["trouble"] = trouble.reason
        else:
            place.pop("trouble", None)
            for subject in sorted(found.keys() | gone):
                before, after = known.get(subject), found.get(subject)
                if before == after:
                    continue
                count = stored.get(subject, {}).get("count", 0)
                if place.get("begun"):
                    drafts += self.source.tell(subject, before, after, count, self._wiki)
                changes[self.source.name, subject] = json.dumps({"item": after, "count": count + 1})
            place["begun"] = place.get("complete", True)
        place["last"] = self._store.clock()
        place["seconds"] = monotonic() - began
        return (yield from blocking(lambda: self._store.commit(self._wiki, state, drafts=drafts, changes=changes)))


def fields_of(before: Item, after: Item) -> list[str]:
    """Names of the fields that differ."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def change(kind: str, before: Item | None = None, after: Item | None = None, *, shown: Sequence[str] = ()) -> Item:
    """A change as events have it; of the values before, those that may be shown."""
    fields = fields_of(before, after) if before is not None and after is not None else []
    previous = {name: (before or {}).get(name) for name in fields if name in shown}
    return {"kind": kind, "fields": fields, "previous": previous}


def is_gone(outcome: Any) -> bool:
    """Whether the server says that something does not exist."""
    return isinstance(outcome, exc.NotFoundError)
