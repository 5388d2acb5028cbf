"""`wikijs pages history`, `version`, `diff`, `restore` and `purge-history`."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..frame.command import command
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, show_done, show_list, show_record, write_text
from ..frame.session import Session
from ..frame.structured import show_data, wants_data
from .arguments import SAVED, LocaleOption, PageArgument, page_id, place, show_diff, summary

if TYPE_CHECKING:
    from wikijs import WikiJSClient

app = typer.Typer()

ENTRY: Final = ("versionId", "versionDate", "authorId", "authorName", "actionType", "valueBefore", "valueAfter")
VERSION: Final = (
    *("versionId", "versionDate", "action", "pageId", "path", "locale", "title", "description", "content"),
    *("contentType", "editor", "isPublished", "authorName", "createdAt"),
)
DIFF: Final = ("id", "old", "new", "diff")

VersionArgument = Annotated[
    int, typer.Argument(metavar="VERSION", min=1, help="Id of a version; `pages history` lists them.")
]


@command(app, "history", example="wikijs pages history docs/intro --limit 10", fields=ENTRY, lists=True, reads=True)
def history(
    session: Session,
    page: PageArgument,
    *,
    locale: LocaleOption = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="NUMBER", help="Show at most this many.")] = None,
) -> None:
    """List the old versions of a page, newest first.

    Each is what a change replaced; the page as it is now is not among them.
    """
    with session.client() as client:
        entries = list(
            islice(client.pages.history(page_id(client, page, locale), page_size=min(limit or 100, 100)), limit)
        )
    show_list(
        session,
        entries,
        {
            "version": lambda entry: entry.version_id,
            "date": lambda entry: entry.version_date,
            "author": lambda entry: entry.author_name,
            "change": lambda entry: entry.action_type,
            "from": lambda entry: entry.value_before,
            "to": lambda entry: entry.value_after,
        },
        key="version_id",
    )


@command(app, "version", example="wikijs pages version docs/intro 42 --content", fields=VERSION)
def version(
    session: Session,
    page: PageArgument,
    version: VersionArgument,
    *,
    locale: LocaleOption = None,
    content: Annotated[bool, typer.Option("--content", help="Print the source of the version, nothing else.")] = False,
) -> None:
    """Show an old version of a page, or its source.

    Shows its fields, with --content its source, with --json both.
    """
    with session.client() as client:
        found = client.pages.version(page_id(client, page, locale), version)
    if content:
        write_text(found.content)
        return
    fields = {
        "version": found.version_id,
        "date": found.version_date,
        "author": found.author_name,
        "locale": found.locale,
        "path": found.path,
        "title": found.title,
        "description": found.description or None,
        "editor": found.editor,
        "published": found.is_published,
    }
    show_record(session, found, fields, key="version_id")


@command(app, "diff", example="wikijs pages diff docs/intro 42 45", fields=DIFF)
def diff(
    session: Session,
    page: PageArgument,
    old: Annotated[
        int | None, typer.Argument(metavar="OLD", min=1, help="Id of the older version; else the last one.")
    ] = None,
    new: Annotated[
        int | None, typer.Argument(metavar="NEW", min=1, help="Id of the newer version; else the page as it is.")
    ] = None,
    *,
    locale: LocaleOption = None,
    lines: Annotated[int, typer.Option("-U", "--context", min=0, metavar="LINES", help="Lines around a change.")] = 3,
) -> None:
    """Compare versions of a page.

    Compares the content of two versions, or of one with the page as it is; without versions, what changed last.
    """
    with session.client() as client:
        number = page_id(client, page, locale)
        before = _last_version(client, number) if old is None else old
        text = client.pages.diff(number, before, new, context=lines)
    if wants_data(session):
        show_data(session, {"id": number, "old": before, "new": new, "diff": text})
        return
    show_diff(text)
    if not text and not session.quiet:
        note("The content is the same.")


def _last_version(client: WikiJSClient, id: int) -> int:
    """The version that the last change replaced."""
    for entry in client.pages.history(id, page_size=1):
        return entry.version_id
    raise CommandError(f"Page {id} has no old version: it was never changed.")


@command(app, "restore", example="wikijs pages restore docs/intro 42", fields=SAVED)
def restore(
    session: Session,
    page: PageArgument,
    version: VersionArgument,
    *,
    locale: LocaleOption = None,
    move_back: Annotated[bool, typer.Option("--move-back", help="Also move it to where it was then.")] = False,
) -> None:
    """Bring an old version of a page back.

    It becomes a new version on top, so nothing is lost. Tags and scripts stay as they are today.
    """
    with session.client() as client:
        saved = client.pages.restore(page_id(client, page, locale), version, move_back=move_back)
    show_done(session, f"Restored version {version} of page {saved.id} ({place(saved)}).", summary(saved))


@command(app, "purge-history", example="wikijs pages purge-history --older-than 1y")
def purge_history(
    session: Session,
    *,
    older_than: Annotated[
        str, typer.Option(metavar="AGE", help="Such as 90d, 6m or 1y; or a duration of ISO 8601, such as P1Y6M.")
    ],
) -> None:
    """Delete old versions of all pages, for good."""
    duration = _duration(older_than)
    confirm(session, f"Delete all versions older than {older_than}, of all pages, for good?")
    with session.client() as client:
        client.pages.purge_history(duration)
    show_done(session, f"Deleted all versions older than {older_than}.", {"olderThan": duration})


def _duration(age: str) -> str:
    """A duration as the server wants it."""
    text = age.strip().upper()
    if re.fullmatch(r"\d+[DWMY]", text):
        return f"P{text}"
    if re.fullmatch(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?", text):
        return text
    raise CommandError(f"{age!r} is no age.", hint="Write 90d, 6m, 1y or P1Y6M.", code=ExitCode.USAGE)
