"""`comments`: what people say about pages, kept by the built-in provider as long as it is the active one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from .. import modules
from ..accounts.accounts import checked_email, checked_length
from ..context import Context
from ..graphql.errors import CodedError, UncodedError, responds, success
from ..markup.comments import rendered_comment
from ..pages.store import page_by_id, page_by_path, tags_of
from . import resolver

if TYPE_CHECKING:
    from ..storage.database import Row

KIND = "comments"
BUILT_IN = "default"
ACTIVE = "commentProvider"
SHORTEST = 2
INSERT = (
    'insert into "comments" ("authorId", "content", "createdAt", "email", "ip", "name", "pageId", "render", "replyTo",'
    ' "updatedAt") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning "id"'
)
UPDATE = 'update "comments" set "content" = $1, "render" = $2, "updatedAt" = $3 where "comments"."id" = $4'


@resolver("CommentQuery.providers")
def providers(ctx: Context) -> list[Row]:
    """The providers with their settings."""
    return [modules.listed(KIND, key, state) for key, state in sorted(modules.states(ctx.db, KIND).items())]


@resolver("CommentMutation.updateProviders")
@responds
def update_providers(ctx: Context, *, providers: list[Row | None] | None = None) -> Row:
    """Save the providers that are given. The first that is switched on becomes active; without one nothing changes."""
    for module in modules.inputs(providers, "providers"):
        changes = {"isEnabled": module["isEnabled"], "config": modules.config_of(module)}
        modules.save(ctx.db, KIND, module["key"], changes)
    for key, state in modules.states(ctx.db, KIND).items():
        if state["isEnabled"]:
            ctx.db.save_setting(ACTIVE, {"key": key, "config": state["config"]})
            break
    return success("Comment Providers updated successfully")


def active(ctx: Context, function: str) -> Row:
    """The settings of the built-in provider. Raise for another one, which lacks the function that is called."""
    provider = ctx.db.setting(ACTIVE)
    if provider.get("key", BUILT_IN) != BUILT_IN:
        raise UncodedError(f"WIKI.data.commentProvider.{function} is not a function", "TypeError")
    config: Row | None = provider.get("config")
    initial: Row = modules.definitions(KIND)[BUILT_IN]["initial"]
    return initial if config is None else config


def may(ctx: Context, permission: str, page: Row) -> bool:
    """Whether the caller may do something with the comments of a page."""
    tags = [tag["tag"] for tag in tags_of(ctx.db, page["id"])]
    return ctx.may([permission], page["path"], page["localeCode"], tags)


def shown(comment: Row) -> Row:
    """A comment as it is read."""
    names = {"authorName": comment["name"], "authorEmail": comment["email"], "authorIP": comment["ip"]}
    return comment | names


@resolver("CommentQuery.list")
def list_comments(ctx: Context, *, locale: str, path: str) -> list[Row]:
    """The comments of a page; none when there is no such page."""
    page = page_by_path(ctx.db, path, locale)
    if page is None:
        return []
    if not may(ctx, "read:comments", page):
        raise CodedError(8006)
    found = ctx.db.all("SELECT * FROM comments WHERE pageId = ? ORDER BY createdAt, heap", page["id"])
    return [shown(comment) for comment in found]


@resolver("CommentQuery.single")
def single(ctx: Context, *, id: int) -> Row:
    """One comment."""
    active(ctx, "getCommentById")
    comment, page = existing(ctx, id)
    if not may(ctx, "read:comments", page):
        raise CodedError(8006)
    return shown(comment)


def existing(ctx: Context, comment_id: int) -> tuple[Row, Row]:
    """A comment that must be there, and its page."""
    comment = ctx.db.one("SELECT * FROM comments WHERE id = ?", comment_id)
    page = page_by_id(ctx.db, comment["pageId"]) if comment else None
    if comment is None or page is None:
        raise CodedError(8005)
    return comment, page


@resolver("CommentMutation.create")
@responds
def create(
    ctx: Context,
    *,
    page_id: int,
    content: str,
    reply_to: int | None = 0,
    guest_name: str | None = None,
    guest_email: str | None = None,
) -> Row:
    """Post a comment. Guests must give a name and an address."""
    author = {"authorId": 0, "name": guest_name, "email": guest_email}
    if ctx.viewer is not None:
        author["authorId"] = ctx.viewer.id
        if ctx.viewer.is_guest:
            checked_email((guest_email or "").lower())
            checked_length("Name", guest_name, SHORTEST, 255)
        else:
            author |= {"name": ctx.viewer.name, "email": ctx.viewer.email}
    text = content.strip()
    if len(text) < SHORTEST:
        raise CodedError(8003)
    page = page_by_id(ctx.db, page_id)
    if page is None:
        raise CodedError(6003)
    if not may(ctx, "write:comments", page):
        raise CodedError(8002)
    check_delay(ctx, active(ctx, "create").get("minDelay"), author["authorId"])
    if reply_to is None:
        ctx.db.next_id("comments")
        told = ctx.db.engine.missing("comments", "replyTo")
        raise UncodedError(f"{INSERT} - {told}", "NotNullViolationError")
    render = rendered_comment(text)
    check_room(ctx, INSERT, text, render)
    row = {
        "pageId": page_id,
        "replyTo": reply_to,
        "content": text,
        "render": render,
        "ip": ctx.request.ip,
        "createdAt": ctx.now,
        "updatedAt": ctx.now,
    }
    return success("New comment posted successfully") | {"id": ctx.db.insert("comments", row | author)}


def check_room(ctx: Context, statement: str, content: str, render: str) -> None:
    """Fail as the server's database does at comments that it has no room for."""
    for column, text in (("content", content), ("render", render)):
        told = ctx.db.engine.unfitting("comments", column, text)
        if told is not None:
            raise UncodedError(f"{statement} - {told}", "DataError")


def check_delay(ctx: Context, seconds: Any, author_id: Any) -> None:
    """Refuse an account that posted a moment ago; all guests are one account, and so are all API keys."""
    last = ctx.db.value("SELECT max(updatedAt) FROM comments WHERE authorId = ?", author_id)
    if not isinstance(seconds, int | float) or seconds <= 0 or last is None:
        return
    if ctx.sandbox.clock() - seconds < datetime.fromisoformat(last).timestamp():
        raise UncodedError(
            "Your administrator has set a time limit before you can post another comment. Try again later."
        )


def managed(ctx: Context, comment_id: int) -> None:
    """Make sure that a comment is there and that the caller may manage those of its page."""
    active(ctx, "getPageIdFromCommentId")
    _, page = existing(ctx, comment_id)
    if not may(ctx, "manage:comments", page):
        raise CodedError(8004)


@resolver("CommentMutation.update")
@responds
def update(ctx: Context, *, id: int, content: str) -> Row:
    """Change a comment; unlike a new one it may be empty."""
    managed(ctx, id)
    render = rendered_comment(content)
    check_room(ctx, UPDATE, content, render)
    ctx.db.update("comments", id, {"content": content, "render": render, "updatedAt": ctx.now})
    return success("Comment updated successfully") | {"render": render}


@resolver("CommentMutation.delete")
@responds
def delete(ctx: Context, *, id: int) -> Row:
    """Delete a comment; the replies to it stay."""
    managed(ctx, id)
    ctx.db.run("DELETE FROM comments WHERE id = ?", id)
    return success("Comment deleted successfully")
