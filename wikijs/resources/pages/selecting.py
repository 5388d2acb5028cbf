"""What is done to a list of pages on this side: filters that the server lacks, and an order that it does not keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
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
    search: str = "",
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
    if search:
        text = search.casefold()
        found = [page for page in found if any(text in field.casefold() for field in _searched(page))]
    return found


def _searched(page: PageSummary) -> tuple[str, str, str]:
    return page.path, page.title or "", page.description or ""


def in_order(pages: list[PageSummary], locale: str | None, order_by: str, *, descending: bool) -> list[PageSummary]:
    """Pages of a locale in the same order on every database, their tags by name.

    Databases sort texts each in their own way, give tags in the order in which they come across them, and some take
    "EN" for "en". What is equal in what it is sorted by comes in the order of the ids, which databases leave to chance:
    parts of a list must fit together.
    """
    if locale is not None:
        pages = [page for page in pages if page.locale == locale]
    if order_by in {"created", "updated"}:
        moment = attrgetter(f"{order_by}_at")
        pages = [page for _, equal in groupby(pages, moment) for page in sorted(equal, key=lambda page: page.id)]
    elif order_by in {"path", "title"}:
        pages.sort(key=lambda page: page.id)
        pages.sort(key=lambda page: getattr(page, order_by) or "", reverse=descending)
    for page in pages:
        page.tags.sort()
    return pages
