"""`wikijs users ...`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ..frame.command import command, group
from ..frame.confirm import confirm
from ..frame.failures import CommandError, ExitCode
from ..frame.inputs import PasswordFile, read_password
from ..frame.output import show_done, show_list, show_record
from ..frame.session import Session
from ..frame.several import for_each, in_words, one_of
from ..frame.structured import EVERY_FIELD
from . import bulk
from .arguments import GeneratedOption, UserArgument, UsersArgument, id_or_name, user_id

if TYPE_CHECKING:
    from wikijs import WikiJSClient

app = typer.Typer(no_args_is_help=True)
app.add_typer(bulk.users)

_FIELDS: Final = ("id", "name", "email", "providerKey", "isSystem", "isActive", "createdAt", "lastLoginAt")
_MORE_FIELDS: Final = (
    *_FIELDS,
    "isVerified",
    "location",
    "jobTitle",
    "timezone",
    "dateFormat",
    "appearance",
    "updatedAt",
    "tfaIsActive",
    "groups",
)
_COLUMNS: Final = ("id", "name", "email", "provider_key", "is_active", "last_login_at")


@group(app, example="wikijs users list --search ann")
def users(session: Session) -> None:
    """Users."""


@command(
    app,
    "list",
    example="wikijs users list --inactive --json id,email",
    fields=(*_FIELDS, "groups"),
    lists=True,
    reads=True,
)
def list_users(
    session: Session,
    *,
    search: Annotated[str | None, typer.Option(help="Only users with this in name or e-mail address.")] = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Only those who may log in, or not.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Only members of this group, by id or name.")
    ] = None,
    provider: Annotated[str | None, typer.Option(metavar="KEY", help="Only users of this login strategy.")] = None,
) -> None:
    """List users, with their groups as far as you may see those."""
    from pydantic.alias_generators import to_camel

    with session.client() as client:
        found = client.users.list(
            search=search, active=active, group=None if group is None else id_or_name(group), provider=provider
        )
        groups = _groups_of_users(client) if found and _shows_groups(session) else None
    rows = [
        {**{to_camel(name): value for name, value in user}, "groups": groups and groups.get(user.id, [])}
        for user in found
    ]
    if not _shows_groups(session):
        rows = [{name: value for name, value in row.items() if name != "groups"} for row in rows]
    columns = _COLUMNS if groups is None else (*_COLUMNS, "groups")
    show_list(session, rows, {name.replace("_", " "): _reader(to_camel(name)) for name in columns})


def _shows_groups(session: Session) -> bool:
    """Whether the groups of users are to be seen: they take requests of their own."""
    if session.quiet:
        return any(condition.field == "groups" for condition in session.rows)
    return session.json in {None, EVERY_FIELD} or "groups" in (session.json or "").split(",")


def _groups_of_users(client: WikiJSClient) -> dict[int, list[str]] | None:
    """Names of groups by the ids of their members; None for those who may not see groups."""
    from wikijs.exceptions import PermissionDeniedError

    try:
        listed = client.groups.list()
    except PermissionDeniedError:
        return None
    found: dict[int, list[str]] = {}
    for whole in client.groups.get_many([each.id for each in listed], return_exceptions=True):
        if not isinstance(whole, Exception):
            for user in whole.users:
                found.setdefault(user.id, []).append(whole.name)
    return found


def _reader(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda row: row[name]


@command(app, "get", example="wikijs users get ann@example.com", fields=_MORE_FIELDS, reads=True)
def get(session: Session, user: UserArgument) -> None:
    """Show a user with profile and groups."""
    with session.client() as client:
        found = client.users.get(user_id(client, user))
    shown = {name.replace("_", " "): value for name, value in found if value not in (None, "")}
    show_record(session, found, shown | {"groups": [group.name for group in found.groups]})


@command(app, "create", example="wikijs users create ann@example.com --name Ann --group Editors", fields=_MORE_FIELDS)
def create(
    session: Session,
    address: Annotated[
        str | None, typer.Argument(metavar="EMAIL", help="E-mail address, which is the name to log in with.")
    ] = None,
    *,
    email: Annotated[str | None, typer.Option(metavar="EMAIL", help="The same as EMAIL.")] = None,
    name: Annotated[str, typer.Option(help="Name to show, 2 to 255 characters.")],
    group: Annotated[
        list[str] | None, typer.Option(metavar="GROUP", help="Group by id or name; repeat it for several.")
    ] = None,
    provider: Annotated[str, typer.Option(metavar="KEY", help="Login strategy.")] = "local",
    password_file: PasswordFile = None,
    generate_password: GeneratedOption = None,
    must_change_password: Annotated[
        bool, typer.Option("--must-change-password", help="Ask for a new password at the first login.")
    ] = False,
    welcome_mail: Annotated[bool, typer.Option("--welcome-mail", help="Send a welcome mail.")] = False,
) -> None:
    """Create a user. The password is asked for, read from --password-file, or made and written down."""
    from wikijs.people import PasswordFile

    email = one_of(address, email, "EMAIL", "--email")
    if generate_password is not None and password_file is not None:
        raise CommandError("--generate-password and --password-file exclude each other.", code=ExitCode.USAGE)
    with ExitStack() as stack:
        if generate_password is not None:
            password: str | None = stack.enter_context(
                stack.enter_context(PasswordFile(generate_password)).made_for(email)
            )
            must_change_password = True
        else:
            password = (
                read_password(password_file, f"Password for {email}") if provider == "local" or password_file else None
            )
        with session.client() as client:
            made = client.users.create(
                email,
                name=name,
                password=password,
                groups=[id_or_name(each) for each in group or ()],
                provider=provider,
                must_change_password=must_change_password,
                send_welcome_email=welcome_mail,
            )
    show_done(session, f"Created user {made.id} ({made.email}).", made)


@command(app, "update", example="wikijs users update 7 --name 'Ann Lee' --group Editors", fields=_MORE_FIELDS)
def update(
    session: Session,
    user: UserArgument,
    *,
    email: Annotated[str | None, typer.Option(help="New e-mail address.")] = None,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    password_file: PasswordFile = None,
    group: Annotated[
        list[str] | None,
        typer.Option(metavar="GROUP", help="All groups to be in, by id or name; repeat it for several."),
    ] = None,
    location: Annotated[str | None, typer.Option(help="Where the user is.")] = None,
    job_title: Annotated[str | None, typer.Option(help="What the user does.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone, such as Europe/Paris.")] = None,
) -> None:
    """Change a user. What is left out is kept."""
    changes: dict[str, Any] = {
        "email": email,
        "name": name,
        "password": read_password(password_file, "") if password_file else None,
        "groups": [id_or_name(each) for each in group] if group else None,
        "location": location,
        "job_title": job_title,
        "timezone": timezone,
    }
    given = {field: value for field, value in changes.items() if value is not None}
    if not given:
        raise CommandError("Nothing to change.", hint="Give at least one option, such as --name.", code=ExitCode.USAGE)
    with session.client() as client:
        changed = client.users.update(user_id(client, user), **given)
    show_done(session, f"Changed user {changed.id} ({changed.email}).", changed)


@command(app, "delete", example="wikijs users delete 7 8 --replace-with 1")
def delete(
    session: Session,
    users: UsersArgument,
    *,
    replace_with: Annotated[
        str, typer.Option(metavar="USER", help="Who gets the pages, comments and files that they wrote.")
    ],
) -> None:
    """Delete users and give what they wrote to another one."""
    with session.client() as client:
        heir = user_id(client, replace_with)
        confirm(session, f"Delete {in_words('user', users)} and give what they wrote to user {heir}?")

        def act(name: str) -> dict[str, object]:
            number = user_id(client, name)
            client.users.delete(number, replace_with=heir)
            return {"id": number, "user": name}

        for_each(session, users, act, done=lambda user: f"Deleted user {user['id']} ({user['user']}).", verb="deleted")


def _switch(name: str, verb: str, help: str, *, question: str = "") -> None:
    """Register a command that does one thing to some users."""

    def run(session: Session, users: UsersArgument) -> None:
        if question:
            confirm(session, question.format(in_words("user", users)))
        with session.client() as client:

            def act(user: str) -> dict[str, object]:
                number = user_id(client, user)
                getattr(client.users, name.replace("-", "_"))(number)
                return {"id": number, "user": user}

            for_each(session, users, act, done=lambda user: f"User {user['id']} ({user['user']}) {verb}.", verb=verb)

    run.__doc__ = help
    command(app, name, example=f"wikijs users {name} ann@example.com")(run)


_switch("activate", "activated", "Let users log in again.")
_switch("deactivate", "deactivated", "Keep users from logging in.", question="Keep {} from logging in?")
_switch("verify", "verified", "Take the e-mail addresses of users for verified.")
_switch("enable-tfa", "needs a second factor", "Demand two-factor authentication, to be set up at the next login.")
_switch(
    "disable-tfa",
    "needs no second factor",
    "Stop demanding two-factor authentication.",
    question="Let {} log in without a second factor?",
)


@command(app, "last-logins", example="wikijs users last-logins", fields=("id", "name", "lastLoginAt"), lists=True)
def last_logins(session: Session) -> None:
    """List the ten users who logged in last."""
    with session.client() as client:
        found = client.users.last_logins()
    show_list(session, found, ("id", "name", "last_login_at"))
