"""`wikijs pages move`, `move-tree` and `mend-links`: links follow pages that move."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..frame.command import command
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode, explained
from ..frame.output import note, nothing_found, show_done, show_list
from ..frame.progress import stepping
from ..frame.session import Session
from ..frame.structured import wants_data
from .arguments import (
    JournalOption,
    LocaleOption,
    PageArgument,
    check_named,
    page_id,
    place,
    show_diff,
    show_outcome,
    summary,
)

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.models import PlannedMove
    from wikijs.resources.pages.replacing import Replacement

app = typer.Typer()

MOVE: Final = ("id", "path", "locale", "newPath", "newLocale")
METADATA: Final = (
    *("id", "path", "locale", "hash", "title", "description"),
    *("contentType", "createdAt", "updatedAt", "tags"),
)

LinksOption = Annotated[
    bool, typer.Option("--links/--no-links", help="Have links on other pages follow; else they lead nowhere.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done; do nothing.")]
ToLocaleOption = Annotated[str | None, typer.Option(metavar="CODE", help="Locale to move to; else it stays.")]


@command(app, "move", example="wikijs pages move docs/intro handbook/intro", fields=METADATA)
def move(
    session: Session,
    page: PageArgument,
    destination: Annotated[str, typer.Argument(metavar="DESTINATION", help="The new path.")],
    *,
    locale: LocaleOption = None,
    to_locale: ToLocaleOption = None,
    links: LinksOption = True,
    dry_run: DryRunOption = False,
) -> None:
    """Move a page; see move-tree for folders. Pages below it stay.

    Links on other pages follow; they are found before anything moves, and named. Should it be killed in between,
    `pages mend-links` ends it.
    """
    with session.client() as client:
        number = page_id(client, page, locale)
        moves: list[PlannedMove] = []
        if links or dry_run:
            moves = [client.pages.plan_move(number, destination, locale=to_locale)]
            _tell(_found(client, moves) if links else (), dry_run=dry_run)
        if dry_run:
            _show_moves(session, moves)
            return
        moved = client.pages.move(number, destination, locale=to_locale)
        is_whole = _mend(session, client, moves, None)
    show_done(session, f"Moved page {moved.id} to {place(moved)}.", moved)
    if not is_whole:
        raise typer.Exit(ExitCode.PARTLY)


@command(app, "move-tree", example="wikijs pages move-tree docs handbook --dry-run", fields=MOVE)
def move_tree(
    session: Session,
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Path of the folder.")],
    destination: Annotated[str, typer.Argument(metavar="DESTINATION", help="Its new path.")],
    *,
    locale: LocaleOption = None,
    to_locale: ToLocaleOption = None,
    links: LinksOption = True,
    dry_run: DryRunOption = False,
    journal: JournalOption = None,
) -> None:
    """Move a folder: the page there and all below it.

    Links on other pages follow; they are found before anything moves, and named.
    """
    check_named(folder)
    with session.client() as client:
        if dry_run or not _was_begun(journal):
            moves = client.pages.plan_move_tree(folder, destination, locale=locale, destination_locale=to_locale)
            _tell(_found(client, moves) if links else (), dry_run=dry_run)
            if dry_run:
                _show_moves(session, moves)
                return
            confirm(session, f"Move {len(moves)} page{'s' * (len(moves) != 1)} from {folder} to {destination}?")
        with stepping(session, "Moving") as told:
            result = client.pages.move_tree(
                folder, destination, locale=locale, destination_locale=to_locale, progress=told, journal=journal
            )
        is_whole = True
        if links and not result.interrupted:
            done = client.pages.plan_moved(folder, destination, locale=locale, destination_locale=to_locale)
            is_whole = _mend(session, client, done, journal)
    show_outcome(session, result, verb="moved")
    if not is_whole:
        raise typer.Exit(ExitCode.PARTLY)


@command(app, "mend-links", example="wikijs pages mend-links docs handbook --dry-run", fields=("id", "path", "count"))
def mend_links(
    session: Session,
    old: Annotated[str, typer.Argument(metavar="OLD", help="Where the page, or the folder, was.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Where it is now.")],
    *,
    locale: LocaleOption = None,
    to_locale: ToLocaleOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Have links follow pages that were moved already: with --no-links, in the browser, or by a run that was killed."""
    check_named(old)
    check_named(new)
    with session.client() as client:
        moves = client.pages.plan_moved(old, new, locale=locale, destination_locale=to_locale)
        if dry_run:
            found = client.pages.find_links_to_mend(moves)
            if wants_data(session) or session.quiet:
                show_list(session, [{**summary(each), "count": each.count, "diff": each.diff()} for each in found], ())
                return
            for each in found:
                show_diff(each.diff())
            if not found:
                nothing_found()
            _tell(found, dry_run=True)
            return
        with stepping(session, "Mending links") as told:
            result = client.pages.mend_links(moves, progress=told)
    show_outcome(session, result, verb="mended")


def _found(client: WikiJSClient, moves: Sequence[PlannedMove]) -> Sequence[Replacement]:
    """The links that follow.

    Raises:
        CommandError: A page with such a link may not be read.
    """
    from wikijs.exceptions import PermissionDeniedError

    try:
        return client.pages.find_links_to_mend(moves)
    except PermissionDeniedError as error:
        raise CommandError(
            f"Nothing was moved: links that lead there cannot be mended. {error.message}",
            hint="Give --no-links to move without them.",
        ) from None


def _tell(found: Sequence[Replacement], *, dry_run: bool) -> None:
    """Say which links follow, before anything moves."""
    if not found:
        return
    links = sum(each.count for each in found)
    shown = ", ".join(place(each) for each in found[:10]) + (" and others" if len(found) > 10 else "")
    pages = f"{len(found)} page{'s' * (len(found) != 1)}"
    verb = "would follow" if dry_run else "will follow"
    note(f"{links} link{'s' * (links != 1)} on {pages} {verb}: {shown}.")


def _mend(session: Session, client: WikiJSClient, moves: Sequence[PlannedMove], journal: Path | None) -> bool:
    """Have links follow pages that have moved; False where some could not."""
    if not moves:
        return True
    notes = None if journal is None else journal.with_name(f"{journal.name}.links")
    with stepping(session, "Mending links") as told:
        result = client.pages.mend_links(moves, progress=told, journal=notes)
    for error in result.errors:
        note(f"wikijs: Links on {place(error.input)}: {explained(error.exception)}")
    return not (result.errors or result.not_attempted)


def _was_begun(journal: Path | None) -> bool:
    """Whether a job goes on that was confirmed when it was begun, and may have left nothing to plan."""
    return journal is not None and journal.is_file() and journal.stat().st_size > 0


def _show_moves(session: Session, moves: Sequence[PlannedMove]) -> None:
    show_list(
        session,
        moves,
        {
            "id": lambda move: move.id,
            "from": lambda move: f"{move.locale}/{move.path}",
            "to": lambda move: f"{move.new_locale}/{move.new_path}",
        },
    )
