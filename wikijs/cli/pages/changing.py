"""`wikijs pages replace`, `convert` and `render`: what changes many pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..frame.command import command
from ..frame.confirm import confirm
from ..frame.output import note, nothing_found, show_list
from ..frame.progress import counted, progress, stepping
from ..frame.session import Session
from ..frame.structured import wants_data
from .arguments import (
    FolderOption,
    JournalOption,
    LocaleOption,
    PagesArgument,
    SomeLocaleOption,
    TagsOption,
    page_ids,
    show_diff,
    show_outcome,
    summary,
)
from .finding import FixedOption, IgnoreCaseOption
from .writing import Editor

if TYPE_CHECKING:
    from wikijs.resources.pages.replacing import Replacement

app = typer.Typer()


@command(app, "replace", example="wikijs pages replace 'http://(old|older)[.]example' 'https://new.example' --dry-run")
def replace(
    session: Session,
    pattern: Annotated[str, typer.Argument(help="A regular expression of Python, looked for line by line as by grep.")],
    replacement: Annotated[str, typer.Argument(help="What to put there; \\1 is what the first group matched.")],
    *,
    ignore_case: IgnoreCaseOption = False,
    fixed: FixedOption = False,
    across_lines: Annotated[
        bool, typer.Option("--across-lines", help="Let matches hold line ends: look through the whole text at once.")
    ] = False,
    folder: FolderOption = "",
    locale: SomeLocaleOption = None,
    tag: TagsOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would change; write nothing.")] = False,
    journal: JournalOption = None,
) -> None:
    """Replace text in the content of pages.

    Nothing else of them changes, and pages that somebody changes meanwhile are left alone.
    """
    options: dict[str, Any] = {
        "literal": fixed,
        "ignore_case": ignore_case,
        "across_lines": across_lines,
        "folder": folder,
        "locale": locale,
        "tags": tag or (),
    }
    with session.client() as client:
        if dry_run:
            _show_replacements(session, client.pages.find_replacements(pattern, replacement, **options))
            return

        with ExitStack() as bar, stepping(session, "Writing") as written:
            read = bar.enter_context(stepping(session, "Reading"))

            def approve(found: Sequence[Replacement]) -> bool:
                bar.close()
                confirm(session, f"Replace {_total(found)}?")
                return True

            result = client.pages.replace(
                pattern,
                replacement,
                **options,
                reading=lambda pages: read(pages, 0),
                approve=approve,
                progress=written,
                journal=journal,
            )
    if not (result.success or result.errors or result.not_attempted or wants_data(session)):
        nothing_found()
        return
    show_outcome(session, result, verb="changed")


def _show_replacements(session: Session, found: Iterable[Replacement]) -> None:
    if wants_data(session) or session.quiet:
        items = [{**summary(item), "count": item.count, "diff": item.diff()} for item in found]
        show_list(session, items, ())
        return
    pages: list[Replacement] = []
    for item in found:
        show_diff(item.diff())
        pages.append(item)
    note(f"This would replace {_total(pages)}. Nothing was written." if pages else "Nothing was found.")


def _total(found: Sequence[Replacement]) -> str:
    """Such as "12 matches on 5 pages"."""
    matches = sum(item.count for item in found)
    return f"{matches} match{'es' * (matches != 1)} on {len(found)} page{'s' * (len(found) != 1)}"


@command(app, "convert", example="wikijs pages convert docs/intro --to markdown")
def convert(
    session: Session,
    pages: PagesArgument,
    *,
    to: Annotated[Editor, typer.Option(help="Editor to use from now on.")],
    locale: LocaleOption = None,
) -> None:
    """Convert pages to another editor, such as from Markdown to HTML.

    What cannot be said there is lost; `pages restore` brings it back.
    """
    with session.client() as client:
        ids = page_ids(client, pages, locale)
        with progress(session, "Converting", total=len(ids)) as step:
            result = client.pages.convert_many(ids, editor=to, progress=counted(step))
    show_outcome(session, result, verb="converted")


@command(app, "render", example="wikijs pages render docs/intro")
def render(session: Session, pages: PagesArgument, *, locale: LocaleOption = None) -> None:
    """Render pages again.

    This changes when they were updated.
    """
    with session.client() as client:
        ids = page_ids(client, pages, locale)
        with progress(session, "Rendering", total=len(ids)) as step:
            result = client.pages.render_many(ids, progress=counted(step))
    show_outcome(session, result, verb="rendered")
