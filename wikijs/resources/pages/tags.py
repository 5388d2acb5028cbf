"""Putting tags on pages and taking them off; all else of the pages stays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from wikijs.core.flow import Flow
from wikijs.core.jobs.results import BatchResult
from wikijs.core.values import paths

from ..shared.base import Progress
from ..shared.many import BulkFlows
from ..shared.references import PageRef
from .saving import SavingFlows

if TYPE_CHECKING:
    from wikijs.core.jobs.journal import JournalPath

    from .values.models import SavedPage


class PageTaggingFlows(SavingFlows, BulkFlows):
    """The part of `client.tags` that changes the tags of given pages."""

    def add(
        self,
        ids: Iterable[PageRef],
        tags: Iterable[str],
        *,
        progress: Progress | None = None,
        journal: JournalPath | None = None,
    ) -> Flow[BatchResult[PageRef, SavedPage]]:
        """Put tags on pages. What has them already is not written.

        Args:
            ids: Ids or paths of the pages.
            tags: Tags; they need not exist.
            progress: Called after each page with the number done and the total.
            journal: Path of a file that notes what was done, so that a job that was killed can go on: run it again with
                the same input and journal.

        Returns:
            The pages as they are, and errors, each in the order of the input. Ctrl-C ends the work early and returns
            what was done.

        Raises:
            ValidationError: A tag that cannot be.
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: see `pages.update`.
        Operation: `pages.single` (query), `pages.update` (mutation).
        """
        new = paths.tags(tags)

        def added(old: Sequence[str]) -> Sequence[str]:
            return [*old, *(tag for tag in new if tag not in old)]

        return (yield from self._retag("tags.add", new, ids, added, progress, journal))

    def remove(
        self,
        ids: Iterable[PageRef],
        tags: Iterable[str],
        *,
        progress: Progress | None = None,
        journal: JournalPath | None = None,
    ) -> Flow[BatchResult[PageRef, SavedPage]]:
        """Take tags off pages. What has none of them is not written.

        Args:
            ids: Ids or paths of the pages.
            tags: Tags.
            progress: Called after each page with the number done and the total.
            journal: Path of a file that notes what was done, so that a job that was killed can go on: run it again with
                the same input and journal.

        Returns:
            The pages as they are, and errors; see `add`.

        Raises:
            ValidationError: A tag that cannot be.
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: see `pages.update`.
        Operation: `pages.single` (query), `pages.update` (mutation).
        """
        unwanted = set(paths.tags(tags))

        def left(old: Sequence[str]) -> Sequence[str]:
            return [tag for tag in old if tag not in unwanted]

        return (yield from self._retag("tags.remove", unwanted, ids, left, progress, journal))

    def _retag(
        self,
        name: str,
        tags: Collection[str],
        ids: Iterable[PageRef],
        change: Callable[[Sequence[str]], Sequence[str]],
        progress: Progress | None,
        journal: JournalPath | None,
    ) -> Flow[BatchResult[PageRef, SavedPage]]:
        from .values.models import SavedPage

        def write(id: PageRef) -> Flow[SavedPage]:
            state = yield from self._state((yield from self._id_of(id)))
            return (yield from self._save(state, {"tags": change([tag.tag for tag in state.tags])}))

        # The same function settles what was in flight: a page that has its tags is not written.
        def retag(id: PageRef, _: object = None) -> Flow[SavedPage]:
            return self._writing(write(id))

        about = {"tags": sorted(tags)}
        return (yield from self._job(name, ids, retag, progress, journal, retag, SavedPage, about=about))
