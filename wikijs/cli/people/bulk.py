"""`wikijs users import`, `users export` and `groups sync`: many people at once, from files and into files."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

import typer

from ..frame.command import command
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode, explained
from ..frame.inputs import write_file
from ..frame.output import note, show_data, show_list, wants_data
from ..frame.progress import progress
from ..frame.session import Session
from ..frame.structured import write_json
from .arguments import GeneratedOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wikijs.core.jobs.results import BatchResult
    from wikijs.people import FileOfPeople, GroupPlan, ImportPlan

users = typer.Typer()
groups = typer.Typer()

_PLANNED: Final = ("line", "email", "step", "id", "changes", "reason")
_CHANGED: Final = ("group", "email", "user", "change")
_WAY_OUT: Final = "--generate-password FILE makes passwords and writes them down."
_EXPORTED: Final = ("email", "name", "groups", "provider", "active", "location", "jobTitle", "timezone")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file, or an LDIF file (.ldif); - is stdin.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done, and do nothing.")]


@command(users, "import", example="wikijs users import people.csv --dry-run", fields=_PLANNED, lists=True)
def import_users(
    session: Session,
    file: FileArgument,
    *,
    dry_run: DryRunOption = False,
    update: Annotated[
        bool, typer.Option("--update", help="Also change accounts that are there: name, profile, missing groups.")
    ] = False,
    create_groups: Annotated[bool, typer.Option("--create-groups", help="Make groups that are missing.")] = False,
    provider: Annotated[
        str, typer.Option(metavar="KEY", help="Login strategy of those of whom the file says none.")
    ] = "local",
    generate_password: GeneratedOption = None,
    keep_passwords: Annotated[
        bool, typer.Option("--keep-passwords", help="Passwords that were made need not be changed at the first login.")
    ] = False,
    welcome_mail: Annotated[bool, typer.Option("--welcome-mail", help="Let the wiki write to new users.")] = False,
) -> None:
    """Make accounts for the people of a CSV or LDIF file; run it again to go on where it ended.

    Columns: email, name (or first name and last name), groups (separated by ; or ,), provider, password, location,
    job title, timezone, active. Accounts are known again by address and login strategy, and nobody is taken out of a
    group: see `groups sync --remove`.

    Exit codes: 0 done, 3 some people were refused or failed, 1 all were.
    """
    from wikijs.people import PasswordFile, carry_out, plan_import

    read = _read(file)
    _tell(session, read, file)
    with (
        (
            PasswordFile(generate_password) if generate_password is not None and not dry_run else nullcontext()
        ) as passwords,
        session.client() as client,
    ):
        plan = plan_import(
            client,
            read.people,
            provider=provider,
            update=update,
            create_groups=create_groups,
            passwords=generate_password is not None or dry_run,
        )
        if dry_run:
            _show_plan(session, plan, lacks_passwords=generate_password is None)
            _end(refused=plan.count("refused") + len(read.problems), done=len(plan.people) - plan.count("refused"))
            return
        with progress(session, "Importing", total=plan.count("create") + plan.count("update")) as step:
            result = carry_out(
                client,
                plan,
                passwords=passwords,
                must_change_password=not keep_passwords,
                send_welcome_email=welcome_mail,
                progress=lambda done, total: step(1),
            )
    _show_import(session, plan, result)
    _tell_way_out(plan)
    if passwords is not None and passwords.is_written and not session.quiet:
        note(f"The passwords are in {generate_password}.")
    failed = plan.count("refused") + len(read.problems) + len(result.errors)
    _end(refused=failed, done=len(result.success) + plan.count("none"))


def _read(file: Path) -> FileOfPeople:
    """What a file says, or what comes from stdin, as `users export` writes it."""
    from wikijs.people import read_people

    if str(file) == "-":
        content = sys.stdin.buffer.read()
        kind = "ldif" if content.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"dn:", b"version:")) else "csv"
        with TemporaryDirectory(prefix="wikijs-") as scratch:
            copy = Path(scratch) / f"stdin.{kind}"
            copy.write_bytes(content)
            return read_people(copy)
    if not file.is_file():
        raise CommandError(f"{file} is not there, or is no file.", code=ExitCode.USAGE)
    return read_people(file)


def _tell(session: Session, read: FileOfPeople, file: Path) -> None:
    for problem in read.problems:
        note(f"wikijs: {file}, line {problem.line}: {problem.reason}")
    if read.ignored and not session.quiet:
        note(f"Columns that mean nothing here: {', '.join(read.ignored)}.")


def _rows(plan: ImportPlan, *, lacks_passwords: bool = False) -> list[dict[str, Any]]:
    from wikijs.people.importing import NEEDS_ONE

    return [
        {
            "line": each.person.line,
            "email": each.person.email,
            "step": each.step,
            "id": each.id,
            "changes": dict(each.changes),
            "reason": NEEDS_ONE if lacks_passwords and each.is_without_password else each.reason,
        }
        for each in plan.people
    ]


def _show_plan(session: Session, plan: ImportPlan, *, lacks_passwords: bool) -> None:
    """Show what would be done. Whoever only looks need not decide yet where passwords come from, but is told of it."""
    rows = _rows(plan, lacks_passwords=lacks_passwords)
    waiting = sum(each.is_without_password for each in plan.people) if lacks_passwords else 0
    if waiting:
        accounts = "1 new account has" if waiting == 1 else f"{waiting} new accounts have"
        note(f"{accounts} no password yet, and would be refused: {_WAY_OUT}")
    if wants_data(session):
        show_list(session, rows, _PLANNED)
        return
    shown = [{**row, "changes": _changes(row["changes"])} for row in rows if row["step"] != "none" or row["reason"]]
    show_list(session, shown, ("line", "email", "step", "changes", "reason"), key="email", empty_is_good=True)
    if not session.quiet:
        note(f"{_summary(plan)} Nothing was done.")


def _changes(changes: dict[str, Any]) -> str:
    shown = {name: value for name, value in changes.items() if name != "email" and value not in ([], "")}
    return "; ".join(f"{name}: {_words(value)}" for name, value in shown.items())


def _words(value: object) -> str:
    return ", ".join(map(str, cast("list[object]", value))) if isinstance(value, list) else str(value)


def _summary(plan: ImportPlan) -> str:
    words = {"create": "to make", "update": "to change", "none": "there already", "refused": "refused"}
    counts = [f"{plan.count(step)} {said}" for step, said in words.items() if plan.count(step)]  # type: ignore[arg-type]
    made = f" New groups: {', '.join(plan.new_groups)}." if plan.new_groups else ""
    return f"{', '.join(counts) or 'nobody'}.{made}"


def _show_import(session: Session, plan: ImportPlan, result: BatchResult[Any, int]) -> None:
    for each in plan.people:
        if each.step == "refused":
            note(f"wikijs: line {each.person.line}, {each.person.email}: {each.reason}")
    for error in result.errors:
        person = error.input.person
        note(f"wikijs: line {person.line}, {person.email}: {explained(error.exception)}")
    if wants_data(session):
        failed = {error.input.person.email: explained(error.exception) for error in result.errors}
        rows = _rows(plan)
        for row in rows:
            row["reason"] = failed.get(row["email"], row["reason"])
            row["step"] = "failed" if row["email"] in failed else row["step"]
        show_list(session, rows, _PLANNED)
    elif session.quiet:
        sys.stdout.writelines(f"{number}\n" for number in result.success)
    else:
        note(f"{len(result.success)} accounts made or changed, {plan.count('none')} were as they should be.")


def _tell_way_out(plan: ImportPlan) -> None:
    from wikijs.people.importing import NOTHING_TO_LOG_IN_WITH

    if any(each.reason == NOTHING_TO_LOG_IN_WITH for each in plan.people):
        note(_WAY_OUT)


def _end(*, refused: int, done: int) -> None:
    if refused:
        raise typer.Exit(ExitCode.PARTLY if done else ExitCode.FAILED)


@command(users, "export", example="wikijs users export -o people.csv", fields=_EXPORTED, lists=True)
def export_users(
    session: Session,
    *,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; else stdout.")
    ] = None,
    format: Annotated[
        Literal["csv", "json"] | None, typer.Option("--format", help="CSV unless the name says else.")
    ] = None,
) -> None:
    """Write all users with groups and profiles as CSV, in the columns that `users import` reads.

    Passwords and second factors cannot be read. `export users` writes all that is known, as JSON or YAML.
    """
    from wikijs.people.exporting import as_csv, export_people

    output = None if output is not None and str(output) == "-" else output
    with session.client() as client:
        rows = export_people(client)
    kind = format or ("json" if output is not None and output.suffix.lower() == ".json" else "csv")
    if output is None and (wants_data(session) or session.rows):
        show_list(session, [{**row, "jobTitle": row["job_title"]} for row in rows], _EXPORTED)
        return
    if kind == "json":
        import json

        text = json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    else:
        text = as_csv(rows)
    if output is None:
        write_json(rows) if kind == "json" else sys.stdout.write(text)
    else:
        write_file(output, text)
        if wants_data(session):
            show_data(session, {"file": str(output), "written": len(rows)})
        elif not session.quiet:
            note(f"{len(rows)} users written to {output}.")


@command(groups, "sync", example="wikijs groups sync TEAM.csv --remove --dry-run", fields=_CHANGED, lists=True)
def sync_groups(
    session: Session,
    file: FileArgument,
    *,
    group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="The group of those of whom the file says none.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take members out whom the file does not name.")] = False,
    create_groups: Annotated[bool, typer.Option("--create-groups", help="Make groups that are missing.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Make the members of groups those of a file, with a row for each membership: columns email and group.

    Groups that the file does not name are left alone. Accounts are not made: see `users import`.

    Exit codes: 0 done, 3 some addresses have no account or a change failed, 1 all failed.
    """
    from wikijs.people import plan_sync
    from wikijs.people import sync_groups as carry_out

    read = _read(file)
    _tell(session, read, file)
    with session.client() as client:
        plans = plan_sync(client, read.people, group=group, remove=remove, create=create_groups)
        unknown = sorted({address for plan in plans for address in plan.unknown})
        for address in unknown:
            note(f"wikijs: There is no account with the address {address}.")
        rows = _memberships(plans)
        if dry_run:
            show_list(session, rows, ("group", "email", "change"), key="email", empty_is_good=True)
            if not session.quiet:
                note(f"{_counted(rows, done=False)}. Nothing was done.")
            _end(refused=len(unknown) + len(read.problems), done=len(read.people) - len(unknown))
            return
        leaving = sum(row["change"] == "leaves" for row in rows)
        if leaving:
            confirm(session, f"Take {leaving} members out of their groups?")
        with progress(session, "Changing members", total=len(rows)) as step:
            result = carry_out(client, plans, progress=lambda done, total: step(1))
    for error in result.errors:
        name, change = error.input
        note(f"wikijs: {change.email or change.user} in {name}: {explained(error.exception)}")
    failed = {(name, change.user) for name, change in (error.input for error in result.errors)}
    done = [row for row in rows if (row["group"], row["user"]) not in failed]
    if wants_data(session):
        show_data(session, done)
    elif session.quiet:
        sys.stdout.writelines(f"{row['email']}\n" for row in done)
    else:
        note(f"{_counted(done)}.")
    _end(refused=len(unknown) + len(read.problems) + len(failed), done=len(done) + sum(plan.kept for plan in plans))


def _memberships(plans: Sequence[GroupPlan]) -> list[dict[str, Any]]:
    return [
        {
            "group": plan.name,
            "email": change.email,
            "user": change.user,
            "change": "joins" if change.joins else "leaves",
        }
        for plan in plans
        for change in plan.changes
    ]


def _counted(rows: Sequence[dict[str, Any]], *, done: bool = True) -> str:
    joining = sum(row["change"] == "joins" for row in rows)
    leaving = len(rows) - joining
    return f"{joining} joined, {leaving} left" if done else f"{joining} would join, {leaving} would leave"
