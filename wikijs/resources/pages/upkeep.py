"""Rendering and converting many pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wikijs.core.flow import Flow
from wikijs.core.jobs.results import BatchResult

from ..shared.base import Progress
from ..shared.many import one_by_one
from ..shared.references import PageRef
from .values.merge import Editor
from .writing import WritingFlows

if TYPE_CHECKING:
    from .values.models import SavedPage


class UpkeepFlows(WritingFlows):
    """The writing part of `client.pages`, with upkeep of many pages."""

    def render_many(
        self, ids: Iterable[PageRef], *, progress: Progress | None = None
    ) -> Flow[BatchResult[PageRef, int]]:
        """Render many pages again, one after the other; see `render`.

        Args:
            ids: Ids or paths of the pages.
            progress: Called after each page with the number done and the total.

        Returns:
            Ids of the pages rendered, and errors, each in the order of the input. Ctrl-C ends the work early and
            returns what was done.

        Permission: `manage:system`.
        Operation: `pages.render` (mutation).
        """

        def again(id: PageRef) -> Flow[int]:
            page = yield from self._id_of(id)
            yield from self.render(page)
            return page

        return (yield from one_by_one(ids, again, progress))

    def convert_many(
        self, ids: Iterable[PageRef], *, editor: Editor, progress: Progress | None = None
    ) -> Flow[BatchResult[PageRef, SavedPage]]:
        """Convert many pages to another editor, one after the other; see `convert`.

        Args:
            ids: Ids or paths of the pages.
            editor: Editor to use from now on.
            progress: Called after each page with the number done and the total.

        Returns:
            The pages as they are afterwards, and errors, each in the order of the input. Ctrl-C ends the work early and
            returns what was done.

        Permission: see `update`.
        Server: 2.5.201 or later.
        Operation: `pages.convert` (mutation).
        """
        return (yield from one_by_one(ids, lambda page: self.convert(page, editor=editor), progress))
