"""`wikijs access ...`: who may do what, and why."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ..frame.command import command, group
from ..frame.failures import CommandError, ExitCode
from ..frame.output import note, printable, show_data, show_done, show_list, show_record, wants_data
from ..frame.session import Session
from .arguments import AssetOption, LocaleOption, MomentOption, PathArgument, TagOption, moment_of, target_of

if TYPE_CHECKING:
    from wikijs.access import Moment

app = typer.Typer(no_args_is_help=True)

_BY_GROUP: Final = ("action", "group", "groupId", "allowed", "because", "rule", "members", "but", "certain")
_BY_USER: Final = ("action", "id", "name", "email", "allowed", "because", "group", "rule", "certain")
_COUNTED: Final = ("action", "says", "allowed", "pages", "allowedOn")
_WIDELY: Final = 3
"""Names that a row names before it counts them."""


@group(app, example="wikijs access user ann@example.com write:pages docs/intro")
def access(session: Session) -> None:
    """Who may do what with pages and files, by which group and rule.

    Computed from groups and page rules as the server does. The key must be allowed to read groups and users.
    """


@command(
    app, "page", example="wikijs access page docs/intro --users", fields=(*_BY_GROUP, *_BY_USER), lists=True, reads=True
)
def page(
    session: Session,
    path: PathArgument,
    *,
    users: Annotated[bool, typer.Option("--users", help="A row for each user, by all groups together.")] = False,
    action: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="An action such as write, or a permission; repeat it for several."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All actions: history, comments, styles and more.")] = False,
    denied: Annotated[
        bool | None, typer.Option("--denied/--allowed", help="Only those who may not, or who may.")
    ] = None,
    locale: LocaleOption = None,
    tag: TagOption = None,
    asset: AssetOption = False,
    moment: MomentOption = None,
) -> None:
    """List who may view, write and delete a page, and the rule that says so.

    A row for each group shows what the group alone allows. Members who may more, or less, because of other groups of
    theirs are named under "but".
    """
    from wikijs.access import ASSET_ACTIONS, MAIN_ACTIONS, PAGE_ACTIONS, action_of, groups_on, people_on

    actions = action or list(ASSET_ACTIONS if asset else PAGE_ACTIONS if every else MAIN_ACTIONS)
    for name in actions:
        _check_kind(action_of(name).asset, asset)
    known, main = moment_of(session, moment)
    target, found = target_of(session, known, main, path, locale=locale, tags=tag, asset=asset)
    if found is None and not asset and not session.quiet:
        note(f"There is no page {target.locale}/{target.path}: this is what would hold for a new one.")
    only = None if denied is None else not denied
    if users:
        show_list(session, people_on(known, target, actions, only=only), ("action", "email", "allowed", "because"))
        return
    rows = groups_on(known, target, actions, only=only)
    show_list(
        session,
        rows,
        {
            "action": lambda row: row.action,
            "group": lambda row: row.group,
            "allowed": lambda row: row.allowed,
            "members": lambda row: row.members,
            "because": lambda row: row.because,
            "but": lambda row: _names(row.but),
        },
        key="group_id",
    )


@command(
    app,
    "user",
    example="wikijs access user ann@example.com write:pages docs/intro",
    fields=(*_BY_USER, *_COUNTED),
    reads=True,
)
def user(
    session: Session,
    user: Annotated[str, typer.Argument(metavar="USER", help="Id, e-mail address or whole name of the user.")],
    permission: Annotated[
        str | None, typer.Argument(metavar="[PERMISSION]", help="A permission such as write:pages, or an action.")
    ] = None,
    path: Annotated[str | None, typer.Argument(metavar="[PATH]", help="Path of a page, or its id.")] = None,
    *,
    locale: LocaleOption = None,
    tag: TagOption = None,
    asset: AssetOption = False,
    moment: MomentOption = None,
) -> None:
    """Say whether a user may do something with a page, and why; without PERMISSION and PATH, on how many pages what.

    Exit codes: 0 yes, 1 no.
    """
    known, main = moment_of(session, moment)
    _ask(session, known, main, user, permission, path, locale=locale, tags=tag, asset=asset)


@command(app, "guest", example="wikijs access guest read:pages docs/intro", fields=(*_BY_USER, *_COUNTED), reads=True)
def guest(
    session: Session,
    permission: Annotated[
        str | None, typer.Argument(metavar="[PERMISSION]", help="A permission such as read:pages, or an action.")
    ] = None,
    path: Annotated[str | None, typer.Argument(metavar="[PATH]", help="Path of a page, or its id.")] = None,
    *,
    locale: LocaleOption = None,
    tag: TagOption = None,
    asset: AssetOption = False,
    moment: MomentOption = None,
) -> None:
    """Say whether everybody may do something with a page, logged in or not; without PERMISSION and PATH, all of it.

    Exit codes: 0 yes, 1 no.
    """
    from wikijs.access import GUEST

    known, main = moment_of(session, moment)
    _ask(session, known, main, str(GUEST), permission, path, locale=locale, tags=tag, asset=asset)


def _ask(
    session: Session,
    moment: Moment,
    main: str,
    user: str,
    permission: str | None,
    path: str | None,
    *,
    locale: str | None,
    tags: list[str] | None,
    asset: bool,
) -> None:
    from wikijs.access import PAGE_ACTIONS, action_of, pages_of, person_on

    if permission is None:
        person = moment.person(user)
        answers = pages_of(moment, user, PAGE_ACTIONS)
        every = [f"{page.locale}/{page.path}" for page in moment.pages]
        if not (wants_data(session) or session.quiet):
            held = [group.name for group in moment.groups_of(person)]
            note(f"{person.email or person.name} is in {', '.join(held) if held else 'no group'}.")
        show_list(
            session,
            answers,
            {
                "action": lambda row: row.action,
                "pages": lambda row: f"{row.allowed} of {row.pages}",
                "which": lambda row: _which(row.allowed_on, every),
                "what it is": lambda row: row.says,
            },
            key="action",
        )
        return
    if path is None:
        raise CommandError("PATH is missing.", hint="Say of which page, such as docs/intro.", code=ExitCode.USAGE)
    wanted = action_of(permission)
    _check_kind(wanted.asset, asset or wanted.asset)
    target, _ = target_of(session, moment, main, path, locale=locale, tags=tags, asset=asset or wanted.asset)
    answer = person_on(moment, user, permission, target)
    where = target.path if wanted.asset else f"{target.locale}/{target.path}"
    if wants_data(session):
        show_data(session, answer)
    elif not session.quiet:
        said, may = ("yes", "may") if answer.allowed else ("no", "may not")
        what = f"{answer.email or answer.name} {may} {wanted.says}: {where}"
        show_record(session, answer, {"answer": said, "what": what, "because": answer.because})
    if not answer.allowed:
        raise typer.Exit(ExitCode.FAILED)


@command(app, "save", example="wikijs access save before.json", fields=("file", "groups", "users", "pages"))
def save(
    session: Session, file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to (JSON); - is stdout.")]
) -> None:
    """Keep who may do what at this moment, to compare it later."""
    moment, _ = moment_of(session, None)
    if str(file) == "-":
        sys.stdout.write(moment.as_json())
        return
    moment.save(file)
    counts = {"groups": len(moment.groups), "users": len(moment.people), "pages": len(moment.pages)}
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    show_done(session, f"Kept {said} in {file}.", {"file": str(file), **counts})


@command(app, "diff", example="wikijs access diff before.json", fields=("changes", "effects"))
def diff(
    session: Session,
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="A moment that `access save` kept.")],
    after: Annotated[
        Path | None, typer.Argument(metavar="[AFTER]", help="A later one; without it, the wiki as it is now.")
    ] = None,
) -> None:
    """Show what changed in groups, rules and members, and who may do what now because of it.

    Exit codes: 0 nothing changed, 1 something did.
    """
    from wikijs.access import compare, load

    now, _ = moment_of(session, after)
    result = compare(load(before), now)
    if wants_data(session):
        show_data(session, asdict(result))
    else:
        for change in result.changes:
            _say(f"{change.subject}: {change.kind}" + (f": {change.detail}" if change.detail else ""))
        for effect in result.effects:
            verb = "may now" if effect.gained else "may no longer"
            _say(f"{_names(effect.people)} {verb} {effect.action}: {_names(effect.examples, effect.pages)}")
    if result:
        raise typer.Exit(ExitCode.FAILED)


def _check_kind(is_about_files: bool, asset: bool) -> None:
    if is_about_files != asset:
        said = "That is about files: give --asset." if is_about_files else "That is about pages: leave --asset out."
        raise CommandError(said, code=ExitCode.USAGE)


def _say(line: str) -> None:
    sys.stdout.write(printable(line) + "\n")


def _which(allowed: tuple[str, ...], every: list[str]) -> str:
    """Which pages: those that are allowed, or those that are not where these are fewer."""
    refused = tuple(page for page in every if page not in set(allowed))
    if not refused or not allowed:
        return "none" if refused else "all"
    return f"all but {_names(refused)}" if len(refused) < len(allowed) else _names(allowed)


def _names(names: tuple[str, ...], count: int | None = None) -> str:
    total = len(names) if count is None else count
    shown = ", ".join(names[:_WIDELY])
    return f"{shown} and {total - _WIDELY} more" if total > _WIDELY else shown
