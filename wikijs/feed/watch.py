"""The feed as flows: looking at a wiki, telling what changed, handing it to those who listen."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import time
from typing import TYPE_CHECKING, Final, Literal

from wikijs.core.flow import Flow, Stream, blocking, emit, pause
from wikijs.exceptions import ConfigurationError, FeedBusyError, StoreError

from .asking import Suspended
from .history import Draft
from .listing import ListingFeed
from .pages import Options, PagesSource
from .sources import source_of
from .store import FeedState, Store

if TYPE_CHECKING:
    from wikijs.core.engine import Engine

    from .database import Database
    from .types import Event

log = logging.getLogger("wikijs.feed")

DEFAULT_CONSUMER: Final = "default"
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """How the feed of a wiki is.

    Attributes:
        wiki: URL of the wiki.
        watching: What is watched.
        started: Whether the wiki was seen at all.
        last_poll: When the wiki was last seen; None when never.
        last_sweep: When all of its pages were last seen.
        sweep_seconds: How long that took.
        pages: Pages that are known to be there.
        unseen: Pages that the wiki counts and the feed cannot see.
        suspended_since: Since when nothing can be seen; None while all is well.
        reason: Why.
        lag: Seconds since the wiki was last seen.
        sequence: Number of the newest event.
        behind: By consumer, how many numbers it is behind that.
        troubles: By source, why it cannot be watched at the moment.
    """

    wiki: str
    watching: tuple[str, ...]
    started: bool
    last_poll: datetime | None
    last_sweep: datetime | None
    sweep_seconds: float
    pages: int
    unseen: int
    suspended_since: datetime | None
    reason: str | None
    lag: float | None
    sequence: int
    behind: dict[str, int] = field(default_factory=dict[str, int])
    troubles: dict[str, str] = field(default_factory=dict[str, str])


class FeedFlows:
    """One feed of one wiki; see `ChangeFeed`, and `FeedOptions` for the options."""

    def __init__(
        self,
        engine: Engine,
        wiki: str,
        store: Store | Database | str | os.PathLike[str],
        *,
        watch: Sequence[str] = ("pages",),
        sweep_interval: float = 60.0,
        sweep_share: float = 0.01,
        baseline: Literal["silent", "events"] = "silent",
        unchanged: bool = False,
        touched: bool = False,
        content: bool = False,
        clock: Callable[[], float] = time,
    ) -> None:
        if baseline not in {"silent", "events"}:
            raise ConfigurationError(f'baseline must be "silent" or "events", not {baseline!r}.')
        if not (sweep_interval > 0 and sweep_share > 0):
            raise ConfigurationError("sweep_interval and sweep_share must be more than 0.")
        self._owns_store = not isinstance(store, Store)
        self.store = store if isinstance(store, Store) else Store(store, clock=clock)
        self._wiki = wiki
        self._watch = tuple(watch)
        self._engine = engine
        self._release: Callable[[], None] | None = None
        self.options = Options(
            sweep_every=sweep_interval,
            sweep_share=sweep_share,
            unchanged=unchanged,
            touched=touched,
            content=content or self.store.setting("content") == "yes",
            silent="pages" not in watch,
            baseline_events=baseline == "events",
        )
        self.pages = PagesSource(engine, self.store, wiki, self.options)
        self.listings: list[ListingFeed] = []
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def _check(self) -> None:
        if not self._watch:
            raise ConfigurationError("The feed cannot watch 'nothing'.")
        for name in self._watch:
            if name != "pages":
                source = source_of(name, self.store, self._wiki)
                self.listings.append(ListingFeed(source, self._engine, self.store, self._wiki, self._pause))
        wikis = self.store.wikis()
        if self._owns_store and wikis and self._wiki not in wikis:
            raise ConfigurationError(
                f"{self.store.database.name} is the store of {wikis[0]}, not of {self._wiki}.",
                hint="Give the path of another file.",
            )

    def _pause(self, seconds: float) -> float:
        """Seconds between two looks at a source that took so long."""
        return max(self.options.sweep_every, seconds / self.options.sweep_share)

    @property
    def _sees_pages(self) -> bool:
        """Whether pages are looked at; for comments, to know where to look for them."""
        return any(name == "pages" or name.startswith("comments") for name in self._watch)

    def _take(self) -> bool:
        """Be the one who looks at the wiki for this store."""
        if self._release is None:
            self._release = self.store.database.take_lock(f"feed {self._wiki}")
        return self._release is not None

    def poll(self) -> Flow[list[Event]]:
        """Look at the wiki once; see `ChangeFeed.poll`."""
        if not (yield from blocking(self._take)):
            raise FeedBusyError(f"Another process looks at {self._wiki} for {self.store.database.name} already.")
        state = yield from blocking(lambda: self.store.state(self._wiki))
        state = state or FeedState()
        try:
            return (yield from self._round(state))
        except Suspended as stop:
            reason = stop.reason
        return (yield from blocking(lambda: self._suspend(reason)))

    def _round(self, state: FeedState) -> Flow[list[Event]]:
        began = state.last_sweep > 0
        suspended, reason = state.suspended_since, state.reason
        state.last_poll = self.store.clock()
        events: list[Event] = []
        if self._sees_pages and not began:
            events += yield from self.pages.begin(state)
        elif self._sees_pages:
            events += yield from self.pages.poll(state, resumed=suspended is not None)
        for listing in self.listings:
            events += yield from listing.poll(state)
        if suspended is not None:
            # Told at last, and remembered no sooner: that all that came before it is known is what it means.
            state.suspended_since = state.reason = None
            since = datetime.fromtimestamp(suspended, UTC).isoformat()
            draft = Draft("feed.resumed", "feed", f"{state.suspensions}", None, {"since": since, "reason": reason})
            events += yield from blocking(lambda: self.store.commit(self._wiki, state, drafts=[draft]))
        return events

    def _suspend(self, reason: str) -> list[Event]:
        """Remember that nothing can be seen; tell it once."""
        # What was found before it came to that is stored already: go on from there.
        state = self.store.state(self._wiki) or FeedState()
        drafts: list[Draft] = []
        if state.suspended_since is None:
            state.suspended_since = self.store.clock()
            state.suspensions += 1
            drafts.append(Draft("feed.suspended", "feed", f"{state.suspensions}", None, {"reason": reason}))
            log.warning("%s: nothing can be seen: %s", self._wiki, reason)
        state.reason = reason
        return self.store.commit(self._wiki, state, drafts=drafts)

    def listen(self, *, interval: float = 10.0, consumer: str | None = DEFAULT_CONSUMER) -> Stream[Event]:
        """Events as they come; see `ChangeFeed.listen`."""
        if not interval > 0:
            raise ConfigurationError("interval must be more than 0 seconds.")
        name = consumer
        done = yield from blocking(lambda: self.store.last_sequence() if name is None else self.store.consumer(name))
        while True:
            events = yield from self._stored(done)
            for event in events:
                yield from emit([event])
                done = event.sequence
                if name is not None:
                    yield from self._acknowledge(name, done)
            if events:
                continue
            found = yield from self._look()
            if not found:
                yield from pause(interval)

    def _stored(self, done: int) -> Flow[list[Event]]:
        return (yield from blocking(lambda: self.store.events(done, limit=_BATCH, wiki=self._wiki)))

    def _acknowledge(self, consumer: str, sequence: int) -> Flow[None]:
        yield from blocking(lambda: self.store.acknowledge(consumer, sequence))

    def _look(self) -> Flow[bool]:
        """Look at the wiki, unless somebody else does; whether there is something new."""
        try:
            return bool((yield from self.poll()))
        except FeedBusyError:
            return False
        except StoreError as error:
            log.warning("%s", error)
            return False

    def status(self) -> FeedStatus:
        """How the feed is: when the wiki was last seen, and whether anything is in the way."""
        state = self.store.state(self._wiki)
        known = state or FeedState()
        sequence = self.store.last_sequence()
        return FeedStatus(
            wiki=self._wiki,
            watching=self._watch,
            started=known.last_sweep > 0 or any(place.get("begun") for place in (known.sources or {}).values()),
            last_poll=_moment(known.last_poll),
            last_sweep=_moment(known.last_sweep),
            sweep_seconds=known.sweep_seconds,
            pages=known.pages,
            unseen=known.unseen,
            suspended_since=_moment(known.suspended_since or 0.0),
            reason=known.reason,
            lag=max(self.store.clock() - known.last_poll, 0.0) if known.last_poll else None,
            sequence=sequence,
            behind={name: sequence - seq for name, seq in self.store.consumers().items()},
            troubles={name: place["trouble"] for name, place in (known.sources or {}).items() if "trouble" in place},
        )

    def close(self) -> None:
        """Let others look at the wiki, and close the store unless it was handed in."""
        if self._release is not None:
            self._release()
            self._release = None
        if self._owns_store:
            self.store.close()


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
