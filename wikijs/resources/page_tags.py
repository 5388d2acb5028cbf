"""Putting tags on pages and taking them off; all else of the pages stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from wikijs import paths
from wikijs.flow import Flow
from wikijs.results import BatchResult

from .base import Progress
from .many import one_by_one
from .page_access import AccessFlows

if TYPE_CHECKING:
    from .page_models import SavedPage


class PageTaggingFlows(AccessFlows):
    """The part of `client.tags` that changes the tags of given pages."""

    def add(
        self, ids: Iterable[int], tags: Iterable[str], *, progress: Progress | None = None
    ) -> Flow[BatchResult[int, SavedPage]]:
        """Put tags on pages. What has them already is not written.

        Args:
            ids: Ids of the pages.
            tags: Tags; they need not exist.
            progress: Called after each page with the number done and the total.

        Returns:
            The pages as they are, and errors, each in the order of the input. Ctrl-C ends the work early and returns
            what was done.

        Raises:
            ValidationError: A tag that cannot be.

        Permission: see `pages.update`.
        Operation: `pages.single` (query), `pages.update` (mutation).
        """
        new = paths.tags(tags)
        return (yield from self._retag(ids, lambda old: [*old, *(tag for tag in new if tag not in old)], progress))

    def remove(
        self, ids: Iterable[int], tags: Iterable[str], *, progress: Progress | None = None
    ) -> Flow[BatchResult[int, SavedPage]]:
        """Take tags off pages. What has none of them is not written.

        Args:
            ids: Ids of the pages.
            tags: Tags.
            progress: Called after each page with the number done and the total.

        Returns:
            The pages as they are, and errors; see `add`.

        Raises:
            ValidationError: A tag that cannot be.

        Permission: see `pages.update`.
        Operation: `pages.single` (query), `pages.update` (mutation).
        """
        unwanted = set(paths.tags(tags))
        return (yield from self._retag(ids, lambda old: [tag for tag in old if tag not in unwanted], progress))

    def _retag(
        self, ids: Iterable[int], change: Callable[[Sequence[str]], Sequence[str]], progress: Progress | None
    ) -> Flow[BatchResult[int, SavedPage]]:
        def write(id: int) -> Flow[SavedPage]:
            state = yield from self._state(id)
            return (yield from self._save(state, {"tags": change([tag.tag for tag in state.tags])}))

        return (yield from one_by_one(ids, lambda page: self._writing(write(page)), progress))
