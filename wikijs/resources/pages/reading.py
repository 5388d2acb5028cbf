"""Reading pages: one, many, all."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar, cast, get_args, overload
from urllib.parse import quote

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath

from ..shared.paging import check_part, part
from ..shared.references import PageRef, page_reference
from ..shared.several import several
from .access import explained
from .selecting import in_order, selected
from .source.flows import SourceFlows
from .values import identity

if TYPE_CHECKING:
    from wikijs_generated.enums import PageOrderBy, PageOrderByDirection
    from wikijs_generated.fragments import Page, PageMetadata, PageSummary

    from wikijs.core.operations import Operation

    from .values.models import PageDetails

T = TypeVar("T")

PageOrder: TypeAlias = Literal["id", "path", "title", "created", "updated"]
ORDERS: Final[tuple[PageOrder, ...]] = get_args(PageOrder)


class ReadingFlows(SourceFlows):
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
        offset: int = 0,
        search: str = "",
    ) -> Flow[builtins.list[PageSummary]]:
        """List pages, without their content, each with all its tags.

        All filters must hold. The whole list is fetched in one request, because the server has no paging: its own
        limit counts rows of page and tag and cuts the tags of the last page, and its tag filter hides other tags.
        So `tags`, `folder`, `published`, `updated_since`, `search`, `limit` and `offset` work on
        this side. The order is stable: pages that are equal in what they are sorted by come in the order of their ids.

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
            offset: Pages to leave out first: `limit=50, offset=100` is the third page of fifty.
            search: Text that the path, the title or the description must hold, in upper or lower case. The wiki's own
                search engine is asked by `search`.

        Raises:
            ValidationError: A tag that cannot exist, an unknown order, a negative limit or offset, or a moment without
                a time zone.
            LocaleNotFoundError: The locale is not in use on this wiki; the message lists those that are.

        Permission: `read:pages`; pages that the caller's page rules hide are left out.
        Operation: `pages.list` (query).
        """
        wanted = paths.tags(tags)
        if order_by not in ORDERS:
            raise exc.ValidationError(f"Pages cannot be sorted by {order_by!r}.", hint=f"Use {', '.join(ORDERS)}.")
        check_part(limit, offset)
        paths.text("search", search)
        if updated_since is not None and updated_since.tzinfo is None:
            raise exc.ValidationError("updated_since has no time zone.", hint="Use datetime(…, tzinfo=UTC).")
        folder, locale = paths.of_place(folder, locale, self._engine.url, folder=True)
        if locale is not None:
            locale = yield from self._locale(locale)
        pages = yield from self._pages(locale, creator_id, author_id, order_by, descending=descending)
        if locale is not None and not pages:
            yield from self._engine.locales.check(locale, "pages.list")
        found = selected(
            pages,
            tags=wanted,
            folder=folder.strip("/"),
            published=published,
            updated_since=updated_since,
            search=search,
        )
        return part(in_order(found, locale, order_by, descending=descending), limit, offset)

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
        # As text, which is what is sent: making the enumerations takes longer than the rest of this.
        order = cast("PageOrderBy", order_by.upper())
        direction = cast("PageOrderByDirection", "DESC" if descending else "ASC")

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
    def get(self, id: PageRef, *, content: Literal[True] = True, locale: str | None = None) -> Flow[Page]: ...
    @overload
    def get(self, id: PageRef, *, content: bool, locale: str | None = None) -> Flow[PageMetadata]: ...
    def get(self, id: PageRef, *, content: bool = True, locale: str | None = None) -> Flow[PageMetadata]:
        """Read a page by its id or its path.

        Where the server shows the page to those with more rights only, its source is read as a file instead: the
        answer is then a `SourcePage`, whose `missing` names what could not be had.

        Args:
            id: The page's id, such as 5, or its path, such as "docs/intro"; see `get_by_path` for paths.
            content: Whether to read its content, rendered HTML and scripts too, as a `Page`; without, it is a
                `PageMetadata`.
            locale: Code of the locale of a path; the wiki's main one unless given.

        Raises:
            PageNotFoundError: There is none.
            PageContentForbiddenError: Not all that was asked for may be read. The error names the permission, and its
                `page` holds what can be had: metadata and HTML, or the page's entry of the list.

        Permission: `read:pages`, a page rule with `manage:pages` or `delete:pages`, and for the content one with
            `read:source` or `write:pages`; for the source alone `read:pages` and one with `read:source`; without the
            content `read:pages`.
        Operation: `pages.single` (query); for the source alone `pages.list` (query), `GET /d/<locale>/<path>`.
        """
        wanted = page_reference(id)
        if isinstance(wanted, str):
            return (yield from self.get_by_path(wanted, locale=locale, content=content))
        what = f"page {wanted}"
        if not content:
            metadata = self._explaining(self._of(wanted, ops.pages_single_metadata), what)
            return (yield from self._entry_instead(wanted, metadata))
        try:
            return (yield from self._explaining(self._of(wanted, ops.pages_single), what))
        except exc.PageContentForbiddenError as error:
            if "manage:pages" in error.permissions:
                return (yield from self._source_instead(wanted, error))
            error.page = yield from self._of(wanted, ops.pages_single_rendered)
            raise

    @overload
    def get_by_path(self, path: str, *, locale: str | None = None, content: Literal[True] = True) -> Flow[Page]: ...
    @overload
    def get_by_path(self, path: str, *, locale: str | None = None, content: bool) -> Flow[PageMetadata]: ...
    def get_by_path(self, path: str, *, locale: str | None = None, content: bool = True) -> Flow[PageMetadata]:
        """Read a page by its path.

        Args:
            path: The path, as in the page's address: slashes at its ends do not matter, a locale in front of it takes
                the place of `locale`, and nothing is the front page. Upper and lower case do matter.
            locale: Code of the page's locale; the wiki's main one unless given.
            content: See `get`.

        Raises:
            PageNotFoundError: There is none.
            PageContentForbiddenError: See `get`.

        Permission: see `get`.
        Server: any; before 2.5.296 the page is looked up in the list first.
        Operation: `pages.singleByPath` (query).
        """
        place = yield from self._place(path, locale)
        try:
            return (yield from self._read_at(place, content=content))
        except exc.PageNotFoundError as error:
            refusal = yield from self._engine.locales.refusal(place.locale)
            if refusal is None:
                raise
            raise exc.PageNotFoundError(
                f"{error.message} {refusal.message}", operation=error.operation, hint=refusal.hint
            ) from None

    def get_details(self, id: PageRef, *, locale: str | None = None) -> Flow[PageDetails]:
        """Read a page with its state, editor, authors and address, as far as the caller may see them.

        Args:
            id: The page's id, or its path.
            locale: Code of the locale of a path; the wiki's main one unless given.

        Returns:
            The page; what only those see who may write it is None for others.

        Raises:
            PageNotFoundError: There is none.
            PageContentForbiddenError: See `get`.

        Permission: see `get`; for state, editor and authors `write:pages` in a page rule that covers the path.
        Operation: `pages.single` (query), twice.
        """
        from .values.models import PageDetails

        page = yield from self.get(id, locale=locale)
        try:
            state = yield from self._execute(ops.pages_single_for_editor(page.id))
        except (exc.PermissionDeniedError, exc.AuthenticationRequiredError):
            state = None
        url = f"{self._engine.url}/{page.locale}/{quote(page.path)}"
        return PageDetails.of(page, state, url)

    def _read_at(self, place: PagePath, *, content: bool) -> Flow[PageMetadata]:
        """Read the page of a place."""
        what = f"page {place}"
        metadata = self._at(
            place, ops.pages_single_by_path_metadata(place.path, locale=place.locale), ops.pages_single_metadata
        )
        if not content:
            return (yield from self._entry_instead(place, self._explaining(metadata, what)))
        whole = self._at(place, ops.pages_single_by_path(place.path, locale=place.locale), ops.pages_single)
        try:
            return (yield from self._explaining(whole, what))
        except exc.PageContentForbiddenError as error:
            if "manage:pages" in error.permissions:
                return (yield from self._source_instead(place, error))
            error.page = yield from self._at(
                place, ops.pages_single_by_path_rendered(place.path, locale=place.locale), ops.pages_single_rendered
            )
            raise

    def exists(self, path: str, *, locale: str | None = None) -> Flow[bool]:
        """Tell whether there is a page at a path, as far as the caller may see it.

        Args:
            path: See `get_by_path`.
            locale: Code of the page's locale; the wiki's main one unless given.

        Permission: `read:pages`.
        Operation: `pages.singleByPath` (query).
        """
        try:
            found = yield from self._id_at((yield from self._place(path, locale)))
        except exc.PageNotFoundError:
            return False
        return found is not None

    @overload
    def get_many(
        self, pages: Iterable[int | str], *, locale: str | None = None, return_exceptions: Literal[False] = False
    ) -> Flow[builtins.list[Page]]: ...
    @overload
    def get_many(
        self, pages: Iterable[int | str], *, locale: str | None = None, return_exceptions: bool
    ) -> Flow[builtins.list[Page | Exception]]: ...
    def get_many(
        self, pages: Iterable[int | str], *, locale: str | None = None, return_exceptions: bool = False
    ) -> Flow[builtins.list[Any]]:
        """Read many pages in few requests.

        Args:
            pages: Ids, paths, or both; paths as `get_by_path` takes them.
            locale: Code of the locale of the paths; the wiki's main one unless given.
            return_exceptions: Put the exception of a page that cannot be read in its place, instead of raising it.

        Returns:
            The pages, in the order asked for.

        Raises:
            PageNotFoundError, PageContentForbiddenError: The first page that could not be read; see `get`.

        Permission: see `get`.
        Operation: `pages.single`, `pages.singleByPath` (queries), up to 50 in one request.
        """
        given = several(pages)
        try:
            wanted = yield from self._named(given, locale)
        except exc.TransportError as error:  # the main locale could not be asked for
            if not return_exceptions:
                raise
            return [error for _ in given]
        outcomes = yield from self._sources_instead(wanted, (yield from self._singles(wanted)))
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
