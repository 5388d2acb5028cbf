"""`pages`, writing: create, update, convert, move and delete.

As on the server nothing is a transaction: what a failing operation has written stays, and others see what is half done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wikijs.sandbox.graphql.errors import CodedError, UncodedError, responds, success
from wikijs.sandbox.graphql.interleave import pause
from wikijs.sandbox.pages.store import (
    CONTENT_TYPES,
    TagTakenError,
    add_version,
    anchor,
    associate_tags,
    clean_path,
    is_blank,
    moment,
    page_by_id,
    page_by_path,
    page_hash,
    patch,
    reconnect,
    render_page,
)
from wikijs.sandbox.pages.tree import before_title_changes, rebuild, set_title

from ...context import Context
from ...markup.css import minified
from .. import resolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wikijs.sandbox.storage.database import Row

INSERT = (
    "authorId", "content", "contentType", "createdAt", "creatorId", "description", "editorKey", "extra", "hash",
    "isPrivate", "isPublished", "localeCode", "path", "publishEndDate", "publishStartDate", "title", "toc", "updatedAt",
)  # fmt: skip
"""The columns that the server fills, in the order of its statement."""


LENGTHS = {
    "localeCode": 5, "path": 255, "title": 255, "description": 255, "publishStartDate": 255, "publishEndDate": 255,
    "editorKey": 255, "tag": 255,
}  # fmt: skip
"""How long texts may be."""

TEXTS = ("title", "description", "publishStartDate", "publishEndDate")

SET = (
    "authorId", "content", "description", "isPublished", "publishEndDate", "publishStartDate", "title", "extra",
    "updatedAt",
)  # fmt: skip
"""The columns that an update may set, in the order of the server's statement."""

MOVE = (
    'update "pages" set "path" = $1, "localeCode" = $2, "title" = $3, "hash" = $4, "updatedAt" = $5'
    ' where "pages"."id" = $6 - '
)


EDITOR = ("pages_editorkey_foreign", "editorKey", "editors", "key")
LOCALE = ("pages_localecode_foreign", "localeCode", "locales", "code")
"""References of a page: the constraint, the column, and what it refers to."""

TAG = 'insert into "tags" ("createdAt", "tag", "title", "updatedAt") values ($1, $2, $3, $4) returning "id" - '


@resolver("PageMutation.create")
@responds
async def create(
    ctx: Context,
    *,
    path: str,
    locale: str,
    title: str,
    content: str,
    description: str,
    editor: str,
    is_published: bool,
    is_private: bool,
    tags: Sequence[str | None],
    publish_start_date: Any = None,
    publish_end_date: Any = None,
    script_css: str | None = None,
    script_js: str | None = None,
) -> Row:
    """Create a page."""
    path = clean_path(path)
    if ctx.viewer is None or not ctx.may(["write:pages"], path, locale):
        raise CodedError(6010)
    if occupied(ctx, path, locale):
        raise CodedError(6002)
    if is_blank(content):
        raise CodedError(6004)
    await pause()
    css = ctx.may(["write:styles"], path, locale)
    js = ctx.may(["write:scripts"], path, locale)
    now = moment(ctx)
    row = {
        "path": path,
        "hash": page_hash(path, locale, "TODO" if is_private else ""),
        "title": title,
        "description": description,
        "isPrivate": is_private,
        "isPublished": is_published,
        "publishStartDate": publish_start_date or "",
        "publishEndDate": publish_end_date or "",
        "content": content,
        "contentType": CONTENT_TYPES.get(editor, "text"),
        "editorKey": editor,
        "localeCode": locale,
        "scriptCss": minified(script_css or "") if css else "",
        "scriptJs": script_js or "" if js else "",
        "authorId": ctx.viewer.id,
        "creatorId": ctx.viewer.id,
        "createdAt": now,
        "updatedAt": now,
    }
    check_types(row)
    check_columns(ctx, row)
    ctx.db.insert("pages", row)
    await pause()
    # The server looks its new page up by the path, where by now there may be two.
    page = reply(page_by_path(ctx.db, path, locale))
    page_id: int = page["id"]
    if tags:
        await tag_page(ctx, page_id, tags)
    await pause()
    render_page(ctx, page_id)
    await rebuild(ctx)
    reconnect(ctx, path, locale, anchor(path, locale, "invalid"), anchor(path, locale, "valid"))
    return success("Page created successfully.") | {"page": page | {"render": None} | updated_at(ctx, page_id)}


def occupied(ctx: Context, path: str, locale: str) -> bool:
    """Whether there is a page at this path."""
    return ctx.db.one("SELECT id FROM pages WHERE path = ? AND localeCode = ?", path, locale) is not None


def check_columns(ctx: Context, row: Row) -> None:
    """What the server's database would refuse: texts that are too long, unknown editors and locales."""
    marks = ", ".join(f"${number}" for number in range(1, len(INSERT) + 1))
    names = ", ".join(f'"{name}"' for name in INSERT)
    statement = f'insert into "pages" ({names}) values ({marks}) returning "id" - '  # noqa: S608  # a text
    check_texts(ctx, statement, row)
    if not ctx.db.engine.checks:
        return
    if row["editorKey"] not in CONTENT_TYPES:
        refuse(ctx, statement, *EDITOR)
    if ctx.db.one("SELECT code FROM locales WHERE code = ?", row["localeCode"]) is None:
        refuse(ctx, statement, *LOCALE)


def check_types(row: Row) -> None:
    """Fail at what is not a text where one is needed: null, or a date that is a number."""
    wrong = [name for name in TEXTS if name in row and not isinstance(row[name], str)]
    if wrong:
        raise UncodedError(", ".join(f"{name}: should be string" for name in wrong), "ValidationError")


def update_statement(fields: Row) -> str:
    """The server's statement for an update of these fields, as its errors begin with."""
    columns = [name for name in SET if name in fields or name in {"extra", "updatedAt"}]
    settings = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(columns, 1))
    return f'update "pages" set {settings} where "id" = ${len(columns) + 1} - '  # noqa: S608  # a text


def check_texts(ctx: Context, statement: str, row: Row) -> None:
    """Fail as the server's database does at texts that it cannot keep."""
    engine = ctx.db.engine
    for value in row.values():
        if isinstance(value, str) and "\0" in value and not engine.takes_nul:
            raise UncodedError(f'{statement}invalid byte sequence for encoding "UTF8": 0x00', "DataError")
    for name, length in LENGTHS.items() if engine.checks else ():
        if len(row.get(name, "")) > length:
            raise UncodedError(f"{statement}{engine.too_long(name, length)}", "DataError")


def refuse(ctx: Context, statement: str, constraint: str, column: str, target: str, key: str) -> None:
    """Fail as an insert with a broken reference does: after an id was taken."""
    ctx.db.next_id("pages")
    text = ctx.db.engine.no_reference("pages", constraint, column, target, key)
    raise UncodedError(statement + text, "ForeignKeyViolationError")


async def tag_page(ctx: Context, id: int, tags: Sequence[str | None]) -> None:
    """Give a page its tags."""
    for name in tags:
        check_texts(ctx, TAG, {"tag": (name or "").strip().lower()})
    try:
        await associate_tags(ctx, id, tags)
    except TagTakenError as error:
        text = ctx.db.engine.duplicate("tags_tag_unique", "tags.tag", error.tag)
        raise UncodedError(f"{TAG}{text}", "UniqueViolationError") from error


def reply(page: Row | None) -> Row:
    """A page as create and update answer with it: `locale`, `editor` and the scripts are missing."""
    if page is None:
        raise UncodedError("Cannot read properties of undefined (reading 'id')", "TypeError")
    return {name: value for name, value in page.items() if name not in {"scriptCss", "scriptJs"}}


def updated_at(ctx: Context, id: int) -> Row:
    """When a page was last changed."""
    return {"updatedAt": ctx.db.value("SELECT updatedAt FROM pages WHERE id = ?", id)}


@resolver("PageMutation.update")
@responds
async def update(ctx: Context, *, id: int, **changes: Any) -> Row:
    """Change a page: what is left out is erased, or worse."""
    return success("Page has been updated.") | {"page": await update_page(ctx, id, changes)}


async def update_page(ctx: Context, id: int, changes: Row, action: str = "updated") -> Row:
    """Replace a page's content and all that belongs to it."""
    page = page_by_id(ctx.db, id)
    if page is None:
        raise UncodedError("Invalid Page Id")
    if ctx.viewer is None or not ctx.may(["write:pages"], page["path"], page["localeCode"]):
        raise CodedError(6009)
    if is_blank(changes.get("content")):
        raise CodedError(6004)
    path, locale = changes.get("path"), changes.get("locale")
    add_version(ctx, page, action)
    fields = {
        "authorId": ctx.viewer.id,
        "content": changes["content"],
        "isPublished": changes.get("is_published") is True,
        "publishStartDate": changes.get("publish_start_date") or "",
        "publishEndDate": changes.get("publish_end_date") or "",
    }
    fields |= {name: changes[name] for name in ("title", "description") if name in changes}
    if ctx.may(["write:styles"], path or "", locale):
        fields["scriptCss"] = minified(changes.get("script_css") or "")
    if ctx.may(["write:scripts"], path or "", locale):
        fields["scriptJs"] = changes.get("script_js") or ""
    check_types(fields)
    check_texts(ctx, update_statement(fields), fields)
    if fields.get("title", page["title"]) != page["title"]:
        before_title_changes(ctx)
    patch(ctx, id, fields)
    answer = reply(page_by_id(ctx.db, id))
    await pause()
    tags = changes.get("tags")
    if tags is None:
        missing = "null" if "tags" in changes else "undefined"
        raise UncodedError(f"Cannot read properties of {missing} (reading 'map')", "TypeError")
    await tag_page(ctx, id, tags)
    await pause()
    render_page(ctx, id)
    if (locale and locale != page["localeCode"]) or (path and path != page["path"]):
        if not ctx.may(["write:pages"], path or "", locale):
            raise CodedError(6007)
        await move_page(ctx, id, path, locale)
    else:
        set_title(ctx, id, answer["title"])
    return answer | updated_at(ctx, id)


@resolver("PageMutation.move")
@responds
async def move(ctx: Context, *, id: int, destination_path: str, destination_locale: str) -> Row:
    """Move a page; its children stay."""
    await move_page(ctx, id, destination_path, destination_locale)
    return success("Page has been moved.")


async def move_page(ctx: Context, id: int, path: str | None, locale: str | None) -> None:
    """Move a page to another path or locale."""
    page = page_by_id(ctx.db, id)
    if page is None:
        raise CodedError(6003)
    if path is None:
        raise UncodedError("Cannot read properties of undefined (reading 'includes')", "TypeError")
    path = clean_path(path)
    may_leave = ctx.may(["manage:pages"], page["path"], page["localeCode"])
    if not may_leave or not ctx.may(["write:pages"], path, locale):
        raise CodedError(6007)
    if locale is None:
        raise UncodedError(
            "undefined passed as a property in argument #0 for 'where' operation. Call skipUndefined() method to"
            " ignore the undefined values."
        )
    if occupied(ctx, path, locale):
        raise CodedError(6006)
    add_version(ctx, page, "moved")
    check_texts(ctx, MOVE, {"path": path, "localeCode": locale})
    if ctx.db.engine.checks and ctx.db.one("SELECT code FROM locales WHERE code = ?", locale) is None:
        raise UncodedError(f"{MOVE}{ctx.db.engine.no_reference('pages', *LOCALE)}", "ForeignKeyViolationError")
    source, source_locale = page["path"], page["localeCode"]
    title = title_after_move(ctx, page, path)
    patch(ctx, id, {"path": path, "localeCode": locale, "title": title, "hash": page_hash(path, locale)})
    await pause()
    await rebuild(ctx)
    valid = anchor(path, locale, "valid")
    reconnect(ctx, path, locale, anchor(source, source_locale, "valid"), valid)
    reconnect(ctx, path, locale, anchor(path, locale, "invalid"), valid)


def last_part(path: str) -> str:
    """The name of a page in its folder."""
    return path.rpartition("/")[2]


def title_after_move(ctx: Context, page: Row, path: str) -> str:
    """The title follows the path where it was the last part of it; before 2.5.296 where it was all of it."""
    title: str = page["title"]
    if ctx.sandbox.since("2.5.296"):
        return last_part(path) if title == last_part(page["path"]) else title
    return path if title == page["path"] and ctx.sandbox.since("2.5.214") else title


@resolver("PageMutation.delete")
@responds
async def delete(ctx: Context, *, id: int) -> Row:
    """Delete a page. The permission is looked up without the page's locale."""
    page = page_by_id(ctx.db, id)
    if page is None:
        raise CodedError(6003)
    if not ctx.may(["delete:pages"], page["path"]):
        raise CodedError(6010)
    add_version(ctx, page, "deleted")
    ctx.db.run("DELETE FROM comments WHERE pageId = ?", id)
    ctx.db.run("DELETE FROM pages WHERE id = ?", id)
    await pause()
    await rebuild(ctx)
    path, locale = page["path"], page["localeCode"]
    reconnect(ctx, path, locale, anchor(path, locale, "valid"), anchor(path, locale, "invalid"))
    return success("Page has been deleted.")
