"""What a move of pages would do, told beforehand, and links that follow pages that have moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.core.jobs.results import BatchResult
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath

from ..shared.base import Progress
from ..shared.references import PageRef
from .access import explained
from .many import planned
from .replacing import Replacement, ReplacingFlows
from .values import identity
from .values.links import Mover

if TYPE_CHECKING:
    import builtins

    from wikijs_generated.fragments import Page

    from wikijs.core.jobs.journal import JournalPath

    from .values.models import SavedPage


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """A page that a move of its folder takes along.

    Attributes:
        id: The page's id.
        path, locale: Where it is.
        new_path, new_locale: Where it would be.
    """

    id: int
    path: str
    locale: str
    new_path: str
    new_locale: str


class MovingFlows(ReplacingFlows):
    """The part of `client.pages` that plans moves and looks after links."""

    def plan_move_tree(
        self, folder: str, destination: str, *, locale: str | None = None, destination_locale: str | None = None
    ) -> Flow[builtins.list[PlannedMove]]:
        """Tell which pages `move_tree` would move, and where to. Nothing is moved.

        Args:
            folder, destination, locale, destination_locale: See `move_tree`.

        Raises:
            PageNotFoundError, PagePathCollisionError, PageIllegalPathError: `move_tree` would refuse this.

        Permission: `read:pages`.
        Operation: `pages.list` (query).
        """
        source, target = yield from self._ends(folder, destination, locale, destination_locale)
        listed = yield from self._directly(ops.pages_list())
        moves = planned(listed, source, target)
        return [
            PlannedMove(page.id, page.path, page.locale, *moves[page.id])
            for page in sorted(listed, key=lambda page: page.path)
            if page.id in moves
        ]

    def plan_move(self, id: PageRef, path: str, *, locale: str | None = None) -> Flow[PlannedMove]:
        """Tell what `move` would do. Nothing is moved.

        Args:
            id, path, locale: See `move`.

        Raises:
            PageNotFoundError, PagePathCollisionError, PageIllegalPathError, LocaleNotFoundError: `move` would refuse
                it.

        Permission: `read:pages`.
        Operation: `pages.single`, `pages.list` (queries).
        """
        path, locale = paths.of_place(path, locale, self._engine.url)
        page = yield from self._id_of(id)
        now = yield from self._explaining(self._of(page, ops.pages_single_metadata, fresh=True), f"page {page}")
        if locale is None:
            place = paths.destination(path, now.locale)
        else:
            place = yield from self._destination(path, locale, "pages.move")
        taken = yield from self._id_at(place)
        if taken is not None and taken != page:
            raise exc.PagePathCollisionError(
                f"There is a page {place} already. Nothing was moved.", operation="pages.move"
            )
        return PlannedMove(page, now.path, now.locale, place.path, place.locale)

    def plan_moved(
        self, folder: str, destination: str, *, locale: str | None = None, destination_locale: str | None = None
    ) -> Flow[builtins.list[PlannedMove]]:
        """Tell which pages have moved from a folder to another one, by where they are now: for `mend_links` afterwards.

        Args:
            folder, destination, locale, destination_locale: Those of the move.

        Returns:
            Pages at the new path and below it, unless there is a page where one would have been.

        Permission: `read:pages`.
        Operation: `pages.list` (query).
        """
        source, target = yield from self._ends(folder, destination, locale, destination_locale)
        listed = yield from self._directly(ops.pages_list())
        there = {PagePath(page.path, page.locale) for page in listed}
        found: list[PlannedMove] = []
        for page in sorted(listed, key=lambda page: page.path):
            old = PagePath(source.path + page.path[len(target.path) :], source.locale)
            if page.locale == target.locale and paths.is_below(page.path, target.path) and old not in there:
                found.append(PlannedMove(page.id, *old, page.path, page.locale))
        return found

    def find_links_to_mend(self, moves: Iterable[PlannedMove]) -> Flow[builtins.list[Replacement]]:
        """Find the pages whose links have to follow pages that move, with their new content. Nothing is written.

        Links are looked for on pages that the server's own table says to link there, and relative ones on the pages
        that move. It makes no difference whether the pages have moved already.

        Args:
            moves: What `plan_move`, `plan_move_tree` or `plan_moved` told.

        Raises:
            PageContentForbiddenError: A page with such a link may not be read.

        Permission: `read:pages`, and what `get` needs for those pages.
        Operation: `pages.links`, `pages.single` (queries).
        """
        coming = list(moves)
        if not coming:
            return []
        main = yield from self._locale(None)
        before = {each.id: PagePath(each.path, each.locale) for each in coming}
        after = {PagePath(each.path, each.locale): PagePath(each.new_path, each.new_locale) for each in coming}
        wanted = yield from self._linking({str(place) for place in after}, set(before))
        outcomes = yield from self._engine.batch([ops.pages_single(page) for page in wanted])
        mover = Mover(after, main, self._engine.url)
        found: list[Replacement] = []
        for page_id, outcome in zip(wanted, outcomes, strict=True):
            if isinstance(outcome, exc.PageNotFoundError):
                continue
            if isinstance(outcome, Exception):
                raise explained(outcome, f"page {page_id}")
            page: Page = identity.with_tags_in_order(identity.of(outcome, page_id))
            place = before.get(page.id, PagePath(page.path, page.locale))
            new, count = mover.relinked(page.content, page.content_type, place)
            if count:
                found.append(
                    Replacement(page.id, page.path, page.locale, page.title, page.updated_at, count, page.content, new)
                )
        return found

    def _linking(self, targets: set[str], moving: set[int]) -> Flow[Sequence[int]]:
        """Ids of pages that link to one of these, and of those that move themselves."""
        listed = yield from self._directly(ops.pages_list())
        locales = sorted({page.locale for page in listed})
        wanted = {page.id for page in listed} & moving
        for locale in locales:
            linked = yield from self._directly(ops.pages_links(locale))
            wanted |= {page.id for page in linked if not targets.isdisjoint(page.links)}
        return sorted(wanted)

    def mend_links(
        self, moves: Iterable[PlannedMove], *, progress: Progress | None = None, journal: JournalPath | None = None
    ) -> Flow[BatchResult[Replacement, SavedPage]]:
        """Have links follow pages that have moved. All else of the pages is kept.

        Args:
            moves: See `find_links_to_mend`.
            progress: Called after each page written with the number done and the total.
            journal: Path of a file that notes what was done; see `replace`.

        Returns:
            Pages saved and errors, each in the order of the pages' ids. Ctrl-C ends the work early and returns what was
            done (the cancellation of an asyncio task is passed on instead).

        Raises:
            PageContentForbiddenError: A page with such a link may not be read; nothing was written.
            ConfigurationError: The journal belongs to another job, or is in use.

        Permission: see `update`.
        Operation: `pages.links`, `pages.single` (queries), `pages.update` (mutation).
        """
        from pydantic import TypeAdapter

        from .values.models import SavedPage

        known = TypeAdapter(Replacement)
        coming = list(moves)

        def plan() -> Flow[list[Any]]:
            found = yield from self.find_links_to_mend(coming)
            return [known.dump_python(item, mode="json") for item in found]

        arguments = [asdict(each) for each in coming]
        read, work, settle = known.validate_python, self._replace, self._settle_replacement
        return (
            yield from self._planned_job(
                "pages.mend_links", arguments, plan, read, work, progress, journal, settle, SavedPage
            )
        )
