"""Pages made of others, and text put at their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wikijs import exceptions as exc
from wikijs.core.flow import Flow

from ..shared.references import PageRef
from .values import merge
from .values.templates import filled
from .writing import WritingFlows

if TYPE_CHECKING:
    from .values.models import PageState, SavedPage


class ComposingFlows(WritingFlows):
    """The composing part of `client.pages`."""

    def copy(
        self,
        id: PageRef,
        path: str,
        *,
        title: str | None = None,
        locale: str | None = None,
        tags: Iterable[str] | None = None,
        is_published: bool | None = None,
        values: Mapping[str, str] | None = None,
    ) -> Flow[SavedPage]:
        """Make a page that is like another one: content, description, tags, state, dates, scripts and editor.

        Its links stay as they are. Comments and history are those of the old page.

        Args:
            id: The page's id, or its path.
            path: Where to; see `create`.
            title: Title of the copy; that of the page unless given.
            locale: Code of the locale of the copy; that of the page unless given.
            tags: Its tags; those of the page unless given.
            is_published: False makes a draft; as the page is unless given.
            values: Texts for places such as `{{name}}` of a template, by their names. Places without one stay.

        Returns:
            The copy as saved; see `SavedPage` for what it does not hold.

        Raises:
            PageNotFoundError: There is no such page.
            PageExistsError: There is a page at that path.
            PageContentForbiddenError: It may not be read whole.
            PageIllegalPathError, LocaleNotFoundError: See `create`.

        Permission: what `update` needs to read the page, and `write:pages` for the new path.
        Operation: `pages.single` (query), `pages.create` (mutation).
        """
        page = yield from self._id_of(id)
        state = yield from self._with_scripts((yield from self._state(page)), ())
        whole = merge.everything(state)
        given: dict[str, Any] = {
            "title": title,
            "tags": None if tags is None else list(tags),
            "is_published": is_published,
        }
        made = {**whole, **merge.variables({name: value for name, value in given.items() if value is not None})}
        if values is not None:
            made |= {name: filled(str(made[name]), values) for name in ("title", "content", "description")}
        place = yield from self._destination(path, locale or state.locale, "pages.create")
        return (yield from self._writing(self._create(place, made, state.editor)))

    def append(self, id: PageRef, text: str, *, separator: str = "\n") -> Flow[SavedPage]:
        """Put text at the end of a page. All else of it is kept, also what somebody else adds at the same moment.

        Args:
            id: The page's id, or its path.
            text: The text, in the language of the page.
            separator: What stands between; the page's last line is ended first.

        Returns:
            The page as saved; see `SavedPage` for what it does not hold.

        Raises:
            ValidationError: The text is empty.
            PageNotFoundError, PageContentForbiddenError: See `update`.

        Permission: see `update`.
        Operation: `pages.single` (query), `pages.update` (mutation).
        """
        return (yield from self._extended(id, text, lambda content: _joined(content, separator, text)))

    def prepend(self, id: PageRef, text: str, *, separator: str = "\n") -> Flow[SavedPage]:
        """Put text at the beginning of a page. All else of it is kept.

        Args:
            id, text: See `append`.
            separator: What stands between; the text's last line is ended first.

        Returns:
            The page as saved; see `SavedPage` for what it does not hold.

        Raises:
            ValidationError: The text is empty.
            PageNotFoundError, PageContentForbiddenError: See `update`.

        Permission: see `update`.
        Operation: `pages.single` (query), `pages.update` (mutation).
        """
        return (yield from self._extended(id, text, lambda content: _joined(text, separator, content)))

    def _extended(self, id: PageRef, text: str, change: Callable[[str], str]) -> Flow[SavedPage]:
        if not text.strip():
            raise exc.ValidationError("The text is empty: nothing was sent.")
        page = yield from self._id_of(id)
        return (yield from self._writing(self._changed_content(page, change)))

    def _changed_content(self, page: int, change: Callable[[str], str]) -> Flow[SavedPage]:
        state: PageState = yield from self._state(page)
        return (yield from self._save(state, merge.variables({"content": change(state.content)})))


def _joined(first: str, separator: str, second: str) -> str:
    """Two texts, the first one's last line ended."""
    return f"{first}{'' if first.endswith(chr(10)) or not first else chr(10)}{separator}{second}"
