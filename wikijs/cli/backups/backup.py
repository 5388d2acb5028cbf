"""`wikijs backup`, and looking at backups."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.options import Group, takers
from ..frame.output import note, show_data, show_list, show_record, wants_data
from ..frame.progress import counting
from ..frame.session import Session
from .opening import BackupArgument, IdentityOption, opened

if TYPE_CHECKING:
    from wikijs.backup.making import BackupReport
    from wikijs.backup.store import Snapshot

DEFAULT: Final = "make"
_MADE: Final = ("name", "wiki", "made", "server", "parts", "read", "leftOut", "deleted", "whole")
_LISTED: Final = ("name", "wiki", "made", "server", "parts", "leftOut")
_VERIFIED: Final = ("backups", "objects", "problems", "whole")
_DIFFERING: Final = ("what", "kind", "name", "from")
TOLD: Final = 20
"""So many of what was left out are named; --json names all."""


class WithDefault(Group):
    """A group that takes what is no name of a command for the arguments of `make`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the line."""
        with_value = takers(self) | takers(cast("Any", self.commands[DEFAULT]))
        rest = iter(args)
        for word in rest:
            if word in {"-h", "--help"}:
                break
            if word in with_value:
                next(rest, None)
            elif not word.startswith("-"):
                if word not in self.commands:
                    args = [DEFAULT, *args]
                break
        return super().parse_args(ctx, args)


app = typer.Typer(no_args_is_help=True)


@group(app, example="wikijs backup /var/backups/wiki --incremental --keep 30", cls=WithDefault)
def backup(session: Session) -> None:
    """Back up the whole wiki: into a folder of backups, or a file such as wiki.tar.zst.

    `wikijs backup DIR` makes one, which `wikijs restore` brings back. A folder holds many, each file of the wiki once.
    """


@command(app, DEFAULT, example="wikijs backup make wiki.tar.zst.age --recipient age1...", fields=_MADE)
def make(
    session: Session,
    target: Annotated[
        Path, typer.Argument(metavar="DIR|FILE", help="A folder, or .tar.zst, .tar.gz, .tar; .age behind.")
    ],
    *,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Read only what has changed since the newest backup in the folder.")
    ] = False,
    keep: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Keep the newest N backups of the folder, delete others.")
    ] = None,
    no_history: Annotated[bool, typer.Option("--no-history", help="Leave old versions of pages out.")] = False,
    recipient: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="Encrypt for this key: age1..., or an SSH public key; repeat it for several."),
    ] = None,
) -> None:
    """Make a backup: pages with history and comments, files, users, groups, settings.

    Passwords and other secrets are not in it; what else could not be read is named, and the exit code is 3. A backup
    that was killed leaves no half one behind: run it again.
    """
    from wikijs.backup.archives import check, is_archive, is_mistaken, pack
    from wikijs.backup.making import BackupOptions, back_up
    from wikijs.backup.store import Store

    is_file = is_archive(target) and not target.is_dir()
    if is_mistaken(target) and not target.is_dir():
        raise CommandError(
            f"No file such as {target} can be written.",
            hint="Name a folder, or a file such as wiki.tar.zst, .tar.gz, .tar; with .age behind it is encrypted.",
            code=ExitCode.USAGE,
        )
    if is_file and (incremental or keep is not None):
        raise CommandError("--incremental and --keep go with a folder of backups.", code=ExitCode.USAGE)
    if not is_file and recipient:
        raise CommandError("--recipient goes with a file named .age, such as wiki.tar.zst.age.", code=ExitCode.USAGE)
    if is_file:
        check(target, recipient or ())
    session.no_cache = True
    with ExitStack() as opened_folder, session.client() as client, counting(session, "Backing up") as count:
        folder = target
        if is_file:
            from tempfile import TemporaryDirectory

            target.absolute().parent.mkdir(parents=True, exist_ok=True)
            temporary = TemporaryDirectory(dir=target.absolute().parent, prefix=".wikijs-backup-")
            folder = Path(opened_folder.enter_context(temporary))
        store = Store(folder)
        options = BackupOptions(incremental=incremental, history=not no_history, keep=keep)
        report = back_up(
            client, store, options, lambda what, done, total: count(done, total) if what == "pages" else None
        )
        if is_file:
            pack(store, target, recipient or ())
    _show(session, report)


def _show(session: Session, report: BackupReport) -> None:
    if wants_data(session):
        data = _fields(report.snapshot)
        show_data(session, {**data, "read": report.read, "deleted": report.deleted, "whole": report.is_whole})
    elif session.quiet:
        typer.echo(report.snapshot.name)
    else:
        counts = {kind: report.snapshot.parts[kind].count for kind in _COUNTED if kind in report.snapshot.parts}
        shown = {"backup": report.snapshot.name, **counts, "pages read": report.read}
        show_record(session, _fields(report.snapshot), shown)
        for what, why in report.snapshot.left_out[:TOLD]:
            note(f"Left out: {what}: {why.rstrip('.')}.")
        if len(report.snapshot.left_out) > TOLD:
            note(f"and {len(report.snapshot.left_out) - TOLD} more; --json names all.")
        for name in report.deleted:
            note(f"Deleted the old backup {name}.")
    if not report.is_whole:
        raise typer.Exit(ExitCode.PARTLY)


_COUNTED: Final = ("pages", "comments", "assets", "users", "groups")


def _fields(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "name": snapshot.name,
        "wiki": snapshot.wiki,
        "made": snapshot.made,
        "server": snapshot.server,
        "parts": {kind: part.count for kind, part in snapshot.parts.items()},
        "leftOut": [{"what": what, "why": why} for what, why in snapshot.left_out],
    }


@command(app, "list", example="wikijs backup list /var/backups/wiki", fields=_LISTED, lists=True, reads=True)
def list_backups(session: Session, backup: BackupArgument, *, identity: IdentityOption = None) -> None:
    """List the backups of a folder or file, newest first."""
    with opened(backup, identity) as store:
        found = [_fields(store.snapshot(name)) for name in reversed(store.names())]
    columns: dict[str, Callable[[dict[str, Any]], object]] = {
        **{name: itemgetter(name) for name in ("name", "made", "wiki")},
        **{kind: partial(_count, kind) for kind in _COUNTED},
        "left out": _left_out,
    }
    show_list(session, found, columns, key="name")


def _count(kind: str, backup: dict[str, Any]) -> object:
    return backup["parts"].get(kind, "")


def _left_out(backup: dict[str, Any]) -> object:
    return len(backup["leftOut"])


@command(app, "verify", example="wikijs backup verify wiki.tar.zst", fields=_VERIFIED)
def verify_backups(
    session: Session,
    backup: BackupArgument,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Which ones; all unless given.", show_default=False)
    ] = None,
    *,
    identity: IdentityOption = None,
) -> None:
    """Read all that backups hold and compare it with its digests. Exit code 1 when anything is missing or damaged."""
    from wikijs.backup.checking import verify

    with opened(backup, identity) as store, counting(session, "Verifying") as count:
        found = verify(store, names or (), count)
    problems = [{"backup": name, "problem": each} for name, several in found.problems.items() for each in several]
    if wants_data(session):
        whole = {"backups": found.snapshots, "objects": found.objects, "problems": problems, "whole": found.is_whole}
        show_data(session, whole)
    elif not session.quiet:
        for problem in problems:
            note(f"wikijs: {problem['backup']}: {problem['problem']}")
        typer.echo(
            f"{len(found.snapshots)} backups, {found.objects} objects: {'damaged' if problems else 'all is there'}"
        )
    if problems:
        raise typer.Exit(ExitCode.FAILED)


@command(app, "diff", example="wikijs backup diff /var/backups/wiki 20261101", fields=_DIFFERING, lists=True)
def diff_backups(
    session: Session,
    backup: BackupArgument,
    old: Annotated[
        str | None,
        typer.Argument(metavar="[OLD]", help="The older one, by the beginning of its name; else the last but one."),
    ] = None,
    new: Annotated[str | None, typer.Argument(metavar="[NEW]", help="The newer one; else the newest.")] = None,
    *,
    identity: IdentityOption = None,
) -> None:
    """List what differs between two backups: pages, comments, files, users, groups, settings."""
    from wikijs.backup.comparing import compare

    with opened(backup, identity) as store:
        names = store.names()
        if old is None and len(names) < 2:
            raise CommandError(f"There is only one backup in {backup}.", hint="Give a folder with two or more.")
        found = compare(store, store.snapshot(old or names[-2]), store.snapshot(new))
    rows: list[dict[str, Any]] = [
        {"what": what, "kind": kind, "name": name, "from": None}
        for what, by_kind in (("added", found.added), ("changed", found.changed), ("deleted", found.deleted))
        for kind, several in by_kind.items()
        for name in several
    ]
    rows += [{"what": "moved", "kind": "pages", "name": there, "from": here} for here, there in found.moved]
    columns: dict[str, Callable[[dict[str, Any]], object]] = {name: itemgetter(name) for name in _DIFFERING}
    show_list(session, rows, columns, key="name", empty_is_good=True)
