"""Reading pages of a wiki whole, with all that a file can hold, in as few requests as possible."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.resources.page_access import explained
from wikijs.resources.page_models import read_state
from wikijs.scalars import timestamp

from .format import PageFile, of_page

if TYPE_CHECKING:
    from wikijs_generated.fragments import Page, PageSummary

    from wikijs import WikiJSClient

AT_ONCE: Final = 200
"""Pages held in memory together: four requests of 50."""


def read_pages(
    client: WikiJSClient, pages: Sequence[PageSummary]
) -> Generator[tuple[PageSummary, PageFile | Exception, bool]]:
    """Read pages, in their order.

    Yields:
        The entry of the list, the page or why it cannot be read, and whether all of it could be read: the editor,
        publish dates and scripts are shown to callers with `write:pages` only.
    """
    for start in range(0, len(pages), AT_ONCE):
        some = pages[start : start + AT_ONCE]
        outcomes = client.batch(*(read_state(page.id) for page in some), return_exceptions=True)
        hidden = [page for page, outcome in zip(some, outcomes, strict=True) if _is_hidden(outcome)]
        visible = dict(_visible(client, hidden))
        for page, outcome in zip(some, outcomes, strict=True):
            if not isinstance(outcome, Exception):
                yield page, of_page(outcome), True
            elif page.id in visible:
                yield page, visible[page.id], False
            elif not isinstance(outcome, exc.PageNotFoundError):  # deleted meanwhile
                yield page, explained(outcome, f"page {page.id}"), False


def _is_hidden(outcome: object) -> bool:
    return isinstance(outcome, exc.PermissionDeniedError) and not isinstance(outcome, exc.PageViewForbiddenError)


def _visible(client: WikiJSClient, pages: Sequence[PageSummary]) -> Iterable[tuple[int, PageFile]]:
    """What callers without `write:pages` may read, by the pages' ids."""
    outcomes = client.batch(*(ops.pages_single(page.id) for page in pages), return_exceptions=True) if pages else ()
    for page, outcome in zip(pages, outcomes, strict=True):
        if not isinstance(outcome, Exception):
            yield page.id, _of_readers_page(outcome, is_published=page.is_published)


def _of_readers_page(page: Page, *, is_published: bool) -> PageFile:
    return PageFile(
        content=page.content,
        content_type=page.content_type,
        title=page.title,
        description=page.description,
        is_published=is_published,
        tags=tuple(tag.tag for tag in page.tags),
        updated_at=timestamp(page.updated_at),
        created_at=timestamp(page.created_at),
        script_css=page.script_css or None,
        script_js=page.script_js or None,
    )
