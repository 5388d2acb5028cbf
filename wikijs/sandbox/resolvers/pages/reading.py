"""`pages`, reading: one page, lists of pages, and what an editor asks before saving."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from wikijs.sandbox.graphql.errors import CodedError, UncodedError
from wikijs.sandbox.graphql.javascript import inspected
from wikijs.sandbox.pages.joins import listed, page_tag_rows
from wikijs.sandbox.pages.store import page_by_id, page_by_path, tags_of

from ...context import Context
from .. import resolver

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row

ORDERS = {"CREATED": "createdAt", "ID": "id", "PATH": "path", "TITLE": "title", "UPDATED": "updatedAt"}

SELECT = (
    'select "pages"."id", "path", "localeCode" as "locale", "title", "description", "isPublished", "isPrivate",'
    ' "privateNS", "contentType", "createdAt", "updatedAt", "tags"."tag" as "tags:tag", "tags"."id" as "tags:id"'
    ' from "pages" left join "pageTags" as "tags_join" on "tags_join"."pageId" = "pages"."id" left join (select "tag",'
    ' "tags"."id" from "tags") as "tags" on "tags_join"."tagId" = "tags"."id" order by "pages"."id" asc limit $1'
)

# Whoever may read a page may not see it here: only who manages or deletes pages.
SINGLE_NEEDS = ("manage:pages", "delete:pages")


@resolver("PageQuery.list")
def list_pages(
    ctx: Context,
    *,
    limit: int | None = None,
    order_by: str | None = None,
    order_by_direction: str | None = None,
    tags: list[str] | None = None,
    locale: str | None = None,
    creator_id: int | None = None,
    author_id: int | None = None,
) -> list[Row]:
    """Pages and their tags. `limit` counts pairs of page and tag, and cuts tags off where it ends."""
    if limit is not None and limit < 0:
        told = ctx.db.engine.negative("LIMIT", limit)
        if told is not None:
            raise UncodedError(f"{SELECT} - {told}", "DataError")
        limit = None
    conditions = ["1"]
    values: list[Any] = []
    if locale:
        conditions.append("pages.localeCode = ?")
        values.append(locale)
    people = [item for item in (("creatorId", creator_id), ("authorId", author_id)) if item[1] and item[1] > 0]
    if people:
        conditions.append(f"({' OR '.join(f'pages.{name} = ?' for name, _ in people)})")
        values += [person for _, person in people]
    wanted = {tag.strip().lower() for tag in tags or ()}
    rows = page_tag_rows(ctx.db, " AND ".join(conditions), *values, tagged=bool(wanted))
    rows = listed(
        ctx.db,
        [row for row in rows if row["tag"] in wanted] if wanted else rows,
        ORDERS[order_by or "ID"],
        descending=order_by_direction == "DESC",
        limit=limit or None,
        is_filtered=bool(values),
        is_tagged=bool(wanted),
    )
    pages = gathered(rows)
    if ctx.sandbox.tag_order is not None:
        for page in pages:
            ctx.sandbox.tag_order.shuffle(page["tags"])
    rules = ctx.rules()
    readable = [page for page in pages if ctx.may(["read:pages"], page["path"], page["locale"], rules=rules)]
    # The tags asked for are compared as they were given: one in capitals is found above and refused here.
    return [page for page in readable if set(tags or ()) <= set(page["tags"])]


def gathered(rows: list[Row]) -> list[Row]:
    """Pairs of page and tag as pages with tags."""
    pages: dict[int, Row] = {}
    for row in rows:
        page = pages.setdefault(row["id"], row | {"locale": row["localeCode"], "tags": []})
        if row["tag"] is not None:
            page["tags"].append(row["tag"])
    return list(pages.values())


@resolver("PageQuery.single")
def single(ctx: Context, *, id: int) -> Row:
    """A page by its id."""
    return viewed(ctx, page_by_id(ctx.db, id))


@resolver("PageQuery.singleByPath")
def single_by_path(ctx: Context, *, path: str, locale: str) -> Row:
    """A page by its path, which must be written exactly as it is stored."""
    return viewed(ctx, page_by_path(ctx.db, path, locale))


def viewed(ctx: Context, page: Row | None) -> Row:
    """A page in full for a caller who may see it so."""
    if page is None:
        raise CodedError(6003)
    if not ctx.may(SINGLE_NEEDS, page["path"], page["localeCode"]):
        raise CodedError(6013)
    scripts = {} if ctx.sandbox.since("2.5.290") else {"scriptCss": None, "scriptJs": None}
    return page | {"locale": page["localeCode"], "editor": page["editorKey"]} | scripts


@resolver("Page.tags")
def tags_of_page(ctx: Context, page: Row) -> list[Row]:
    """The tags that a page has now. Before 2.5.105 most of a tag was missing here."""
    tags = tags_of(ctx.db, page["id"])
    if ctx.sandbox.tag_order is not None:
        ctx.sandbox.tag_order.shuffle(tags)
    if ctx.sandbox.since("2.5.105"):
        return tags
    was_read = "editor" in page
    return [{name: tag[name] for name in (("tag", "title") if was_read else ("id", "tag"))} for tag in tags]


@resolver("Page.toc")
def toc(ctx: Context, page: Row) -> str | None:
    """The table of contents. On some databases the server reads it as a list, and fails: its type says text."""
    if page.get("toc") is None:
        return None
    if ctx.db.engine.tells_contents:
        return json.dumps(page["toc"], ensure_ascii=False, separators=(",", ":"))
    raise GraphQLError(f"String cannot represent value: {inspected(page['toc'])}")


@resolver("PageQuery.checkConflicts")
def check_conflicts(ctx: Context, *, id: int, checkout_date: Any) -> bool:
    """Whether a page was updated after a time, comparing texts."""
    page = page_by_id(ctx.db, id)
    if page is None:
        raise CodedError(6003)
    if not ctx.may(("write:pages", "manage:pages"), page["path"], page["localeCode"]):
        raise CodedError(6009)
    return isinstance(checkout_date, str) and page["updatedAt"] > checkout_date


@resolver("PageQuery.conflictLatest")
def conflict_latest(ctx: Context, *, id: int) -> Row:
    """A page with its content, for a caller who writes."""
    page = page_by_id(ctx.db, id)
    if page is None:
        raise CodedError(6003)
    if not ctx.may(("write:pages", "manage:pages"), page["path"], page["localeCode"]):
        raise CodedError(6013)
    tags = [tag["tag"] for tag in tags_of(ctx.db, id)]
    return page | {"tags": tags, "locale": page["localeCode"]}
