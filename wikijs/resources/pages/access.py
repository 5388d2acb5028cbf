"""What all parts of the facade of pages are built of: finding pages, and reading them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.core.operations import Operation
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath

from ..shared.base import Flows
from ..shared.references import PageRef, page_reference
from ..shared.several import several
from .values import identity

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageMetadata, PageSummary


T = TypeVar("T")
P = TypeVar("P", bound="PageMetadata")

RULE_PERMISSIONS: Final = ("manage:pages", "delete:pages")
VIEW_PERMISSIONS: Final = (*RULE_PERMISSIONS, "read:source")
CONTENT_PERMISSIONS: Final = ("read:source", "write:pages")
_NAMED: Final = 20
"""Places that a message names."""


def explained(error: Exception, what: str) -> Exception:
    """The error of reading one page, in words that say which page and which permission."""
    if not isinstance(error, exc.APIError):
        return error
    details: dict[str, Any] = {"operation": error.operation, "errors": error.errors, "data": error.data}
    if isinstance(error, exc.PageNotFoundError):
        return exc.PageNotFoundError(f"There is no {what}.", hint=error.hint, **details)
    if isinstance(error, exc.PageViewForbiddenError):
        return exc.PageContentForbiddenError(
            f"The server does not show {what} on its own.",
            permissions=VIEW_PERMISSIONS,
            hint="It takes manage:pages or delete:pages in a page rule that covers the path, or read:source for its"
            " source alone; read:pages only lists it.",
            **details,
        )
    if isinstance(error, exc.PermissionDeniedError) and error.errors and len(error.errors[0].get("path", ())) > 2:
        return exc.PageContentForbiddenError(
            f"The content of {what} may not be read.",
            code=0,
            slug="",
            permissions=CONTENT_PERMISSIONS,
            hint="It takes read:source or write:pages in a page rule for its path; content=False needs neither.",
            **details,
        )
    return error


class AccessFlows(Flows):
    """Private parts of `client.pages`; those of writes are in `saving`."""

    @property
    def _server_finds_paths(self) -> bool:
        """Whether the server can read a page by its path: until one older than 2.5.296 says otherwise."""
        return self._engine.server.has("PageQuery", "singleByPath")

    def _explaining(self, flow: Flow[T], what: str) -> Flow[T]:
        """Run a flow that reads one page; its errors name the page."""
        try:
            return (yield from flow)
        except exc.APIError as error:
            better = explained(error, what)
            if better is error:
                raise
            raise better from None

    def _place(self, path: str, locale: str | None = None) -> Flow[PagePath]:
        """Where an existing page is: in the locale in front of its path, else in the one that the call means.

        A page may be given by its address too, as copied from a browser.
        """
        if paths.is_address(path):
            page = paths.of_address(path, self._engine.url)
            if isinstance(page, int):
                found = yield from self._of(page, ops.pages_single_metadata)
                return PagePath(found.path, found.locale)
            path = page
        if locale is None and paths.names_locale(path):
            return paths.locate(path, is_default=True)
        return paths.locate(path, (yield from self._locale(locale)), is_default=locale is None)

    def _destination(self, path: str, locale: str | None, operation: str) -> Flow[PagePath]:
        """Where a page is to be.

        Raises:
            PageIllegalPathError: It could not be there.
            LocaleNotFoundError: The locale is not in use on this wiki.
        """
        path, locale = paths.of_place(path, locale, self._engine.url)
        if locale is None and not paths.names_locale(path):
            paths.destination(path)  # refused before anything is asked
        place = paths.destination(path, (yield from self._locale(locale)))
        yield from self._engine.locales.check(place.locale, operation)
        return place

    def _ends(
        self, folder: str, destination: str, locale: str | None, destination_locale: str | None
    ) -> Flow[tuple[PagePath, PagePath]]:
        """Where a folder is, and where it is to be."""
        source = yield from self._place(folder, locale)
        destination, destination_locale = paths.of_place(destination, destination_locale, self._engine.url)
        if destination_locale is None:
            return source, paths.destination(destination, source.locale)
        return source, (yield from self._destination(destination, destination_locale, "pages.move"))

    def _named(self, pages: Iterable[int | str], locale: str | None = None) -> Flow[list[int | PagePath]]:
        """Pages given by ids or paths, as ids and places."""
        named: list[int | PagePath] = []
        for page in map(page_reference, several(pages)):
            place = page if isinstance(page, int) else (yield from self._place(page, locale))
            named.append(place)
        return named

    def _id_of(self, page: PageRef, locale: str | None = None) -> Flow[int]:
        """The id of a page given by its id or path.

        Raises:
            PageNotFoundError: There is none at the path.
            ValidationError: It is neither.
        """
        wanted = page_reference(page)
        if isinstance(wanted, int):
            return wanted
        place = yield from self._place(wanted, locale)
        found = yield from self._id_at(place)
        if found is None:
            raise (yield from self._not_there(place))
        return found

    def _not_there(self, *places: PagePath) -> Flow[exc.PageNotFoundError]:
        """The error for places without a page; where the locale of the first is not in use, it says so."""
        refusal = yield from self._engine.locales.refusal(places[0].locale)
        more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
        named = f"page {places[0]}" if len(places) == 1 else f"page at {', '.join(map(str, places[:_NAMED]))}{more}"
        if refusal is None:
            return exc.PageNotFoundError(f"There is no {named}.", operation="pages.singleByPath")
        return exc.PageNotFoundError(
            f"There is no {named}. {refusal.message}", operation="pages.singleByPath", hint=refusal.hint
        )

    def _at(
        self, place: PagePath, by_path: Operation[P], by_id: Callable[[int], Operation[P]], *, fresh: bool = False
    ) -> Flow[P]:
        """Read a page by its path, on old servers by way of the list."""
        execute = self._directly if fresh else self._execute
        if self._server_finds_paths:
            try:
                page = yield from execute(by_path)
            except exc.UnsupportedByServerError:
                pass  # it has told so for good
            else:
                return identity.with_tags_in_order(identity.at(page, place))
        found = yield from self._listed(place)
        return (yield from self._of(found.id, by_id, fresh=fresh))

    def _of(self, id: int, by_id: Callable[[int], Operation[P]], *, fresh: bool = False) -> Flow[P]:
        """Read a page by its id."""
        execute = self._directly if fresh else self._execute
        page = yield from execute(by_id(id))
        return identity.with_tags_in_order(identity.of(page, id))

    def _listed(self, place: PagePath) -> Flow[PageSummary]:
        """Find a page in the list."""
        pages = yield from self._directly(ops.pages_list(locale=place.locale))
        for page in pages:
            if (page.path, page.locale) == place:
                return page
        raise exc.PageNotFoundError(f"There is no page {place}.", operation="pages.list")

    def _id_at(self, place: PagePath) -> Flow[int | None]:
        """The id of the page at a path; None where there is none."""
        try:
            page = yield from self._at(
                place,
                ops.pages_single_by_path_metadata(place.path, locale=place.locale),
                ops.pages_single_metadata,
                fresh=True,
            )
        except exc.PageNotFoundError:
            return None
        except exc.PageViewForbiddenError:
            return (yield from self._listed(place)).id
        return page.id
