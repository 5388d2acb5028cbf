"""`wikijs report ...`: what is wrong with a wiki, for people, for programs and for cron."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..frame.command import command, group
from ..frame.inputs import read_file
from ..frame.progress import progress
from ..frame.session import Session, cache_path
from .showing import (
    FIELDS,
    CSVOption,
    FailOption,
    FolderOption,
    HTMLOption,
    LocaleOption,
    MarkdownOption,
    OutputOption,
    facts,
    show,
)

if TYPE_CHECKING:
    from wikijs.reports import ExternalOptions, Report, WikiFacts

app = typer.Typer(no_args_is_help=True)

_HOURS: Final = 24.0


@group(app, example="wikijs report links --external --html -o links.html")
def report(session: Session) -> None:
    """Reports: dead links, orphans, stale pages, files, what is missing in pages, figures, permissions.

    Exit codes: 0 nothing bad was found, 1 something was, or the report failed, which is then said on stderr.
    """


@command(
    app,
    "links",
    example="wikijs report links --external --ignore '*.internal/*'",
    fields=FIELDS,
    lists=True,
)
def links(
    session: Session,
    *,
    external: Annotated[
        bool, typer.Option("--external", help="Also ask other sites whether there is something.")
    ] = False,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore", metavar="PATTERN", help="Addresses not to ask for, such as '*.example.com/*'; repeatable."
        ),
    ] = None,
    ignore_file: Annotated[
        Path | None, typer.Option("--ignore-file", metavar="FILE", help="A file with such patterns, one a line.")
    ] = None,
    timeout_external: Annotated[
        float, typer.Option("--site-timeout", min=0.1, metavar="SECONDS", help="For one request to another site.")
    ] = 15.0,
    most_seconds: Annotated[
        float, typer.Option("--max-seconds", min=0, metavar="SECONDS", help="For all other sites together.")
    ] = 600.0,
    most: Annotated[int, typer.Option("--max-links", min=0, help="Addresses of other sites at most.")] = 10_000,
    per_host: Annotated[int, typer.Option("--per-host", min=1, max=10, help="Requests to one site at a time.")] = 2,
    pause: Annotated[
        float, typer.Option("--pause", min=0, metavar="SECONDS", help="Between two requests to one site.")
    ] = 0.1,
    allow_network: Annotated[
        list[str] | None,
        typer.Option("--allow-network", metavar="CIDR", help="A private network to look into, such as 10.0.0.0/8."),
    ] = None,
    hours: Annotated[
        float, typer.Option("--cache-hours", min=0, help="How long a good answer of another site holds; 0 asks anew.")
    ] = _HOURS,
    folder: FolderOption = "",
    locale: LocaleOption = None,
    csv: CSVOption = False,
    markdown: MarkdownOption = False,
    html: HTMLOption = False,
    output: OutputOption = None,
    fail_on: FailOption = "warning",
) -> None:
    """Report links to pages, and to parts of pages, that are not there; with --external also to other sites.

    Other sites are asked politely: HEAD first, few requests at a time, none again within a day. Addresses in private
    networks are never asked for, unless --allow-network says so.
    """
    from wikijs.reports import ExternalOptions, dead_links

    wiki = facts(session, folder=folder, locale=locale)
    found = [dead_links(wiki)]
    if external:
        patterns = [*(ignore or ()), *(_patterns(ignore_file) if ignore_file is not None else ())]
        options = ExternalOptions(
            timeout=timeout_external,
            seconds=most_seconds,
            most=most,
            per_host=per_host,
            pause=pause,
            ignored=patterns,
            allow_networks=allow_network or (),
            cache=None if session.no_cache else cache_path(session.environment) / "links.sqlite",
            fresh=timedelta(hours=hours).total_seconds(),
            retry=min(timedelta(hours=hours), timedelta(hours=1)).total_seconds(),
        )
        found.append(_external(session, wiki, options))
    show(session, found, fail_on=fail_on, csv=csv, markdown=markdown, html=html, output=output)


def _patterns(file: Path) -> list[str]:
    lines = (line.strip() for line in read_file(file).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _external(session: Session, wiki: WikiFacts, options: ExternalOptions) -> Report:
    from wikijs.reports import external_links

    done = 0
    with progress(session, "Asking other sites") as step:

        def told(number: int, _: int) -> None:
            nonlocal done
            step(number - done)
            done = number

        return external_links(wiki, options, progress=told)


@command(app, "orphans", example="wikijs report orphans --markdown", fields=FIELDS, lists=True)
def orphans(
    session: Session,
    *,
    folder: FolderOption = "",
    locale: LocaleOption = None,
    csv: CSVOption = False,
    markdown: MarkdownOption = False,
    html: HTMLOption = False,
    output: OutputOption = None,
    fail_on: FailOption = "warning",
) -> None:
    """Report pages that no other page and no item of the navigation leads to."""
    from wikijs.reports import orphans as report_of

    found = report_of(facts(session, folder=folder, locale=locale))
    show(session, [found], fail_on=fail_on, csv=csv, markdown=markdown, html=html, output=output)


@command(app, "stale", example="wikijs report stale --days 180 --csv", fields=FIELDS, lists=True)
def stale(
    session: Session,
    *,
    days: Annotated[int, typer.Option(min=0, help="From how many days without a change on.")] = 365,
    folder: FolderOption = "",
    locale: LocaleOption = None,
    csv: CSVOption = False,
    markdown: MarkdownOption = False,
    html: HTMLOption = False,
    output: OutputOption = None,
    fail_on: FailOption = "warning",
) -> None:
    """Report pages that nobody changed for long, the oldest first, and those never changed since they were made."""
    from wikijs.reports import stale as report_of

    found = report_of(facts(session, folder=folder, locale=locale, content=False), days=days)
    show(session, [found], fail_on=fail_on, csv=csv, markdown=markdown, html=html, output=output)


@command(app, "assets", example="wikijs report assets --json path,detail,rule", fields=FIELDS, lists=True)
def assets(
    session: Session,
    *,
    folder: FolderOption = "",
    locale: LocaleOption = None,
    csv: CSVOption = False,
    markdown: MarkdownOption = False,
    html: HTMLOption = False,
    output: OutputOption = None,
    fail_on: FailOption = "warning",
) -> None:
    """Report files that pages show and that are not there, and files that nothing shows."""
    from wikijs.reports import missing_and_unused_assets

    found = missing_and_unused_assets(facts(session, folder=folder, locale=locale, files=True))
    show(session, [found], fail_on=fail_on, csv=csv, markdown=markdown, html=html, output=output)


@command(app, "lint", example="wikijs report lint --skip no-tags --folder docs", fields=FIELDS, lists=True)
def lint(
    session: Session,
    *,
    rule: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this rule; repeat it for several.")
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Not this rule; repeat it for several.")
    ] = None,
    largest: Annotated[
        int, typer.Option("--max-bytes", min=1, help="From how many bytes on a page is oversized.")
    ] = 100_000,
    folder: FolderOption = "",
    locale: LocaleOption = None,
    csv: CSVOption = False,
    markdown: MarkdownOption = False,
    html: HTMLOption = False,
    output: OutputOption = None,
    fail_on: FailOption = "warning",
) -> None:
    """Report what is missing or odd in pages.

    Rules: no-title, empty, heading-order, empty-heading, no-alt, oversized, no-description, no-tags, draft.
    """
    from wikijs.reports import LintOptions
    from wikijs.reports import lint as report_of

    options = LintOptions(only=rule or (), ignored=skip or (), largest=largest)
    found = report_of(facts(session, folder=folder, locale=locale), options)
    show(session, [found], fail_on=fail_on, csv=csv, markdown=markdown, html=html, output=output)


@command(app, "duplicates", example="wikijs report duplicates", fields=FIELDS, lists=True)
def duplicates(
    session: Session,
    *,
    folder: FolderOption = "",
    locale: LocaleOption = None,
    csv: CSVOption = False,
    markdown: MarkdownOption = False,
    html: HTMLOption = False,
    output: OutputOption = None,
    fail_on: FailOption = "warning",
) -> None:
    """Report pages of one locale with the same title, and pages with the same content."""
    from wikijs.reports import duplicates as report_of

    found = report_of(facts(session, folder=folder, locale=locale))
    show(session, [found], fail_on=fail_on, csv=csv, markdown=markdown, html=html, output=output)


@command(app, "stats", example="wikijs report stats --html -o wiki.html", fields=FIELDS, lists=True)
def stats(
    session: Session,
    *,
    folder: FolderOption = "",
    locale: LocaleOption = None,
    csv: CSVOption = False,
    markdown: MarkdownOption = False,
    html: HTMLOption = False,
    output: OutputOption = None,
) -> None:
    """Report figures of the wiki: pages by month, authors, folders, tags, sizes, links, files."""
    from wikijs.reports import statistics

    found = statistics(facts(session, folder=folder, locale=locale, files=True))
    show(session, [found], fail_on="never", csv=csv, markdown=markdown, html=html, output=output)


@command(app, "access", example="wikijs report access --fail-on error", fields=FIELDS, lists=True)
def access(
    session: Session,
    *,
    csv: CSVOption = False,
    markdown: MarkdownOption = False,
    html: HTMLOption = False,
    output: OutputOption = None,
    fail_on: FailOption = "warning",
) -> None:
    """Report what guests may change, who may do everything, rules that do nothing, and users without groups."""
    from wikijs.access import read_moment
    from wikijs.reports import access as report_of

    with session.client() as client:
        moment = read_moment(client)
    show(session, [report_of(moment)], fail_on=fail_on, csv=csv, markdown=markdown, html=html, output=output)


@command(app, "all", example="wikijs report all --html -o wiki.html", fields=FIELDS, lists=True)
def every(
    session: Session,
    *,
    days: Annotated[int, typer.Option(min=0, help="From how many days without a change on a page is stale.")] = 365,
    folder: FolderOption = "",
    locale: LocaleOption = None,
    csv: CSVOption = False,
    markdown: MarkdownOption = False,
    html: HTMLOption = False,
    output: OutputOption = None,
    fail_on: FailOption = "warning",
) -> None:
    """All reports about pages and files at once, and the figures; each page is read once. Other sites are not asked."""
    from wikijs.reports import (
        dead_links,
        missing_and_unused_assets,
        statistics,
    )
    from wikijs.reports import duplicates as report_duplicates
    from wikijs.reports import lint as report_lint
    from wikijs.reports import orphans as report_orphans
    from wikijs.reports import stale as report_stale

    wiki = facts(session, folder=folder, locale=locale, files=True)
    found = [
        dead_links(wiki),
        missing_and_unused_assets(wiki),
        report_orphans(wiki),
        report_stale(wiki, days=days),
        report_lint(wiki),
        report_duplicates(wiki),
        statistics(wiki),
    ]
    show(session, found, fail_on=fail_on, csv=csv, markdown=markdown, html=html, output=output)
