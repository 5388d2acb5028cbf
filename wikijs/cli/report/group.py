"""`wikijs report ...`: what is wrong with a wiki, for people, for programs and for cron."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..frame.command import group
from ..frame.inputs import read_file
from ..frame.progress import progress
from ..frame.session import Session, cache_path
from .registering import reporting

if TYPE_CHECKING:
    from wikijs.reports import ExternalOptions, Report, WikiFacts

app = typer.Typer(no_args_is_help=True)

_HOURS: Final = 24.0


@group(app, example="wikijs report links --external --html -o links.html")
def report(session: Session) -> None:
    """Reports: dead links, orphans, stale pages, files, what is missing in pages, figures, permissions.

    Exit codes: 0 nothing bad was found, 1 something was, or the report failed, which is then said on stderr.
    """


@reporting(app, "links", example="wikijs report links --external --ignore '*.internal/*'")
def links(
    session: Session,
    wiki: WikiFacts,
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
) -> list[Report]:
    """Report links to pages, and to parts of pages, that are not there; with --external also to other sites.

    Other sites are asked politely: HEAD first, few requests at a time, none again within a day. Addresses in private
    networks are never asked for, unless --allow-network says so.
    """
    from wikijs.reports import ExternalOptions, dead_links

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
    return found


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


@reporting(app, "orphans", example="wikijs report orphans --markdown")
def orphans(
    session: Session,
    wiki: WikiFacts,
) -> list[Report]:
    """Report pages that no other page and no item of the navigation leads to."""
    from wikijs.reports import orphans as report_of

    return [report_of(wiki)]


@reporting(app, "stale", example="wikijs report stale --days 180 --csv", content=False)
def stale(
    session: Session,
    wiki: WikiFacts,
    *,
    days: Annotated[int, typer.Option(min=0, help="From how many days without a change on.")] = 365,
    by_history: Annotated[
        bool,
        typer.Option("--by-history", help="By each page's history: a new rendering and a move are no changes then."),
    ] = False,
) -> list[Report]:
    """Report pages that nobody changed for long, the oldest first, and those never changed since they were made."""
    from wikijs.reports import stale as report_of

    return [report_of(wiki, days=days, edits=_edits(session, wiki) if by_history else None)]


def _edits(session: Session, wiki: WikiFacts) -> Mapping[int, datetime]:
    from wikijs.reports import read_edits

    done = 0
    with session.client() as client, progress(session, "Reading histories", total=len(wiki.chosen)) as step:

        def told(number: int, _: int) -> None:
            nonlocal done
            step(number - done)
            done = number

        return read_edits(client, wiki, progress=told)


@reporting(app, "assets", example="wikijs report assets --json path,detail,rule", files=True)
def assets(
    session: Session,
    wiki: WikiFacts,
) -> list[Report]:
    """Report files that pages show and that are not there, and files that nothing shows."""
    from wikijs.reports import missing_and_unused_assets

    return [missing_and_unused_assets(wiki)]


@reporting(app, "lint", example="wikijs report lint --skip no-tags --folder docs")
def lint(
    session: Session,
    wiki: WikiFacts,
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
) -> list[Report]:
    """Report what is missing or odd in pages.

    Rules: no-title, empty, heading-order, empty-heading, no-alt, oversized, no-description, no-tags, draft.
    """
    from wikijs.reports import LintOptions
    from wikijs.reports import lint as report_of

    options = LintOptions(only=rule or (), ignored=skip or (), largest=largest)
    return [report_of(wiki, options)]


@reporting(app, "duplicates", example="wikijs report duplicates")
def duplicates(
    session: Session,
    wiki: WikiFacts,
) -> list[Report]:
    """Report pages of one locale with the same title, and pages with the same content."""
    from wikijs.reports import duplicates as report_of

    return [report_of(wiki)]


@reporting(app, "stats", example="wikijs report stats --html -o wiki.html", files=True, fails=False)
def stats(
    session: Session,
    wiki: WikiFacts,
) -> list[Report]:
    """Report figures of the wiki: pages by month, authors, folders, tags, sizes, links, files."""
    from wikijs.reports import statistics

    return [statistics(wiki)]


@reporting(app, "access", example="wikijs report access --fail-on error", pages=False)
def access(
    session: Session,
) -> list[Report]:
    """Report what guests may change, who may do everything, rules that do nothing, and users without groups."""
    from wikijs.access import read_moment
    from wikijs.reports import access as report_of

    with session.client() as client:
        moment = read_moment(client)
    return [report_of(moment)]


@reporting(app, "all", example="wikijs report all --html -o wiki.html", files=True)
def every(
    session: Session,
    wiki: WikiFacts,
    *,
    days: Annotated[int, typer.Option(min=0, help="From how many days without a change on a page is stale.")] = 365,
) -> list[Report]:
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

    return [
        dead_links(wiki),
        missing_and_unused_assets(wiki),
        report_orphans(wiki),
        report_stale(wiki, days=days),
        report_lint(wiki),
        report_duplicates(wiki),
        statistics(wiki),
    ]
