"""`users`: the accounts, and the profile of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..accounts.accounts import (
    LEAST_PASSWORD,
    LONGEST,
    change_user,
    checked_email,
    checked_length,
    deliver_mail,
    find_account,
    insert_user,
    join_groups,
    may_assign,
    update_user,
)
from ..accounts.permissions import GUEST_ID
from ..accounts.tokens import groups_of, hash_password, password_matches, refresh_token, revoke_tokens
from ..context import Context
from ..graphql.errors import CodedError, UncodedError, responds, success
from . import resolver

if TYPE_CHECKING:
    from ..storage.database import Row

FOUND = "SELECT id, email, name, providerKey, createdAt FROM users ORDER BY heap"
FOUND_AT_MOST = 10
AUTHORED = (
    ("assets", "authorId", True),
    ("comments", "authorId", True),
    ("pageHistory", "authorId", False),
    ("pages", "authorId", True),
    ("pages", "creatorId", True),
)
"""Who wrote what: table, column, whether a change of it counts as a change of the thing."""
DATE_FORMATS = {"", "DD/MM/YYYY", "DD.MM.YYYY", "MM/DD/YYYY", "YYYY-MM-DD", "YYYY/MM/DD"}
APPEARANCES = {"", "light", "dark"}


@resolver("UserQuery.list")
def list_(ctx: Context, *, filter: str | None = None, order_by: str | None = None) -> list[Row]:
    """All users; both arguments are ignored."""
    del filter, order_by
    return ctx.db.all("SELECT * FROM users ORDER BY heap")


@resolver("UserQuery.search")
def search(ctx: Context, *, query: str) -> list[Row]:
    """Some users with this text in their address or name, without the columns that the schema wants non-null."""
    matches = ctx.db.engine.like(f"%{query}%", exactly=True)
    found = [row for row in ctx.db.all(FOUND) if matches(row["email"]) or matches(row["name"])]
    return found[:FOUND_AT_MOST]


@resolver("UserQuery.single")
def single(ctx: Context, *, id: int) -> Row:
    """One user; asking for one that does not exist trips the server up."""
    user = ctx.db.one("SELECT * FROM users WHERE id = ?", id)
    if user is None:
        raise UncodedError("Cannot set properties of undefined (setting 'password')", "TypeError")
    provider = ctx.db.one("SELECT * FROM strategies WHERE key = ?", user["providerKey"])
    if provider is None:
        raise UncodedError("Cannot read properties of undefined (reading 'strategyKey')", "TypeError")
    return user | {"providerName": provider["displayName"], "providerIs2FACapable": has_form(provider["strategyKey"])}


def has_form(strategy: str) -> bool:
    """Whether logins of this kind are a name and a password."""
    return strategy in {"local", "ldap"}


@resolver("User.groups")
def groups(ctx: Context, user: Row) -> list[Row]:
    """The groups of a user."""
    return groups_of(ctx.db, user["id"])


@resolver("UserQuery.profile")
def profile(ctx: Context) -> Row:
    """The caller's own account: of the first administrator, for an API key."""
    user = own_account(ctx)
    provider = ctx.db.value("SELECT displayName FROM strategies WHERE key = ?", user["providerKey"])
    return user | {"providerName": provider or "Unknown", "lastLoginAt": user["lastLoginAt"] or user["updatedAt"]}


@resolver("UserProfile.groups")
def profile_groups(ctx: Context, user: Row) -> list[str]:
    """The names of the caller's groups."""
    return [group["name"] for group in groups_of(ctx.db, user["id"])]


@resolver("UserProfile.pagesTotal")
def pages_total(ctx: Context, user: Row) -> int:
    """How many pages the caller created."""
    total: int = ctx.db.value("SELECT count(*) FROM pages WHERE creatorId = ?", user["id"])
    return total


def own_account(ctx: Context) -> Row:
    """The caller's account. Errors: 1019 for a guest, 1013 when it is switched off."""
    user = ctx.db.one("SELECT * FROM users WHERE id = ?", ctx.member().id)
    if user is None:
        raise UncodedError("Cannot read properties of undefined (reading 'isActive')", "TypeError")
    if not user["isActive"]:
        raise CodedError(1013)
    return user


@resolver("UserQuery.lastLogins")
def last_logins(ctx: Context) -> list[Row]:
    """The ten who signed in last."""
    return ctx.db.all("SELECT * FROM users WHERE lastLoginAt IS NOT NULL ORDER BY lastLoginAt DESC LIMIT 10")


@resolver("UserMutation.create")
@responds
def create(
    ctx: Context,
    *,
    email: str,
    name: str,
    provider_key: str,
    groups: list[int | None],
    password_raw: str | None = None,
    must_change_password: bool | None = None,
    send_welcome_email: bool | None = None,
) -> Row:
    """Make an account. It stays when putting it into groups or writing to its owner fails."""
    if not may_assign(ctx, groups):
        raise UncodedError("You are not authorized to create a user with an assignment to an administrative group.")
    email, is_local = email.lower(), provider_key == "local"
    checked_email(email)
    if is_local:
        checked_length("Password raw", password_raw, LEAST_PASSWORD)
    checked_length("Name", name, 2, LONGEST)
    if find_account(ctx.db, email, provider_key):
        raise CodedError(1004)
    user: Row = {
        "providerKey": provider_key,
        "email": email,
        "name": name,
        "isVerified": True,
        "mustChangePwd": is_local and must_change_password is True,
    }
    if is_local:
        user["password"] = hash_password(password_raw or "")
    user_id = insert_user(ctx, user)
    join_groups(ctx.db, user_id, groups)
    if send_welcome_email:
        deliver_mail(ctx)
    return success("User created successfully")


@resolver("UserMutation.update")
@responds
def update(ctx: Context, *, id: int, groups: list[int | None] | None = None, **given: Any) -> Row:
    """Change an account. Texts that are empty are ignored; groups are replaced when given."""
    if not may_assign(ctx, groups):
        raise UncodedError("You are not authorized to modify / assign a user from / to an administrative group.")
    change_user(ctx, id, given | {"groups": groups})
    return success("User updated successfully")


@resolver("UserMutation.delete")
@responds
def delete(ctx: Context, *, id: int, replace_id: int | None = None) -> Row:
    """Delete an account and hand what it wrote to another one, which must exist only if there is something.

    Pages, files and comments handed over count as changed now. Before 2.4.75 nothing could be handed over.
    """
    if id <= GUEST_ID:
        raise CodedError(1018)
    if ctx.db.one("SELECT 1 FROM users WHERE id = ?", id) is None:
        raise CodedError(1016)
    heir_exists = replace_id != id and ctx.db.one("SELECT 1 FROM users WHERE id = ?", replace_id) is not None
    for table, column, is_dated in AUTHORED:
        has_some = ctx.db.one(f"SELECT 1 FROM {table} WHERE {column} = ?", id) is not None  # noqa: S608  # own names
        if has_some and not heir_exists:
            raise CodedError(1017)
        changes, values = (f"{column} = ?, updatedAt = ?", (ctx.now,)) if is_dated else (f"{column} = ?", ())
        ctx.db.run(f"UPDATE {table} SET {changes} WHERE {column} = ?", replace_id, *values, id)  # noqa: S608  # own names
    ctx.db.run("DELETE FROM users WHERE id = ?", id)
    revoke_tokens(ctx.sandbox, "u", id)
    return success("User deleted successfully")


@resolver("UserMutation.verify")
@responds
def verify(ctx: Context, *, id: int) -> Row:
    """Take an address as confirmed; like the next four, a success for an unknown id."""
    update_user(ctx, id, {"isVerified": True})
    return success("User verified successfully")


@resolver("UserMutation.activate")
@responds
def activate(ctx: Context, *, id: int) -> Row:
    """Let a user sign in again."""
    update_user(ctx, id, {"isActive": True})
    return success("User activated successfully")


@resolver("UserMutation.deactivate")
@responds
def deactivate(ctx: Context, *, id: int) -> Row:
    """Lock a user out."""
    if id <= GUEST_ID:
        raise UncodedError("Cannot deactivate system accounts.")
    update_user(ctx, id, {"isActive": False})
    revoke_tokens(ctx.sandbox, "u", id)
    return success("User deactivated successfully")


@resolver("UserMutation.enableTFA")
@responds
def enable_tfa(ctx: Context, *, id: int) -> Row:
    """Have a user set up a second factor at the next login."""
    update_user(ctx, id, {"tfaIsActive": True, "tfaSecret": None})
    return success("User 2FA enabled successfully")


@resolver("UserMutation.disableTFA")
@responds
def disable_tfa(ctx: Context, *, id: int) -> Row:
    """Do without a second factor."""
    update_user(ctx, id, {"tfaIsActive": False, "tfaSecret": None})
    return success("User 2FA disabled successfully")


@resolver("UserMutation.resetPassword")
def reset_password(_ctx: Context, *, id: int) -> Row:
    """Does nothing, and says so with a payload of nulls."""
    del id
    return {}


@resolver("UserMutation.updateProfile")
@responds
def update_profile(ctx: Context, *, date_format: str = "", appearance: str = "", **given: str) -> Row:
    """Change the caller's own account; the reply has a new token that knows of it."""
    user = own_account(ctx)
    if not user["isVerified"]:
        raise CodedError(1014)
    if date_format not in DATE_FORMATS or appearance not in APPEARANCES:
        raise CodedError(1012)
    texts = {name: text if name == "timezone" else text.strip() for name, text in given.items()}
    change_user(ctx, user["id"], texts | {"date_format": date_format, "appearance": appearance})
    return success("User profile updated successfully") | {"jwt": refresh_token(ctx.sandbox, user["id"])}


@resolver("UserMutation.changePassword")
@responds
def change_password(ctx: Context, *, current: str, new: str) -> Row:
    """Give the caller another password; an empty one changes nothing, successfully."""
    user = own_account(ctx)
    if not user["isVerified"]:
        raise CodedError(1014)
    if user["providerKey"] != "local":
        raise CodedError(1003)
    if not password_matches(current, user["password"]):
        raise CodedError(1020)
    change_user(ctx, user["id"], {"new_password": new})
    return success("Password changed successfully") | {"jwt": refresh_token(ctx.sandbox, user["id"])}
