"""Writing pages: one at a time, and losing nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from wikijs import ops
from wikijs.core.flow import Flow
from wikijs.core.operations import UNSET, UnsetType, given
from wikijs.core.values import paths

from ..shared.base import afterwards
from ..shared.references import PageRef
from .saving import SavingFlows
from .values import merge
from .values.merge import Editor, Expected, PageChanges, PublishDate

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageMetadata

    from .values.models import SavedPage
    from .values.results import Upserted


class WritingFlows(SavingFlows):
    """The writing part of `client.pages`."""

    def create(
        self,
        path: str,
        *,
        title: str,
        content: str,
        description: str = "",
        editor: Editor = "markdown",
        locale: str | None = None,
        tags: Iterable[str] = (),
        is_published: bool = True,
        publish_start_date: PublishDate = None,
        publish_end_date: PublishDate = None,
        script_css: str = "",
        script_js: str = "",
    ) -> Flow[SavedPage]:
        """Create a page.

        The server takes over a second for it, and pages of one client are written one after the other. Where it fails
        on its way (its job for rendering or for the page tree broke, for instance), the page mostly exists: then it is
        looked up and completed.

        Args:
            path: Where, such as "docs/intro"; slashes at its ends and `locale` in front of it do not matter. Upper case
                is kept.
            title: Title, 255 characters at most.
            content: Source in the language of the editor; not empty.
            description: Description, 255 characters at most.
            editor: Editor to use, which decides the language of the content: Markdown, HTML ("ckeditor", "code"),
                AsciiDoc.
            locale: Code of a locale that is in use; the wiki's main one unless given.
            tags: Tags; they are stored trimmed and in lower case.
            is_published: False makes a draft.
            publish_start_date: When it begins to be published; None for at once.
            publish_end_date: When it stops; None for never.
            script_css: Styles of the page; the server drops them silently without `write:styles`.
            script_js: HTML of scripts of the page; the server drops it silently without `write:scripts`.

        Returns:
            The page as saved, without another request; see `SavedPage` for what it does not hold.

        Raises:
            PageIllegalPathError: The server refuses the path, or the page could not be opened there.
            ValidationError: A tag, a date or a text that the server would refuse.
            LocaleNotFoundError: The locale is not in use on this wiki; the message lists those that are.
            PageExistsError: There is a page at this path.
            PermissionDeniedError: Not allowed there.

        Permission: `write:pages` in a page rule that covers the path.
        Operation: `pages.create` (mutation).
        """
        variables = merge.variables(
            {
                "title": title,
                "content": content,
                "description": description,
                "tags": tags,
                "is_published": is_published,
                "publish_start_date": publish_start_date,
                "publish_end_date": publish_end_date,
                "script_css": script_css,
                "script_js": script_js,
            }
        )
        place = yield from self._destination(path, locale, "pages.create")
        return (yield from self._writing(self._create(place, variables, editor)))

    def update(
        self,
        id: PageRef,
        *,
        expected: Expected | None = None,
        title: str | UnsetType = UNSET,
        content: str | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
        tags: Iterable[str] | UnsetType = UNSET,
        is_published: bool | UnsetType = UNSET,
        publish_start_date: PublishDate | UnsetType = UNSET,
        publish_end_date: PublishDate | UnsetType = UNSET,
        script_css: str | UnsetType = UNSET,
        script_js: str | UnsetType = UNSET,
        editor: Editor | UnsetType = UNSET,
    ) -> Flow[SavedPage]:
        """Change fields of a page and keep all others.

        The server replaces a page whole, so the page is read, the changes are merged in, and everything is sent; other
        page writes of this client wait meanwhile. When nothing changes, nothing is written. Path and locale are not
        touched: see `move`.

        Args:
            id: The page's id, or its path.
            expected: The page as you read it, or its `updated_at`. The update is refused when somebody changed the page
                since. The server touches `updated_at` also when nobody edited the page, so of a whole page the content
                and the other fields decide. A change in the moment between reading and writing remains possible.
            title, content, description, is_published, script_css, script_js: New values, see `create`.
            tags: New tags, all of them; an empty list clears them.
            publish_start_date, publish_end_date: New values; None clears.
            editor: Convert the page to this editor first. Give `content`, if you do, in the new language.

        Returns:
            The page as saved; see `SavedPage` for what it does not hold.

        Raises:
            PageNotFoundError: There is none.
            PageChangedError: It is not the expected one any more; both versions are in the error.
            PageContentForbiddenError: It may not be read whole, so that updating it would lose something.
            ValidationError: A value that the server would refuse.

        Permission: `write:pages`, and `manage:pages` or `delete:pages`, in page rules that cover the path.
        Operation: `pages.single` (query), `pages.update`, for `editor` also `pages.convert` (mutations).
        """
        changes = given(
            {
                "title": title,
                "content": content,
                "description": description,
                "tags": tags,
                "is_published": is_published,
                "publish_start_date": publish_start_date,
                "publish_end_date": publish_end_date,
                "script_css": script_css,
                "script_js": script_js,
                "editor": editor,
            }
        )
        merge.variables(changes)  # checked before anything is sent
        page = yield from self._id_of(id)
        return (yield from self._writing(self._update(page, _as_changes(changes), expected)))

    def upsert(
        self,
        path: str,
        *,
        title: str,
        content: str,
        locale: str | None = None,
        description: str | UnsetType = UNSET,
        tags: Iterable[str] | UnsetType = UNSET,
        is_published: bool | UnsetType = UNSET,
        publish_start_date: PublishDate | UnsetType = UNSET,
        publish_end_date: PublishDate | UnsetType = UNSET,
        script_css: str | UnsetType = UNSET,
        script_js: str | UnsetType = UNSET,
        editor: Editor | UnsetType = UNSET,
    ) -> Flow[Upserted]:
        """Create the page at a path, or update the one that is there.

        Args:
            path, title, content, locale: See `create`.
            description, tags, is_published, publish_start_date, publish_end_date, script_css, script_js, editor: See
                `create` and `update`. What is not given is kept, and has the default of `create` on a new page.

        Returns:
            `page`, and whether it was `created`; its `outcome` is "created", "updated" or "unchanged". When nothing
            changes, nothing is written.

        Raises:
            PageIllegalPathError, LocaleNotFoundError, ValidationError, PermissionDeniedError: See `create` and
                `update`.

        Permission: see `create` and `update`.
        Operation: `pages.singleByPath` (query), `pages.create` or `pages.update` (mutations).
        """
        changes = _as_changes(
            given(
                {
                    "title": title,
                    "content": content,
                    "description": description,
                    "tags": tags,
                    "is_published": is_published,
                    "publish_start_date": publish_start_date,
                    "publish_end_date": publish_end_date,
                    "script_css": script_css,
                    "script_js": script_js,
                    "editor": editor,
                }
            )
        )
        merge.variables(changes)  # checked before anything is sent
        place = yield from self._destination(path, locale, "pages.create")
        return (yield from self._writing(self._upsert(place, changes)))

    def _upsert(self, place: paths.PagePath, changes: PageChanges) -> Flow[Upserted]:
        from .values.results import Upserted

        found = yield from self._id_at(place)
        if found is not None:
            state = yield from self._state(found)
            saved = yield from self._save(state, merge.variables(changes), changes.get("editor"))
            return Upserted(saved, created=False, changed=saved.updated_at != state.updated_at)
        variables = merge.variables({**merge.DEFAULTS, **changes})
        page = yield from self._create(place, variables, changes.get("editor", "markdown"))
        return Upserted(page, created=True)

    def move(self, id: PageRef, path: str, *, locale: str | None = None) -> Flow[PageMetadata]:
        """Move a page to another path or locale; pages below it stay. See `move_tree` for a folder.

        No redirect is left behind, and links to the page are not rewritten in the content of others. The title follows
        when it equalled the last segment of the old path.

        Args:
            id: The page's id, or its path.
            path: Where to; see `create`.
            locale: Code of the locale to move to; None keeps it.

        Returns:
            The page as it is afterwards, without its content.

        Raises:
            PageNotFoundError: There is none.
            PagePathCollisionError: There is a page at that path.
            PageIllegalPathError, LocaleNotFoundError: See `create`.

        Permission: `manage:pages` in a page rule that covers the old path, `write:pages` for the new one.
        Operation: `pages.move` (mutation).
        """
        path, locale = paths.of_place(path, locale, self._engine.url)
        page = yield from self._id_of(id)
        if locale is None:
            now = yield from self._explaining(self._of(page, ops.pages_single_metadata, fresh=True), f"page {page}")
            place = paths.destination(path, now.locale)
        else:
            place = yield from self._destination(path, locale, "pages.move")
        yield from self._move(page, place)
        moved = self._of(page, ops.pages_single_metadata, fresh=True)
        return (yield from afterwards(moved, "pages.move"))

    def delete(self, id: PageRef) -> Flow[None]:
        """Delete a page with its comments. Its history can no longer be reached afterwards.

        Args:
            id: The page's id, or its path.

        Raises:
            PageNotFoundError: There is none.
            PageDeleteForbiddenError: Not allowed; a caller whose page rules are limited to locales never is.

        Permission: `delete:pages` in a page rule that covers the path, for all locales.
        Operation: `pages.delete` (mutation).
        """
        page = yield from self._id_of(id)
        yield from self._explaining(self._execute(ops.pages_delete(page)), f"page {page}")

    def render(self, id: PageRef) -> Flow[None]:
        """Render a page again, and wait for it. This changes `updated_at`.

        Args:
            id: The page's id, or its path.

        Raises:
            PageNotFoundError: There is none.

        Permission: `manage:system`.
        Operation: `pages.render` (mutation).
        """
        page = yield from self._id_of(id)
        yield from self._explaining(self._execute(ops.pages_render(page)), f"page {page}")

    def convert(self, id: PageRef, *, editor: Editor) -> Flow[SavedPage]:
        """Convert a page to another editor, from Markdown to HTML or back. Nothing happens where it has that editor.

        Args:
            id: The page's id, or its path.
            editor: Editor to use from now on.

        Returns:
            The page as it is afterwards.

        Raises:
            PageNotFoundError: There is none.
            ValidationError: The server cannot convert between these two.

        Permission: see `update`.
        Server: 2.5.201 or later.
        Operation: `pages.convert` (mutation).
        """
        page = yield from self._id_of(id)
        return (yield from self._writing(self._update(page, {"editor": editor}, None)))


def _as_changes(values: dict[str, Any]) -> PageChanges:
    """Give keyword arguments their type back; their names and types are those of `PageChanges`."""
    return cast("PageChanges", values)
