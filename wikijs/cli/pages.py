"""`wikijs pages ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from .command import command, group
from .output import write_json, write_record, write_table, write_text
from .session import Session

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageMetadata

app = typer.Typer(no_args_is_help=True)

_COLUMNS: Final = ("id", "locale", "path", "title", "tags", "published", "updated")


# As `PageOrder` of the facade, whose module would load the models for a help text.
Order = Literal["id", "path", "title", "created", "updated"]


@group(app, example="wikijs pages list --tag howto")
def pages(session: Session) -> None:
    """Pages."""


@command(app, "list", example="wikijs pages list --order-by updated --descending --limit 10")
def list_pages(
    session: Session,
    *,
    limit: Annotated[int | None, typer.Option(min=1, help="Show at most this many pages.")] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(help="Only pages with this tag; repeat it for pages that have several."),
    ] = None,
    locale: Annotated[str | None, typer.Option(help="Only pages of this locale, such as en.")] = None,
    order_by: Annotated[Order, typer.Option(help="What to sort by.")] = "id",
    descending: Annotated[bool, typer.Option("--descending", help="Sort the other way round.")] = False,
) -> None:
    """List pages, drafts included, without their content."""
    with session.client() as client:
        found = client.pages.list(tags=tag or (), locale=locale, order_by=order_by, descending=descending, limit=limit)
    if session.json:
        write_json(found)
        return
    write_table(
        _COLUMNS,
        [
            (page.id, page.locale, page.path, page.title, page.tags, page.is_published, page.updated_at)
            for page in found
        ],
    )


@command(app, "get", example="wikijs pages get docs/intro --content > intro.md")
def get(
    session: Session,
    page: Annotated[str, typer.Argument(help="Id or path of the page; a number with a / before it is a path.")],
    *,
    locale: Annotated[str, typer.Option(help="Locale of the path.")] = "en",
    content: Annotated[bool, typer.Option("--content", help="Print the source of the page, nothing else.")] = False,
) -> None:
    """Show a page: its fields, with --content its source, with --json both."""
    by_id, path = page.isascii() and page.isdecimal(), page.strip("/")
    with session.client() as client:
        if not (content or session.json):  # read without the source, which not everybody may see
            pages = client.pages
            write_record(
                _fields(
                    pages.get(int(page), content=False)
                    if by_id
                    else pages.get_by_path(path, locale=locale, content=False)
                )
            )
            return
        whole = client.pages.get(int(page)) if by_id else client.pages.get_by_path(path, locale=locale)
    if session.json:
        write_json(whole)
    else:
        write_text(whole.content)


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
