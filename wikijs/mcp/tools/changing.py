"""Tools that move, bring back and delete pages, after somebody agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from mcp.server.mcpserver import Context, Elicit, ElicitationResult, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import Field

from wikijs import exceptions as exc
from wikijs.core.pages.state_tag import state_tag
from wikijs.core.values import paths

from ..confirming import Sure
from ..results import Written, of_written, places, text
from ..untrusted import fenced, message, visible
from ..wiki import wiki_of
from .reading import PageName

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageMetadata

    from ..wiki import Wiki

_MOST: Final = 50
"""Pages that are deleted at once."""
_MOST_LINKS: Final = 50


async def _moving(
    wiki: Wiki, page: str, to: str, locale: str | None, to_locale: str | None
) -> tuple[PageMetadata, str]:
    """The page that is to be moved, and the question."""
    found = await wiki.metadata(page, locale)
    target = paths.locate(to, to_locale or found.locale, is_default=to_locale is None)
    wiki.settings.check_writable(found.path, target.path)
    return found, f"move page {places([(found.id, found.path, found.locale)])} to {visible(str(target))}"


async def _restoring(wiki: Wiki, page: str, version: int, locale: str | None) -> tuple[PageMetadata, str]:
    """The page that is to have an old text again, and the question."""
    found = await wiki.metadata(page, locale)
    wiki.settings.check_writable(found.path)
    return found, f"replace page {places([(found.id, found.path, found.locale)])} by its old version {version}"


async def _deleting(wiki: Wiki, pages: list[str], locale: str | None) -> tuple[list[PageMetadata], str]:
    """The pages that are to be deleted, and the question."""
    found = [await wiki.metadata(page, locale) for page in pages]
    wiki.settings.check_writable(*(page.path for page in found))
    named = places((page.id, page.path, page.locale) for page in found)
    return found, f"delete {len(found)} page{'s' if len(found) > 1 else ''} for good: {named}"


async def _may_move(
    ctx: Context[Any, Any], page: str, to: str, locale: str | None, to_locale: str | None, confirmation: str | None
) -> Sure | Elicit[Sure]:
    wiki = wiki_of(ctx)
    _, what = await _moving(wiki, page, to, locale, to_locale)
    given = {"page": page, "to": to, "locale": locale, "to_locale": to_locale}
    return wiki.confirmer.ask(ctx, what, "move_page", given, confirmation)


async def _may_restore(
    ctx: Context[Any, Any], page: str, version: int, locale: str | None, confirmation: str | None
) -> Sure | Elicit[Sure]:
    wiki = wiki_of(ctx)
    _, what = await _restoring(wiki, page, version, locale)
    given = {"page": page, "version": version, "locale": locale}
    return wiki.confirmer.ask(ctx, what, "restore_page", given, confirmation)


async def _may_delete(
    ctx: Context[Any, Any], pages: list[str], locale: str | None, confirmation: str | None
) -> Sure | Elicit[Sure]:
    wiki = wiki_of(ctx)
    _, what = await _deleting(wiki, pages, locale)
    return wiki.confirmer.ask(ctx, what, "delete_page", {"pages": pages, "locale": locale}, confirmation)


async def move_page(
    ctx: Context[Any, Any],
    agreed: Annotated[ElicitationResult[Sure], Resolve(_may_move)],
    page: PageName,
    to: Annotated[str, Field(description="new path")],
    locale: str | None = None,
    to_locale: str | None = None,
    confirmation: str | None = None,
) -> Annotated[CallToolResult, Written]:
    """Move a page after a person agreed; tells which pages link to the old path."""
    wiki = wiki_of(ctx)
    found, what = await _moving(wiki, page, to, locale, to_locale)
    wiki.confirmer.check(ctx, what, "move_page", agreed)
    old = f"{found.locale}/{found.path}"
    try:
        linking = [each for each in await wiki.client.pages.links(locale=found.locale) if old in each.links]
    except exc.WikiJSException:
        linking = []
    moved = await wiki.client.pages.move(found.id, to, locale=to_locale)
    rows = "\n".join(f"{each.id} {each.locale}/{each.path}" for each in linking[:_MOST_LINKS])
    told = f"{len(linking)} pages link to where it was; their links are broken now:" if linking else ""
    return of_written(
        Written(page=moved.id, path=moved.path, locale=moved.locale),
        f"Page {moved.id} was moved.",
        told,
        fenced(rows, "the list of linking pages") if linking else "No page links to where it was.",
    )


async def restore_page(
    ctx: Context[Any, Any],
    agreed: Annotated[ElicitationResult[Sure], Resolve(_may_restore)],
    page: PageName,
    version: Annotated[int, Field(description="from page_history")],
    locale: str | None = None,
    confirmation: str | None = None,
) -> Annotated[CallToolResult, Written]:
    """Bring back an old version of a page after a person agreed; tags and scripts stay."""
    wiki = wiki_of(ctx)
    found, what = await _restoring(wiki, page, version, locale)
    wiki.confirmer.check(ctx, what, "restore_page", agreed)
    await wiki.client.pages.restore(found.id, version)
    now = await wiki.written(found.id)
    tag = None if now is None else state_tag(now)
    written = Written(page=found.id, path=found.path, locale=found.locale, version=tag)
    return of_written(written, f"Page {found.id} has its text of version {version} again.")


async def delete_page(
    ctx: Context[Any, Any],
    agreed: Annotated[ElicitationResult[Sure], Resolve(_may_delete)],
    pages: Annotated[list[str], Field(description="ids or paths", min_length=1, max_length=_MOST)],
    locale: str | None = None,
    confirmation: str | None = None,
) -> CallToolResult:
    """Delete pages for good, after a person agreed."""
    wiki = wiki_of(ctx)
    found, what = await _deleting(wiki, pages, locale)
    wiki.confirmer.check(ctx, what, "delete_page", agreed)
    ids = [page.id for page in found]
    result = await wiki.client.pages.delete_many(ids)
    failed = [f"{pages[error.index]}: {message(error.message)}" for error in result.errors]
    done = f"{len(result.success)} of {len(ids)} pages were deleted."
    if failed:
        raise ToolError("\n".join((done, *failed)))
    return text(done)
