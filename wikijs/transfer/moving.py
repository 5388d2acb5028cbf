"""Moving a page to where its file is now, also where only case or accents of its path have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs import ops
from wikijs.core.outcomes import Outcome, classify

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.core.values.paths import PagePath
    from wikijs.models import PageMetadata

ON_ITS_WAY: Final = "-on-its-way"
"""Behind the new path: where a page is for a moment that is in its own way."""


def move_page(client: WikiJSClient, page_id: int, place: PagePath) -> PageMetadata:
    """Move a page. To databases that do not tell case and accents apart it may be in its own way: it goes aside first.

    Args:
        client: A client of the wiki, without a cache.
        page_id: The page's id.
        place: Where to.

    Returns:
        The page as it is afterwards, without its content.

    Raises:
        PagePathCollisionError: There is another page.
        OutcomeUnknownError: The page went aside, and may be there still: what became of its second step cannot be told,
            or the page could not be moved back.
        WikiJSException: See `pages.move`.

    Permission: as for `pages.move`.
    Operation: `pages.move` (mutation); `pages.singleByPath` (query) where a page is in the way.
    """
    try:
        return client.pages.move(page_id, place.path, locale=place.locale)
    except exc.PagePathCollisionError:
        there = client.execute(ops.pages_single_by_path_metadata(place.path, locale=place.locale), cache=False)
        if there.id != page_id or (there.path, there.locale) == place:
            raise
    aside = f"{place.path}{ON_ITS_WAY}"
    client.pages.move(page_id, aside, locale=place.locale)
    try:
        return client.pages.move(page_id, place.path, locale=place.locale)
    except exc.WikiJSException as error:
        became = classify(error, "pages.move")
        if became is Outcome.APPLIED:
            raise
        if became is Outcome.UNKNOWN:  # what was lost may be under way still: to move it back would be to race it
            raise _aside(page_id, aside, place, error) from error
        try:
            client.pages.move(page_id, there.path, locale=there.locale)
        except exc.WikiJSException:  # what is to be told is the first error
            raise _aside(page_id, aside, place, error) from error
        raise


def _aside(page_id: int, aside: str, place: PagePath, error: exc.WikiJSException) -> exc.OutcomeUnknownError:
    return exc.OutcomeUnknownError(
        f"Page {page_id} was moved to {aside} on its way to {place.path}, and may be there still: {error.message}",
        operation="pages.move",
        hint="Run it again, or move the page by hand: nothing of it is lost.",
    )


def is_on_its_way(there: PagePath, place: PagePath) -> bool:
    """Whether a page was left aside by a move that was killed."""
    return there == place._replace(path=f"{place.path}{ON_ITS_WAY}")
