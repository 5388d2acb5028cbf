"""Tags of pages: the server lists, renames and deletes them; counting and merging is done here."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.flow import Flow, Stream
from wikijs.core.jobs.results import BatchResult
from wikijs.core.values import paths

from .pages.tags import PageTaggingFlows
from .shared.base import Progress, afterwards
from .shared.paging import check_batch_size, check_part, in_batches, part

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageSummary, PageTag

    from wikijs.core.jobs.journal import JournalPath

    from .pages.values.models import SavedPage


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that is in use.

    Attributes:
        id: Its id.
        tag: Its name.
        title: How it is shown; equal to the name unless it was renamed.
        count: Number of pages that have it, as far as the caller may see them.
        created_at, updated_at: When it was first used, and last renamed.
    """

    id: int
    tag: str
    title: str
    count: int
    created_at: datetime
    updated_at: datetime


class TagsFlows(PageTaggingFlows):
    """Tags of pages: listing, renaming, merging and deleting them; adding them to pages and removing them."""

    def list(self, *, search: str = "", limit: int | None = None, offset: int = 0) -> Flow[builtins.list[Tag]]:
        """List the tags that are in use, sorted by name, with the number of pages of each.

        Args:
            search: Part of the name or the title, in upper or lower case.
            limit: Tags at most.
            offset: Tags to leave out first: `limit=50, offset=100` is the third page of fifty.

        Raises:
            ValidationError: A negative limit or offset.

        Permission: `read:pages`.
        Operation: `pages.tags`, `pages.list` (queries).
        """
        check_part(limit, offset)
        tags = yield from self._execute(ops.pages_tags())
        pages = yield from self._execute(ops.pages_list())
        counts = Counter(tag for page in pages for tag in page.tags)
        text = paths.text("search", search).casefold()
        found = [
            Tag(tag.id, tag.tag, tag.title or tag.tag, counts[tag.tag], tag.created_at, tag.updated_at)
            for tag in sorted(tags, key=lambda tag: tag.tag)
            if text in tag.tag.casefold() or text in (tag.title or "").casefold()
        ]
        return part(found, limit, offset)

    def iter_all(self, *, batch_size: int = 50, search: str = "") -> Stream[Tag]:
        """Iterate over the tags that are in use, sorted by name, with the number of pages of each.

        The list comes whole when the iteration begins, because the server has no paging; tags that were handed out are
        let go of.

        Args:
            batch_size: Tags handed out together.
            search: See `list`.

        Permission: `read:pages`.
        Operation: `pages.tags`, `pages.list` (queries).
        """
        check_batch_size(batch_size)
        yield from in_batches((yield from self.list(search=search)), batch_size)

    def rename(self, tag: str, new: str, *, title: str | None = None) -> Flow[None]:
        """Rename a tag on all pages. Their time stamps and the search index do not change.

        Args:
            tag: The tag.
            new: Its new name.
            title: How to show it; None follows the name.

        Raises:
            TagNotFoundError: No page that the caller may see has the tag.
            ConflictError: There is a tag of the new name; `merge` makes one of two.

        Permission: `manage:system`.
        Operation: `pages.updateTag` (mutation).
        """
        name = paths.tag(new)
        tags = yield from self._by_name()
        found = _named(tags, tag)
        if name in tags and name != found.tag:
            raise exc.ConflictError(
                f"There is a tag {name!r} already.", operation="pages.updateTag", hint="tags.merge makes one of two."
            )
        yield from self._execute(ops.pages_update_tag(found.id, tag=name, title=name if title is None else title))

    def merge(
        self,
        tags: Iterable[str],
        into: str,
        *,
        progress: Progress | None = None,
        journal: JournalPath | None = None,
    ) -> Flow[BatchResult[PageSummary, SavedPage]]:
        """Replace tags by another one on all pages, and delete them. The server cannot, so each page is written.

        Args:
            tags: Tags to replace.
            into: The tag to have instead; it need not exist.
            progress: Called after each page with the number done and the total.
            journal: Path of a file that notes what is to be written and what was done, so that a job that was killed
                can go on: run it again with the same arguments and journal.

        Returns:
            The pages written, and errors. The old tags are deleted unless a page failed.

        Raises:
            TagNotFoundError: No page that the caller may see has one of the tags.
            ConfigurationError: The journal belongs to another job, is in use, or cannot be written.

        Permission: `manage:system`, which has what updating pages needs.
        Operation: `pages.update`, `pages.deleteTag` (mutations).
        """
        from wikijs_generated.fragments import PageSummary

        from .pages.values.models import SavedPage

        target = paths.tag(into)
        names = [name for name in paths.tags(tags) if name != target]

        def plan() -> Flow[builtins.list[Any]]:
            present = yield from self._by_name()
            for name in names:
                _named(present, name)
            pages = yield from self._directly(ops.pages_list())
            concerned = [page for page in pages if not set(names).isdisjoint(page.tags)]
            return [page.model_dump(mode="json", by_alias=True) for page in concerned]

        def replace(page: PageSummary, _: object = None) -> Flow[SavedPage]:
            return self._writing(self._replace_tags(page.id, set(names), target))

        # The same function settles what was in flight: a page that has its tags is not written.
        job, arguments, read = "tags.merge", {"tags": sorted(names), "into": target}, PageSummary.model_validate
        result = yield from self._planned_job(
            job, arguments, plan, read, replace, progress, journal, replace, SavedPage
        )
        if not result.errors and not result.not_attempted:
            yield from afterwards(self._drop(names), "pages.deleteTag", result)
        return result

    def _drop(self, names: Iterable[str]) -> Flow[None]:
        left = yield from self._by_name()
        for name in names:
            if name in left:
                yield from self._execute(ops.pages_delete_tag(left[name].id))

    def _replace_tags(self, id: int, old: set[str], target: str) -> Flow[SavedPage]:
        state = yield from self._state(id)
        kept = [tag.tag for tag in state.tags if tag.tag not in old]
        return (yield from self._save(state, {"tags": paths.tags([*kept, target])}))

    def delete(self, tag: str) -> Flow[None]:
        """Remove a tag from all pages.

        Args:
            tag: The tag.

        Raises:
            TagNotFoundError: No page that the caller may see has the tag.

        Permission: `manage:system`.
        Operation: `pages.deleteTag` (mutation).
        """
        tags = yield from self._by_name()
        yield from self._execute(ops.pages_delete_tag(_named(tags, tag).id))

    def _by_name(self) -> Flow[dict[str, PageTag]]:
        tags = yield from self._directly(ops.pages_tags())
        return {tag.tag: tag for tag in tags}


def _named(tags: dict[str, PageTag], tag: str) -> PageTag:
    name = paths.tag(tag)
    if name not in tags:
        raise exc.TagNotFoundError(f"No page has the tag {name!r}.", operation="pages.tags")
    return tags[name]
