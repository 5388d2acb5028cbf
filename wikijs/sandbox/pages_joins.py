"""Pages joined with their tags and links, in the order in which the server's database comes across them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .database import Database, Row


def page_tag_rows(db: Database, condition: str = "1", *values: object, tagged: bool = False) -> list[Row]:
    """All pairs of page and tag; a page without tags is in one without a tag, unless only `tagged` ones are wanted."""
    sql = f"""
    SELECT pages.id, pages.path, pages.localeCode, pages.title, pages.description, tags.id AS tagId, tags.tag
    FROM pages {"" if tagged else "LEFT"} JOIN pageTags ON pageTags.pageId = pages.id
      {"" if tagged else "LEFT"} JOIN tags ON tags.id = pageTags.tagId
    WHERE {condition} ORDER BY pageTags.id IS NULL, pageTags.id, pages.heap
    """  # noqa: S608  # own conditions
    return db.all(sql, *values)


def page_link_rows(db: Database, locale: str) -> list[Row]:
    """All pairs of a page of a locale and a link in it; a page without links is in one without a link."""
    return db.all(
        """
        SELECT pages.id, pages.path, pages.title, pageLinks.path AS link, pageLinks.localeCode AS linkLocale
        FROM pages LEFT JOIN pageLinks ON pageLinks.pageId = pages.id
        WHERE pages.localeCode = ? ORDER BY pages.heap, pageLinks.id
        """,
        locale,
    )
