"""What is done to a list of pages on this side: filters that the server lacks, and an order that it does not keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from wikijs.core.values import paths

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageSummary


def selected(
    pages: Iterable[PageSummary],
    *,
    tags: Sequence[str] = (),
    folder: str = "",
    published: bool | None = None,
    updated_since: datetime | None = None,
) -> list[PageSummary]:
    """Those pages of a list that pass all filters; the tags must be as the server stores them."""
    found = list(pages)  # a filter costs only where it is given: lists are long
    if tags:
        wanted = set(tags)
        found = [page for page in found if wanted.issubset(page.tags)]
    if folder:
        found = [page for page in found if paths.is_below(page.path, folder)]
    if published is not None:
        found = [page for page in found if page.is_published == published]
    if updated_since is not None:
        found = [page for page in found if page.updated_at >= updated_since]
    return found


def in_order(pages: list[PageSummary], locale: str | None, order_by: str, *, descending: bool) -> list[PageSummary]:
    """Pages of a locale in the same order on every database, their tags by name.

    Databases sort texts each in their own way, give tags in the order in which they come across them, and some take
    "EN" for "en".
    """
    if locale is not None:
        pages = [page for page in pages if page.locale == locale]
    if order_by in {"path", "title"}:
        pages.sort(key=lambda page: getattr(page, order_by) or "", reverse=descending)
    for page in pages:
        page.tags.sort()
    return pages
