"""`wikijs pages copy`, `append`, `prepend`: pages made of others, and text at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from ..frame.command import command
from ..frame.failures import CommandError, ExitCode
from ..frame.options import Command
from ..frame.output import show_done
from ..frame.session import Session
from .arguments import SAVED, LocaleOption, PageArgument, page_id, place, summary
from .given import stdin_text
from .writing import ContentOption, FileOption

app = typer.Typer()

_DASHED: Final = "\x00"


class TextCommand(Command):
    """Takes an entry of a list, such as `- done`, for the text that it is and not for an option."""

    def field_names(self) -> Sequence[str]:
        """The fields that --json may ask for."""
        return SAVED

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of the line."""
        return super().parse_args(ctx, [f"{_DASHED}{word}" if word.startswith("- ") else word for word in args])


SEPARATOR_HELP: Final = "What stands between the two; an empty line unless given."

TextArgument = Annotated[str | None, typer.Argument(metavar="TEXT", help="The text; - is stdin.")]
SeparatorOption = Annotated[str, typer.Option(metavar="TEXT", help=SEPARATOR_HELP)]
DryRunOption = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done; do nothing.")]


@command(app, "copy", example="wikijs pages copy docs/intro docs/second-intro --title 'Second intro'", fields=SAVED)
def copy(
    session: Session,
    page: PageArgument,
    destination: Annotated[str, typer.Argument(metavar="DESTINATION", help="Path of the copy.")],
    *,
    locale: LocaleOption = None,
    to_locale: Annotated[
        str | None, typer.Option(metavar="CODE", help="Locale of the copy; else that of PAGE.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the copy; else that of PAGE.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Do not publish the copy.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Make a page that is like another one: its content, tags, state, scripts and editor.

    Comments and history are not copied, links stay as they are.
    """
    with session.client() as client:
        number = page_id(client, page, locale)
        if dry_run:
            client.pages.plan_move(number, destination, locale=to_locale)  # the same paths are free or not
            show_done(session, f"Would copy page {number} to {destination}.", {"id": number, "path": destination})
            return
        made = client.pages.copy(
            number, destination, locale=to_locale, title=title, is_published=False if draft else None
        )
    show_done(session, f"Copied to page {made.id} ({place(made)}).", summary(made))


@command(app, "append", example="wikijs pages append ops/log '- Restarted the server.'", fields=SAVED, cls=TextCommand)
def append(
    session: Session,
    page: PageArgument,
    text: TextArgument = None,
    *,
    file: FileOption = None,
    content: ContentOption = None,
    separator: SeparatorOption = "\n",
    locale: LocaleOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Put text at the end of a page. All else of it is kept."""
    _extend(session, page, _given(text, file, content), separator, locale, at_end=True, dry_run=dry_run)


@command(app, "prepend", example="wikijs pages prepend ops/log --file today.md", fields=SAVED, cls=TextCommand)
def prepend(
    session: Session,
    page: PageArgument,
    text: TextArgument = None,
    *,
    file: FileOption = None,
    content: ContentOption = None,
    separator: SeparatorOption = "\n",
    locale: LocaleOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Put text at the beginning of a page. All else of it is kept."""
    _extend(session, page, _given(text, file, content), separator, locale, at_end=False, dry_run=dry_run)


def _extend(
    session: Session, page: str, text: str, separator: str, locale: str | None, *, at_end: bool, dry_run: bool
) -> None:
    with session.client() as client:
        number = page_id(client, page, locale)
        if dry_run:
            show_done(session, f"Would put {len(text)} characters {'below' if at_end else 'above'} page {number}.")
            return
        extend = client.pages.append if at_end else client.pages.prepend
        saved = extend(number, text, separator=separator)
    show_done(session, f"Saved page {saved.id} ({place(saved)}).", summary(saved))


def _given(text: str | None, file: str | None, content: str | None) -> str:
    """The text, however it was given."""
    from pathlib import Path

    from ..frame.inputs import read_file

    given = [each for each in (text, file, content) if each is not None]
    if len(given) != 1:
        raise CommandError(
            "Give the text once: as TEXT, with --file or with --content.", hint="- is stdin.", code=ExitCode.USAGE
        )
    if "-" in {text, file}:
        return stdin_text()
    return read_file(Path(file)) if file is not None else given[0].removeprefix(_DASHED)
