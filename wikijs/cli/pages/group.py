"""`wikijs pages ...`. The other commands of the group are in the modules beside this one, each named in its first line
(`finding` has search, grep, tree and links); a new module goes into the loop at the end of this file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, get_args
from urllib.parse import quote

import typer

from .. import tags
from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import moment, write_file
from ..frame.output import show_done, show_list, show_record, show_text, wants_data
from ..frame.progress import counted, progress
from ..frame.session import Session
from ..frame.structured import fits
from ..frame.text import plain
from ..people.arguments import author_id
from . import changing as pages_changing
from . import chunking as pages_chunking
from . import composing as pages_composing
from . import exporting as pages_exporting
from . import finding as pages_finding
from . import importing as pages_importing
from . import moving as pages_moving
from . import templates
from . import versions as pages_versions
from . import writing as pages_writing
from .arguments import (
    FolderOption,
    LocaleOption,
    PageArgument,
    PagesArgument,
    SomeLocaleOption,
    TagsOption,
    found_pages,
    id_or_path,
    names,
    show_outcome,
)

if TYPE_CHECKING:
    from wikijs_generated.fragments import PageForEditor, PageMetadata

    from wikijs import WikiJSClient

app = typer.Typer(no_args_is_help=True)

LISTED: Final = (
    *("id", "path", "locale", "title", "description", "contentType", "isPublished", "isPrivate"),
    *("createdAt", "updatedAt", "tags"),
)
METADATA: Final = (
    *("id", "path", "locale", "hash", "title", "description"),
    *("contentType", "createdAt", "updatedAt", "tags"),
)
STATE: Final = (
    *("editor", "isPublished", "isPrivate", "publishStartDate", "publishEndDate"),
    *("authorId", "authorName", "authorEmail", "creatorId", "creatorName", "creatorEmail"),
)
"""Fields that only those may see who may write the page; null for others."""
CONTENT: Final = ("content", "render", "scriptCss", "scriptJs")

# As `PageOrder` of the facade, whose module would load the models for a help text.
Order = Literal["id", "path", "title", "created", "updated"]


@group(app, example="wikijs pages list --tag howto")
def pages(session: Session) -> None:
    """Pages."""


@command(app, "list", example="wikijs pages list --sort -updated --limit 10", fields=LISTED, lists=True, reads=True)
def list_pages(
    session: Session,
    *,
    limit: Annotated[int | None, typer.Option(min=1, metavar="NUMBER", help="Show at most this many pages.")] = None,
    offset: Annotated[int, typer.Option(min=0, metavar="NUMBER", help="Leave out this many pages first.")] = 0,
    search: Annotated[
        str, typer.Option(metavar="WORD", help="Only pages with this in path, title or description.")
    ] = "",
    title: Annotated[str | None, typer.Option(metavar="GLOB", help="Only titles with this text, or pattern.")] = None,
    path: Annotated[str | None, typer.Option(metavar="GLOB", help="Only paths with this text, or pattern.")] = None,
    author: Annotated[
        str | None, typer.Option(metavar="USER", help="Only pages that this user changed last: id, e-mail or name.")
    ] = None,
    tag: TagsOption = None,
    locale: SomeLocaleOption = None,
    folder: FolderOption = "",
    published: Annotated[
        bool | None, typer.Option("--published/--drafts", help="Only published pages, or only drafts.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", "--after", metavar="WHEN", help="Only pages that changed since: 2026-01-31, or 30d, 12h, 2w ago."
        ),
    ] = None,
    before: Annotated[str | None, typer.Option(metavar="WHEN", help="Only pages that last changed before it.")] = None,
    order_by: Annotated[Order, typer.Option(help="What to sort by.")] = "id",
    sort: Annotated[
        str | None, typer.Option(metavar="NAME", help="The same as --order-by; with - before it the other way round.")
    ] = None,
    descending: Annotated[bool, typer.Option("--descending", help="Sort the other way round.")] = False,
) -> None:
    """List pages, drafts included, without their content."""
    order, turned = _order(order_by, sort)
    first, last = moment(since, "--since"), moment(before, "--before")
    with session.client() as client:
        found = client.pages.list(
            tags=tag or (),
            locale=locale,
            author_id=None if author is None else author_id(client, author),
            folder=folder,
            published=published,
            updated_since=first,
            order_by=order,
            descending=descending != turned,
            search=search,
        )
    shown = [
        page
        for page in found
        if (title is None or fits(page.title or "", title))
        and (path is None or fits(page.path, path))
        and (last is None or page.updated_at < last)
    ]
    show_list(
        session,
        shown,
        {
            "id": lambda page: page.id,
            "locale": lambda page: page.locale,
            "path": lambda page: page.path,
            "title": lambda page: page.title,
            "tags": lambda page: page.tags,
            "published": lambda page: page.is_published,
            "updated": lambda page: page.updated_at,
        },
        limit=limit,
        offset=offset,
    )


def _order(order_by: Order, sort: str | None) -> tuple[Order, bool]:
    """What to sort by, and whether the other way round."""
    if sort is None:
        return order_by, False
    name = sort.removeprefix("-").lower()
    orders: tuple[Order, ...] = get_args(Order)
    for order in orders:
        if order == name:
            return order, sort.startswith("-")
    raise CommandError(f"Pages cannot be sorted by {name!r}.", hint=f"Use {', '.join(orders)}.", code=ExitCode.USAGE)


@command(
    app,
    "get",
    example="wikijs pages get docs/intro --content > intro.md",
    fields=(*METADATA, *CONTENT, *STATE, "url"),
    reads=True,
)
def get(
    session: Session,
    page: PageArgument,
    *,
    locale: LocaleOption = None,
    content: Annotated[bool, typer.Option("--content", help="Print the source of the page, nothing else.")] = False,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Write the source into a file; - is stdout.")
    ] = None,
) -> None:
    """Show a page, or its source.

    Shows its fields, with --content its source, with --json both. With --output the source goes into a file. State,
    editor and authors are shown to those who may write the page.
    """
    wanted = id_or_path(page)
    with session.client() as client:
        if (content and not wants_data(session)) or output is not None:
            whole = (
                client.pages.get(wanted) if isinstance(wanted, int) else client.pages.get_by_path(wanted, locale=locale)
            )
            if output in {None, "-"}:
                show_text(session, whole.content, id=whole.id, path=whole.path)
            else:
                write_file(Path(output or ""), whole.content)
                show_done(session, f"Wrote {output}.", {"id": whole.id, "path": whole.path, "file": output})
            return
        both = content or _reads_content(session)
        if isinstance(wanted, int):
            found = client.pages.get(wanted, content=both)
        else:
            found = client.pages.get_by_path(wanted, locale=locale, content=both)
        state = None if session.quiet else _state(client, found.id)
        url = f"{client.url}/{found.locale}/{quote(found.path)}"
    shown: dict[str, object] = {**plain(found), **dict.fromkeys(STATE), **(plain(state) if state else {}), "url": url}
    if not both:
        shown = {name: value for name, value in shown.items() if name not in CONTENT}
    show_record(session, shown, _fields(found, state, url))


def _state(client: WikiJSClient, number: int) -> PageForEditor | None:
    """What only those may see who may write the page; None for others."""
    from wikijs.exceptions import WikiJSException

    try:
        return client.pages.single_for_editor(number)
    except WikiJSException:  # the page itself was read: why its state was not is no reason to fail
        return None


def _reads_content(session: Session) -> bool:
    """Whether the result shows the source, which not everybody may see."""
    if session.json in {None, "*"}:
        return session.json is not None or session.yaml or session.picks is not None
    return not set((session.json or "").split(",")).isdisjoint(CONTENT)


def _fields(page: PageMetadata, state: PageForEditor | None, url: str) -> dict[str, object]:
    known: dict[str, object] = {}
    if state is not None:
        known = {
            "state": "published" if state.is_published else "draft",
            "published from": state.publish_start_date,
            "published until": state.publish_end_date,
            "editor": state.editor,
            "author": f"{state.author_name} <{state.author_email}>",
            "creator": f"{state.creator_name} <{state.creator_email}>",
        }
    return {
        "id": page.id,
        "locale": page.locale,
        "path": page.path,
        "title": page.title,
        "description": page.description or None,
        "tags": [tag.tag for tag in page.tags] or None,
        "content type": page.content_type,
        **known,
        "created": page.created_at,
        "updated": page.updated_at,
        "url": url,
    }


@command(app, "open", example="wikijs pages open docs/intro", fields=("id", "url"))
def open_page(
    session: Session,
    page: PageArgument,
    *,
    locale: LocaleOption = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print its address only.")] = False,
) -> None:
    """Open a page in the browser."""
    import webbrowser

    with session.client() as client:
        found = client.pages.get(id_or_path(page), content=False, locale=locale)
        url = f"{client.url}/{found.locale}/{quote(found.path)}"
    opened = not (no_browser or session.quiet or wants_data(session)) and webbrowser.open(url)
    show_done(session, f"Opened {url}" if opened else url, {"id": found.id, "url": url}, key="url")


@command(app, "delete", example="wikijs pages delete docs/old 17")
def delete(session: Session, pages: PagesArgument, *, locale: LocaleOption = None) -> None:
    """Delete pages, with their comments. Those that are not there are named, and do not keep the others.

    Their history can no longer be reached afterwards.
    """
    with session.client() as client:
        ids, missing = found_pages(client, pages, locale)
        if ids and not session.yes:
            confirm(session, f"Delete {names(client, ids)}?")
        with progress(session, "Deleting", total=len(ids)) as step:
            result = client.pages.delete_many(ids, progress=counted(step))
    result.errors[:0] = missing
    show_outcome(session, result, verb="deleted")


for module in (
    pages_writing,
    pages_composing,
    pages_finding,
    pages_versions,
    pages_moving,
    pages_changing,
    pages_exporting,
    pages_importing,
    pages_chunking,
):
    app.add_typer(module.app)
app.add_typer(tags.app, name="tags")
app.add_typer(templates.app, name="templates")
