"""`pages`, history: the versions of a page, going back to one, and forgetting old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wikijs.sandbox.clock import timestamp
from wikijs.sandbox.durations import before
from wikijs.sandbox.graphql.errors import CodedError, UncodedError, responds, success
from wikijs.sandbox.pages.row_order import arranged

from ...context import Context
from .. import resolver
from .writing import update_page

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row

VERSIONS = "FROM pageHistory JOIN users ON users.id = pageHistory.authorId WHERE pageHistory.pageId = ?"
TRAIL = f"""
SELECT pageHistory.id, pageHistory.path, pageHistory.authorId, pageHistory.versionDate, users.name AS authorName
{VERSIONS} ORDER BY pageHistory.id
"""


LARGEST = 2**31
PAGING = (
    'select "pageHistory"."id", "pageHistory"."path", "pageHistory"."authorId", "pageHistory"."action",'
    ' "pageHistory"."versionDate", "author"."name" as "authorName" from "pageHistory" inner join "users" as "author"'
    ' on "author"."id" = "pageHistory"."authorId" where "pageHistory"."pageId" = $1'
    ' order by "pageHistory"."versionDate" desc limit $2 offset $3'
)


def check_history(ctx: Context, page_id: int) -> None:
    """Fail unless the caller may see the history of a page, which must still be there."""
    page = ctx.db.one("SELECT path, localeCode FROM pages WHERE id = ?", page_id)
    if page is None:
        raise UncodedError("Cannot read properties of undefined (reading 'path')", "TypeError")
    if not ctx.may(["read:history"], page["path"], page["localeCode"]):
        raise CodedError(6012)


@resolver("PageQuery.history")
def history(ctx: Context, *, id: int, offset_page: int | None = None, offset_size: int | None = None) -> Row:
    """The states that a page had before each change, newest first."""
    check_history(ctx, id)
    size = offset_size or 100
    start = (offset_page or 0) * size
    end = start + size
    if start < 0 or size < 0:
        word, number = ("OFFSET", start) if start < 0 < size else ("LIMIT", size)
        told = ctx.db.engine.negative(word, number)
        if told is not None:
            raise UncodedError(f"{PAGING} - {told}", "DataError")
        start, size = max(start, 0), size if size > 0 else LARGEST
        end = start + size
    versions = ctx.db.all(TRAIL, id)
    total = len(versions)
    older = newest(versions, end + 1)[end] if total > end else None
    trail: list[Row] = []
    for version in reversed(newest(versions, end)[start:]):
        # The oldest version counts as a move from nowhere when it ends a full page: the server looks for an older one.
        is_first = older is None and total < end
        is_move = not is_first and (older["path"] if older else "") != version["path"]
        trail.append(
            {
                "versionId": version["id"],
                "versionDate": version["versionDate"],
                "authorId": version["authorId"],
                "authorName": version["authorName"],
                "actionType": "initial" if is_first else "move" if is_move else "edit",
                "valueBefore": (older["path"] if older else "") if is_move else None,
                "valueAfter": version["path"] if is_move else None,
            }
        )
        older = version
    return {"trail": trail[::-1], "total": total}


def newest(versions: list[Row], limit: int) -> list[Row]:
    """The last versions by their date, the newest first."""
    return arranged(versions, lambda version: version["versionDate"], descending=True, limit=limit)


@resolver("PageQuery.version")
def version(ctx: Context, *, page_id: int, version_id: int) -> Row | None:
    """A page as it was; without its tags, which are not kept."""
    check_history(ctx, page_id)
    return version_of(ctx, page_id, version_id)


def version_of(ctx: Context, page_id: int, version_id: int) -> Row | None:
    """A version of a page."""
    row = ctx.db.one(
        f"SELECT pageHistory.*, users.name AS authorName {VERSIONS} AND pageHistory.id = ?",
        page_id,
        version_id,
    )
    if row is None:
        return None
    return row | {
        "versionId": row["id"],
        "editor": row["editorKey"],
        "locale": row["localeCode"],
        "tags": [],
    }


@resolver("PageMutation.restore")
@responds
async def restore(ctx: Context, *, page_id: int, version_id: int) -> Row:
    """Update a page with what a version has, which is not all: tags and scripts are lost, the page may move."""
    page = ctx.db.one("SELECT path, localeCode FROM pages WHERE id = ?", page_id)
    if page is None:
        raise CodedError(6003)
    if not ctx.may(["write:pages"], page["path"], page["localeCode"]):
        raise CodedError(6011)
    old = version_of(ctx, page_id, version_id)
    if old is None:
        raise CodedError(6003)
    changes: Row = {
        "content": old["content"],
        "description": old["description"],
        "is_published": old["isPublished"],
        "locale": old["localeCode"],
        "path": old["path"],
        "publish_end_date": old["publishEndDate"],
        "publish_start_date": old["publishStartDate"],
        "tags": [],
        "title": old["title"],
    }
    await update_page(ctx, page_id, changes, action="restored")
    return success("Page version restored successfully.")


@resolver("PageMutation.purgeHistory")
@responds
def purge_history(ctx: Context, *, older_than: str) -> Row:
    """Delete all versions that were current longer ago than an ISO 8601 duration."""
    limit = timestamp(before(ctx.sandbox.clock(), older_than))
    ctx.db.run("DELETE FROM pageHistory WHERE versionDate < ?", limit)
    return success("Page history purged successfully.")
