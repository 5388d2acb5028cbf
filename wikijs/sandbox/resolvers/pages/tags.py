"""`pages`, tags: which there are, and renaming and deleting them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wikijs.sandbox.graphql.errors import UncodedError, responds, success
from wikijs.sandbox.pages.joins import page_tag_rows

from ...context import Context
from .. import resolver

if TYPE_CHECKING:
    from wikijs.sandbox.storage.database import Row

MOST_FOUND = 5
UPDATE = 'update "tags" set "tag" = $1, "title" = $2, "updatedAt" = $3 where "tags"."id" = $4'


def readable_tags(ctx: Context) -> list[Row]:
    """The tags of all pages that the caller may read, with repetitions."""
    rules = ctx.rules()
    return [
        row
        for row in page_tag_rows(ctx.db, tagged=True)
        if ctx.may(["read:pages"], row["path"], row["localeCode"], rules=rules)
    ]


@resolver("PageQuery.tags")
def tags(ctx: Context) -> list[Row]:
    """The tags in use, by name."""
    ids = {row["tagId"] for row in readable_tags(ctx)}
    found = [tag for tag in ctx.db.all("SELECT * FROM tags") if tag["id"] in ids]
    return sorted(found, key=lambda tag: str(tag["tag"]))


@resolver("PageQuery.searchTags")
def search_tags(ctx: Context, *, query: str) -> list[str]:
    """A few tags that contain a text."""
    matches = ctx.db.engine.like(f"%{query.strip()}%")
    names = (row["tag"] for row in readable_tags(ctx) if matches(row["tag"]))
    return list(dict.fromkeys(names))[:MOST_FOUND]


@resolver("PageMutation.deleteTag")
@responds
def delete_tag(ctx: Context, *, id: int) -> Row:
    """Delete a tag, taking it off all pages."""
    if not ctx.db.run("DELETE FROM tags WHERE id = ?", id):
        raise UncodedError("This tag does not exist.")
    return success("Tag has been deleted.")


@resolver("PageMutation.updateTag")
@responds
def update_tag(ctx: Context, *, id: int, tag: str, title: str) -> Row:
    """Rename a tag. The name of another one is refused; they are not merged."""
    name = tag.strip().lower()
    if ctx.db.one("SELECT id FROM tags WHERE id = ?", id) is None:
        raise UncodedError("This tag does not exist.")
    if ctx.db.one("SELECT id FROM tags WHERE tag = ? AND id != ?", name, id) is not None:
        told = ctx.db.engine.duplicate("tags_tag_unique", "tags.tag", name)
        raise UncodedError(f"{UPDATE} - {told}", "UniqueViolationError")
    for column, text in (("tag", name), ("title", title.strip())) if ctx.db.engine.checks else ():
        if len(text) > 255:
            raise UncodedError(f"{UPDATE} - {ctx.db.engine.too_long(column, 255)}", "DataError")
    ctx.db.update("tags", id, {"tag": name, "title": title.strip(), "updatedAt": ctx.now})
    return success("Tag has been updated successfully.")
