"""`wikijs pages export`."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from ..frame.command import command
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import write_file
from ..frame.output import note, show_data, show_done, wants_data
from ..frame.progress import counting
from ..frame.session import Session
from ..frame.several import one_of
from .arguments import CaseOption, FolderOption, SomeLocaleOption, TagsOption, check_locale, page_id
from .telling import disk, failures, leave, remark, sum_up, tell, write_lines

if TYPE_CHECKING:
    from wikijs.transfer.exporting import ExportOptions
    from wikijs.transfer.reports import ExportReport

app = typer.Typer()

EXPORTED: Final = ("target", "written", "unchanged", "deleted", "kept", "failed", "partly", "missing", "notHeld")
_SUFFIX: Final = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
"""What the name of a file ends with."""


@command(app, "export", example="wikijs pages export docs/ --assets", fields=EXPORTED)
def export(
    session: Session,
    target: Annotated[
        str | None,
        typer.Argument(metavar="TARGET", help="A folder, or a file named .zip, .tar.gz, .json or .yaml; - is stdout."),
    ] = None,
    *,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="TARGET", help="The same as TARGET; - is stdout.")
    ] = None,
    page: Annotated[
        str | None, typer.Option(metavar="PAGE", help="Just this page, into one file: TARGET, or - for stdout.")
    ] = None,
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

    - is stdout, in JSON: `wikijs --profile a pages export - | wikijs --profile b pages import -`. With --page TARGET is
    the file of that page.

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
    if page is not None:
        _export_page(session, page, target, style)
    elif target == "-":
        run_export_to_file(session, "json", None, options)
    else:
        run_export(session, target, options)


def _export_page(session: Session, page: str, target: str, style: Literal["wikijs", "yaml"]) -> None:
    """Write one page as a file, with its header."""
    from wikijs.transfer.format import dump, of_page

    with session.client() as client:
        number = page_id(client, page, None)
        text = dump(of_page(client.pages.single_for_editor(number)), style)
    if target == "-":
        show_data(session, {"id": number, "text": text}) if wants_data(session) else sys.stdout.write(text)
        return
    write_file(Path(target), text)
    show_done(session, f"Wrote {target}.", {"target": target, "written": [target]}, key="target")


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
    with session.client() as client, disk(target, "written"), counting(session, "Exporting") as count:
        if only_assets:
            report = export_files(client, target, progress=count)
        else:
            report = export_pages(client, target, options, progress=count)
            if options.locale and not (report.written or report.unchanged or report.failed):
                check_locale(client, options.locale)
    if is_shown:
        _show_export(session, target, report)
        return
    tell(report.failed)
    leave(bool(report.failed), bool(report.written or report.unchanged))


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
    if output is None and wants_data(session):  # stdout is in the form that was asked for
        kind = "yaml" if session.yaml else "json"
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
                "failed": failures(report.failed),
                "partly": report.partly,
                "missing": report.missing,
                "notHeld": report.not_held,
            },
        )
    elif session.quiet:
        write_lines(report.written)
    elif report.failed and not (report.written or report.unchanged):  # mostly for one and the same reason
        note(f"wikijs: None of {len(report.failed)} could be exported. The first one:")
        raise report.failed[0][1]
    tell(report.failed)
    if not session.quiet and not wants_data(session):
        for fields in sorted(set(report.missing.values())):
            named = ", ".join(fields).replace("_", " ")
            without = [name for name, each in report.missing.items() if each == fields]
            remark(without, f"Without {named}, which this key may not read")
        remark(report.kept, "Kept, because they were changed here, though their pages are gone")
        remark(
            [f"{name} ({', '.join(fields)})" for name, fields in report.not_held.items()],
            "More than this format holds, see --style yaml",
        )
        sum_up(
            {
                "written": report.written,
                "unchanged": report.unchanged,
                "deleted": report.deleted,
                "failed": report.failed,
            }
        )
    leave(bool(report.failed), bool(report.written or report.unchanged))
