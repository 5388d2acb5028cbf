"""Replacing text in many pages: first found and shown, then written page by page, losing nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from wikijs import exceptions as exc
from wikijs.core.flow import Emit, Flow, Stream, emit
from wikijs.core.jobs.results import BatchResult
from wikijs.core.values import paths
from wikijs.core.values.defaults import PAGES_IN_A_BATCH

from ..shared.base import Progress
from ..shared.many import BulkFlows
from .discovery import DiscoveryFlows
from .saving import SavingFlows
from .values import merge
from .versions import unified_diff

if TYPE_CHECKING:
    from wikijs_generated.fragments import Page

    from wikijs.core.jobs.journal import JournalPath

    from .values.models import SavedPage

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A page in whose content something is to be replaced.

    Attributes:
        id, path, locale, title: The page.
        updated_at: When it was saved last.
        count: Number of replacements.
        before, after: Its content as it was read, and as it shall be.
    """

    id: int
    path: str
    locale: str
    title: str
    updated_at: datetime
    count: int
    before: str
    after: str

    def diff(self, *, context: int = 3) -> str:
        """A unified diff of the content, with a number of unchanged lines around each change."""
        return unified_diff(self.before, self.after, f"{self.locale}/{self.path}", "replaced", context)


Reading: TypeAlias = Callable[[int], None]
"""Called with the number of pages that were read so far."""
Approve: TypeAlias = Callable[[Sequence[Replacement]], bool]
"""Looks at all replacements before the first is written; False stops there."""


class _DisapprovedError(Exception):
    """Nothing is to be written."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What to replace, and where: a job that goes on must be the same."""

    pattern: str
    replacement: str
    literal: bool
    ignore_case: bool
    across_lines: bool
    folder: str
    locale: str | None
    tags: Sequence[str]

    def rewriter(self) -> Callable[[str], tuple[str, int]]:
        """A function from a content to the new one and the number of replacements.

        Raises:
            ConfigurationError: The pattern or the replacement is none.
        """
        if not self.pattern:
            raise exc.ConfigurationError("The pattern is empty: it would match between all characters.")
        flags = re.MULTILINE | (re.IGNORECASE if self.ignore_case else 0)
        text = self.replacement
        new: str | Callable[[re.Match[str]], str] = (lambda _: text) if self.literal else text
        try:
            expression = re.compile(re.escape(self.pattern) if self.literal else self.pattern, flags)
        except re.error as error:
            raise exc.ConfigurationError(f"{self.pattern!r} is no regular expression: {error}.") from None
        try:
            expression.sub(new, "")  # reads the replacement also where there is nothing to replace
        except (re.error, IndexError) as error:
            raise exc.ConfigurationError(f"The replacement {text!r} cannot be used: {error}.") from None
        if self.across_lines:
            return lambda content: expression.subn(new, content)
        return lambda content: _line_by_line(content, lambda line: expression.subn(new, line))


class ReplacingFlows(DiscoveryFlows, SavingFlows, BulkFlows):
    """The replacing part of `client.pages`."""

    def find_replacements(
        self,
        pattern: str,
        replacement: str,
        *,
        literal: bool = False,
        ignore_case: bool = False,
        across_lines: bool = False,
        folder: str = "",
        locale: str | None = None,
        tags: Sequence[str] = (),
        batch_size: int = PAGES_IN_A_BATCH,
        reading: Reading | None = None,
    ) -> Stream[Replacement]:
        """Find the pages that `replace` would change, with their new content. Nothing is written.

        Args:
            pattern, replacement, literal, ignore_case, across_lines, folder, locale, tags: See `replace`.
            batch_size: Pages in one request.
            reading: See `replace`.

        Raises:
            ConfigurationError: The pattern or the replacement is none.
            PageContentForbiddenError: A page may not be read.

        Permission: what `get` needs.
        Operation: `pages.list`, `pages.single` (queries).
        """
        job = _Job(pattern, replacement, literal, ignore_case, across_lines, folder, locale, paths.tags(tags))
        yield from self._find(job, batch_size, reading)

    def replace(
        self,
        pattern: str,
        replacement: str,
        *,
        literal: bool = False,
        ignore_case: bool = False,
        across_lines: bool = False,
        folder: str = "",
        locale: str | None = None,
        tags: Sequence[str] = (),
        reading: Reading | None = None,
        approve: Approve | None = None,
        progress: Progress | None = None,
        journal: JournalPath | None = None,
    ) -> Flow[BatchResult[Replacement, SavedPage]]:
        """Replace text in the content of pages. All else of a page is kept; a page that changed meanwhile is left.

        Reads the content of all pages that the filters leave: narrow it down on a large wiki.

        Args:
            pattern: A regular expression, looked for line by line as `grep` does.
            replacement: What to put there, as `re.sub` takes it: with references to groups.
            literal: Take pattern and replacement as they are.
            ignore_case: Whether upper and lower case are the same.
            across_lines: Look through the whole content at once, so that a match may hold line ends.
            folder, locale, tags: Which pages to read, see `list`.
            reading: Called with the number of pages read so far, while looking for the pattern.
            approve: Called with all replacements before the first is written; nothing is, unless it returns True.
            progress: Called after each page written with the number done and the total.
            journal: Path of a file that notes what was done, so that a job that was killed can go on: run it again with
                the same arguments and journal. It holds what was found the first time, so that nothing is looked for,
                approved or replaced twice.

        Returns:
            Pages saved and errors, each in the order of the pages' ids. Ctrl-C ends the work early and returns what was
            done (the cancellation of an asyncio task is passed on instead).

        Raises:
            ConfigurationError: The pattern or the replacement is none; the journal belongs to another job, or is in
                use.
            PageContentForbiddenError: A page may not be read; nothing was written.

        Permission: see `update`.
        Operation: `pages.list`, `pages.single` (queries), `pages.update` (mutation).
        """
        job = _Job(pattern, replacement, literal, ignore_case, across_lines, folder, locale, paths.tags(tags))
        job.rewriter()  # checked before a journal is begun
        from pydantic import TypeAdapter

        from .values.models import SavedPage

        known = TypeAdapter(Replacement)

        def plan() -> Flow[list[Any]]:
            found = yield from _collected(self._find(job, PAGES_IN_A_BATCH, reading))
            if found and approve is not None and not approve(found):
                raise _DisapprovedError
            return [known.dump_python(item, mode="json") for item in found]

        read, work, settle = known.validate_python, self._replace, self._settle_replacement
        try:
            return (
                yield from self._planned_job(
                    "pages.replace", asdict(job), plan, read, work, progress, journal, settle, SavedPage
                )
            )
        except _DisapprovedError:
            return BatchResult()

    def _find(self, job: _Job, batch_size: int, reading: Reading | None) -> Stream[Replacement]:
        rewrite = job.rewriter()
        read = 0
        stream = self.iter_all(content=True, batch_size=batch_size, folder=job.folder, locale=job.locale, tags=job.tags)
        with suppress(StopIteration):
            step = next(stream)
            while True:
                if isinstance(step, Emit):
                    read += len(step.values)
                    if reading is not None:
                        reading(read)
                    found = [_replacement(page, *rewrite(page.content)) for page in step.values]
                    yield from emit([item for item in found if item.before != item.after])
                    step = stream.send(None)
                else:
                    step = stream.send((yield step))

    def _replace(self, item: Replacement) -> Flow[SavedPage]:
        return (yield from self._writing(self._replace_unless_changed(item)))

    def _settle_replacement(self, item: Replacement, _: object) -> Flow[SavedPage]:
        """Its content shows whether a page was written."""
        return (yield from self._replace(item))

    def _replace_unless_changed(self, item: Replacement) -> Flow[SavedPage]:
        """Write one page, unless it is written already. Its content decides: time stamps change without an edit."""
        variables = merge.variables({"content": item.after})
        state = yield from self._state(item.id)
        if state.content == item.after:
            return merge.unchanged_page(state)
        if state.content != item.before:
            raise exc.PageChangedError(
                f"Page {item.id} ({item.locale}/{item.path}) changed since it was read. Nothing was written.",
                expected=item.updated_at,
                current=state,
            )
        return (yield from self._save(state, variables))


def _collected(stream: Stream[T]) -> Flow[list[T]]:
    """All that a stream hands out."""
    found: list[T] = []
    with suppress(StopIteration):
        step = next(stream)
        while True:
            if isinstance(step, Emit):
                found += step.values
                step = stream.send(None)
            else:
                step = stream.send((yield step))
    return found


def _replacement(page: Page, after: str, count: int) -> Replacement:
    return Replacement(page.id, page.path, page.locale, page.title, page.updated_at, count, page.content, after)


def _line_by_line(content: str, rewrite: Callable[[str], tuple[str, int]]) -> tuple[str, int]:
    """Rewrite each line and keep its end, whichever it is."""
    parts: list[str] = []
    total = 0
    for line in content.splitlines(keepends=True):
        bare = line.splitlines()[0]
        new, count = rewrite(bare)
        parts += (new, line[len(bare) :])
        total += count
    return "".join(parts), total
