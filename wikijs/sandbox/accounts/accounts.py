"""Accounts: the checks on what they are made of, and the writes that several operations share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from sqlite3 import IntegrityError
from typing import TYPE_CHECKING, Any

from ..graphql.errors import CodedError, UncodedError
from .permissions import ALL, Viewer
from .tokens import groups_of, hash_password

if TYPE_CHECKING:
    from ..context import Context
    from ..storage.database import Database, Row
    from ..storage.engines import Engine

EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+"
    r"[a-z0-9]([a-z0-9-]*[a-z0-9])?",
    re.IGNORECASE,
)
"""What a new account's address must look like; stricter than what is stored by an update."""
STORED_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
    re.IGNORECASE,
)
IP_DOMAIN = re.compile(r"[^@]+@\[[0-9.]+\]")
LONGEST = 255
LEAST_PASSWORD = 6
PROVIDER = ("users_providerkey_foreign", "providerKey", "authentication", "key")
GROUP = ("usergroups_groupid_foreign", "groupId", "groups", "id")
"""References of accounts: the constraint, the column, and what it refers to."""

ADMINISTRATIVE = {"users", "groups", "navigation", "theme", "api"}
"""What a permission is about, in groups that not everybody may put users into."""


class ForeignKeyError(UncodedError):
    """A reference to a row that is not there."""

    def __init__(self, engine: Engine, statement: str, table: str, *reference: str) -> None:
        super().__init__(f"{statement} - {engine.no_reference(table, *reference)}", "ForeignKeyViolationError")


class TooLongError(UncodedError):
    """A text that its column has no room for."""

    details: Mapping[str, Any] = {  # not changed
        "name": "DataError",
        "nativeError": {
            "length": 99,
            "name": "error",
            "severity": "ERROR",
            "code": "22001",
            "file": "varchar.c",
            "line": "632",
            "routine": "varchar",
        },
        "client": "postgres",
    }

    def __init__(self, engine: Engine, statement: str, column: str) -> None:
        super().__init__(f"{statement} - {engine.too_long(column, LONGEST)}", "DataError")
        if engine.key != "postgres":
            self.details = {"name": "DataError", "client": "mysql"}


def checked_texts(engine: Engine, statement: str, texts: Mapping[str, Any]) -> None:
    """Refuse texts, by their columns, that there is no room for."""
    for column, text in texts.items() if engine.checks else ():
        if isinstance(text, str) and len(text) > LONGEST:
            raise TooLongError(engine, statement, column)


def checked_length(label: str, text: str | None, least: int, most: int | None = None) -> None:
    """Refuse a text that is blank, too short or too long."""
    if text is None or not text.strip():
        raise CodedError(1012, f"{label} can't be blank")
    if len(text) < least:
        raise CodedError(1012, f"{label} is too short (minimum is {least} characters)")
    if most is not None and len(text) > most:
        raise CodedError(1012, f"{label} is too long (maximum is {most} characters)")


def checked_email(email: str) -> None:
    """Refuse what does not look like an address."""
    if not EMAIL.fullmatch(email) and not IP_DOMAIN.fullmatch(email):
        raise CodedError(1012, "Email is not a valid email")
    if len(email) > LONGEST:
        raise CodedError(1012, f"Email is too long (maximum is {LONGEST} characters)")


def permission_subjects(permissions: Iterable[str | None]) -> set[str]:
    """What permissions are about: `users` for `manage:users`."""
    return {(permission or "").rpartition(":")[2] for permission in permissions}


def may_assign(ctx: Context, groups: list[int | None] | None) -> bool:
    """Whether the caller may put users into these groups: administrative ones ask for more than managing users."""
    viewer = ctx.viewer
    if not groups:
        return True
    if viewer is None or not viewer.has_any((ALL, "write:users", "manage:users", "write:groups", "manage:groups")):
        return False
    if ALL in viewer.permissions:
        return True
    marks = ", ".join("?" * len(groups))
    rows = ctx.db.all(f"SELECT permissions FROM groups WHERE id IN ({marks})", *groups)  # noqa: S608  # question marks
    return all(may_assign_to(viewer, row["permissions"]) for row in rows)


def may_assign_to(viewer: Viewer, permissions: list[str]) -> bool:
    """Whether a caller without `manage:system` may put users into a group with these permissions."""
    if ALL in permissions:
        return False
    return "manage:groups" in viewer.permissions or permission_subjects(permissions).isdisjoint(ADMINISTRATIVE)


def find_account(db: Database, email: str, provider: str) -> Row | None:
    """The account with this address at a provider."""
    return db.one("SELECT * FROM users WHERE email = ? AND providerKey = ?", email, provider)


def insert_user(ctx: Context, user: Mapping[str, Any]) -> int:
    """Store a new account; its id, which is used up when the provider does not exist."""
    now = ctx.now
    row = {"isActive": True, "isSystem": False, "tfaIsActive": False, **user, "createdAt": now, "updatedAt": now}
    checked_row(row)
    provider = row.get("providerKey", "local")
    if ctx.db.engine.checks and ctx.db.one("SELECT 1 FROM strategies WHERE key = ?", provider) is None:
        ctx.db.next_id("users")
        statement = f'{insertion("users", sorted(row))} returning "id"'
        raise ForeignKeyError(ctx.db.engine, statement, "users", *PROVIDER)
    return ctx.db.insert("users", row)


def update_user(ctx: Context, id: int, changes: Mapping[str, Any]) -> None:
    """Change columns of an account, if there is one."""
    row = {**changes, "updatedAt": ctx.now}
    checked_row(row)
    statement = alteration("users", row)
    checked_texts(ctx.db.engine, statement, row)
    try:
        ctx.db.update("users", id, row)
    except IntegrityError as error:
        if "UNIQUE" not in str(error):
            raise
        taken = f"{row.get('providerKey', 'local')}-{row.get('email', '')}"
        columns = "users.providerKey, users.email"
        message = ctx.db.engine.duplicate("users_providerkey_email_unique", columns, taken)
        raise UncodedError(f"{statement} - {message}", "UniqueViolationError") from error


def checked_row(row: Mapping[str, Any]) -> None:
    """Refuse columns of an account that the server does not even bring before its database."""
    name, email = row.get("name"), row.get("email")
    wrong: list[str] = []
    if email is not None and not STORED_EMAIL.fullmatch(email):
        wrong.append('email: should match format "email"')
    if name is not None and len(name) < 1:
        wrong.append("name: should NOT be shorter than 1 characters")
    if name is not None and len(name) > LONGEST:
        wrong.append(f"name: should NOT be longer than {LONGEST} characters")
    if wrong:
        raise UncodedError(", ".join(wrong), "ValidationError")


def insertion(table: str, columns: Sequence[str], rows: int = 1) -> str:
    """The statement that an error of the database begins with, for an insert."""
    numbers = iter(range(1, rows * len(columns) + 1))
    values = ", ".join("(" + ", ".join(f"${next(numbers)}" for _ in columns) + ")" for _ in range(rows))
    names = ", ".join(f'"{name}"' for name in columns)
    return f'insert into "{table}" ({names}) values {values}'  # noqa: S608  # shown, never run


def alteration(table: str, columns: Iterable[str]) -> str:
    """The statement that an error of the database begins with, for an update of one row."""
    names = list(columns)
    places = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(names, 1))
    return f'update "{table}" set {places} where "{table}"."id" = ${len(names) + 1}'  # noqa: S608  # shown, never run


def join_groups(db: Database, user_id: int, groups: Iterable[int | None]) -> None:
    """Put a user into groups, all or none of them; into the same one twice if told so."""
    wanted = [group for group in groups if group is not None]
    if len(wanted) > 1 and not db.engine.inserts_several:
        raise UncodedError("batch insert only works with Postgresql and SQL Server")
    if db.engine.checks and any(db.one("SELECT 1 FROM groups WHERE id = ?", group) is None for group in wanted):
        statement = insertion("userGroups", ["groupId", "userId"], len(wanted)) + ' returning "groupId"'
        raise ForeignKeyError(db.engine, statement, "userGroups", *GROUP)
    for group in wanted:
        db.insert("userGroups", {"userId": user_id, "groupId": group})


def replace_groups(db: Database, user_id: int, groups: list[int | None]) -> None:
    """Make a user a member of exactly these groups, one by one: what is done before an unknown one stays."""
    present = [group["id"] for group in groups_of(db, user_id)]
    for group in groups:
        if group not in present:
            join_groups(db, user_id, [group])
    for group in present:
        if group not in groups:
            db.run("DELETE FROM userGroups WHERE userId = ? AND groupId = ?", user_id, group)


def change_user(ctx: Context, id: int, given: Mapping[str, Any]) -> None:
    """Change what is given of an account and new: most of it cannot be emptied. Error 1016 when there is none."""
    user = ctx.db.one("SELECT * FROM users WHERE id = ?", id)
    if user is None:
        raise CodedError(1016)
    changes: Row = {}
    email, password = given.get("email"), given.get("new_password")
    if email and email != user["email"]:
        if find_account(ctx.db, email, user["providerKey"]):
            raise CodedError(1004)
        changes["email"] = email.lower()
    if is_new(user, given, "name"):
        changes["name"] = given["name"].strip()
    if password:
        if len(password) < LEAST_PASSWORD:
            raise CodedError(1012, f"Password must be at least {LEAST_PASSWORD} characters!")
        changes["password"] = hash_password(password)
    if given.get("groups") is not None:
        replace_groups(ctx.db, id, given["groups"])
    changes |= {name: given[key].strip() for key, name in TRIMMED.items() if is_new(user, given, key, name)}
    if is_new(user, given, "timezone"):
        changes["timezone"] = given["timezone"]
    changes |= {name: given[key] for key, name in CLEARABLE.items() if given.get(key) is not None}
    update_user(ctx, id, changes)


TRIMMED = {"location": "location", "job_title": "jobTitle"}
CLEARABLE = {"date_format": "dateFormat", "appearance": "appearance"}


def is_new(user: Row, given: Mapping[str, Any], key: str, column: str | None = None) -> bool:
    """Whether a text is given and not empty nor what the account has."""
    return bool(given.get(key)) and given[key] != user[column or key]


def deliver_mail(ctx: Context) -> None:
    """Send a message to somebody: fails while mail is not set up, and otherwise goes nowhere."""
    if len(ctx.db.setting("mail").get("host") or "") <= 2:
        raise CodedError(3002)
