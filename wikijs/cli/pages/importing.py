"""`wikijs pages import`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from ..frame.command import command
from ..frame.failures import CommandError, ExitCode, explained
from ..frame.output import note, show_data, show_list, wants_data
from ..frame.progress import counting
from ..frame.session import Session
from ..frame.several import one_of
from .arguments import CaseOption
from .telling import disk, failures, files, leave, remark, sum_up, tell, write_lines

if TYPE_CHECKING:
    from wikijs.transfer.plan import ImportPlan
    from wikijs.transfer.reports import ImportReport

app = typer.Typer()

IMPORTED: Final = ("created", "updated", "uploaded", "unchanged", "doneBefore", "failed", "notAttempted", "refused")
MOST_REMARKS: Final = 200
"""Remarks that are told one by one."""

# As `Kind` of wikijs.interop.
Foreign = Literal[
    "mediawiki-xml",
    "dokuwiki",
    "confluence-html",
    "confluence-xml",
    "docusaurus",
    "mkdocs",
    "markdown",
    "obsidian",
    "notion",
    "html",
    "word",
]


@command(app, "import", example="wikijs pages import docs/ --dry-run", fields=IMPORTED)
def import_pages(
    session: Session,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE", help="A folder, a .zip, .tar.gz, .json, .yaml, a single .md; - is stdin. See --from."
        ),
    ] = None,
    *,
    directory: Annotated[str | None, typer.Option(metavar="SOURCE", help="The same as SOURCE.")] = None,
    from_: Annotated[
        Foreign | None, typer.Option("--from", help="What else the source is; it is converted first, files included.")
    ] = None,
    prefix: Annotated[str, typer.Option(metavar="PATH", help="Put all pages below this path or address.")] = "",
    converted: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="With --from: keep the converted files here.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")] = False,
    assets: Annotated[bool, typer.Option("--assets", help="Upload files that are no pages.")] = False,
    update: Annotated[bool, typer.Option("--update/--no-update", help="Change pages that are there.")] = True,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Import the good files even where others are refused.")
    ] = False,
    journal: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Note what was done; a second run leaves that alone, whatever changed."),
    ] = None,
    body_limit: Annotated[
        float, typer.Option(metavar="MB", min=0.001, help="What the server takes in a request: its bodyParserLimit.")
    ] = 5.0,
    allow_case_collisions: CaseOption = False,
) -> None:
    """Import files as pages: create what is new, update what differs, leave the rest alone.

    What a file does not say is kept. Nothing of the wiki is deleted. An import that broke off goes on when it is run
    again. With --from the source is another program's: links and images are rewritten, and what did not convert is
    told.
    """
    from wikijs.core.values.paths import of_folder
    from wikijs.transfer.importing import ImportOptions, planned, run_import

    source = one_of(source, directory, "SOURCE", "--directory")
    if from_ is None and converted:
        raise CommandError("--converted goes with --from.", code=ExitCode.USAGE)
    options = ImportOptions(
        assets=assets or from_ is not None,
        update=update,
        body_limit=int(body_limit * 1024 * 1024),
        allow_case_collisions=allow_case_collisions,
    )
    session.no_cache = True
    with ExitStack() as stack:
        if source == "-":
            source = stack.enter_context(_from_stdin())
        client = stack.enter_context(session.client())
        stack.enter_context(disk(source, "read"))
        if prefix:
            prefix = of_folder(prefix, client.localization.default(), client.url)
        if from_ is not None:
            source = stack.enter_context(_converted(session, from_, source, prefix, converted))
        else:
            options = replace(options, prefix=prefix)
        plan = stack.enter_context(planned(client, source, options))
        if dry_run:
            _show_plan(session, plan)
        tell([(error.name, error) for error in plan.refused])
        if plan.refused and not skip_bad:
            count = files(len(plan.refused))
            would = "would be imported" if dry_run else "was imported"
            raise CommandError(
                f"Nothing {would}: {count} refused.", hint="Mend them, or give --skip-bad to import the others."
            )
        if dry_run:
            return
        with counting(session, "Importing") as count_up:
            report = run_import(client, plan, journal=journal, progress=count_up)
    _show_import(session, plan, report)


@contextmanager
def _from_stdin() -> Generator[str]:
    """A file with what came from stdin: pages that were exported as JSON or YAML."""
    from wikijs.exceptions import ConfigurationError

    content = sys.stdin.buffer.read()
    begins = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"---\n", b"---\r\n", b"#", b"<"))
    if begins and not re.search(rb"^pages\s*:", content, re.MULTILINE):  # YAML may begin with a comment or a mark, too
        raise CommandError(
            "What came from stdin is a single page, which does not say where it goes. Nothing was imported.",
            hint="`wikijs pages create PATH --file -` makes a page of it, `pages upsert` also updates one.",
            code=ExitCode.USAGE,
        )
    kind = "json" if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "yaml"
    with TemporaryDirectory(prefix="wikijs-") as scratch:
        file = Path(scratch) / f"stdin.{kind}"
        file.write_bytes(content)
        try:
            yield str(file)
        except ConfigurationError as error:
            raise ConfigurationError(error.message.replace(str(file), "stdin"), hint=error.hint) from None


@contextmanager
def _converted(session: Session, kind: Foreign, source: str, prefix: str, keep: str | None) -> Generator[str]:
    """A folder with what another program's wiki became; gone afterwards unless it is to be kept."""
    from wikijs.interop import convert

    if keep is not None and Path(keep).exists() and any(Path(keep).iterdir()):
        raise CommandError(f"{keep} is not empty.", hint="Name another folder.", code=ExitCode.USAGE)
    with TemporaryDirectory(prefix="wikijs-") as scratch, counting(session, "Converting") as count:
        folder = Path(keep or scratch)
        report = convert(kind, Path(source), folder, prefix=prefix, progress=count)
        if not session.quiet:
            for remark in report.remarks[:MOST_REMARKS]:
                note(f"{remark.page}: {remark.text}" if remark.page else remark.text)
            if len(report.remarks) > MOST_REMARKS:
                note(f"and {len(report.remarks) - MOST_REMARKS} more that did not convert.")
            note(f"{len(report.pages)} pages and {len(report.files)} files converted, {len(report.remarks)} remarks.")
        yield str(folder)


def _show_plan(session: Session, plan: ImportPlan) -> None:
    rows = [
        _row(step.action, step.name, str(step.incoming.place), step.changed if step.action == "update" else ())
        for step in plan.steps
    ]
    rows += [_row("replace" if step.replaces else "upload", step.name, step.path) for step in plan.assets]
    if wants_data(session):
        refused = [{"file": error.name, "error": error.message} for error in plan.refused]
        show_data(session, {"steps": rows, "unchanged": plan.unchanged, "left": plan.left, "refused": refused})
        return
    show_list(
        session,
        rows,
        {name: _getter(name) for name in ("action", "file", "page", "fields")},
        key="file",
        empty_is_good=True,
    )
    if not session.quiet:
        _remark_on(plan)
        actions = [row["action"] for row in rows]
        counts: dict[str, Sequence[object]] = {
            f"to {name}": [action for action in actions if action == name]
            for name in ("create", "update", "upload", "replace")
        }
        sum_up(counts | {"unchanged": plan.unchanged})


def _row(action: str, file: str, page: str, fields: Sequence[str] = ()) -> dict[str, object]:
    return {"action": action, "file": file, "page": page, "fields": list(fields)}


def _getter(name: str) -> Callable[[dict[str, object]], object]:
    return lambda row: row[name]


def _remark_on(plan: ImportPlan) -> None:
    remark(plan.left, "Left alone")
    unknown = [f"{name} ({', '.join(keys)})" for name, keys in plan.unknown.items()]
    remark(unknown, "Front matter that means nothing here")
    remark(
        [f"{name} ({sentence.rstrip('.')})" for name, sentence in plan.mended.items()], "Front matter that was mended"
    )


def _show_import(session: Session, plan: ImportPlan, report: ImportReport) -> None:
    if wants_data(session):
        show_data(
            session,
            {
                "created": report.created,
                "updated": report.updated,
                "uploaded": report.uploaded,
                "unchanged": report.unchanged,
                "doneBefore": report.done_before,
                "failed": failures(report.failed),
                "notAttempted": report.not_attempted,
                "refused": failures([(error.name, error) for error in plan.refused]),
            },
        )
    elif session.quiet:
        write_lines([*report.created, *report.updated, *report.uploaded])
    is_done = bool(report.done or report.unchanged or report.done_before)
    if report.failed and not (is_done or report.interrupted or report.stopped_by or wants_data(session)):
        note(f"wikijs: None of {len(report.failed)} could be imported. The first one:")
        raise report.failed[0][1]
    tell(report.failed)
    if not session.quiet and not wants_data(session):
        _remark_on(plan)
        sum_up(
            {
                "created": report.created,
                "updated": report.updated,
                "uploaded": report.uploaded,
                "unchanged": report.unchanged,
                "done before": report.done_before,
                "failed": report.failed,
                "refused": plan.refused,
                "not attempted": report.not_attempted,
            }
        )
    if report.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    if report.stopped_by is not None:
        if not report.done:
            raise report.stopped_by
        note(f"wikijs: The work stopped: {explained(report.stopped_by)}")
    is_left = bool(report.failed or report.not_attempted or plan.refused)
    leave(is_left, is_done)
