"""Moving a page to where its file is now, also where only case or accents of its path have changed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs import ops

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
    client.pages.move(page_id, f"{place.path}{ON_ITS_WAY}", locale=place.locale)
    try:
        return client.pages.move(page_id, place.path, locale=place.locale)
    except exc.WikiJSException:
        with suppress(exc.WikiJSException):  # what is to be told is the first error
            client.pages.move(page_id, there.path, locale=there.locale)
        raise


def is_on_its_way(there: PagePath, place: PagePath) -> bool:
    """Whether a page was left aside by a move that was killed."""
    return there == place._replace(path=f"{place.path}{ON_ITS_WAY}")
