"""The tree of folders and pages, numbered anew from 1 at every rebuild.

The server rebuilds it after each page that is created, moved or deleted. Here it is only marked as out of date, and
built when somebody looks, or before something changes that a rebuild at once would not have seen yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .interleave import pause

if TYPE_CHECKING:
    from .database import Database, Row
    from .resolvers import Context

STATE = "pageTree"


async def rebuild(ctx: Context) -> None:
    """Have the tree rebuilt."""
    mark(ctx.db)
    await pause()


def mark(db: Database) -> None:
    """Note that the tree is out of date."""
    db.save_setting(STATE, {"isStale": True})


def refresh(db: Database) -> None:
    """Build the tree if it is out of date."""
    if not db.setting(STATE).get("isStale"):
        return
    pages = db.all(
        "SELECT id, path, localeCode, title, isPrivate, privateNS FROM pages ORDER BY localeCode, path, heap"
    )
    db.run("DELETE FROM pageTree")
    for item in planted(pages):
        db.insert("pageTree", item)
    db.save_setting(STATE, {"isStale": False})


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
            item = items.get((locale, path))
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
