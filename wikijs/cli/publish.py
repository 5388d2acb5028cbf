"""`wikijs publish`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from .frame.command import command
from .frame.confirm import confirm
from .frame.failures import ExitCode, explained
from .frame.output import note, show_data, wants_data, write_table
from .frame.progress import counting
from .frame.session import Session

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.publish import PublishOptions, PublishPlan, PublishReport, Step

app = typer.Typer()

FIELDS: Final = (
    *("to", "dryRun", "done", "unchanged", "failed", "notAttempted", "refused"),
    *("edited", "leftAlone", "gone", "remarks"),
)
SHOWN: Final = 50
"""Remarks that are told one by one."""

# As `Kind` of wikijs.publish.
Project = Literal["plain", "mkdocs", "docusaurus"]


@command(app, "publish", example="wikijs publish docs/ --to product/docs --delete", fields=FIELDS)
def publish(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of Markdown, or a project.")],
    *,
    to: Annotated[
        str, typer.Option("--to", metavar="PATH", help="Path or address of the wiki that it becomes; / is the top.")
    ],
    kind: Annotated[
        Project | None, typer.Option("--as", help="What the folder is; else that is seen by its configuration.")
    ] = None,
    locale: Annotated[str | None, typer.Option(metavar="CODE", help="Locale of the pages.")] = None,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="Name of the project, where several are published to one path.")
    ] = "",
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete pages and files that were published from here and are gone.")
    ] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Take over pages that are in the way; else they are left alone.")
    ] = False,
    keep_edited: Annotated[
        bool, typer.Option("--keep-edited", help="Leave pages alone that were edited on the wiki since.")
    ] = False,
    edit_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Put a note 'Edit this page' below pages; {file} is the file. '' for no such note."
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Leave these files out; repeat it for more.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Publish nothing where a link leads nowhere or something is lost.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="The same, and fail with 1 where there is something to do.")
    ] = False,
    summary: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a summary in Markdown; - is stdout.")
    ] = None,
) -> None:
    """Publish a folder of Markdown below a path of the wiki, or bring it up to date.

    A plain folder, or a project of MkDocs or Docusaurus. Links and images between the files are made right, images are
    uploaded. Only what changed is written; a file that was renamed takes its page with it. What was published is known
    from the pages themselves, so that any machine goes on, also where a run was killed. Pages of others are never
    changed.

    Exit codes: 0 done, 1 nothing was done, or --check found changes, 3 partly done.
    """
    from wikijs.publish import PublishOptions, run_publish
    from wikijs.publish import summary as summarized

    dry_run = dry_run or check
    options = PublishOptions(
        kind=kind,
        name=name,
        locale=locale,
        delete=delete,
        many_deletions=session.yes or dry_run,
        adopt=adopt,
        keep_edited=keep_edited,
        edit_url=edit_url,
        exclude=tuple(exclude or ()),
    )
    session.no_cache = True
    with session.client() as client:
        plan = _planned(session, client, folder, to, options, strict=strict)
        report = None
        if not dry_run:
            with counting(session, "Publishing") as count:
                report = run_publish(client, plan, progress=count)
        text = summarized(plan, report, url=client.url)
    if summary is not None:
        _write_summary(summary, text, session)
    _show(session, plan, report, told=summary == "-")
    _leave(plan, report, check=check)


def _planned(
    session: Session, client: WikiJSClient, folder: Path, to: str, options: PublishOptions, *, strict: bool
) -> PublishPlan:
    """The plan; who is there is asked before much is deleted."""
    from dataclasses import replace

    from wikijs.publish import ManyDeletionsError, plan_publish

    try:
        with counting(session, "Reading") as count:
            return plan_publish(client, folder, to, options, strict=strict, progress=count)
    except ManyDeletionsError as error:
        confirm(session, f"{error.message.removesuffix(' Nothing was done.')} Delete them?")
    return plan_publish(client, folder, to, replace(options, many_deletions=True), strict=strict)


def _write_summary(target: str, text: str, session: Session) -> None:
    if target == "-":
        typer.echo(text, nl=False)
        return
    # GitHub shows what all commands of a step have written into its file.
    mode = "a" if session.environment.get("GITHUB_STEP_SUMMARY") == target else "w"
    try:
        with open(target, mode, encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        note(f"wikijs: The summary {os.fspath(target)} cannot be written: {error.strerror}.")


def _show(session: Session, plan: PublishPlan, report: PublishReport | None, *, told: bool) -> None:
    """Say what was done: on stdout the steps, unless the summary went there, on stderr all else."""
    from wikijs.publish.summary import counts, deed

    done = plan.steps if report is None else report.done
    if session.quiet and not wants_data(session):
        for step in done:
            typer.echo(step.path)
    elif wants_data(session) and not told:
        show_data(session, _data(plan, report))
    elif not told:
        write_table(("what", "page", "file"), [(deed(step), step.path, step.name) for step in done])
    _tell_failures(plan, report)
    if session.quiet or wants_data(session):
        return
    _remark(plan, done, is_done=report is not None)
    note(counts(plan, report))


def _tell_failures(plan: PublishPlan, report: PublishReport | None) -> None:
    for name, reason in plan.refused:
        note(f"wikijs: {name}: {reason}{'' if reason.endswith('.') else '.'}")
    if any("was not published from here" in reason for _, reason in plan.refused):
        note("wikijs: --adopt takes such pages over.")
    for step, error in report.failed if report else ():
        note(f"wikijs: {step.name}: {explained(error)}")
    if report is not None and report.stopped_by is not None:
        note(f"wikijs: The work stopped: {explained(report.stopped_by)}")


def _remark(plan: PublishPlan, done: Sequence[Step], *, is_done: bool) -> None:
    for remark in plan.remarks[:SHOWN]:
        note(f"{remark.page}: {remark.text}" if remark.page else remark.text)
    if len(plan.remarks) > SHOWN:
        note(f"and {len(plan.remarks) - SHOWN} more remarks; --json and --summary list all.")
    for step in done:
        if step.is_edited:
            note(f"{step.path} was edited on the wiki since; that {'was' if is_done else 'would be'} overwritten.")
    for name in plan.kept:
        note(f"{name} was edited on the wiki since, and is left alone.")
    for name in plan.copies:
        note(f"{name} is a copy of a published page, and is left alone.")
    if plan.gone:
        note(f"Gone here, and still on the wiki: {', '.join(plan.gone[:SHOWN])}. --delete removes them.")


def _leave(plan: PublishPlan, report: PublishReport | None, *, check: bool) -> None:
    """End with the exit code that says how much was done."""
    if report is None:
        if check and plan.steps:
            raise typer.Exit(ExitCode.FAILED)
        if plan.refused:
            raise typer.Exit(ExitCode.PARTLY)
        return
    if report.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    if not report.is_whole:
        raise typer.Exit(ExitCode.PARTLY if report.done or plan.unchanged else ExitCode.FAILED)


def _data(plan: PublishPlan, report: PublishReport | None) -> dict[str, Any]:
    done = plan.steps if report is None else report.done
    return {
        "to": plan.to,
        "dryRun": report is None,
        "done": [_row(step) for step in done],
        "unchanged": plan.unchanged,
        "failed": [{**_row(step), "error": explained(error)} for step, error in report.failed] if report else [],
        "notAttempted": [_row(step) for step in report.not_attempted] if report else [],
        "refused": [{"file": name, "error": reason} for name, reason in plan.refused],
        "edited": [step.path for step in done if step.is_edited],
        "leftAlone": plan.kept + plan.copies,
        "gone": plan.gone,
        "remarks": [{"file": remark.page, "remark": remark.text} for remark in plan.remarks],
    }


def _row(step: Step) -> dict[str, object]:
    was = {"was": step.was} if step.was else {}
    return {"action": step.action, "file": step.name, "page": step.path, **was}
