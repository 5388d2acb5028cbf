"""Old versions of pages: what changed, when, and bringing it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, Stream, emit
from wikijs.core.values import paths
from wikijs.core.values.defaults import HISTORY_PAGE_SIZE

from ..shared.references import PageRef
from .reading import ReadingFlows
from .saving import SavingFlows
from .values import merge

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageHistoryEntry

    from .values.models import SavedPage, VersionState


class VersionFlows(ReadingFlows, SavingFlows):
    """The version part of `client.pages`."""

    def history(
        self, id: PageRef, *, page_size: int = HISTORY_PAGE_SIZE, batch_size: int | None = None
    ) -> Stream[PageHistoryEntry]:
        """Iterate over the changes of a page, newest first.

        An entry stands for the version that a change replaced; the present one is not among them. Entries are read as
        the iteration goes on: stop early, and the rest is never asked for.

        Args:
            id: The page's id, or its path.
            page_size: Entries in one request.
            batch_size: Another name of page_size.

        Raises:
            PageNotFoundError: There is no such page; a deleted page's history cannot be reached.
            ConfigurationError: A request would ask for nothing.

        Permission: `read:history` in a page rule that covers the path.
        Operation: `pages.history` (query).
        """
        size = page_size if batch_size is None else batch_size
        if size < 1:
            name = "page_size" if batch_size is None else "batch_size"
            raise exc.ConfigurationError(f"{name} is {size}, but a request asks for at least one entry.")
        page = yield from self._id_of(id)
        number, seen, total = 0, 0, 1
        while seen < total:
            part = yield from self._explaining(
                self._execute(ops.pages_history(page, offset_page=number, offset_size=size)), f"page {page}"
            )
            if not part.trail:
                return
            number, seen, total = number + 1, seen + len(part.trail), part.total
            yield from emit(_repaired(part.trail))

    def iter_history(self, id: PageRef, *, batch_size: int = HISTORY_PAGE_SIZE) -> Stream[PageHistoryEntry]:
        """Iterate over the changes of a page, newest first: `history` by the name of its siblings.

        Args:
            id: The page's id, or its path.
            batch_size: Entries in one request.

        Raises:
            PageNotFoundError: There is no such page.
            ConfigurationError: A request would ask for nothing.

        Permission: `read:history` in a page rule that covers the path.
        Operation: `pages.history` (query).
        """
        yield from self.history(id, batch_size=batch_size)

    def version(self, id: PageRef, version_id: int) -> Flow[VersionState]:
        """Read an old version of a page. Its tags and scripts cannot be had.

        Args:
            id: The page's id, or its path.
            version_id: The version's id, from `history`.

        Raises:
            NotFoundError: The page has no such version.

        Permission: `read:history` in a page rule that covers the path.
        Server: 2.2.50 or later.
        Operation: `pages.version` (query).
        """
        from .values.models import read_version

        page = yield from self._id_of(id)
        version = yield from self._explaining(self._execute(read_version(page, version_id)), f"page {page}")
        if version is None:
            raise exc.NotFoundError(
                f"Page {page} has no version {version_id}.",
                operation="pages.version",
                hint="pages.history lists the versions it has.",
            )
        return version

    def diff(self, id: PageRef, old: int, new: int | None = None, *, context: int = 3) -> Flow[str]:
        """Compare the content of two versions of a page.

        Args:
            id: The page's id, or its path.
            old: Id of the older version.
            new: Id of the newer version; None for the present one.
            context: Unchanged lines to show around a change.

        Returns:
            A unified diff, empty when the content is the same.

        Raises:
            NotFoundError: The page, or a version of it, does not exist.

        Permission: `read:history`, and for the present version what `get` needs.
        Operation: `pages.version`, `pages.single` (queries).
        """
        number = yield from self._id_of(id)
        before = yield from self.version(number, old)
        if new is None:
            page = yield from self.get(number)
            after, label = page.content, "current"
        else:
            version = yield from self.version(number, new)
            after, label = version.content, f"version {new}"
        return unified_diff(before.content, after, f"version {old}", label, context)

    def restore(self, id: PageRef, version_id: int, *, move_back: bool = False) -> Flow[SavedPage]:
        """Bring an old version of a page back, as a new one on top.

        Content, title, description, publication state and editor are the old ones. Tags, scripts and styles stay as
        they are today, because the server keeps no old ones; its own restore erases them.

        Args:
            id: The page's id, or its path.
            version_id: The version's id, from `history`.
            move_back: Also move the page to where it was then; otherwise it stays.

        Returns:
            The page as saved.

        Raises:
            NotFoundError: The page, or this version of it, does not exist.
            PagePathCollisionError: There is a page where this one should move back to; all else is restored.

        Permission: `read:history` and what `update` needs; to move back what `move` needs.
        Operation: `pages.version` (query), `pages.update` (mutation).
        """
        version = yield from self.version(id, version_id)
        return (yield from self._writing(self._restore(version, move_back=move_back)))

    def _restore(self, version: VersionState, *, move_back: bool) -> Flow[SavedPage]:
        state = yield from self._state(version.page_id)
        page = yield from self._save(state, merge.of_version(version), version.editor)
        then = paths.PagePath(version.path, version.locale)
        if not move_back or then == (state.path, state.locale):
            return page
        yield from self._directly(ops.pages_move(state.id, destination_path=then.path, destination_locale=then.locale))
        return merge.unchanged_page((yield from self._state(state.id)))


def unified_diff(before: str, after: str, before_name: str, after_name: str, context: int = 3) -> str:
    """A unified diff of two texts; it ends with a line end unless it is empty."""
    from wikijs.core.values.differences import unified  # few programs compare versions

    return "".join(f"{line}\n" for line in unified(before, after, before_name, after_name, context))


def _repaired(trail: Sequence[PageHistoryEntry]) -> list[PageHistoryEntry]:
    """Call the first version of a page `initial`: the server sometimes calls it a move from nowhere."""
    return [
        entry.model_copy(update={"action_type": "initial", "value_before": None, "value_after": None})
        if entry.action_type == "move" and not entry.value_before
        else entry
        for entry in trail
    ]
