"""`wikijs tags ...`."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from .frame.command import command, group
from .frame.confirm import confirm
from .frame.output import show_done, show_list
from .frame.progress import counted, progress
from .frame.session import Session
from .pages.arguments import SAVED, JournalOption, LocaleOption, PagesArgument, page_ids, show_outcome

app = typer.Typer(no_args_is_help=True)

TAG: Final = ("id", "tag", "title", "count", "createdAt", "updatedAt")

TagArgument = Annotated[str, typer.Argument(metavar="TAG", help="The tag.")]
TagsArgument = Annotated[str, typer.Argument(metavar="TAG[,TAG...]", help="The tags, separated by commas.")]


@group(app, example="wikijs tags list")
def tags(session: Session) -> None:
    """Tags of pages."""


@command(app, "list", example="wikijs tags list --json tag,count", fields=TAG, lists=True, reads=True)
def list_tags(
    session: Session,
    *,
    by_count: Annotated[bool, typer.Option("--by-count", help="The most used ones first.")] = False,
) -> None:
    """List the tags that are in use, with the number of their pages."""
    with session.client() as client:
        found = client.tags.list()
    if by_count:
        found.sort(key=lambda tag: -tag.count)
    show_list(session, found, ("tag", "title", "count"), key="tag")


@command(app, "rename", example="wikijs tags rename howto guide")
def rename(
    session: Session,
    tag: TagArgument,
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
    *,
    title: Annotated[str | None, typer.Option(help="How to show it; else like its name.")] = None,
) -> None:
    """Rename a tag on all pages."""
    with session.client() as client:
        client.tags.rename(tag, new, title=title)
    show_done(session, f"Renamed {tag} to {new}.", {"tag": new, "was": tag}, key="tag")


@command(app, "merge", example="wikijs tags merge how-to,guides howto")
def merge(
    session: Session,
    tags: TagsArgument,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The tag to have instead; it need not exist.")],
    *,
    journal: JournalOption = None,
) -> None:
    """Replace tags by another one on all pages, and delete them. Each page is written."""
    old = _names(tags)
    confirm(session, f"Replace {', '.join(old)} by {into} on all pages?")
    with session.client() as client, progress(session, "Writing") as step:
        result = client.tags.merge(old, into, progress=counted(step), journal=journal)
    show_outcome(session, result, verb="pages changed")


@command(app, "delete", example="wikijs tags delete obsolete")
def delete(session: Session, tag: TagArgument) -> None:
    """Remove a tag from all pages."""
    with session.client() as client:
        if not session.yes:
            count = next((each.count for each in client.tags.list() if each.tag == tag.strip().lower()), 0)
            confirm(session, f"Remove the tag {tag} from {count} page{'s' * (count != 1)}?")
        client.tags.delete(tag)
    show_done(session, f"Deleted the tag {tag}.", {"tag": tag}, key="tag")


@command(app, "add", example="wikijs tags add howto,draft docs/intro 17", fields=SAVED)
def add(
    session: Session,
    tags: TagsArgument,
    pages: PagesArgument,
    *,
    locale: LocaleOption = None,
    journal: JournalOption = None,
) -> None:
    """Put tags on pages. Those that they have stay."""
    with session.client() as client:
        ids = page_ids(client, pages, locale)
        with progress(session, "Writing", total=len(ids)) as step:
            result = client.tags.add(ids, _names(tags), progress=counted(step), journal=journal)
    show_outcome(session, result, verb="tagged")


@command(app, "remove", example="wikijs tags remove draft docs/intro 17", fields=SAVED)
def remove(
    session: Session,
    tags: TagsArgument,
    pages: PagesArgument,
    *,
    locale: LocaleOption = None,
    journal: JournalOption = None,
) -> None:
    """Take tags off pages. Other tags stay."""
    with session.client() as client:
        ids = page_ids(client, pages, locale)
        with progress(session, "Writing", total=len(ids)) as step:
            result = client.tags.remove(ids, _names(tags), progress=counted(step), journal=journal)
    show_outcome(session, result, verb="untagged")


def _names(tags: str) -> list[str]:
    return tags.split(",")
