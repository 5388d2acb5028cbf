"""What the resolvers of pages share: reading a page, its versions, its tags, its links, its place in the tree."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from hashlib import sha1
from typing import TYPE_CHECKING

from ..clock import timestamp
from ..graphql.errors import CodedError, UncodedError
from ..graphql.interleave import pause
from .rendering import rendered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..context import Context
    from ..storage.database import Database, Row

CONTENT_TYPES = {
    "api": "yml",
    "asciidoc": "asciidoc",
    "ckeditor": "html",
    "code": "html",
    "markdown": "markdown",
    "redirect": "redirect",
    "wysiwyg": "html",
}
"""Content type by editor; pages of any other editor would be `text`."""

PAGE = """
SELECT pages.*, author.name AS authorName, author.email AS authorEmail,
  creator.name AS creatorName, creator.email AS creatorEmail
FROM pages JOIN users author ON author.id = pages.authorId JOIN users creator ON creator.id = pages.creatorId
"""

TAGS = (
    "SELECT tags.* FROM pageTags JOIN tags ON tags.id = pageTags.tagId WHERE pageTags.pageId = ? ORDER BY pageTags.id"
)


class TagTakenError(Exception):
    """Another page made the same tag meanwhile, or there is one that the database takes for it."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def page_by_id(db: Database, id: int) -> Row | None:
    """A page with its author and creator."""
    return db.one(f"{PAGE} WHERE pages.id = ?", id)


def page_by_path(db: Database, path: str, locale: str) -> Row | None:
    """The page at a path, the first one when there are several, with its author and creator."""
    return db.one(f"{PAGE} WHERE pages.path = ? AND pages.localeCode = ? ORDER BY pages.heap", path, locale)


def tags_of(db: Database, page_id: int) -> list[Row]:
    """The tags of a page."""
    return db.all(TAGS, page_id)


def page_hash(path: str, locale: str, namespace: str = "") -> str:
    """What the server knows a page by in its cache; it says nothing about the content."""
    return sha1_hex(f"{locale}|{path}|{namespace}")


def sha1_hex(text: str) -> str:
    """The digest that the server names its cache files by."""
    return sha1(text.encode(), usedforsecurity=False).hexdigest()


def clean_path(path: str) -> str:
    """A path as it is stored: without one slash at either end. Error 6005 for what the server refuses."""
    if any(part in path for part in (".", " ", "\\", "//")):
        raise CodedError(6005)
    return path.removesuffix("/").removeprefix("/")


def is_blank(content: str | None) -> bool:
    """Whether the content of a page counts as empty."""
    return not (content or "").strip()


def add_version(ctx: Context, page: Row, action: str) -> None:
    """Keep a page as it is now, before a change."""
    copied = (
        "path", "hash", "title", "description", "isPrivate", "isPublished", "publishStartDate", "publishEndDate",
        "content", "contentType", "editorKey", "localeCode", "authorId",
    )  # fmt: skip
    version = {name: page[name] for name in copied}
    version |= {"pageId": page["id"], "action": action, "versionDate": page["updatedAt"], "createdAt": ctx.now}
    ctx.db.insert("pageHistory", version)


def patch(ctx: Context, id: int, changes: Row) -> None:
    """Change a page; whatever is changed, `updatedAt` is set."""
    ctx.db.update("pages", id, changes | {"updatedAt": moment(ctx)})


def moment(ctx: Context) -> str:
    """Now, but later than any change before: the server needs longer than a millisecond for each, and we do not."""
    last: str | None = ctx.db.value("SELECT max(updatedAt) FROM pages")
    if last is None or ctx.now > last:
        return ctx.now
    return timestamp(datetime.fromisoformat(last).timestamp() + 0.0015)


async def associate_tags(ctx: Context, page_id: int, names: Iterable[str | None]) -> None:
    """Give a page exactly these tags, making those that are missing, unless another page makes one meanwhile."""
    db = ctx.db
    wanted = list(dict.fromkeys((name or "").strip().lower() for name in names))
    known = {row["tag"] for row in db.all("SELECT tag FROM tags")}
    await pause()
    for name in wanted:
        if name not in known:
            try:
                db.insert("tags", {"tag": name, "title": name, "createdAt": ctx.now, "updatedAt": ctx.now})
            except sqlite3.IntegrityError:
                raise TagTakenError(name) from None
    tags = [row for row in db.all("SELECT * FROM tags ORDER BY heap") if row["tag"] in wanted]
    current = {tag["id"] for tag in tags_of(db, page_id)}
    for tag in tags:
        if tag["id"] not in current:
            db.insert("pageTags", {"pageId": page_id, "tagId": tag["id"]})
    for tag_id in current - {tag["id"] for tag in tags}:
        db.run("DELETE FROM pageTags WHERE pageId = ? AND tagId = ?", page_id, tag_id)


def render_page(ctx: Context, id: int) -> None:
    """Render a page's content, keeping table of contents and links to other pages."""
    page = page_by_id(ctx.db, id)
    if page is None:
        raise UncodedError("Error when running job render-page: Invalid Page Id")
    result = rendered(page, ctx.db)
    known = ctx.db.all("SELECT * FROM pageLinks WHERE pageId = ?", id)
    past = {(link["localeCode"], link["path"]) for link in known}
    for locale, path in result.links:
        if (locale, path) not in past:
            ctx.db.insert("pageLinks", {"pageId": id, "path": path, "localeCode": locale})
    for link in known:
        if (link["localeCode"], link["path"]) not in result.links:
            ctx.db.run("DELETE FROM pageLinks WHERE id = ?", link["id"])
    patch(ctx, id, {"render": result.html, "toc": result.toc})


def reconnect(ctx: Context, path: str, locale: str, before: str, after: str) -> None:
    """Replace a text in the renders of all pages that link to a path; each counts as updated, found or not."""
    sql = """
    UPDATE pages SET render = replace(render, ?, ?), updatedAt = ?
    WHERE id IN (SELECT pageId FROM pageLinks WHERE path = ? AND localeCode = ?)
    """
    ctx.db.run(sql, before, after, moment(ctx), path, locale)


def anchor(path: str, locale: str, state: str) -> str:
    """The tag of a link to a page, as the server looks for it in renders."""
    return f'<a href="/{locale}/{path}" class="is-internal-link is-{state}-page">'
