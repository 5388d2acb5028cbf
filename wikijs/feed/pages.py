"""Watching pages: the newest ones often, all of them rarely, and the history for the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from wikijs import exceptions as exc
from wikijs.core.flow import Flow, blocking, pause

from . import asking
from .asking import Suspended
from .diff import Difference, compare, is_new
from .history import (
    Draft,
    Kind,
    Look,
    Version,
    created,
    fresh_ids,
    in_order,
    look_of,
    tagged,
    tell,
    vanished,
    version_of,
)
from .snapshot import NEVER, PageState, load, of_row, subject_of

if TYPE_CHECKING:
    from wikijs.core.engine import Engine

    from .store import FeedState, Store
    from .types import Event

SOURCE: Final = "pages"
HEAD: Final = 50
"""Pairs of page and tag that are looked at each time."""
HEAD_MOST: Final = 3200
CHUNK: Final = 25
"""Pages whose history is asked for in one request."""
TRAIL: Final = 20
"""Versions of a page that are asked for at once."""
PROOFS: Final = 49
PROOFS_MOST: Final = 1000
"""Missing pages that are asked for in one round; the others wait for the next."""
URGENT: Final = 10.0
"""How many times more often all pages may be looked at where something is known to be missing."""
UNHURRIED: Final = 8
"""Requests about changed pages in one round, after which each one is followed by a pause."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to watch and to tell."""

    sweep_every: float = 60.0
    sweep_share: float = 0.01
    unchanged: bool = False
    touched: bool = False
    content: bool = False
    baseline_events: bool = False
    silent: bool = False


class PagesSource:
    """The pages of a wiki.

    Args:
        engine: Of the client.
        store: What was seen before.
        wiki: URL of the wiki.
        options: What to tell.
    """

    def __init__(self, engine: Engine, store: Store, wiki: str, options: Options) -> None:
        self._engine = engine
        self._store = store
        self._wiki = wiki
        self._options = options
        self.sweeps = 0
        self._anew_begun = False

    def begin(self, state: FeedState, gap: str | None = None) -> Flow[list[Event]]:
        """See all pages for the first time, or anew after the wiki went back in time, as `gap` says."""
        states, total = yield from self._all(state)
        state.highest_id = 0
        self._note(state, states, total, len(states))
        again = gap is not None
        state.epoch += again
        drafts: list[Draft] = []
        if self._options.baseline_events and not again:
            drafts = [created(row, self._wiki) for row in sorted(states, key=lambda row: (row.created_at, row.id))]
        data = {"pages": len(states), "reason": gap}
        drafts.append(Draft("feed.gap" if again else "feed.started", "feed", f"{state.epoch}", None, data))
        return (yield from self._commit(state, drafts, states, replacing=True))

    def poll(self, state: FeedState, *, resumed: bool) -> Flow[list[Event]]:
        """Look once, and store and tell what changed.

        Raises:
            Suspended: The answers are none to go by.
        """
        limit, forced = HEAD, resumed or state.unproven
        self._anew_begun = False
        while True:
            rows, total = yield from self._look(state, asking.newest(limit))
            known = yield from self._known([row.id for row in rows])
            found = compare(rows, known, whole=False)
            if not rows or len(found.candidates) < len(rows) or found.returned:
                break
            if limit >= HEAD_MOST or (total is not None and len(rows) >= total):
                forced = forced or limit >= HEAD_MOST
                break
            limit *= 4
        fresh = sum(row.id not in known for row in found.candidates)
        if total is not None and total != state.pages + fresh + state.unseen:
            forced = True
        if self._is_due(state, forced=forced):
            return (yield from self._sweep(state))
        return (yield from self._digest(state, found, known, whole=False))

    def _is_due(self, state: FeedState, *, forced: bool) -> bool:
        """Whether to look at all pages now."""
        age = self._store.clock() - state.last_sweep
        if age < 0:  # the clock was set back
            return True
        rest = state.sweep_seconds / self._options.sweep_share
        return age >= (rest / URGENT if forced else max(self._options.sweep_every, rest))

    def _sweep(self, state: FeedState) -> Flow[list[Event]]:
        rows, total = yield from self._all(state)
        texts = yield from blocking(lambda: self._store.snapshot(self._wiki, SOURCE))
        known = {page.id: page for page in map(load, texts.values())}
        found = compare(rows, known, whole=True)
        events = yield from self._digest(state, found, known, whole=True)
        if not self._anew_begun:
            proven = yield from self._missing(state, found.missing)
            events += proven
            self._note(state, rows, total, state.pages)
            yield from self._commit(state)
        return events

    def _note(self, state: FeedState, rows: Sequence[PageState], total: int | None, pages: int) -> None:
        """Remember what a whole list says."""
        state.last_sweep = self._store.clock()
        state.pages = pages
        state.unseen = 0 if total is None else total - pages
        state.newest = max((row.updated_at for row in rows), default=state.newest)
        state.highest_id = max([state.highest_id, *(row.id for row in rows)])

    def _all(self, state: FeedState) -> Flow[tuple[list[PageState], int | None]]:
        began = monotonic()
        rows, total = yield from self._look(state, asking.everything())
        state.sweep_seconds = monotonic() - began
        self.sweeps += 1
        return rows, total

    def _look(self, state: FeedState, listing: Any) -> Flow[tuple[list[PageState], int | None]]:
        """A list of pages, and how many there are; only where the wiki takes us for who we are."""
        identity, (rows, total) = yield from asking.as_us(self._engine, state.identity, [listing, asking.total()])
        if not isinstance(rows, list):
            raise Suspended(f"The wiki does not list its pages: {asking.said(rows)}" if rows else "There is no list.")
        state.identity = identity
        counted = None if isinstance(total, Exception) else total.get("pagesTotal")
        return [of_row(row) for row in rows], counted  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]

    def _known(self, ids: Iterable[int]) -> Flow[dict[int, PageState]]:
        subjects = [subject_of(each) for each in ids]
        texts = yield from blocking(lambda: self._store.snapshot(self._wiki, SOURCE, subjects))
        return {page.id: page for page in map(load, texts.values())}

    def _digest(
        self, state: FeedState, found: Difference, known: dict[int, PageState], *, whole: bool
    ) -> Flow[list[Event]]:
        """Look into what differs, and store and tell it, a few pages at a time."""
        events: list[Event] = []
        if found.returned:
            return (yield from self._anew(state, found.returned))
        # Pages that are older than they were tell whether the wiki went back in time: before anything is concluded.
        candidates = sorted(found.candidates, key=lambda row: not _is_older(row, known))
        drafts: list[Draft] = []
        changed: list[PageState] = []
        for row in found.tagged:
            before = known[row.id]
            drafts.append(tagged(before, row, self._wiki))
            changed.append(replace(before, tags=row.tags, counter=before.counter + 1))
        if changed:
            events += yield from self._commit(state, drafts, changed)
        for number, start in enumerate(range(0, len(candidates), CHUNK)):
            began = monotonic()
            rows = candidates[start : start + CHUNK]
            looks = yield from self._looks(rows, known, state, whole=whole)
            for row, look in zip(rows, looks, strict=True):
                if look is not None and (reason := _went_back(look, known.get(row.id))):
                    return [*events, *(yield from self._anew(state, reason))]
            stories: list[list[Draft]] = []
            changed = []
            for row, look in zip(rows, looks, strict=True):
                told, page = self._told(row, look, known.get(row.id), state)
                stories.append(told)
                changed += [page] if page is not None else []
            state.pages += sum(page.id not in known for page in changed)
            events += yield from self._commit(state, in_order(stories), changed)
            if number >= UNHURRIED:
                yield from pause(min(monotonic() - began, 5.0))
        if not candidates and not found.tagged:
            yield from self._commit(state)
        return events

    def _told(
        self, row: PageState, look: Look | None, known: PageState | None, state: FeedState
    ) -> tuple[list[Draft], PageState | None]:
        kind: Kind = "known"
        if known is None:
            kind = "new" if is_new(row, state.highest_id, state.newest) else "visible"
        elif known.hidden:
            kind = "visible"
        if look is None:  # it is gone already; what it was before cannot be read any more
            return ([created(row, self._wiki)], row) if kind == "new" else ([], None)
        return tell(look, known, kind, self._wiki, unchanged=self._options.unchanged, touched=self._options.touched)

    def _looks(
        self, rows: Sequence[PageState], known: dict[int, PageState], state: FeedState, *, whole: bool
    ) -> Flow[list[Look | None]]:
        """A closer look at each page; None where it is gone by now."""
        engine = self._engine
        asked = [
            operation for row in rows for operation in (asking.history(row.id, 0, TRAIL), asking.whole_page(row.id))
        ]
        answers = yield from asking.batch(engine, asked)
        trails, pages = answers[0::2], answers[1::2]
        denied = [index for index, page in enumerate(pages) if _is_denied(page)]
        plain = yield from asking.batch(engine, [asking.page(rows[index].id) for index in denied])
        for index, page in zip(denied, plain, strict=True):
            pages[index] = page
        fresh: list[list[int] | None] = []
        newest: list[tuple[int, int]] = []
        for row, trail in zip(rows, trails, strict=True):
            before = known.get(row.id)
            if isinstance(trail, Exception):
                fresh.append(None)
                newest.append((NEVER, 0))
                continue
            entries: list[dict[str, Any]] = list(trail["trail"] or ())
            count = int(trail["total"] or 0)
            yield from self._longer(row.id, entries, count, before)
            ids = fresh_ids(entries, before)
            skip = before is None and not is_new(row, state.highest_id, state.newest)
            fresh.append([] if skip else ids)
            newest.append((max((int(entry["versionId"]) for entry in entries), default=0), count))
        wanted = [(row, each) for row, ids in zip(rows, fresh, strict=True) for each in ids or ()]
        answers = yield from asking.batch(engine, [asking.version(row.id, each) for row, each in wanted])
        versions: dict[int, list[Version]] = {row.id: [] for row in rows}
        for (row, _), answer in zip(wanted, answers, strict=True):
            if isinstance(answer, dict):
                versions[row.id].append(version_of(answer, row.locale))  # pyright: ignore[reportUnknownArgumentType]
        return [
            self._look_at(row, page, None if ids is None else versions[row.id], top, known.get(row.id), whole=whole)
            for row, page, ids, top in zip(rows, pages, fresh, newest, strict=True)
        ]

    def _look_at(
        self,
        row: PageState,
        page: Any,
        fresh: list[Version] | None,
        newest: tuple[int, int],
        known: PageState | None,
        *,
        whole: bool,
    ) -> Look | None:
        if isinstance(page, exc.PageNotFoundError):
            return None
        if isinstance(page, Exception) or not page:
            # The newest pages of a list may lack tags.
            state = row if whole or known is None else replace(row, tags=known.tags)
            return look_of({}, state, fresh, *newest)
        look = look_of(page, row, fresh, *newest)
        return look if self._options.content else replace(look, content=None)

    def _longer(self, page_id: int, entries: list[dict[str, Any]], count: int, known: PageState | None) -> Flow[None]:
        """Read on in a history as far as it is new."""
        part = 1
        while 0 < len(entries) < count:
            fresh = len(fresh_ids(entries, known))
            more = 0 if known is None or known.version_id == NEVER else count - known.versions
            if fresh < len(entries) and fresh >= more:
                return
            [answer] = yield from asking.batch(self._engine, [asking.history(page_id, part, TRAIL)])
            if isinstance(answer, Exception) or not answer["trail"]:
                return
            entries += answer["trail"]
            part += 1

    def _missing(self, state: FeedState, missing: Sequence[PageState]) -> Flow[list[Event]]:
        """Find out what became of pages that a list does not have: only the server's own word counts."""
        events: list[Event] = []
        state.unproven = len(missing) > PROOFS_MOST
        for start in range(0, min(len(missing), PROOFS_MOST), PROOFS):
            pages = missing[start : start + PROOFS]
            _, answers = yield from asking.as_us(
                self._engine, state.identity, [asking.is_there(page.id) for page in pages]
            )
            drafts: list[Draft] = []
            changed: list[PageState] = []
            for page, answer in zip(pages, answers, strict=True):
                if isinstance(answer, exc.PageNotFoundError | exc.PageViewForbiddenError):
                    deleted = isinstance(answer, exc.PageNotFoundError)
                    draft, after = vanished(page, self._wiki, deleted=deleted)
                    drafts.append(draft)
                    changed.append(after)
                    state.pages -= deleted
                else:
                    state.unproven = True
            events += yield from self._commit(state, drafts, changed)
        return events

    def _anew(self, state: FeedState, reason: str) -> Flow[list[Event]]:
        """The wiki went back in time: what was remembered is worth nothing."""
        self._anew_begun = True
        return (yield from self.begin(state, f"{reason}: the wiki went back in time, for example to a backup."))

    def _commit(
        self,
        state: FeedState,
        drafts: Sequence[Draft] = (),
        pages: Sequence[PageState] = (),
        *,
        replacing: bool = False,
    ) -> Flow[list[Event]]:
        if self._options.silent:
            drafts = [draft for draft in drafts if draft.type.startswith("feed.")]
        changes: dict[tuple[str, str], str | None] = {(SOURCE, page.subject): page.dump() for page in pages}
        commit: Callable[[], list[Event]] = lambda: self._store.commit(  # noqa: E731
            self._wiki, state, drafts=drafts, changes=changes, replacing=[SOURCE] if replacing else []
        )
        return (yield from blocking(commit))


def _is_older(row: PageState, known: dict[int, PageState]) -> bool:
    before = known.get(row.id)
    return before is not None and row.updated_at < before.updated_at


def _went_back(look: Look, known: PageState | None) -> str:
    """Why a page shows that the wiki went back in time; empty where it does not."""
    if known is None or known.hidden:
        return ""
    page = look.state
    if look.fresh is not None and NEVER < look.newest_id < known.version_id and look.newest_id > 0:
        return f"Page {page.id} has lost its newest versions"
    if page.updated_at < known.updated_at and not look.fresh:
        return f"Page {page.id} is older than it was"
    return ""


def _is_denied(page: Any) -> bool:
    """Whether a page could be read with fewer fields."""
    return isinstance(page, exc.APIError) and not isinstance(page, exc.PageNotFoundError | exc.PageViewForbiddenError)
