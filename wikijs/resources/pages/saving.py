"""What the writing parts of the facade of pages are built of: reading pages whole, and writing them back whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.collation import TAKEN_FOR_ONE
from wikijs.core.flow import Flow, Send
from wikijs.core.operations import Operation
from wikijs.core.values.paths import PagePath
from wikijs.core.values.styles import say_the_same

from ..shared.base import afterwards
from .access import RULE_PERMISSIONS, AccessFlows, explained
from .values import merge, tag_clash
from .values.merge import Expected, PageChanges
from .values.scripts import editor_address, scripts_in_editor

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageMetadata, PageWriteResult

    from .values.models import PageState, SavedPage

T = TypeVar("T")
P = TypeVar("P", bound="PageMetadata")
E = TypeVar("E", bound=exc.ConflictError)


class SavingFlows(AccessFlows):
    """Private parts of writes of `client.pages`, to be run under the lock by `_writing`."""

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
            return (yield from afterwards(self._save_again(state.id, variables), "pages.convert"))
        known = yield from self._with_scripts(state, variables)
        before = merge.everything(known)
        after = before | variables
        if set(after["tags"]) == set(before["tags"]):  # the server keeps no order of them
            after["tags"] = before["tags"]
        if say_the_same(after["scriptCss"] or "", before["scriptCss"] or ""):  # it keeps no styles as they were written
            after["scriptCss"] = before["scriptCss"]
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

    def _save_again(self, id: int, variables: dict[str, Any]) -> Flow[SavedPage]:
        return (yield from self._save((yield from self._state(id)), variables))

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
