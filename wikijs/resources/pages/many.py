"""Many page writes: each alone, one after the other, and one bad item never stops the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.core.jobs.results import BatchResult
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath

from ..shared.base import Progress
from ..shared.lookup import check_dictionary
from ..shared.many import BulkFlows
from ..shared.references import PageRef
from .saving import SavingFlows
from .values import merge
from .values.merge import Expected, PageChanges, PageOptions

if TYPE_CHECKING:
    import builtins

    from wikijs_generated.fragments import PageSummary, ResponseStatus

    from wikijs.core.jobs.journal import JournalPath
    from wikijs.core.operations import Operation

    from .values.models import SavedPage

# Required and optional fields are in classes of their own, because `Required` is lost on annotations kept as text.


class _NewPage(TypedDict):
    path: str
    title: str
    content: str


class NewPage(_NewPage, PageOptions, total=False):
    """Arguments of `create` as a dictionary: path, title and content, and what else is not the default."""

    locale: str


class _PageUpdate(TypedDict):
    id: PageRef


class PageUpdate(_PageUpdate, PageChanges, total=False):
    """Arguments of `update` as a dictionary: the id, what to change, and `expected`."""

    expected: Expected


class ManyFlows(SavingFlows, BulkFlows):
    """The bulk part of `client.pages`."""

    def create_many(
        self, pages: Iterable[NewPage], *, progress: Progress | None = None, journal: JournalPath | None = None
    ) -> Flow[BatchResult[NewPage, SavedPage]]:
        """Create many pages, one after the other: the server breaks when it creates two at once.

        Args:
            pages: Dictionaries with the arguments of `create`.
            progress: Called after each page with the number done and the total.
            journal: Path of a file that notes what was done, so that a job that was killed can go on: run it again with
                the same input and journal. Pages that are done are not sent again, and of one that was under way it is
                found out what became of it.

        Returns:
            Pages created and errors, each in the order of the input. Ctrl-C ends the work early and returns what was
            done (the cancellation of an asyncio task is passed on instead).

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: see `create`.
        Operation: `pages.create` (mutation).
        """
        from .values.models import SavedPage

        def settle(page: NewPage, before: Any) -> Flow[SavedPage]:
            return self._create_item(page, in_flight=True, before=before)

        name, look = "pages.create_many", self._look_before
        return (yield from self._job(name, pages, self._create_item, progress, journal, settle, SavedPage, look=look))

    def _look_before(self, page: NewPage) -> Flow[Any]:
        """Whether there is a page already: it must not pass for the new one."""
        _check_names("page", page, NewPage.__required_keys__, NewPage.__annotations__)
        place = paths.destination(page["path"], page.get("locale", paths.DEFAULT_LOCALE))
        wanted = self._creation(place, {}, "")
        return (yield from self._engine.policy.prepare(wanted, self._directly))

    def _create_item(self, page: NewPage, *, in_flight: bool = False, before: Any = None) -> Flow[SavedPage]:
        _check_names("page", page, NewPage.__required_keys__, NewPage.__annotations__)
        place = yield from self._destination(page["path"], page.get("locale"), "pages.create")
        variables = merge.variables({**merge.DEFAULTS, **page})
        editor = page.get("editor", "markdown")
        creation = self._create(place, variables, editor, in_flight=in_flight, before=before)
        return (yield from self._writing(creation))

    def update_many(
        self, updates: Iterable[PageUpdate], *, progress: Progress | None = None, journal: JournalPath | None = None
    ) -> Flow[BatchResult[PageUpdate, SavedPage]]:
        """Update many pages, one after the other; see `update`.

        Args:
            updates: Dictionaries with the arguments of `update`.
            progress: Called after each page with the number done and the total.
            journal: Path of a file that notes what was done, so that a job that was killed can go on: run it again with
                the same input and journal. Pages that are done are not sent again, and of one that was under way it is
                found out what became of it.

        Returns:
            Pages saved and errors, each in the order of the input. Ctrl-C ends the work early and returns what was
            done (the cancellation of an asyncio task is passed on instead).

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: see `update`.
        Operation: `pages.single` (query), `pages.update` (mutation).
        """
        from .values.models import SavedPage

        name, settle = "pages.update_many", self._settle_update
        return (yield from self._job(name, updates, self._update_item, progress, journal, settle, SavedPage))

    def _update_item(self, update: PageUpdate) -> Flow[SavedPage]:
        _check_names("update", update, PageUpdate.__required_keys__, PageUpdate.__annotations__)
        page = yield from self._id_of(update["id"])
        return (yield from self._writing(self._update(page, update, update.get("expected"))))

    def delete_many(
        self, ids: Iterable[PageRef], *, progress: Progress | None = None, journal: JournalPath | None = None
    ) -> Flow[BatchResult[PageRef, int]]:
        """Delete many pages, one after the other; see `delete`.

        Args:
            ids: Ids or paths of the pages.
            progress: Called after each page with the number done and the total.
            journal: Path of a file that notes what was done, so that a job that was killed can go on: run it again with
                the same input and journal. Pages that are done are not sent again, and of one that was under way it is
                found out what became of it.

        Returns:
            Ids of the pages deleted, and errors, each in the order of the input. Ctrl-C ends the work early and returns
            what was done (the cancellation of an asyncio task is passed on instead).

        Raises:
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: see `delete`.
        Operation: `pages.delete` (mutation).
        """
        name, settle = "pages.delete_many", self._settle_delete
        return (yield from self._job(name, ids, self._delete_item, progress, journal, settle, int, look=self._id_of))

    def _delete_item(self, id: PageRef) -> Flow[int]:
        page = yield from self._id_of(id)
        yield from self._explaining(self._execute(ops.pages_delete(page)), f"page {page}")
        return page

    def _settle_update(self, update: PageUpdate, _: object) -> Flow[SavedPage]:
        """Update a page that may be updated already: then it is not what the caller expected, but what they wanted."""
        _check_names("update", update, PageUpdate.__required_keys__, PageUpdate.__annotations__)
        state = yield from self._state((yield from self._id_of(update["id"])))
        now = merge.everything(state)
        if now | merge.variables(update) == now and update.get("editor", state.editor) == state.editor:
            return merge.unchanged_page(state)
        return (yield from self._update_item(update))

    def _settle_delete(self, id: PageRef, page: int | None) -> Flow[int]:
        known = id if isinstance(id, int) else page  # by its path it may not be found any more
        try:
            return (yield from self._delete_item(id if known is None else known))
        except exc.PageNotFoundError:
            if known is None:
                raise
            return known

    def move_tree(
        self,
        folder: str,
        destination: str,
        *,
        locale: str | None = None,
        destination_locale: str | None = None,
        progress: Progress | None = None,
        journal: JournalPath | None = None,
    ) -> Flow[BatchResult[PageSummary, PageSummary]]:
        """Move a folder: the page there, if there is one, and all pages below it.

        A folder may move into itself or up to a folder that it is in: pages then move in the order in which none is in
        the way of another.

        Args:
            folder: Path of the folder.
            destination: Its new path.
            locale: Code of the locale it is in; the wiki's main one unless given.
            destination_locale: Code of the locale to move to; None keeps it.
            progress: Called after each page with the number done and the total.
            journal: Path of a file that notes what is to be moved and what was done, so that a move that was killed can
                go on: run it again with the same arguments and journal. Pages that came to the folder since stay.

        Returns:
            The pages moved, as they are listed afterwards, and errors, in the order of the moves. Ctrl-C ends the work
            early and returns what was done (the cancellation of an asyncio task is passed on instead).

        Raises:
            PageNotFoundError: There is no page in the folder.
            PagePathCollisionError: A page is where one would move to; nothing was moved.
            PageIllegalPathError: A page could not be opened at its new path; nothing was moved.
            LocaleNotFoundError: The destination's locale is not in use; nothing was moved.
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: see `move`.
        Operation: `pages.list` (query), `pages.move` (mutation).
        """
        from wikijs_generated.fragments import PageSummary

        source, target = yield from self._ends(folder, destination, locale, destination_locale)

        def plan() -> Flow[list[Any]]:
            listed = yield from self._directly(ops.pages_list())
            moves = planned(listed, source, target)
            pages = [page for page in listed if page.id in moves]
            pages.sort(key=lambda page: len(page.path), reverse=len(target.path) > len(source.path))
            return [{"page": page.model_dump(mode="json", by_alias=True), "to": [*moves[page.id]]} for page in pages]

        def read(planned: Mapping[str, Any]) -> PageSummary:
            page = PageSummary.model_validate(planned["page"])
            places[page.id] = PagePath(*planned["to"])
            return page

        def send(page: PageSummary) -> Operation[ResponseStatus]:
            place = places[page.id]
            return ops.pages_move(page.id, destination_path=place.path, destination_locale=place.locale)

        def move(page: PageSummary) -> Flow[PageSummary]:
            yield from self._move(page.id, places[page.id])
            return page

        def settle(page: PageSummary, _: object) -> Flow[PageSummary]:
            yield from self._writing(self._engine.settle_unlocked(send(page)))
            return page

        places: dict[int, PagePath] = {}
        name, arguments = "pages.move_tree", [source, target]
        result = yield from self._planned_job(name, arguments, plan, read, move, progress, journal, settle, PageSummary)
        result.success = yield from self._as_listed(result.success, places)
        return result

    def _as_listed(
        self, moved: Iterable[PageSummary], places: Mapping[int, PagePath]
    ) -> Flow[builtins.list[PageSummary]]:
        """Pages as they are listed after they were moved; where the list cannot be had, as they were, at their places.

        By then all is done: no failure may hide it.
        """
        try:
            now = {page.id: page for page in (yield from self._directly(ops.pages_list()))}
        except exc.WikiJSException:
            now = {}
        there = [page.model_copy(update=places[page.id]._asdict()) for page in moved]
        return [now.get(page.id, page) for page in there]


def planned(pages: Iterable[PageSummary], source: PagePath, target: PagePath) -> dict[int, PagePath]:
    """Where each page of a folder goes, by id.

    Raises:
        PageNotFoundError, PagePathCollisionError, PageIllegalPathError: The folder cannot be moved.
    """
    moves: dict[int, PagePath] = {}
    others: set[PagePath] = set()
    for page in pages:
        if page.locale == source.locale and paths.is_below(page.path, source.path):
            moves[page.id] = paths.destination(target.path + page.path[len(source.path) :], target.locale)
        else:
            others.add(PagePath(page.path, page.locale))
    if not moves:
        raise exc.PageNotFoundError(f"There is no page at or below {source}.", operation="pages.list")
    if source == target:
        return {}
    taken = sorted(str(place) for place in others & set(moves.values()))
    if taken:
        more = f" and {len(taken) - 1} more places" if len(taken) > 1 else ""
        raise exc.PagePathCollisionError(f"There is a page at {taken[0]}{more} already; nothing was moved.")
    return moves


def _check_names(what: str, item: Mapping[str, object], required: Iterable[str], known: Iterable[str]) -> None:
    """Refuse what is no such item, since no type checker may have seen it."""
    check_dictionary(item)
    missing, unknown = sorted(set(required) - set(item)), sorted(set(item) - set(known))
    if missing or unknown:
        problems = [f"{verb} {', '.join(names)}" for verb, names in (("lacks", missing), ("has", unknown)) if names]
        raise exc.ValidationError(
            f"This {what} {' and '.join(problems)}.", hint=f"Its fields are {', '.join(sorted(known))}."
        )
