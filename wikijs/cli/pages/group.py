"""`wikijs pages ...`. The other commands of the group are in the modules `pages_*` beside this one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from .. import tags
from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.output import show_done, show_list, show_record, write_text
from ..frame.progress import counted, progress
from ..frame.session import Session
from . import changing as pages_changing
from . import finding as pages_finding
from . import transfer as pages_transfer
from . import versions as pages_versions
from . import writing as pages_writing
from .arguments import (
    FolderOption,
    LocaleOption,
    PageArgument,
    PagesArgument,
    SomeLocaleOption,
    TagsOption,
    id_or_path,
    names,
    page_id,
    page_ids,
    place,
    show_outcome,
)

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageMetadata

app = typer.Typer(no_args_is_help=True)

LISTED: Final = (
    *("id", "path", "locale", "title", "description", "contentType", "isPublished", "isPrivate"),
    *("createdAt", "updatedAt", "tags"),
)
METADATA: Final = (
    "id",
    "path",
    "locale",
    "hash",
    "title",
    "description",
    "contentType",
    "createdAt",
    "updatedAt",
    "tags",
)
CONTENT: Final = ("content", "render", "scriptCss", "scriptJs")

# As `PageOrder` of the facade, whose module would load the models for a help text.
Order = Literal["id", "path", "title", "created", "updated"]


@group(app, example="wikijs pages list --tag howto")
def pages(session: Session) -> None:
    """Pages."""


@command(app, "list", example="wikijs pages list --order-by updated --descending --limit 10", fields=LISTED)
def list_pages(
    session: Session,
    *,
    limit: Annotated[int | None, typer.Option(min=1, metavar="NUMBER", help="Show at most this many pages.")] = None,
    tag: TagsOption = None,
    locale: SomeLocaleOption = None,
    folder: FolderOption = "",
    published: Annotated[
        bool | None, typer.Option("--published/--drafts", help="Only published pages, or only drafts.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"],
            metavar="DATE",
            help="Only pages that changed since, such as 2026-01-31, in this machine's time zone.",
        ),
    ] = None,
    order_by: Annotated[Order, typer.Option(help="What to sort by.")] = "id",
    descending: Annotated[bool, typer.Option("--descending", help="Sort the other way round.")] = False,
) -> None:
    """List pages, drafts included, without their content."""
    with session.client() as client:
        found = client.pages.list(
            tags=tag or (),
            locale=locale,
            folder=folder,
            published=published,
            updated_since=since and since.astimezone(),
            order_by=order_by,
            descending=descending,
            limit=limit,
        )
    show_list(
        session,
        found,
        {
            "id": lambda page: page.id,
            "locale": lambda page: page.locale,
            "path": lambda page: page.path,
            "title": lambda page: page.title,
            "tags": lambda page: page.tags,
            "published": lambda page: page.is_published,
            "updated": lambda page: page.updated_at,
        },
    )


@command(app, "get", example="wikijs pages get docs/intro --content > intro.md", fields=(*METADATA, *CONTENT))
def get(
    session: Session,
    page: PageArgument,
    *,
    locale: LocaleOption = None,
    content: Annotated[bool, typer.Option("--content", help="Print the source of the page, nothing else.")] = False,
) -> None:
    """Show a page, or its source.

    Shows its fields, with --content its source, with --json both.
    """
    wanted = id_or_path(page)
    with session.client() as client:
        if content:
            whole = (
                client.pages.get(wanted) if isinstance(wanted, int) else client.pages.get_by_path(wanted, locale=locale)
            )
            write_text(whole.content)
            return
        both = _reads_content(session)
        if isinstance(wanted, int):
            found = client.pages.get(wanted, content=both)
        else:
            found = client.pages.get_by_path(wanted, locale=locale, content=both)
    show_record(session, found, _fields(found))


def _reads_content(session: Session) -> bool:
    """Whether the result shows the source, which not everybody may see."""
    if session.json in {None, "*"}:
        return session.json is not None or session.yaml or session.filter is not None
    return not set((session.json or "").split(",")).isdisjoint(CONTENT)


def _fields(page: PageMetadata) -> dict[str, object]:
    return {
        "id": page.id,
        "locale": page.locale,
        "path": page.path,
        "title": page.title,
        "description": page.description or None,
        "tags": [tag.tag for tag in page.tags] or None,
        "content type": page.content_type,
        "created": page.created_at,
        "updated": page.updated_at,
    }


@command(app, "delete", example="wikijs pages delete docs/old 17")
def delete(session: Session, pages: PagesArgument, *, locale: LocaleOption = None) -> None:
    """Delete pages, with their comments.

    Their history can no longer be reached afterwards.
    """
    with session.client() as client:
        ids = page_ids(client, pages, locale)
        if not session.yes:
            confirm(session, f"Delete {names(client, ids)}?")
        with progress(session, "Deleting", total=len(ids)) as step:
            result = client.pages.delete_many(ids, progress=counted(step))
    show_outcome(session, result, verb="deleted")


@command(app, "move", example="wikijs pages move docs/intro handbook/intro", fields=METADATA)
def move(
    session: Session,
    page: PageArgument,
    destination: Annotated[str, typer.Argument(metavar="DESTINATION", help="The new path.")],
    *,
    locale: LocaleOption = None,
    to_locale: Annotated[str | None, typer.Option(metavar="CODE", help="Locale to move to; else it stays.")] = None,
) -> None:
    """Move a page; see move-tree for folders.

    Pages below it stay. Links to it in other pages are not rewritten.
    """
    with session.client() as client:
        moved = client.pages.move(page_id(client, page, locale), destination, locale=to_locale)
    show_done(session, f"Moved page {moved.id} to {place(moved)}.", moved)


for module in (pages_writing, pages_finding, pages_versions, pages_changing, pages_transfer):
    app.add_typer(module.app)
app.add_typer(tags.app, name="tags")
