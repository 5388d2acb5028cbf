"""`wikijs pages export` and `wikijs pages import`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from ..frame.command import command
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode, explained
from ..frame.output import note, show_data, show_list, wants_data
from ..frame.progress import counting
from ..frame.session import Session
from ..frame.several import one_of
from .arguments import FolderOption, SomeLocaleOption, TagsOption

if TYPE_CHECKING:
    from wikijs.transfer.exporting import ExportOptions
    from wikijs.transfer.plan import ImportPlan
    from wikijs.transfer.reports import ExportReport, ImportReport

app = typer.Typer()

EXPORTED: Final = ("target", "written", "unchanged", "deleted", "kept", "failed", "partly", "missing", "notHeld")
IMPORTED: Final = ("created", "updated", "uploaded", "unchanged", "doneBefore", "failed", "notAttempted", "refused")
SHOWN: Final = 20
_SUFFIX: Final = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
"""What the name of a file ends with."""
MOST_REMARKS: Final = 200
"""Failures that are told one by one."""

# As `Kind` of wikijs.interop.
Foreign = Literal["mediawiki-xml", "dokuwiki", "confluence-html", "docusaurus", "mkdocs", "markdown"]
CaseOption = Annotated[
    bool, typer.Option("--allow-case-collisions", help="Take names that differ only in upper and lower case.")
]


@command(app, "export", example="wikijs pages export docs/ --assets", fields=EXPORTED)
def export(
    session: Session,
    target: Annotated[
        str | None,
        typer.Argument(metavar="TARGET", help="A folder, or a file named .zip, .tar.gz, .json or .yaml; - is stdout."),
    ] = None,
    *,
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="TARGET", help="The same as TARGET.")] = None,
    style: Annotated[
        Literal["wikijs", "yaml"],
        typer.Option(help="Wiki.js's own storage format, or YAML front matter that holds all of a page."),
    ] = "wikijs",
    locale: SomeLocaleOption = None,
    folder: FolderOption = "",
    tag: TagsOption = None,
    assets: Annotated[bool, typer.Option("--assets", help="Assets too, beside the pages.")] = False,
    portable: Annotated[
        bool, typer.Option("--portable", help="Leave out dates and sort tags, which differ from wiki to wiki.")
    ] = False,
    keep_dates: Annotated[
        bool, typer.Option("--keep-dates", help="Leave files alone that differ in dates or the order of tags only.")
    ] = False,
    namespaced: Annotated[
        bool, typer.Option("--namespaced", help="A folder for the main locale too, as for all others.")
    ] = False,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Keep notes in the folder and read only what changed.")
    ] = False,
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete files of earlier incremental exports whose pages are gone.")
    ] = False,
    allow_case_collisions: CaseOption = False,
) -> None:
    """Export pages, drafts included, to files that `pages import` and Wiki.js itself can read.

    Files that are as they should be are not touched: an export that broke off goes on when it is run again.
    """
    from wikijs.transfer.exporting import ExportOptions

    target = one_of(target, output, "TARGET", "--output")
    if delete:
        confirm(session, f"Delete files in {target} whose pages are gone?")
    options = ExportOptions(
        style=style,
        locale=locale,
        folder=folder,
        tags=tag or (),
        assets=assets,
        portable=portable,
        keep_dates=keep_dates,
        namespaced=namespaced,
        incremental=incremental,
        delete=delete,
        allow_case_collisions=allow_case_collisions,
    )
    if target == "-":
        run_export_to_file(session, "json", None, options)
    else:
        run_export(session, target, options)


def run_export(
    session: Session, target: str, options: ExportOptions, *, is_shown: bool = True, only_assets: bool = False
) -> None:
    """Export, and say what became of it.

    Args:
        session: The global options.
        target: A folder, or a file.
        options: What, and how.
        is_shown: Whether stdout is for what was done; else only failures are told.
        only_assets: Export files only, not pages.

    Raises:
        typer.Exit: Not all could be exported.
    """
    from wikijs.transfer.exporting import export_files, export_pages

    _check_target(target)
    session.no_cache = True
    with session.client() as client, _disk(target, "written"), counting(session, "Exporting") as count:
        if only_assets:
            report = export_files(client, target, progress=count)
        else:
            report = export_pages(client, target, options, progress=count)
    if is_shown:
        _show_export(session, target, report)
        return
    _tell(report.failed)
    _leave(bool(report.failed), bool(report.written or report.unchanged))


def _check_target(target: str) -> None:
    """Refuse a file of a kind that is not known: a folder of its name is not what is meant."""
    from wikijs.transfer.targets import kind_of

    suffix = _SUFFIX.search(target)
    if suffix is not None and kind_of(target) == "folder" and not Path(target).is_dir():
        raise CommandError(
            f"Pages cannot be written as {suffix[0]}.",
            hint=f"Name the file .zip, .tar.gz, .json or .yaml. If it is to be a folder, write {target}/",
            code=ExitCode.USAGE,
        )


def run_export_to_file(session: Session, kind: str, output: str | None, options: ExportOptions) -> None:
    """Export to one file under a name that does not say what it is, or to stdout.

    Args:
        session: The global options.
        kind: What the file is, such as "json".
        output: Its name; None for stdout.
        options: What, and how.

    Raises:
        typer.Exit: Not all could be exported.
    """
    beside = None if output is None else Path(output).absolute().parent
    if beside is not None:
        beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".wikijs-", dir=beside) as scratch:
        file = Path(scratch) / f"pages.{kind}"
        code = 0
        try:
            run_export(session, str(file), options, is_shown=False)
        except typer.Exit as leaving:  # some pages failed, which was told; the others are there
            code = leaving.exit_code
        if file.exists():
            if output is None:
                sys.stdout.write(file.read_text(encoding="utf-8"))
            else:
                os.replace(file, output)
                if not session.quiet:
                    note(f"Pages written to {output}.")
    if code:
        raise typer.Exit(code)


def _show_export(session: Session, target: str, report: ExportReport) -> None:
    if wants_data(session):
        show_data(
            session,
            {
                "target": target,
                "written": report.written,
                "unchanged": report.unchanged,
                "deleted": report.deleted,
                "kept": report.kept,
                "failed": _failures(report.failed),
                "partly": report.partly,
                "missing": report.missing,
                "notHeld": report.not_held,
            },
        )
    elif session.quiet:
        _lines(report.written)
    elif report.failed and not (report.written or report.unchanged):  # mostly for one and the same reason
        note(f"wikijs: None of {len(report.failed)} could be exported. The first one:")
        raise report.failed[0][1]
    _tell(report.failed)
    if not session.quiet and not wants_data(session):
        for fields in sorted(set(report.missing.values())):
            named = ", ".join(fields).replace("_", " ")
            without = [name for name, each in report.missing.items() if each == fields]
            _remark(without, f"Without {named}, which this key may not read")
        _remark(report.kept, "Kept, because they were changed here, though their pages are gone")
        _remark(
            [f"{name} ({', '.join(fields)})" for name, fields in report.not_held.items()],
            "More than this format holds, see --style yaml",
        )
        _sum_up(
            {
                "written": report.written,
                "unchanged": report.unchanged,
                "deleted": report.deleted,
                "failed": report.failed,
            }
        )
    _leave(bool(report.failed), bool(report.written or report.unchanged))


@command(app, "import", example="wikijs pages import docs/ --dry-run", fields=IMPORTED)
def import_pages(
    session: Session,
    source: Annotated[
        str | None,
        typer.Argument(metavar="SOURCE", help="A folder, or a file named .zip, .tar.gz, .json or .yaml; see --from."),
    ] = None,
    *,
    directory: Annotated[str | None, typer.Option(metavar="SOURCE", help="The same as SOURCE.")] = None,
    from_: Annotated[
        Foreign | None, typer.Option("--from", help="What else the source is; it is converted first, files included.")
    ] = None,
    prefix: Annotated[str, typer.Option(metavar="PATH", help="With --from: put all pages below this path.")] = "",
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
    from wikijs.transfer.importing import ImportOptions, planned, run_import

    source = one_of(source, directory, "SOURCE", "--directory")
    if from_ is None and (prefix or converted):
        raise CommandError("--prefix and --converted go with --from.", code=ExitCode.USAGE)
    options = ImportOptions(
        assets=assets or from_ is not None,
        update=update,
        body_limit=int(body_limit * 1024 * 1024),
        allow_case_collisions=allow_case_collisions,
    )
    session.no_cache = True
    with ExitStack() as stack:
        client = stack.enter_context(session.client())
        stack.enter_context(_disk(source, "read"))
        if from_ is not None:
            source = stack.enter_context(_converted(session, from_, source, prefix, converted))
        plan = stack.enter_context(planned(client, source, options))
        if dry_run:
            _show_plan(session, plan)
        _tell([(error.name, error) for error in plan.refused])
        if plan.refused and not skip_bad:
            count = _files(len(plan.refused))
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
        _sum_up(counts | {"unchanged": plan.unchanged})


def _row(action: str, file: str, page: str, fields: Sequence[str] = ()) -> dict[str, object]:
    return {"action": action, "file": file, "page": page, "fields": list(fields)}


def _getter(name: str) -> Callable[[dict[str, object]], object]:
    return lambda row: row[name]


def _remark_on(plan: ImportPlan) -> None:
    _remark(plan.left, "Left alone")
    unknown = [f"{name} ({', '.join(keys)})" for name, keys in plan.unknown.items()]
    _remark(unknown, "Front matter that means nothing here")


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
                "failed": _failures(report.failed),
                "notAttempted": report.not_attempted,
                "refused": _failures([(error.name, error) for error in plan.refused]),
            },
        )
    elif session.quiet:
        _lines([*report.created, *report.updated, *report.uploaded])
    is_done = bool(report.done or report.unchanged or report.done_before)
    if report.failed and not (is_done or report.interrupted or report.stopped_by or wants_data(session)):
        note(f"wikijs: None of {len(report.failed)} could be imported. The first one:")
        raise report.failed[0][1]
    _tell(report.failed)
    if not session.quiet and not wants_data(session):
        _remark_on(plan)
        _sum_up(
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
    _leave(is_left, is_done)


def _leave(is_left: bool, is_done: bool) -> None:
    """End with the exit code that says how much was done."""
    if is_left:
        raise typer.Exit(ExitCode.PARTLY if is_done else ExitCode.FAILED)


def _failures(failed: Sequence[tuple[str, Exception]]) -> list[dict[str, str]]:
    return [{"name": name, "error": explained(error)} for name, error in failed]


def _tell(failed: Sequence[tuple[str, Exception]]) -> None:
    """Say what went wrong with files, a line each."""
    for name, error in failed[:SHOWN]:
        text = explained(error)
        note(f"wikijs: {text}" if name in text else f"wikijs: {name}: {text}")
    if len(failed) > SHOWN:
        note(f"wikijs: and {len(failed) - SHOWN} more; --json lists all.")


def _remark(names: Sequence[str], text: str) -> None:
    if names:
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        note(f"{text}: {', '.join(names[:SHOWN])}{more}.")


def _sum_up(counts: dict[str, Sequence[object]]) -> None:
    """How many of each kind, on stderr: what is not zero."""
    known = [f"{len(found)} {name}" for name, found in counts.items() if found]
    note(f"{', '.join(known) or 'Nothing to do'}.")


def _files(count: int) -> str:
    return "1 file is" if count == 1 else f"{count} files are"


def _lines(names: Sequence[str]) -> None:
    for name in names:
        typer.echo(name)


@contextmanager
def _disk(path: str, verb: str) -> Generator[None]:
    """Errors of the disk in one sentence."""
    try:
        yield
    except OSError as error:
        where = error.filename or path
        reason = error.strerror or type(error).__name__
        raise CommandError(
            f"{where} cannot be {verb}: {reason}.", hint="Mend that and run it again; what is done stays done."
        ) from None
