"""`pages`, upkeep: rendering again, changing the kind of content, moving all pages of a locale, and the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wikijs.sandbox.graphql.errors import CodedError, UncodedError, responds, success
from wikijs.sandbox.pages.convert import html_to_markdown, without_anchors
from wikijs.sandbox.pages.joins import page_tag_rows
from wikijs.sandbox.pages.store import CONTENT_TYPES, add_version, moment, page_by_id, patch, render_page
from wikijs.sandbox.pages.tree import refresh

from ...context import Context
from .. import resolver
from .reading import gathered
from .writing import LOCALE

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row

MOST_HITS = 100
"""How many pairs of page and tag a search gives at most."""


@resolver("PageQuery.search")
def search(ctx: Context, *, query: str, path: str | None = None, locale: str | None = None) -> Row:
    """Published pages with a text in title, description or path: the search of the database engine."""
    anywhere = ctx.db.engine.like(f"%{query}%")
    below = ctx.db.engine.like(f"{path or ''}%", exactly=True)
    rows = [
        row
        for row in page_tag_rows(
            ctx.db, "isPublished AND (? IS NULL OR localeCode = ?)", locale or None, locale or None
        )
        if below(row["path"]) and any(anywhere(row[name]) for name in ("title", "description", "path"))
    ]
    found = gathered(rows[:MOST_HITS])
    rules = ctx.rules()
    return {
        "results": [
            page
            for page in found
            if ctx.may(["read:pages"], page["path"], page["localeCode"], page["tags"], rules=rules)
        ],
        "suggestions": [],
        "totalHits": len(found),
    }


@resolver("PageMutation.render")
@responds
def render(ctx: Context, *, id: int) -> Row:
    """Render a page again."""
    if ctx.db.one("SELECT id FROM pages WHERE id = ?", id) is None:
        raise CodedError(6003)
    render_page(ctx, id)
    return success("Page rendered successfully.")


@resolver("PageMutation.flushCache")
@responds
def flush_cache(_ctx: Context) -> Row:
    """Forget cached pages, of which there are none here."""
    return success("Pages Cache has been flushed successfully.")


@resolver("PageMutation.convert")
@responds
def convert(ctx: Context, *, id: int, editor: str) -> Row:
    """Change the editor of a page, converting its content where that is possible; it is not rendered again."""
    page = page_by_id(ctx.db, id)
    if page is None:
        raise UncodedError("Invalid Page Id")
    if page["editorKey"] == editor:
        raise UncodedError("Page is already using this editor. Nothing to convert.")
    if not ctx.may(["write:pages"], page["path"], page["localeCode"]):
        raise CodedError(6009)
    source, target = page["contentType"], CONTENT_TYPES.get(editor, "text")
    changes = {"contentType": target, "editorKey": editor}
    if source != target:
        if (source, target) == ("markdown", "html"):
            if not page["render"]:
                raise UncodedError("Aborted conversion because rendered page content is empty!")
            content = without_anchors(page["render"])
        elif (source, target) == ("html", "markdown"):
            content = html_to_markdown(page["content"])
        else:
            raise UncodedError("Unsupported source / destination content types combination.")
        add_version(ctx, page, "updated")
        if content:
            changes["content"] = content
    patch(ctx, id, changes)
    return success("Page has been converted.")


@resolver("PageMutation.migrateToLocale")
@responds
def migrate_to_locale(ctx: Context, *, source_locale: str, target_locale: str) -> Row:
    """Give all pages of a locale another one, but for those whose path is taken there; the tree is not rebuilt."""
    pages = ctx.db.all(
        """
        SELECT id FROM pages WHERE localeCode = ?
        AND path NOT IN (SELECT path FROM pages WHERE localeCode = ?) ORDER BY heap
        """,
        source_locale,
        target_locale,
    )
    if pages:
        check_locale(ctx, target_locale)
        refresh(ctx.db)
    now = moment(ctx)
    for page in pages:
        ctx.db.update("pages", page["id"], {"localeCode": target_locale, "updatedAt": now})
    return success("Migrated content to target locale successfully.") | {"count": len(pages)}


def check_locale(ctx: Context, locale: str) -> None:
    """Fail as the server's database does when pages are given a locale that is not installed."""
    statement = (
        'update "pages" set "localeCode" = $1, "updatedAt" = $2 where "localeCode" = $3 and not exists'
        ' (select "id" from "pages" as "pagesm" where "pagesm"."localeCode" = $4 and pagesm.path = pages.path)'
    )
    if not ctx.db.engine.checks:
        return
    if len(locale) > 5:
        raise UncodedError(f"{statement} - {ctx.db.engine.too_long('localeCode', 5)}", "DataError")
    if ctx.db.one("SELECT code FROM locales WHERE code = ?", locale) is None:
        text = ctx.db.engine.no_reference("pages", *LOCALE)
        raise UncodedError(f"{statement} - {text}", "ForeignKeyViolationError")
