"""`wikijs sync`."""

from __future__ import annotations

from contextlib import ExitStack
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
    from wikijs.sync.actions import Action
    from wikijs.sync.model import Direction, Rule
    from wikijs.sync.run import Report

app = typer.Typer()

FIELDS: Final = ("dryRun", "done", "conflicts", "leftAlone", "failed", "notAllowed")


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
    watch: Annotated[bool, typer.Option("--watch", help="Go on until Ctrl+C.")] = False,
    interval: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="With --watch: how often to look at the wiki.")
    ] = 60,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing and show what would be done.")] = False,
    below: Annotated[
        str, typer.Option("--folder", metavar="PATH", help="The folder is this part of the wiki, not all of it.")
    ] = "",
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Go on from the state of a folder that was moved or copied here.")
    ] = False,
) -> None:
    """Make a folder of files and the wiki the same.

    Works in both directions, and compares both sides with what they had in common the last time. Where both sides
    changed the same part of a page, the wiki's version is put beside the file, as page.conflict-DATE.md, until you have
    merged the two and deleted it. More deletions than half of all pages, and any where somebody else made the last run,
    are done only after asking, or with --yes. A state that was made elsewhere, as in a clone, is not used.

    Exit code 3: conflicts are open, or something could not be done.
    """
    if watch and dry_run:
        raise CommandError("--watch and --dry-run exclude each other.", code=ExitCode.USAGE)
    direction: Direction = _one({"pull": pull, "push": push}) or "both"
    rule: Rule | None = _one({"ours": ours, "theirs": theirs, "newer": newer})
    session.no_cache = True  # what is compared must not be old
    with session.client() as client:
        job = _Job(session, client, folder, direction, rule, dry_run=dry_run, adopt=adopt, below=below)
        if watch:
            _watch(job, interval)
        report = job.asking()
    _show(session, report, dry_run=dry_run)
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

    def __init__(
        self,
        session: Session,
        client: WikiJSClient,
        folder: Path,
        direction: Direction,
        rule: Rule | None,
        *,
        dry_run: bool,
        adopt: bool,
        below: str,
    ) -> None:
        self.session = session
        self.folder = folder
        self._client = client
        self._direction: Direction = direction
        self._rule: Rule | None = rule
        self._dry_run = dry_run
        self._adopt = adopt
        self._below = below

    def once(self, *, allowed: bool | None = None) -> Report:
        """Run."""
        from wikijs.sync.run import synchronise

        allow = self.session.yes or self._dry_run if allowed is None else allowed
        with ExitStack() as shown:
            step: Step | None = None

            def on_step(action: Action, number: int, total: int) -> None:
                nonlocal step
                step = step or shown.enter_context(progress(self.session, "Synchronising", total=total))
                step(1)

            return synchronise(
                self._client,
                self.folder,
                direction=self._direction,
                rule=self._rule,
                dry_run=self._dry_run,
                allow_many_deletions=allow,
                adopt=self._adopt,
                below=self._below,
                on_step=on_step,
            )

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
    from wikijs.sync.run import Report, watch

    said = ""
    for outcome in watch(job.once, job.folder, interval=interval):
        if isinstance(outcome, exc.ConfigurationError | exc.AuthenticationError | exc.PermissionDeniedError):
            raise outcome
        if isinstance(outcome, Report):
            text = " ".join([*(blocked.reason for blocked in outcome.blocked), *(name for name, _ in outcome.refused)])
            if outcome.changes or outcome.failures or text != said:
                _show(job.session, outcome, dry_run=False)
            said = text
        elif (text := explained(outcome)) != said:
            note(f"wikijs: {text}")
            said = text


def _show(session: Session, report: Report, *, dry_run: bool) -> None:
    for remark in report.notes:
        note(f"wikijs: {remark}")
    if wants_data(session):
        show_data(session, _data(report, dry_run=dry_run))
    elif session.quiet:
        for action in report.changes:
            typer.echo(action.file)
    else:
        verbs = _PLANS if dry_run else _DEEDS
        write_table(
            ("what", "page", "file"), [(verbs[each.kind.value], str(each.place), each.file) for each in report.changes]
        )
    for failure in report.failures:
        note(f"wikijs: {failure.action.place}: {explained(failure.error)}")
    for blocked in report.blocked:
        note(f"wikijs: {blocked.place}: {blocked.reason}")
    for name, reason in report.refused:
        note(f"wikijs: {name}: {reason}")
    if not session.quiet:
        note(_summary(report, dry_run=dry_run))


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
    from wikijs.sync.actions import Kind

    def entry(action: Action) -> dict[str, Any]:
        return {
            "action": action.kind.value,
            "locale": action.place.locale,
            "path": action.place.path,
            "file": action.file,
        }

    new = [
        {"page": str(each.place), "file": each.old_file, "theirs": each.file}
        for each in report.changes
        if each.kind is Kind.CONFLICT
    ]
    return {
        "dryRun": dry_run,
        "done": [entry(action) for action in report.changes if action.kind is not Kind.CONFLICT],
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
    }
