"""Iterating over all pages."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, overload

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.engine import IN_FLIGHT
from wikijs.core.flow import Stream, emit

from ..shared.paging import check_batch_size, in_batches
from .access import explained
from .reading import ReadingFlows
from .values import identity

if TYPE_CHECKING:
    from wikijs_generated.fragments import Page, PageSummary, PageTag


class IteratingFlows(ReadingFlows):
    """The reading part of `client.pages`, with iterating over all pages."""

    @overload
    def iter_all(
        self,
        *,
        batch_size: int = 50,
        content: Literal[False] = False,
        tags: Sequence[str] = (),
        locale: str | None = None,
        folder: str = "",
        published: bool | None = None,
        updated_since: datetime | None = None,
        search: str = "",
    ) -> Stream[PageSummary]: ...
    @overload
    def iter_all(
        self,
        *,
        batch_size: int = 50,
        content: Literal[True],
        tags: Sequence[str] = (),
        locale: str | None = None,
        folder: str = "",
        published: bool | None = None,
        updated_since: datetime | None = None,
        search: str = "",
    ) -> Stream[Page]: ...
    @overload
    def iter_all(
        self,
        *,
        batch_size: int = 50,
        content: bool,
        tags: Sequence[str] = (),
        locale: str | None = None,
        folder: str = "",
        published: bool | None = None,
        updated_since: datetime | None = None,
        search: str = "",
    ) -> Stream[Page | PageSummary]: ...
    def iter_all(
        self,
        *,
        batch_size: int = 50,
        content: bool = False,
        tags: Sequence[str] = (),
        locale: str | None = None,
        folder: str = "",
        published: bool | None = None,
        updated_since: datetime | None = None,
        search: str = "",
    ) -> Stream[Page | PageSummary]:
        """Iterate over all pages, or those that pass the filters, in the order of their ids.

        The list comes whole, in one request. Content is then read as the iteration goes on, so that memory holds the
        content of a few batches at a time, however large the wiki is. Pages deleted meanwhile are left out. Pages that
        the server does not show to the caller come as `SourcePage`, see `get`.

        Args:
            batch_size: Pages handed out together, and with `content` pages in one request; the async client keeps four
                requests under way.
            content: Hand out whole pages (`Page`) instead of entries of the list (`PageSummary`).
            tags, locale, folder, published, updated_since, search: See `list`.

        Raises:
            PageContentForbiddenError: With `content`, a page that may not be read whole.

        Permission: `read:pages`; with `content`, what `get` needs.
        Operation: `pages.list`, `pages.single` (queries).
        """
        check_batch_size(batch_size)
        listed: builtins.list[PageSummary] | None = None
        if content and not (tags or locale or folder or search) and published is None and updated_since is None:
            from .values import listed_ids  # it defines models, which few programs need

            wanted = [page.id for page in (yield from self._execute(listed_ids.listing()))]
        else:
            listed = yield from self.list(
                tags=tags, locale=locale, folder=folder, published=published, updated_since=updated_since, search=search
            )
            if not content:
                yield from in_batches(listed, batch_size)
                return
            wanted = [page.id for page in listed]
        wanted.sort(reverse=True)  # so that what was handed out can be let go of
        known_tags: dict[str, PageTag] = {}
        while wanted:
            ids = [wanted.pop() for _ in range(min(batch_size * IN_FLIGHT, len(wanted)))]
            read = yield from self._engine.batch([ops.pages_single(one) for one in ids], size=batch_size)
            if any(isinstance(each, exc.PageViewForbiddenError) for each in read):
                if listed is None:
                    listed = yield from self._execute(ops.pages_list())
                of_these = set(ids)
                some = [page for page in listed if page.id in of_these]
                read = yield from self._sources_instead(ids, read, some, known_tags)
            yield from emit(_still_there(ids, read))


def _still_there(ids: Sequence[int], outcomes: Sequence[Page | Exception]) -> builtins.list[Page]:
    """The pages that were read, without those that are gone. Raises any other error."""
    found: builtins.list[Page] = []
    for page_id, outcome in zip(ids, outcomes, strict=True):
        if not isinstance(outcome, Exception):
            found.append(identity.with_tags_in_order(identity.of(outcome, page_id)))
        elif not isinstance(outcome, exc.PageNotFoundError):
            raise explained(outcome, f"page {page_id}")
    return found
