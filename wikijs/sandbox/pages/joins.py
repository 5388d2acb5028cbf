"""Pages joined with their tags and links, in the order in which the server's database comes across them.

It goes through the tags (or links) as they are stored, finding their pages; pages that have none come last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .row_order import arranged, in_buckets

if TYPE_CHECKING:
    from ..storage.database import Database, Row

FIELDS = """pages.id, pages.path, pages.localeCode, pages.title, pages.description, pages.isPublished, pages.isPrivate,
  pages.privateNS, pages.contentType, pages.createdAt, pages.updatedAt"""

WALKED = 866
WALKED_FILTERED = 103
WALKED_TAGS = 39
"""Up to which limit pages in the order of their ids are read off the index rather than sorted."""


def page_tag_rows(db: Database, condition: str = "1", *values: object, tagged: bool = False) -> list[Row]:
    """All pairs of page and tag; a page without tags is in one without a tag, unless only `tagged` ones are wanted."""
    rows = db.all(
        f"""
        SELECT {FIELDS}, tags.id AS tagId, tags.tag
        FROM pages JOIN pageTags ON pageTags.pageId = pages.id JOIN tags ON tags.id = pageTags.tagId
        WHERE {condition} ORDER BY pageTags.id
        """,  # noqa: S608  # own conditions
        *values,
    )
    if tagged:
        return rows
    bare = db.all(
        f"""
        SELECT {FIELDS}, NULL AS tagId, NULL AS tag FROM pages
        WHERE {condition} AND NOT EXISTS (SELECT 1 FROM pageTags WHERE pageId = pages.id)
        """,  # noqa: S608  # own conditions
        *values,
    )
    return rows + (in_buckets(bare) if db.engine.moves_rows else bare)


def listed(
    db: Database,
    rows: list[Row],
    order: str,
    *,
    descending: bool,
    limit: int | None,
    is_filtered: bool,
    is_tagged: bool,
) -> list[Row]:
    """Pairs of page and tag as the server lists them: sorted by a field, and cut at a limit."""
    if not db.engine.moves_rows:
        key = db.engine.sort_key
        rows = sorted(rows, key=lambda row: (row["id"], row["tagId"] or 0))
        return sorted(rows, key=lambda row: key(row[order]) if order != "id" else row["id"], reverse=descending)[:limit]
    if order != "id":
        return arranged(rows, lambda row: row[order], descending=descending, limit=limit)
    walked = WALKED_TAGS if is_tagged else WALKED_FILTERED if is_filtered else WALKED
    if limit is not None and limit <= walked:
        return sorted(rows, key=lambda row: row["id"], reverse=descending)[:limit]
    if is_tagged or is_filtered:
        return arranged(rows, lambda row: row["id"], descending=descending, limit=limit)
    # Two sorted streams are merged: the pages, and those rows that have a tag.
    merged = arranged([row for row in rows if row["tagId"]], lambda row: row["id"], descending=descending)
    merged += [row for row in rows if not row["tagId"]]
    return sorted(merged, key=lambda row: row["id"], reverse=descending)[:limit]


def page_link_rows(db: Database, locale: str) -> list[Row]:
    """All pairs of a page of a locale and a link in it; a page without links is in one without a link."""
    rows = db.all(
        """
        SELECT pages.id, pages.path, pages.title, pageLinks.path AS link, pageLinks.localeCode AS linkLocale
        FROM pages JOIN pageLinks ON pageLinks.pageId = pages.id WHERE pages.localeCode = ? ORDER BY pageLinks.id
        """,
        locale,
    )
    bare = db.all(
        """
        SELECT id, path, title, NULL AS link, NULL AS linkLocale FROM pages
        WHERE localeCode = ? AND NOT EXISTS (SELECT 1 FROM pageLinks WHERE pageId = pages.id)
        """,
        locale,
    )
    if not db.engine.moves_rows:
        pages: dict[int, list[Row]] = {}
        for row in rows:
            pages.setdefault(row["id"], []).append(row)
        rows = [row for linked in pages.values() for row in linked * (2 if db.engine.doubles_links else 1)]
        return rows + bare if db.engine.links_first else sorted(rows + bare, key=lambda row: row["id"])
    return rows + in_buckets(bare)
