"""Reading pages: one, many, all."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar, get_args, overload

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.engine import IN_FLIGHT
from wikijs.core.flow import Flow, Stream, emit
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath

from ..shared.many import several
from .access import AccessFlows, explained
from .selecting import in_order, selected
from .values import identity

if TYPE_CHECKING:
    from wikijs_generated.fragments import Page, PageMetadata, PageSummary

    from wikijs.core.operations import Operation

T = TypeVar("T")

PageOrder: TypeAlias = Literal["id", "path", "title", "created", "updated"]
ORDERS: Final[tuple[PageOrder, ...]] = get_args(PageOrder)
PAGES_AT_ONCE: Final = 1000
"""Pages of a list that are handed out together."""


class ReadingFlows(AccessFlows):
    """The reading part of `client.pages`."""

    def list(
        self,
        *,
        tags: Sequence[str] = (),
        locale: str | None = None,
        creator_id: int | None = None,
        author_id: int | None = None,
        folder: str = "",
        published: bool | None = None,
        updated_since: datetime | None = None,
        order_by: PageOrder = "id",
        descending: bool = False,
        limit: int | None = None,
    ) -> Flow[builtins.list[PageSummary]]:
        """List pages, without their content, each with all its tags.

        All filters must hold. The whole list is fetched in one request, because the server has no paging: its own
        limit counts rows of page and tag and cuts the tags of the last page, and its tag filter hides other tags.
        So `tags`, `folder`, `published`, `updated_since` and `limit` work on this side.

        Args:
            tags: Tags that a page must all have.
            locale: Code such as "en".
            creator_id: Id of the user who created the page.
            author_id: Id of the user who changed it last.
            folder: Path of a folder: the page there and all below it, at any depth.
            published: True for published pages, False for drafts; None for both.
            updated_since: Moment, with a time zone, from which on a page must have changed. The server also counts
                changes that nobody made: a new rendering, a page that this one links to coming or going.
            order_by: What to sort by.
            descending: Largest or latest first.
            limit: Pages at most.

        Raises:
            ValidationError: A tag that cannot exist, an unknown order, a negative limit, or a moment without a time
                zone.

        Permission: `read:pages`; pages that the caller's page rules hide are left out.
        Operation: `pages.list` (query).
        """
        wanted = paths.tags(tags)
        if order_by not in ORDERS:
            raise exc.ValidationError(f"Pages cannot be sorted by {order_by!r}.", hint=f"Use {', '.join(ORDERS)}.")
        if limit is not None and limit < 0:
            raise exc.ValidationError(f"The limit cannot be {limit}.", hint="Use None for all pages.")
        if updated_since is not None and updated_since.tzinfo is None:
            raise exc.ValidationError("updated_since has no time zone.", hint="Use datetime(…, tzinfo=UTC).")
        pages = yield from self._pages(locale, creator_id, author_id, order_by, descending=descending)
        found = selected(pages, tags=wanted, folder=folder.strip("/"), published=published, updated_since=updated_since)
        return in_order(found, locale, order_by, descending=descending)[:limit]

    def _pages(
        self,
        locale: str | None,
        creator_id: int | None,
        author_id: int | None,
        order_by: PageOrder,
        *,
        descending: bool,
    ) -> Flow[builtins.list[PageSummary]]:
        """The whole list as the server filters and sorts it."""
        from wikijs_generated.enums import PageOrderBy, PageOrderByDirection

        order = PageOrderBy[order_by.upper()]
        direction = PageOrderByDirection.DESC if descending else PageOrderByDirection.ASC

        def listing(creator: int | None, author: int | None) -> Operation[builtins.list[PageSummary]]:
            return ops.pages_list(
                locale=locale, creator_id=creator, author_id=author, order_by=order, order_by_direction=direction
            )

        pages = yield from self._execute(listing(creator_id, None if creator_id is not None else author_id))
        if creator_id is None or author_id is None:
            return pages
        # Given both, the server would answer the pages of either.
        of_author = yield from self._execute(listing(None, author_id))
        ids = {page.id for page in of_author}
        return [page for page in pages if page.id in ids]

    @overload
    def get(self, id: int, *, content: Literal[True] = True) -> Flow[Page]: ...
    @overload
    def get(self, id: int, *, content: bool) -> Flow[PageMetadata]: ...
    def get(self, id: int, *, content: bool = True) -> Flow[PageMetadata]:
        """Read a page by its id.

        Args:
            id: The page's id.
            content: Whether to read its content, rendered HTML and scripts too, as a `Page`; without, it is a
                `PageMetadata`.

        Raises:
            PageNotFoundError: There is none.
            PageContentForbiddenError: Not all that was asked for may be read. The error names the permission, and its
                `page` holds what can be had: metadata and HTML, or the page's entry of the list.

        Permission: `read:pages`, a page rule with `manage:pages` or `delete:pages`, and for the content one with
            `read:source` or `write:pages`.
        Operation: `pages.single` (query).
        """
        what = f"page {id}"
        if not content:
            return (yield from self._explaining(self._of(id, ops.pages_single_metadata), what))
        try:
            return (yield from self._explaining(self._of(id, ops.pages_single), what))
        except exc.PageContentForbiddenError as error:
            error.page = yield from self._visible_part(error, self._of(id, ops.pages_single_rendered))
            if error.page is None:
                listed = yield from self._execute(ops.pages_list())
                error.page = next((page for page in listed if page.id == id), None)
            raise

    @overload
    def get_by_path(self, path: str, *, locale: str = "en", content: Literal[True] = True) -> Flow[Page]: ...
    @overload
    def get_by_path(self, path: str, *, locale: str = "en", content: bool) -> Flow[PageMetadata]: ...
    def get_by_path(self, path: str, *, locale: str = "en", content: bool = True) -> Flow[PageMetadata]:
        """Read a page by its path.

        Args:
            path: The path, as in the page's address: slashes at its ends do not matter, a locale in front of it takes
                the place of `locale`, and nothing is the front page. Upper and lower case do matter.
            locale: Code of the page's locale.
            content: See `get`.

        Raises:
            PageNotFoundError: There is none.
            PageContentForbiddenError: See `get`.

        Permission: see `get`.
        Server: any; before 2.5.296 the page is looked up in the list first.
        Operation: `pages.singleByPath` (query).
        """
        place = paths.locate(path, locale)
        what = f"page {place}"
        metadata = self._at(
            place, ops.pages_single_by_path_metadata(place.path, locale=place.locale), ops.pages_single_metadata
        )
        if not content:
            return (yield from self._explaining(metadata, what))
        whole = self._at(place, ops.pages_single_by_path(place.path, locale=place.locale), ops.pages_single)
        try:
            return (yield from self._explaining(whole, what))
        except exc.PageContentForbiddenError as error:
            rendered = self._at(
                place, ops.pages_single_by_path_rendered(place.path, locale=place.locale), ops.pages_single_rendered
            )
            error.page = yield from self._visible_part(error, rendered)
            if error.page is None:
                error.page = yield from self._listed(place)
            raise

    def _visible_part(self, error: exc.PageContentForbiddenError, rendered: Flow[T]) -> Flow[T | None]:
        """What may be read of a page whose content may not be."""
        if "read:source" not in error.permissions:
            return None
        return (yield from rendered)

    def exists(self, path: str, *, locale: str = "en") -> Flow[bool]:
        """Tell whether there is a page at a path, as far as the caller may see it.

        Args:
            path: See `get_by_path`.
            locale: Code of the page's locale.

        Permission: `read:pages`.
        Operation: `pages.singleByPath` (query).
        """
        try:
            found = yield from self._id_at(paths.locate(path, locale))
        except exc.PageNotFoundError:
            return False
        return found is not None

    @overload
    def get_many(
        self, pages: Iterable[int | str], *, locale: str = "en", return_exceptions: Literal[False] = False
    ) -> Flow[builtins.list[Page]]: ...
    @overload
    def get_many(
        self, pages: Iterable[int | str], *, locale: str = "en", return_exceptions: bool
    ) -> Flow[builtins.list[Page | Exception]]: ...
    def get_many(
        self, pages: Iterable[int | str], *, locale: str = "en", return_exceptions: bool = False
    ) -> Flow[builtins.list[Any]]:
        """Read many pages in few requests.

        Args:
            pages: Ids, paths, or both; paths as `get_by_path` takes them.
            locale: Code of the locale of the paths.
            return_exceptions: Put the exception of a page that cannot be read in its place, instead of raising it.

        Returns:
            The pages, in the order asked for.

        Raises:
            PageNotFoundError, PageContentForbiddenError: The first page that could not be read; see `get`.

        Permission: see `get`.
        Operation: `pages.single`, `pages.singleByPath` (queries), up to 50 in one request.
        """
        wanted = [page if isinstance(page, int) else paths.locate(page, locale) for page in several(pages)]
        outcomes = yield from self._singles(wanted)
        results = [
            explained(outcome, f"page {page}") if isinstance(outcome, Exception) else outcome
            for page, outcome in zip(wanted, outcomes, strict=True)
        ]
        if not return_exceptions:
            for outcome in results:
                if isinstance(outcome, Exception):
                    raise outcome
        return results

    def _singles(self, wanted: Sequence[int | PagePath]) -> Flow[builtins.list[Page | Exception]]:
        outcomes = yield from self._read_singles(wanted)
        return [
            outcome if isinstance(outcome, Exception) else _as_wanted(outcome, page)
            for page, outcome in zip(wanted, outcomes, strict=True)
        ]

    def _read_singles(self, wanted: Sequence[int | PagePath]) -> Flow[builtins.list[Page | Exception]]:
        if self._server_finds_paths:
            outcomes = yield from self._batch([_single(page) for page in wanted])
            ids_only = all(isinstance(page, int) for page in wanted)
            if ids_only or not any(isinstance(outcome, exc.QueryError) for outcome in outcomes):
                return outcomes
        listed = yield from self._execute(ops.pages_list())
        ids: dict[int | PagePath, int] = {PagePath(page.path, page.locale): page.id for page in listed}
        # No page has the id 0: asking for it gives the error that the path deserves.
        return (
            yield from self._batch(
                [_single(ids.get(page, 0) if isinstance(page, PagePath) else page) for page in wanted]
            )
        )

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
    ) -> Stream[Page | PageSummary]:
        """Iterate over all pages, or those that pass the filters, in the order of their ids.

        The list comes whole, in one request. Content is then read as the iteration goes on, so that memory holds the
        content of a few batches at a time, however large the wiki is. Pages deleted meanwhile are left out.

        Args:
            batch_size: Pages in one request; the async client keeps four requests under way.
            content: Hand out whole pages (`Page`) instead of entries of the list (`PageSummary`).
            tags, locale, folder, published, updated_since: See `list`.

        Raises:
            PageContentForbiddenError: With `content`, a page that may not be read whole.

        Permission: `read:pages`; with `content`, what `get` needs.
        Operation: `pages.list`, `pages.single` (queries).
        """
        if batch_size < 1:
            raise exc.ConfigurationError(f"batch_size is {batch_size}, but a batch holds at least one page.")
        pages = yield from self.list(
            tags=tags, locale=locale, folder=folder, published=published, updated_since=updated_since
        )
        pages.reverse()  # so that what was handed out can be let go of
        if not content:
            while pages:
                yield from emit([pages.pop() for _ in range(min(PAGES_AT_ONCE, len(pages)))])
            return
        ids = [page.id for page in pages]
        del pages
        while ids:
            some = [ids.pop() for _ in range(min(batch_size * IN_FLIGHT, len(ids)))]
            outcomes = yield from self._engine.batch([ops.pages_single(one) for one in some], size=batch_size)
            yield from emit(_still_there(some, outcomes))


def _single(page: int | PagePath) -> Operation[Page]:
    if isinstance(page, int):
        return ops.pages_single(page)
    return ops.pages_single_by_path(page.path, locale=page.locale)


def _as_wanted(page: Page, wanted: int | PagePath) -> Page | Exception:
    """A page that was read, or the error that it is another one than was asked for."""
    try:
        found = identity.at(page, wanted) if isinstance(wanted, PagePath) else identity.of(page, wanted)
    except exc.APIError as error:
        return error
    return identity.with_tags_in_order(found)


def _still_there(ids: Sequence[int], outcomes: Sequence[Page | Exception]) -> builtins.list[Page]:
    """The pages that were read, without those that are gone. Raises any other error."""
    found: builtins.list[Page] = []
    for page_id, outcome in zip(ids, outcomes, strict=True):
        if not isinstance(outcome, Exception):
            found.append(identity.with_tags_in_order(identity.of(outcome, page_id)))
        elif not isinstance(outcome, exc.PageNotFoundError):
            raise explained(outcome, f"page {page_id}")
    return found
