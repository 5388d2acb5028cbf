"""What the server takes for a user, checked before it is sent, and what its refusals mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, Literal, Required, TypeAlias, TypedDict, get_args

from wikijs import exceptions as exc
from wikijs.core.values import paths
from wikijs.permissions import suggestion

from ..shared.lookup import GroupName
from ..shared.references import UserRef

if TYPE_CHECKING:
    from wikijs_generated.fragments import User

DateFormat: TypeAlias = Literal["", "DD/MM/YYYY", "DD.MM.YYYY", "MM/DD/YYYY", "YYYY-MM-DD", "YYYY/MM/DD"]
Appearance: TypeAlias = Literal["", "light", "dark"]

NOTHING_CREATED: Final = (
    exc.AccountExistsError,
    exc.InputInvalidError,
    exc.AuthenticationError,
    exc.PermissionDeniedError,
    exc.QueryError,
)
"""Refusals of `users.create` that come before the account is written."""

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_NOT_CLEARED: Final = "The server cannot clear {}: it ignores an empty text."


class NewUser(TypedDict, total=False):
    """Arguments of `create` as a dictionary: address and name, and what else is not the default."""

    email: Required[str]
    name: Required[str]
    password: str
    groups: Iterable[GroupName]
    provider: str
    must_change_password: bool
    send_welcome_email: bool


class UserUpdate(TypedDict, total=False):
    """Arguments of `update` as a dictionary: the id and what to change."""

    id: Required[UserRef]
    email: str
    name: str
    password: str
    groups: Iterable[GroupName]
    location: str
    job_title: str
    timezone: str
    date_format: DateFormat
    appearance: Appearance


def check_new(email: str, name: str, password: str | None, provider: str) -> None:
    """Check a new user.

    Raises:
        ValidationError: The server would refuse it.
    """
    _check_email(email, "users.create")
    _check_name(name, "users.create")
    if provider == "local" and password is None:
        raise _refused("A user of the built-in login needs a password.", "users.create")
    if password is not None:
        _check_password(password, "users.create")


def check_provider(provider: str, known: Sequence[str]) -> None:
    """Check the key of a login strategy.

    Raises:
        ValidationError: There is no such strategy.
    """
    if provider not in known:
        hint = suggestion(provider, known)
        raise _refused(f"There is no login strategy with the key {provider!r}.", "users.create", hint)


ONE_GROUP_ONLY: Final = "batch insert only works"
"""How the server begins to say that its database cannot put an account into several groups at once."""


def check_groups(user: User, wanted: Iterable[int]) -> None:
    """Check that a new user got its groups; the server puts it into them one after the other, after creating it.

    Raises:
        ValidationError: One of the groups does not exist.
    """
    missing = sorted(set(wanted) - {group.id for group in user.groups})
    if missing:
        raise _refused(
            f"The account was created (id {user.id}), but it is not in the groups {missing}: one does not exist.",
            "users.create",
            f"Do not create it again: users.update({user.id}, groups=...) sets its groups.",
        )


def check_changes(update: UserUpdate) -> None:
    """Check changes of a user; the server stores nonsense in some fields and ignores empty texts in others.

    Raises:
        ValidationError: The server would refuse or ignore a change, or store what it cannot use.
    """
    operation = "users.update"
    email, name, password = update.get("email"), update.get("name"), update.get("password")
    for field in ("email", "name", "location", "job_title", "timezone"):
        if update.get(field) == "":
            raise _refused(_NOT_CLEARED.format(field), operation, "Give another text, or leave it out to keep it.")
    if email is not None:
        _check_email(email, operation)
    if name is not None:
        _check_name(name, operation)
    if password is not None:
        _check_password(password, operation)
    _check_choice("date_format", update.get("date_format"), get_args(DateFormat), operation)
    _check_choice("appearance", update.get("appearance"), get_args(Appearance), operation)


def half_created(error: exc.APIError, id: int) -> exc.APIError:
    """The same error, saying that the account is there in spite of it."""
    if isinstance(error, exc.MailNotConfiguredError):
        reason = "the welcome mail could not be sent because the mail settings are incomplete"
    elif error.slug == "ForeignKeyViolationError":
        reason = "it is not in all its groups: one does not exist"
    else:
        reason = f"the server then failed: {error.message}"
    told = type(error)(
        f"The account was created (id {id}), but {reason}.",
        operation=error.operation,
        code=error.code,
        slug=error.slug,
        status=error.status,
        hint=f"Do not create it again: users.get({id}) reads it.",
    )
    told.effect = "applied"
    return told


def explained(error: exc.APIError) -> exc.APIError:
    """An error in the server's own words, as what it means."""
    message = error.message
    if error.slug == "ForeignKeyViolationError":
        return exc.GroupNotFoundError("One of the groups does not exist.", operation=error.operation)
    if message.startswith("Cannot deactivate system accounts"):
        return exc.ProtectedUserError(
            "The guest and the first administrator cannot be deactivated.", operation=error.operation, code=0, slug=""
        )
    if "not authorized" in message:
        return exc.PermissionDeniedError(
            message,
            operation=error.operation,
            permissions=("manage:groups", "manage:system"),
            hint="Groups that administer need manage:groups or manage:system.",
        )
    return error


def _check_email(email: str, operation: str) -> None:
    if not _EMAIL.fullmatch(paths.text("e-mail address", email)):
        raise _refused(f"{email!r} is no e-mail address.", operation)


def _check_name(name: str, operation: str) -> None:
    if not 2 <= len(paths.text("name", name)) <= 255:
        raise _refused(f"The name has {len(name)} characters; it must have 2 to 255.", operation)


def _check_password(password: str, operation: str) -> None:
    if not isinstance(password, str):  # pyright: ignore[reportUnnecessaryIsInstance]  not repeated in the message
        raise _refused("The password must be a text.", operation)
    if len(password) < 6:
        raise _refused("The password is too short; it must have 6 characters or more.", operation)


def _check_choice(field: str, value: str | None, choices: Iterable[str], operation: str) -> None:
    if value is not None and value not in choices:
        raise _refused(f"{value!r} is no {field}.", operation, suggestion(value, [repr(choice) for choice in choices]))


def _refused(message: str, operation: str, hint: str | None = None) -> exc.ValidationError:
    return exc.ValidationError(message, operation=operation, hint=hint)
