"""`wikijs sync`."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from .frame.command import command
from .frame.confirm import confirm
from .frame.failures import CommandError, ExitCode, explained
from .frame.output import note, show_data, wants_data, write_table
from .frame.progress import Step, progress
from .frame.session import Session

if TYPE_CHECKING:
    from wikijs import WikiJSClient
    from wikijs.sync.model import Direction, Rule
    from wikijs.sync.report import AnyAction, Report

app = typer.Typer()

FIELDS: Final = (
    *("dryRun", "finishedAt", "interrupted", "done", "conflicts", "leftAlone", "failed", "notAllowed", "passedOver"),
)


@command(app, "sync", example="wikijs sync docs --watch", fields=FIELDS)
def sync(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with the pages as files.")],
    *,
    pull: Annotated[bool, typer.Option("--pull", help="Change the folder only.")] = False,
    push: Annotated[bool, typer.Option("--push", help="Change the wiki only.")] = False,
    ours: Annotated[bool, typer.Option("--ours", help="Where both sides changed a page, the file wins.")] = False,
    theirs: Annotated[bool, typer.Option("--theirs", help="Where both sides changed a page, the wiki wins.")] = False,
    newer: Annotated[
        bool, typer.Option("--newer", help="Where both sides changed a page, the later change wins.")
    ] = False,
    markers: Annotated[
        bool, typer.Option("--markers", help="Put both versions of a conflict into the file, between marks.")
    ] = False,
    assets: Annotated[
        bool | None,
        typer.Option("--assets/--no-assets", help="All other files too, or none: remembered for the folder."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until Ctrl+C or SIGTERM.")] = False,
    interval: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="With --watch: how often to look at the wiki.")
    ] = 60,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing and show what would be done.")] = False,
    below: Annotated[
        str,
        typer.Option(
            "--folder", metavar="PATH", help="The folder is this part of the wiki, by path or address; else all of it."
        ),
    ] = "",
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Go on from the state of a folder that was moved or copied here.")
    ] = False,
) -> None:
    """Make a folder of files and the wiki the same.

    Works in both directions, and compares both sides with what they had in common the last time. Changes of both are
    put together line by line. Where both sides changed the same lines of a page, the wiki's version is put beside the
    file, as page.conflict-DATE.md, until you have merged the two and deleted it; with --markers both are put into the
    file, until you have taken the marks out. In a new folder images and documents are synchronised too, with --assets
    all other files. More deletions than half of all pages, and any where somebody else made the last run, are done only
    after asking, or with --yes. A state that was made elsewhere, as in a clone, is not used.

    Exit code 3: conflicts are open, or something could not be done.
    """
    if watch and dry_run:
        raise CommandError("--watch and --dry-run exclude each other.", code=ExitCode.USAGE)
    direction: Direction = _one({"pull": pull, "push": push}) or "both"
    rule: Rule | None = _one({"ours": ours, "theirs": theirs, "newer": newer})
    session.no_cache = True  # what is compared must not be old
    with session.client() as client:
        options: dict[str, Any] = {
            "direction": direction,
            "rule": rule,
            "dry_run": dry_run,
            "adopt": adopt,
            "below": below,
            "markers": markers,
            "assets": assets,
        }
        job = _Job(session, client, folder, options)
        if watch:
            _watch(job, interval)
        report = job.asking()
    _show(session, report, dry_run=dry_run)
    if report.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    if not report.is_whole:
        raise typer.Exit(ExitCode.PARTLY)


def _one(choices: dict[str, bool]) -> Any:
    """The one option that was given."""
    given = [name for name, wanted in choices.items() if wanted]
    if len(given) > 1:
        names = " and ".join(f"--{name}" for name in given)
        raise CommandError(f"{names} exclude each other.", code=ExitCode.USAGE)
    return given[0] if given else None


class _Job:
    """One run, with what the options say."""

    def __init__(self, session: Session, client: WikiJSClient, folder: Path, options: dict[str, Any]) -> None:
        self.session = session
        self.folder = folder
        self._client = client
        self._options = options

    def once(self, *, allowed: bool | None = None) -> Report:
        """Run."""
        from wikijs.sync.run import synchronise

        allow = self.session.yes or self._options["dry_run"] if allowed is None else allowed
        with ExitStack() as shown:
            step: Step | None = None

            def on_step(action: AnyAction, number: int, total: int) -> None:
                nonlocal step
                step = step or shown.enter_context(progress(self.session, "Synchronising", total=total))
                step(1)

            return synchronise(self._client, self.folder, allow_many_deletions=allow, on_step=on_step, **self._options)

    def asking(self) -> Report:
        """Run, and ask before much is deleted."""
        from wikijs.sync.run import ManyDeletionsError

        try:
            return self.once()
        except ManyDeletionsError as error:
            confirm(self.session, f"{error.message.removesuffix(' Nothing was done.')} Delete all that?")
        return self.once(allowed=True)


def _watch(job: _Job, interval: float) -> None:
    """Run again and again. Outages are waited out; what a person must mend ends it."""
    from wikijs import exceptions as exc
    from wikijs.sync.actions import CONFLICTS
    from wikijs.sync.report import Report
    from wikijs.sync.run import watch

    said: str | None = None
    whole, last, runs = Report(), Report(), 0
    try:
        for outcome in watch(job.once, job.folder, interval=interval):
            if isinstance(outcome, exc.ConfigurationError | exc.AuthenticationError | exc.PermissionDeniedError):
                raise outcome
            if isinstance(outcome, Report):
                runs += 1
                last = outcome
                whole.done += [action for action in outcome.done if action.kind not in CONFLICTS]
                left = [*(blocked.reason for blocked in outcome.blocked), *(name for name, _ in outcome.refused)]
                if outcome.changes or outcome.failures or outcome.interrupted or " ".join(left) != said:
                    _show(job.session, outcome, dry_run=False, moment=_now())
                said = " ".join(left)
                if outcome.interrupted:
                    break
            elif (text := explained(outcome)) != said:
                note(f"{_now()} wikijs: {text}")
                said = text
    except KeyboardInterrupt:
        pass
    if not job.session.quiet:
        whole.done += [action for action in last.done if action.kind in CONFLICTS]
        whole.failures, whole.blocked, whole.refused = last.failures, last.blocked, last.refused
        note(f"{_now()} Watched for {_counted(runs, 'run')}: {_summary(whole, dry_run=False)}")
    raise typer.Exit(ExitCode.INTERRUPTED)


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _show(session: Session, report: Report, *, dry_run: bool, moment: str = "") -> None:
    """Show what was done.

    Args:
        session: The global options.
        report: What was done.
        dry_run: Whether it only would be.
        moment: With --watch: when that was, to be said in each line.
    """
    before = f"{moment} " if moment else ""
    for remark in report.notes:
        note(f"{before}wikijs: {remark}")
    if wants_data(session):
        show_data(session, _data(report, dry_run=dry_run))
    elif session.quiet:
        for action in report.changes:
            typer.echo(action.file)
    else:
        verbs = _PLANS if dry_run else _DEEDS
        names = ("what", "page", "file")
        rows = [(verbs[each.kind.value], str(each.place), each.file) for each in report.changes]
        if moment:
            write_table(("time", *names), [(moment, *row) for row in rows])
        else:
            write_table(names, rows)
    for failure in report.failures:
        note(f"{before}wikijs: {failure.action.place}: {explained(failure.error)}")
    for blocked in report.blocked:
        note(f"{before}wikijs: {blocked.place}: {blocked.reason}")
    for name, reason in report.refused:
        note(f"{before}wikijs: {name}: {reason}")
    if not session.quiet:
        stopped = "Stopped before the end; run it again. " if report.interrupted else ""
        note(before + stopped + _summary(report, dry_run=dry_run))


_DEEDS: Final = {
    "write-file": "wrote file",
    "move-file": "moved file",
    "delete-file": "deleted file",
    "create-page": "created page",
    "update-page": "updated page",
    "move-page": "moved page",
    "delete-page": "deleted page",
    "merge": "merged",
    "conflict": "conflict",
    "mark-conflict": "conflict, marked",
    "upload-asset": "uploaded",
    "delete-asset": "deleted asset",
}
_PLANS: Final = {
    "write-file": "write file",
    "move-file": "move file",
    "delete-file": "delete file",
    "create-page": "create page",
    "update-page": "update page",
    "move-page": "move page",
    "delete-page": "delete page",
    "merge": "merge",
    "conflict": "conflict",
    "mark-conflict": "conflict, to be marked",
    "upload-asset": "upload",
    "delete-asset": "delete asset",
}


def _summary(report: Report, *, dry_run: bool) -> str:
    from wikijs.sync.actions import IN_FOLDER, IN_WIKI

    folder = sum(action.kind in IN_FOLDER for action in report.done)
    wiki = sum(action.kind in IN_WIKI for action in report.done)
    if dry_run:
        parts = [f"Would do {_counted(folder, 'change')} in the folder and {wiki} in the wiki"]
    else:
        parts = [f"{_counted(folder, 'change')} in the folder, {wiki} in the wiki"]
    others = len(report.blocked) + len(report.refused) - sum(blocked.conflict for blocked in report.blocked)
    counts = (
        (report.conflicts, _counted(report.conflicts, "conflict")),
        (len(report.failures), f"{len(report.failures)} failed"),
        (others, f"{others} left alone"),
        (len(report.left), f"{len(report.left)} not done in this direction"),
    )
    return ", ".join([*parts, *(text for count, text in counts if count)]) + "."


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'s' * (count != 1)}"


def _data(report: Report, *, dry_run: bool) -> dict[str, Any]:
    from wikijs.core.values.paths import PagePath
    from wikijs.sync.actions import CONFLICTS

    def entry(action: AnyAction) -> dict[str, Any]:
        place = action.place
        where: dict[str, Any] = {"asset": place}
        if isinstance(place, PagePath):
            where = {"locale": place.locale, "path": place.path}
        return {"action": action.kind.value, **where, "file": action.file}

    new = [
        {"page": str(each.place), "file": each.changed, "theirs": each.file}
        for each in report.changes
        if each.kind in CONFLICTS
    ]
    return {
        "dryRun": dry_run,
        "finishedAt": _now(),
        "interrupted": report.interrupted,
        "done": [entry(action) for action in report.changes if action.kind not in CONFLICTS],
        "conflicts": new
        + [{"page": each.place, "file": each.file, "theirs": each.theirs} for each in report.blocked if each.conflict],
        "leftAlone": [
            *(
                {"page": each.place, "file": each.file, "reason": each.reason}
                for each in report.blocked
                if not each.conflict
            ),
            *({"page": None, "file": name, "reason": reason} for name, reason in report.refused),
        ],
        "failed": [{**entry(each.action), "error": explained(each.error)} for each in report.failures],
        "notAllowed": [entry(action) for action in report.left],
        "passedOver": [{"file": name, "reason": reason} for name, reason in report.passed_over],
    }
