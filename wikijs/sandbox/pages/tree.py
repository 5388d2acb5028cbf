"""The tree of folders and pages, numbered anew from 1 at every rebuild.

The server rebuilds it after each page that is created, moved or deleted. Here it is only marked as out of date, and
built when somebody looks, or before something changes that a rebuild at once would not have seen yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..graphql.errors import UncodedError
from ..graphql.interleave import pause

if TYPE_CHECKING:
    from ..context import Context
    from ..storage.database import Database, Row

STATE = "pageTree"
STALE, EMPTY, CURRENT = "stale", "empty", "current"

JITTER = 3
"""Over how many phases rebuilds that begin together are spread."""

CLASH = (
    "Error when running job rebuild-tree: "
    'insert into "pageTree" - duplicate key value violates unique constraint "pageTree_pkey"'
)


async def rebuild(ctx: Context) -> None:
    """Have the tree rebuilt: emptied, and filled some time later. It fails when another rebuild fills it first."""
    wait = ctx.sandbox.random.randrange(JITTER)
    for _ in range(wait):
        await pause()
    ctx.db.save_setting(STATE, {"state": EMPTY})
    await pause()
    if ctx.db.setting(STATE)["state"] != EMPTY:
        raise UncodedError(CLASH)
    mark(ctx.db)


def mark(db: Database) -> None:
    """Note that the tree is out of date."""
    db.save_setting(STATE, {"state": STALE})


def refresh(db: Database) -> None:
    """Build the tree if it is out of date."""
    state = db.setting(STATE).get("state")
    if state not in {STALE, EMPTY}:
        return
    db.run("DELETE FROM pageTree")
    if state == EMPTY:
        return
    sql = "SELECT id, path, localeCode, title, isPrivate, privateNS FROM pages ORDER BY localeCode, path, heap"
    for item in planted(db.all(sql)):
        db.insert("pageTree", item)
    db.save_setting(STATE, {"state": CURRENT})


def planted(pages: list[Row]) -> list[Row]:
    """The items of the tree for these pages, which come sorted by locale and path."""
    items: dict[tuple[str, str], Row] = {}
    for page in pages:
        locale = page["localeCode"]
        parts = page["path"].split("/")
        path = ""
        parent: int | None = None
        ancestors: list[int] = []
        for depth, part in enumerate(parts, 1):
            is_folder = depth < len(parts)
            path = f"{path}/{part}" if path else part
            item: Row | None = items.get((locale, path))
            if item is None:
                item = {
                    "id": len(items) + 1,
                    "path": path,
                    "depth": depth,
                    "title": part if is_folder else page["title"],
                    "isPrivate": not is_folder and page["isPrivate"],
                    "isFolder": is_folder,
                    "privateNS": None if is_folder else page["privateNS"],
                    "parent": parent,
                    "pageId": None if is_folder else page["id"],
                    "localeCode": locale,
                    "ancestors": list(ancestors),
                }
                items[locale, path] = item
            elif is_folder:
                item["isFolder"] = True
            parent = item["id"]
            ancestors.append(item["id"])
    return list(items.values())


def before_title_changes(ctx: Context) -> None:
    """Build the tree with the titles as they are: not every update of a page puts the new one into the tree."""
    refresh(ctx.db)


def set_title(ctx: Context, page_id: int, title: str) -> None:
    """Put a page's title into the tree as it is."""
    ctx.db.run("UPDATE pageTree SET title = ? WHERE pageId = ?", title, page_id)
