"""`wikijs groups ...`, members and page rules included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, cast

import typer

from ..access.arguments import LocaleOption, PathArgument, TagOption, moment_of, target_of
from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import DataFile, read_data
from ..frame.output import note, show_done, show_list, show_record, wants_data
from ..frame.session import Session
from ..frame.several import for_each, in_words, one_of
from . import bulk
from .arguments import GroupArgument, UsersArgument, group_id, user_id

if TYPE_CHECKING:
    from wikijs.permissions import PageRule

app = typer.Typer(no_args_is_help=True)
app.add_typer(bulk.groups)
rules = typer.Typer(no_args_is_help=True)

_FIELDS: Final = ("id", "name", "isSystem", "userCount", "createdAt", "updatedAt")
_SETTINGS: Final = ("id", "name", "isSystem", "redirectOnLogin", "permissions", "pageRules", "createdAt", "updatedAt")
_MEMBERS: Final = ("id", "name", "email", "providerKey", "isSystem", "isActive", "createdAt", "lastLoginAt")
_TESTED: Final = ("id", "rule", "path", "match", "deny", "decides", "because")
_RULES: Final = ("id", "roles", "path", "match", "deny", "locales")

# As `RuleMatch` of the facade.
Match = Literal["START", "EXACT", "END", "REGEX", "TAG"]
Permissions = Annotated[
    list[str] | None,
    typer.Option("--permission", metavar="NAME", help="A permission such as read:pages; repeat it for several."),
]


@group(app, example="wikijs groups members Editors")
def groups(session: Session) -> None:
    """Groups, their members and page rules."""


@command(app, "list", example="wikijs groups list", fields=_FIELDS, lists=True, reads=True)
def list_groups(
    session: Session, *, search: Annotated[str | None, typer.Option(help="Only groups with this in the name.")] = None
) -> None:
    """List groups."""
    with session.client() as client:
        found = client.groups.list(search=search)
    show_list(session, found, ("id", "name", "user_count", "is_system", "created_at"))


@command(app, "get", example="wikijs groups get Editors", fields=(*_SETTINGS, "users"), reads=True)
def get(session: Session, group: GroupArgument) -> None:
    """Show a group with its permissions, page rules and members."""
    with session.client() as client:
        found = client.groups.get(group_id(client, group))
    shown: dict[str, object] = {
        "id": found.id,
        "name": found.name,
        "system": found.is_system,
        "redirect on login": found.redirect_on_login,
        "permissions": found.permissions,
        "rules": len(found.page_rules),
        "members": [user.name for user in found.users],
    }
    show_record(session, found, shown)


@command(app, "create", example="wikijs groups create Editors --permission write:pages", fields=_SETTINGS)
def create(
    session: Session,
    word: Annotated[str | None, typer.Argument(metavar="NAME", help="Name of the group.")] = None,
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The same as NAME.")] = None,
    permission: Permissions = None,
    redirect_on_login: Annotated[str | None, typer.Option(metavar="PATH", help="Where members land.")] = None,
) -> None:
    """Create a group; with permissions on pages they hold on all pages until it gets rules of its own."""
    name = one_of(word, name, "NAME", "--name")
    with session.client() as client:
        made = client.groups.create(
            name, permissions=cast("Any", permission or None), redirect_on_login=redirect_on_login
        )
    show_done(session, f"Created group {made.id} ({made.name}).", made)


@command(app, "update", example="wikijs groups update Editors --add read:history", fields=_SETTINGS)
def update(
    session: Session,
    group: GroupArgument,
    *,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    permission: Permissions = None,
    add: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Give a permission besides the others.")] = None,
    remove: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Take a permission away.")] = None,
    redirect_on_login: Annotated[str | None, typer.Option(metavar="PATH", help="Where members land.")] = None,
) -> None:
    """Change a group. What is left out is kept; --permission replaces all permissions."""
    if permission and (add or remove):
        raise CommandError("--permission replaces all: it excludes --add and --remove.", code=ExitCode.USAGE)
    if not (name or permission or add or remove or redirect_on_login):
        raise CommandError("Nothing to change.", hint="Give at least one option, such as --name.", code=ExitCode.USAGE)
    with session.client() as client:
        id = group_id(client, group)  # noqa: A001
        wanted = permission
        if add or remove:
            held = client.groups.get(id).permissions
            wanted = [each for each in dict.fromkeys([*held, *(add or ())]) if each not in (remove or ())]
        changed = client.groups.update(
            id, name=name, permissions=cast("Any", wanted), redirect_on_login=redirect_on_login
        )
    show_done(session, f"Changed group {changed.id} ({changed.name}).", changed)


@command(app, "delete", example="wikijs groups delete Editors")
def delete(
    session: Session,
    groups: Annotated[list[str], typer.Argument(metavar="GROUP", help="Ids or names of groups.")],
) -> None:
    """Delete groups. Their members stay users."""
    confirm(session, f"Delete {in_words('group', groups)}?")
    with session.client() as client:

        def act(name: str) -> dict[str, object]:
            number = group_id(client, name)
            client.groups.delete(number)
            return {"id": number, "group": name}

        for_each(session, groups, act, done=lambda row: f"Deleted group {row['id']} ({row['group']}).", verb="deleted")


@command(app, "members", example="wikijs groups members Editors --json email", fields=_MEMBERS, lists=True)
def members(session: Session, group: GroupArgument) -> None:
    """List the members of a group."""
    with session.client() as client:
        found = client.groups.list_members(group_id(client, group))
    show_list(session, found, ("id", "name", "email", "is_active", "last_login_at"))


@command(app, "add", example="wikijs groups add Editors ann@example.com 8")
def add(session: Session, group: GroupArgument, users: UsersArgument) -> None:
    """Make users members of a group."""
    _membership(session, group, users, verb="added", joined=True)


@command(app, "remove", example="wikijs groups remove Editors ann@example.com")
def remove(session: Session, group: GroupArgument, users: UsersArgument) -> None:
    """Take users out of a group."""
    _membership(session, group, users, verb="removed", joined=False)


def _membership(session: Session, group: str, users: list[str], *, verb: str, joined: bool) -> None:
    with session.client() as client:
        number = group_id(client, group)
        change = client.groups.add_user if joined else client.groups.remove_user

        def act(user: str) -> dict[str, object]:
            member = user_id(client, user)
            change(number, member)
            return {"id": member, "user": user}

        where = f"to group {group}" if joined else f"from group {group}"
        for_each(session, users, act, done=lambda row: f"{verb.capitalize()} user {row['user']} {where}.", verb=verb)


@group(rules, example="wikijs groups rules list Editors")
def page_rules(session: Session) -> None:
    """On which pages the members of a group may do what."""


@command(rules, "list", example="wikijs groups rules list Editors", fields=_RULES, lists=True, reads=True)
def list_rules(session: Session, group: GroupArgument) -> None:
    """List the page rules of a group."""
    with session.client() as client:
        found = client.groups.rules(group_id(client, group))
    show_list(session, found, ("id", "deny", "roles", "match", "path", "locales"))


@command(rules, "add", example="wikijs groups rules add Editors --role write:pages --path docs", fields=_RULES)
def add_rule(
    session: Session,
    group: GroupArgument,
    *,
    role: Annotated[list[str], typer.Option(metavar="PERMISSION", help="What it allows; repeat it for several.")],
    path: Annotated[str, typer.Option(help="Start, end or all of a path, a regular expression, or a tag.")] = "",
    match: Annotated[Match, typer.Option(help="How the path is compared.")] = "START",
    deny: Annotated[bool, typer.Option("--deny", help="Deny instead of allow.")] = False,
    locale: Annotated[list[str] | None, typer.Option(metavar="CODE", help="Only in this locale; repeatable.")] = None,
) -> None:
    """Add a page rule to a group."""
    from wikijs.permissions import PageRule

    rule = PageRule(roles=cast("Any", role), path=path, match=match, deny=deny, locales=locale or ())
    _set_rules(session, group, lambda held: [*held, rule], "Added a rule to")


@command(rules, "remove", example="wikijs groups rules remove Editors 3f0c...", fields=_RULES)
def remove_rule(
    session: Session,
    group: GroupArgument,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Id of the rule, as `rules list` shows it.")],
) -> None:
    """Remove a page rule from a group."""

    def without(held: list[PageRule]) -> list[PageRule]:
        kept = [each for each in held if each.id != rule]
        if len(kept) == len(held):
            raise CommandError(f"Group {group} has no rule {rule!r}.", hint=f"wikijs groups rules list {group}")
        return kept

    _set_rules(session, group, without, "Removed a rule from")


@command(rules, "set", example="wikijs groups rules set Editors rules.yaml", fields=_RULES)
def set_rules(session: Session, group: GroupArgument, file: DataFile) -> None:
    """Replace all page rules of a group by those of a file, in the form that `rules list --json` prints."""
    from wikijs.permissions import PageRule

    rows = read_data(file)
    try:
        wanted = [PageRule(**row) for row in rows]
    except TypeError:
        raise CommandError(
            f"The file {file} holds no list of rules.",
            hint=f"Each rule has {', '.join(_RULES)}, of which roles is needed.",
            code=ExitCode.USAGE,
        ) from None
    confirm(session, f"Replace the page rules of group {group} by {len(wanted)} others?")
    _set_rules(session, group, lambda held: wanted, "Replaced the rules of")


@command(rules, "test", example="wikijs groups rules test Editors write:pages docs/intro", fields=_TESTED, lists=True)
def try_rules(
    session: Session,
    group: GroupArgument,
    permission: Annotated[
        str, typer.Argument(metavar="PERMISSION", help="A permission such as write:pages, or an action.")
    ],
    path: PathArgument,
    *,
    locale: LocaleOption = None,
    tag: TagOption = None,
) -> None:
    """Show what the rules of a group say about a page or file, the one that decides first, and why others do not.

    The path need not exist. Permissions on files, such as read:assets, are about files.

    Exit codes: 0 allowed, 1 not.
    """
    from wikijs.access import action_of, rules_on

    action = action_of(permission)
    moment, main = moment_of(session, None)
    target, _ = target_of(session, moment, main, path, locale=locale, tags=tag, asset=action.asset)
    decision, rows = rules_on(moment.group(group), permission, target)
    show_list(session, rows, ("id", "rule", "decides", "because"), empty_is_good=True)
    if not (session.quiet or wants_data(session)):
        note(f"{'Allowed' if decision.allowed else 'Denied'}: {decision}.")
    if not decision.allowed:
        raise typer.Exit(ExitCode.FAILED)


def _set_rules(session: Session, group: str, change: Callable[[list[PageRule]], list[PageRule]], done: str) -> None:
    with session.client() as client:
        number = group_id(client, group)
        client.groups.set_rules(number, change(client.groups.rules(number)))
        held = client.groups.rules(number)
    show_done(session, f"{done} group {group}, which has {len(held)}.", [asdict(rule) for rule in held])


app.add_typer(rules, name="rules")
