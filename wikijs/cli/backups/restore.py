"""`wikijs restore`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ..frame.command import command
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode, explained
from ..frame.output import note, show_data, wants_data, write_table
from ..frame.progress import counting
from ..frame.session import Session
from .opening import BackupArgument, IdentityOption, NameOption, opened

if TYPE_CHECKING:
    from wikijs.backup.restoring.model import Kind, RestoreOptions, RestorePlan, RestoreReport, Step

app = typer.Typer()

FIELDS: Final = ("backup", "dryRun", "done", "doneBefore", "unchanged", "left", "lost", "failed", "notAttempted", "ids")
TOLD: Final = 40


@command(app, "restore", example="wikijs restore /var/backups/wiki --only pages,assets --dry-run", fields=FIELDS)
def restore(
    session: Session,
    backup: BackupArgument,
    *,
    name: NameOption = None,
    only: Annotated[
        str | None,
        typer.Option(metavar="KINDS", help="Only these: pages,comments,assets,users,groups,settings, or one setting."),
    ] = None,
    folder: Annotated[str, typer.Option(metavar="PATH", help="Only pages there and below, and their comments.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing and show what would be done.")] = False,
    new_only: Annotated[
        bool, typer.Option("--new-only", help="Make what is missing, and leave alone what is there and differs.")
    ] = False,
    host: Annotated[bool, typer.Option("--host", help="Bring back the address of the site too.")] = False,
    storage: Annotated[
        bool, typer.Option("--storage", help="Switch on the storage targets that were on; else they stay off.")
    ] = False,
    journal: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to note what was done; beside the backup unless given."),
    ] = None,
    identity: IdentityOption = None,
) -> None:
    """Bring a backup back, to the same wiki or to another one, of another version or with another database.

    Says first what cannot come back: passwords, ids, authors, moments, old versions. Nothing of the wiki is deleted. A
    restore that was killed goes on when it is run again.

    Exit code 3: something could not be written.
    """
    from wikijs.backup.restoring.model import KINDS, RestoreOptions
    from wikijs.backup.restoring.planning import plan_restore
    from wikijs.backup.restoring.running import restore as run

    options = RestoreOptions(
        only=frozenset(KINDS) if only is None else _kinds(only),
        folder=folder,
        update=not new_only,
        host=host,
        storage=storage,
    )
    session.no_cache = True
    with opened(backup, identity) as store, session.client() as client:
        snapshot = store.snapshot(name)
        with counting(session, "Comparing") as count:
            plan = plan_restore(client, store, snapshot, options, count)
        _tell_plan(session, plan)
        if dry_run:
            _show(session, plan, None)
            return
        updates = sum(step.action == "update" for step in plan.steps)
        if updates:
            confirm(session, f"{updates} things that are on {client.url} differ. Overwrite them with the backup's?")
        place = journal or _journal(backup, client.url, snapshot.name, options)
        with counting(session, "Restoring") as count:
            report = run(
                client,
                store,
                snapshot,
                options,
                plan=plan,
                journal=place,
                progress=lambda _, done, total: count(done, total),
            )
        if report.is_settled and journal is None:
            place.unlink(missing_ok=True)
    _show(session, plan, report)


def _kinds(text: str) -> frozenset[Kind]:
    from wikijs.backup.restoring.model import KINDS, SETTINGS

    known: dict[str, Kind] = {kind: kind for kind in KINDS}
    found: set[Kind] = set()
    for word in filter(None, (each.strip() for each in text.split(","))):
        if word == "settings":
            found |= set(SETTINGS)
        elif word in known:
            found.add(known[word])
        else:
            raise CommandError(
                f"There is nothing called {word!r} in a backup.",
                hint=f"Use settings, {', '.join(KINDS)}.",
                code=ExitCode.USAGE,
            )
    if not found:
        raise CommandError("--only names nothing to restore.", hint="Leave it out for all.", code=ExitCode.USAGE)
    return frozenset(found)


def _journal(backup: Path, wiki: str, name: str, options: RestoreOptions) -> Path:
    """Where a restore notes what it did, the same for the same work, and for no other."""
    of = [wiki, name, sorted(options.only), options.folder, options.update, options.host, options.storage]
    what = hashlib.sha256(repr(of).encode()).hexdigest()[:8]
    return backup.absolute().with_name(f"{backup.absolute().name}.{what}.restore")


def _tell_plan(session: Session, plan: RestorePlan) -> None:
    if session.quiet or wants_data(session):
        return
    for what, why in plan.lost[:TOLD]:
        note(f"Cannot come back: {what}: {why.rstrip('.')}.")
    if len(plan.lost) > TOLD:
        note(f"and {len(plan.lost) - TOLD} more; --json names all.")
    if plan.seconds >= 60:
        note(f"The server takes at least {plan.seconds / 60:.0f} minutes for {len(plan.steps)} steps.")


def _show(session: Session, plan: RestorePlan, report: RestoreReport | None) -> None:
    done = plan.steps if report is None else report.done
    if wants_data(session):
        show_data(session, _data(plan, report))
    elif session.quiet:
        for step in done:
            typer.echo(step.name)
    else:
        write_table(("what", "kind", "name"), _rows(done))
        for name in plan.left:
            note(f"Left alone, though it differs: {name}.")
    for step, error in report.failed if report else ():
        note(f"wikijs: {step.kind}: {step.name}: {explained(error)}")
    if report is not None and report.stopped_by is not None:
        note(f"wikijs: The work stopped: {explained(report.stopped_by)}")
    if not session.quiet and not wants_data(session):
        _sum_up(plan, report)
    if report is None or report.is_whole:
        return
    if report.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    raise typer.Exit(ExitCode.PARTLY if report.done or report.done_before else ExitCode.FAILED)


def _rows(steps: Sequence[Step]) -> list[tuple[str, str, str]]:
    return [(step.action, step.kind, step.name) for step in steps]


def _sum_up(plan: RestorePlan, report: RestoreReport | None) -> None:
    unchanged = sum(plan.unchanged.values())
    if report is None:
        note(f"{len(plan.steps)} to write, {unchanged} unchanged.")
        return
    counts = {
        "written": len(report.done),
        "written before": report.done_before,
        "unchanged": unchanged,
        "failed": len(report.failed),
        "not attempted": len(report.not_attempted),
    }
    note(", ".join(f"{count} {what}" for what, count in counts.items() if count) + ".")
    if report.not_attempted:
        note("Run it again to go on.")


def _data(plan: RestorePlan, report: RestoreReport | None) -> dict[str, Any]:
    def entry(step: Step) -> dict[str, Any]:
        return {"action": step.action, "kind": step.kind, "name": step.name}

    failed = [] if report is None else report.failed
    return {
        "backup": plan.snapshot,
        "dryRun": report is None,
        "done": [entry(step) for step in (plan.steps if report is None else report.done)],
        "doneBefore": 0 if report is None else report.done_before,
        "unchanged": plan.unchanged,
        "left": plan.left,
        "lost": [{"what": what, "why": why} for what, why in plan.lost],
        "failed": [{**entry(step), "error": explained(error)} for step, error in failed],
        "notAttempted": [] if report is None else [entry(step) for step in report.not_attempted],
        "ids": {} if report is None else report.ids,
    }
