"""`pages`, structure: the tree of folders, and the links between pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wikijs.sandbox.graphql.errors import UncodedError, responds, success
from wikijs.sandbox.pages.joins import page_link_rows
from wikijs.sandbox.pages.row_order import arranged
from wikijs.sandbox.pages.tree import rebuild, refresh

from ...context import Context
from .. import resolver

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row


@resolver("PageQuery.tree")
def tree(
    ctx: Context,
    *,
    mode: str,
    locale: str,
    path: str | None = None,
    parent: int | None = None,
    include_ancestors: bool | None = None,
) -> list[Row]:
    """One level of the tree: the one below `parent`, or the one that `path` is in."""
    refresh(ctx.db)
    locale = locale or "en"
    here: Row | None = None
    if path and not parent:
        here = ctx.db.one("SELECT * FROM pageTree WHERE path = ? AND localeCode = ?", path, locale)
        if here is None:
            return []
        parent = here["parent"]
    if mode == "PAGES":
        raise UncodedError("builder.andWhereNotNull is not a function", "TypeError")
    condition = "localeCode = ?"
    values: list[Any] = [locale]
    if mode == "FOLDERS":
        condition += " AND isFolder"
    if not parent or parent < 1:
        condition += " AND parent IS NULL"
    else:
        condition += " AND parent = ?"
        values.append(parent)
        ancestors: list[int] = here["ancestors"] if here and include_ancestors else []
        if ancestors:
            condition += f" OR id IN ({', '.join('?' * len(ancestors))})"
            values += ancestors
    sql = f"SELECT * FROM pageTree WHERE {condition} ORDER BY id"  # noqa: S608  # question marks
    rules, sort_key = ctx.rules(), ctx.db.engine.sort_key
    return [
        item | {"parent": item["parent"] or 0, "locale": item["localeCode"]}
        for item in arranged(ctx.db.all(sql, *values), lambda item: (not item["isFolder"], sort_key(item["title"])))
        if ctx.may(["read:pages"], item["path"], item["localeCode"], rules=rules)
    ]


@resolver("PageMutation.rebuildTree")
@responds
async def rebuild_tree(ctx: Context) -> Row:
    """Build the tree anew."""
    await rebuild(ctx)
    return success("Page tree rebuilt successfully.")


@resolver("PageQuery.links")
def links(ctx: Context, *, locale: str) -> list[Row]:
    """The pages of a locale, with the paths they link to."""
    rules = ctx.rules()
    pages: dict[int, Row] = {}
    for row in page_link_rows(ctx.db, locale):
        if not (
            ctx.may(["read:pages"], row["path"], locale, rules=rules)
            and ctx.may(["read:pages"], row["link"] or "", row["linkLocale"], rules=rules)
        ):
            continue
        page = pages.setdefault(
            row["id"], {"id": row["id"], "title": row["title"], "path": f"{locale}/{row['path']}", "links": []}
        )
        if row["link"]:
            page["links"].append(f"{row['linkLocale']}/{row['link']}")
    return list(pages.values())
