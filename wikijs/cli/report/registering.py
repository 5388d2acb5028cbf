"""What all commands of the group share: what is read, and the options about how it is shown, written once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from ..frame.command import command
from ..frame.failures import CommandError, ExitCode
from ..frame.progress import progress
from ..frame.session import Session
from .showing import FIELDS, Limit, show

if TYPE_CHECKING:
    from wikijs.reports import Report, WikiFacts

    Reporting = Callable[..., Sequence[Report]]

_UNSEEN = {"WikiFacts": object, "Report": object}
"""Types that only type checkers import."""


def _about(
    *,
    folder: Annotated[
        str, typer.Option(metavar="PATH", help="Only about the page at this path and those below it.")
    ] = "",
    locale: Annotated[
        str | None, typer.Option("--locale", metavar="CODE", help="Only about pages of this locale.")
    ] = None,
) -> None:
    """Which pages a report is about."""


def _shown(
    *,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    html: Annotated[bool, typer.Option("--html", help="Print one HTML file, with charts.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Write into a file; .csv, .md and .html say which form. - is stdout."
        ),
    ] = None,
) -> None:
    """How a report is shown."""


def _failing(
    *,
    fail_on: Annotated[Limit, typer.Option("--fail-on", help="How bad a finding must be for exit code 1.")] = "warning",
) -> None:
    """What a report fails on."""


def reporting(
    app: typer.Typer,
    name: str,
    *,
    example: str,
    pages: bool = True,
    content: bool = True,
    files: bool = False,
    fails: bool = True,
) -> Callable[[Reporting], Reporting]:
    """Register a function as a report. It gets the session, then the wiki, then its own options.

    Args:
        app: The group.
        name: Its name.
        example: A command line that shows it.
        pages: Whether it is about pages: then the wiki is read and handed over.
        content: Whether contents of pages are read.
        files: Whether files are listed.
        fails: Whether findings can make the command fail.
    """
    shared = [*_parameters(_shown), *(_parameters(_failing) if fails else ())]
    about = _parameters(_about) if pages else []

    def register(function: Reporting) -> Reporting:
        def run(session: Session, **values: Any) -> None:
            how: dict[str, Any] = {"fail_on": "never"} if not fails else {}
            how |= {option.name: values.pop(option.name) for option in shared}
            which: dict[str, Any] = {option.name: values.pop(option.name) for option in about}
            wiki = [_facts(session, content=content, files=files, **which)] if pages else []
            made = function(session, *wiki, **values)
            if fails and wiki:
                _check_readable(wiki[0], made)
            show(session, made, **how)

        own = _parameters(function)[2 if pages else 1 :]
        session = inspect.Parameter("session", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Session)
        every = [session, *own, *about, *shared]
        run.__doc__ = function.__doc__
        run.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]  # what `command` reads
        run.__annotations__ = {option.name: option.annotation for option in every}
        command(app, name, example=example, fields=FIELDS, lists=True, reads=True, gathers=True)(run)
        return function

    return register


def _check_readable(wiki: WikiFacts, reports: Sequence[Report]) -> None:
    """Refuse to say that nothing was found where nothing could be looked at: cron would take it for good news."""
    if not wiki.unreadable or len(wiki.unreadable) < len(wiki.pages) or any(each.findings for each in reports):
        return
    raise CommandError(
        f"None of the {len(wiki.pages)} pages can be read with this key, so that nothing could be looked at.",
        hint="Reports read rendered pages: it takes manage:pages or delete:pages in a page rule that covers them.",
        code=ExitCode.FAILED,
    )


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(function, localns=_UNSEEN, include_extras=True)
    return [
        option.replace(annotation=hints[option.name], kind=inspect.Parameter.KEYWORD_ONLY)
        for option in inspect.signature(function).parameters.values()
    ]


def _facts(session: Session, *, folder: str, locale: str | None, content: bool, files: bool) -> WikiFacts:
    """The wiki as reports need it, while progress is shown."""
    from wikijs.reports import read_wiki

    done = 0

    with session.client() as client, progress(session, "Reading pages") as step:

        def told(number: int, _: int) -> None:
            nonlocal done
            step(number - done)
            done = number

        return read_wiki(client, folder=folder, locale=locale, content=content, files=files, progress=told)
