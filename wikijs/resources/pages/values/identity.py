"""Whether the page that came back is the one that was asked for.

MariaDB, MySQL and SQL Server compare paths without case and accents, so a wiki on one of them answers `docs/cafe` where
`docs/café` was asked for. It is for the caller to say whether that page will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from wikijs import exceptions as exc
from wikijs.core.collation import TAKEN_FOR_ONE
from wikijs.core.values.paths import PagePath

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageMetadata

P = TypeVar("P", bound="PageMetadata")


def at(page: P, place: PagePath) -> P:
    """A page, if it is at this place.

    Raises:
        PageNotFoundError: It is another one, which the database took for it.
    """
    there = PagePath(page.path, page.locale)
    if there == place:
        return page
    raise exc.PageNotFoundError(
        f"There is no page {place}.",
        operation="pages.singleByPath",
        hint=f"There is {there} (id {page.id}), which the wiki's database takes for it. {TAKEN_FOR_ONE}.",
    )


def of(page: P, id: int) -> P:
    """A page, if it is the one with this id.

    Raises:
        BrokenReplyError: The answer belongs to another question.
    """
    if page.id == id:
        return page
    raise exc.BrokenReplyError(
        f"The answer holds page {page.id}, and page {id} was asked for.",
        operation="pages.single",
        hint="Something between this program and the wiki mixes answers up.",
    )


def with_tags_in_order(page: P) -> P:
    """A page with its tags by name: the server answers them in whatever order its database comes across them."""
    if len(page.tags) > 1:
        page.tags.sort(key=lambda tag: tag.tag)
    return page
