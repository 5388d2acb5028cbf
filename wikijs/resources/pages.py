"""Pages, as safe as the server allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wikijs import ops
from wikijs.flow import Flow, Stream, emit

from .base import Flows

if TYPE_CHECKING:
    from wikijs_generated.fragments import Page, PageSummary


class PagesFlows(Flows):
    """Pages: reading, writing, searching and moving them."""

    def get(self, id: int) -> Flow[Page]:
        """Read a page by its id."""
        return self._execute(ops.pages_single(id))

    def iter_all(self) -> Stream[PageSummary]:
        """Iterate over all pages."""
        pages = yield from self._execute(ops.pages_list())
        yield from emit(pages)
