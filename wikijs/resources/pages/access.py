"""What all parts of the facade of pages are built of: finding pages, reading them whole, writing them back whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.collation import TAKEN_FOR_ONE
from wikijs.core.flow import Flow, Send
from wikijs.core.operations import Operation
from wikijs.core.values import paths
from wikijs.core.values.paths import PagePath

from ..shared.base import Flows, afterwards
from ..shared.references import PageRef, page_reference
from ..shared.several import several
from .values import identity, merge, tag_clash
from .values.merge import Expected, PageChanges
from .values.scripts import editor_address, scripts_in_editor

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageMetadata, PageSummary, PageWriteResult

    from .values.models import PageState, SavedPage

T = TypeVar("T")
P = TypeVar("P", bound="PageMetadata")
E = TypeVar("E", bound=exc.ConflictError)

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
    """Private parts of `client.pages`."""

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

    # From here on: parts of writes, to be run under the lock by `_writing`.

    def _writing(self, flow: Flow[T]) -> Flow[T]:
        """Run a flow while this client writes no other page: reading, merging and writing must not be torn apart."""
        return self._engine.writing_pages(flow)

    def _state(self, id: int) -> Flow[PageState]:
        """Read all of a page that an update has to send."""
        from .values.models import read_state

        try:
            state = yield from self._of(id, read_state, fresh=True)
        except exc.PageNotFoundError as error:
            raise explained(error, f"page {id}") from None
        except exc.PermissionDeniedError as error:
            raise exc.PageContentForbiddenError(
                f"Page {id} may not be read whole, so an update would erase what cannot be read. Nothing was written.",
                operation=error.operation,
                permissions=("write:pages", *RULE_PERMISSIONS),
                hint="It takes write:pages, and manage:pages or delete:pages, in a page rule that covers the path.",
                errors=error.errors,
            ) from None
        return state

    def _with_scripts(self, state: PageState, given: Collection[str]) -> Flow[PageState]:
        """The same with styles and scripts where the server does not answer them: before 2.5.290."""
        if state.script_css is not None and state.script_js is not None:
            return state
        if not self._engine.server.has("Page", "scriptCss"):  # before 2.5.105, where pages have none
            return state.model_copy(update={"script_css": "", "script_js": ""})
        address = editor_address(state.path, state.locale)
        reply = yield from self._engine.request(Send(address, b"", {}, method="GET"), "pages.editor")
        html = reply.content.decode("utf-8", "replace") if reply.status_code == HTTPStatus.OK else ""
        scripts = scripts_in_editor(html, state.id)
        if scripts is not None:
            return state.model_copy(update={"script_css": scripts.css, "script_js": scripts.js})
        if {"scriptCss", "scriptJs"}.issubset(given):
            return state
        raise exc.UnsupportedByServerError(
            f"This server does not say which styles and scripts page {state.id} has, so an update would erase them. "
            "Nothing was written.",
            operation="pages.update",
            needs="2.5.290",
            hint="Give script_css= and script_js= both, or upgrade the server to 2.5.290 or later.",
        )

    def _update(self, id: int, changes: PageChanges, expected: Expected | None) -> Flow[SavedPage]:
        variables = merge.variables(changes)
        state = yield from self._state(id)
        merge.check_unchanged(state, expected)
        return (yield from self._save(state, variables, changes.get("editor")))

    def _save(self, state: PageState, variables: dict[str, Any], editor: str | None = None) -> Flow[SavedPage]:
        """Write a page whole, with some variables changed; write nothing where nothing changes."""
        from wikijs_generated.specs.pages import PAGES_UPDATE

        if editor is not None and editor != state.editor:
            yield from self._directly(ops.pages_convert(state.id, editor=editor))
            state = yield from self._state(state.id)
        known = yield from self._with_scripts(state, variables)
        before = merge.everything(known)
        after = before | variables
        if set(after["tags"]) == set(before["tags"]):  # the server keeps no order of them
            after["tags"] = before["tags"]
        if after == before and known.script_css is not None:
            return merge.unchanged_page(known)
        try:
            result = yield from self._directly(Operation(PAGES_UPDATE, {"id": state.id, **after}, before=state))
        except exc.WikiJSException as error:
            if tag_clash.refused(error) is None:
                raise
            raise (yield from self._without_clashing_tags(state.id, after, error)) from None
        if result.page is None:
            return merge.unchanged_page((yield from afterwards(self._state(state.id), "pages.update")))
        return merge.saved_page(result.page, locale=state.locale, editor=state.editor, content=after["content"])

    def _create(
        self, place: PagePath, variables: dict[str, Any], editor: str, *, in_flight: bool = False, before: Any = None
    ) -> Flow[SavedPage]:
        """Create a page; with `in_flight` one that may have been created before the program was ended."""
        send = self._engine.settle_unlocked if in_flight else self._directly
        creation = replace(self._creation(place, variables, editor), before=before)
        try:
            page = (yield from send(creation)).page
        except exc.PageExistsError as error:
            raise (yield from self._taken(place, error)) from None
        except exc.WikiJSException as error:
            if tag_clash.refused(error) is None:
                raise
            made = yield from self._listed(place)
            raise (yield from self._without_clashing_tags(made.id, variables, error)) from None
        if page is None:
            return merge.unchanged_page((yield from afterwards(self._state_at(place), "pages.create")))
        return merge.saved_page(page, locale=place.locale, editor=editor, content=variables["content"])

    def _state_at(self, place: PagePath) -> Flow[PageState]:
        found = yield from self._listed(place)
        return (yield from self._state(found.id))

    def _creation(self, place: PagePath, variables: dict[str, Any], editor: str) -> Operation[PageWriteResult]:
        from wikijs_generated.specs.pages import PAGES_CREATE

        everything = {"path": place.path, "locale": place.locale, "editor": editor, "isPrivate": False, **variables}
        return Operation(PAGES_CREATE, everything)

    def _taken(self, place: PagePath, error: E, own: int | None = None) -> Flow[E]:
        """The error of writing a page where there is one, which may be another one that the database takes for it.

        Args:
            place: Where the page was to be.
            error: What the server said.
            own: Id of the page that was to be moved, which may be in its own way.
        """
        try:
            found = yield from self._directly(ops.pages_single_by_path_metadata(place.path, locale=place.locale))
        except exc.WikiJSException:
            return error
        there = PagePath(found.path, found.locale)
        if there == place:
            return error
        way_out = "Move it to another path first." if found.id == own else "Update that page, or choose another path."
        return type(error)(
            f"There is no room for a page {place} beside {there} (id {found.id}): the wiki's database takes them"
            " for one.",
            operation=error.operation,
            hint=f"{TAKEN_FOR_ONE}. {way_out}",
        )

    def _move(self, id: int, place: PagePath) -> Flow[None]:
        """Move a page; a collision names the page that is in the way, where it is not plain which."""
        try:
            yield from self._execute(ops.pages_move(id, destination_path=place.path, destination_locale=place.locale))
        except exc.PagePathCollisionError as error:
            raise (yield from self._taken(place, error, id)) from None

    def _without_clashing_tags(
        self, id: int, wanted: dict[str, Any], error: exc.WikiJSException
    ) -> Flow[exc.TagCollisionError]:
        """Save a page that has its text already with those of its tags that can be had; the error that says so.

        The server stores tags after everything else, and renders the page after them, so a tag that it cannot store
        leaves a page without tags and rendering.
        """
        from wikijs_generated.specs.pages import PAGES_UPDATE

        kept: list[str] = list(wanted["tags"])
        clashing: list[str] = []
        failure: exc.WikiJSException = error
        while (tag := tag_clash.refused(failure)) is not None and kept:
            known = {each.tag for each in (yield from self._directly(ops.pages_tags()))}
            clashing.append(tag_clash.culprit(tag, kept, known))
            kept.remove(clashing[-1])
            try:
                yield from self._directly(Operation(PAGES_UPDATE, {**wanted, "id": id, "tags": kept}))
            except exc.WikiJSException as again:
                failure = again
            else:
                return tag_clash.told(id, clashing, kept, [*wanted["tags"], *known], error)
        raise failure
