"""`groups`: groups of users, their permissions and page rules. Failures are entries of `errors` throughout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from ..accounts.accounts import ADMINISTRATIVE, alteration, checked_texts, insertion, permission_subjects
from ..accounts.permissions import ALL, GUEST_ID, ROOT_ID
from ..accounts.regular import is_safe
from ..accounts.tokens import revoke_tokens
from ..context import Context
from ..graphql.errors import UncodedError, success
from . import resolver

if TYPE_CHECKING:
    from ..storage.database import Row

ADMINISTRATORS = 1
SYSTEM_GROUPS = {1, 2}
PERMISSIONS = ["read:pages", "read:assets", "read:comments", "write:comments"]
RULE = {"id": "default", "deny": False, "match": "START", "roles": PERMISSIONS, "path": "", "locales": []}


@resolver("GroupQuery.list")
def list_(ctx: Context, *, filter: str | None = None, order_by: str | None = None) -> list[Row]:
    """All groups; both arguments are ignored."""
    del filter, order_by
    return ctx.db.all(
        "SELECT g.*, (SELECT count(*) FROM userGroups m WHERE m.groupId = g.id) AS userCount"
        " FROM groups g ORDER BY heap"
    )


@resolver("GroupQuery.single")
def single(ctx: Context, *, id: int) -> Row | None:
    """One group, null when there is none."""
    return ctx.db.one("SELECT * FROM groups WHERE id = ?", id)


@resolver("Group.users")
def users(ctx: Context, group: Row) -> list[Row]:
    """The members of a group."""
    return ctx.db.all(
        "SELECT u.* FROM users u JOIN userGroups m ON m.userId = u.id WHERE m.groupId = ? ORDER BY m.id", group["id"]
    )


@resolver("GroupMutation.create")
def create(ctx: Context, *, name: str) -> Row:
    """Make a group that may read and comment everything; names may be empty or taken."""
    now = ctx.now
    row: Row = {"name": name, "permissions": PERMISSIONS, "pageRules": [RULE], "createdAt": now, "updatedAt": now}
    statement = insertion("groups", ["createdAt", "isSystem", "name", "pageRules", "permissions", "updatedAt"])
    checked_texts(ctx.db.engine, f'{statement} returning "id"', {"name": name})
    group_id = ctx.db.insert("groups", row)
    return success("Group created successfully.") | {"group": single(ctx, id=group_id)}


@resolver("GroupMutation.update")
def update(
    ctx: Context,
    *,
    id: int,
    name: str,
    redirect_on_login: str = "/",
    permissions: list[str | None],
    page_rules: list[dict[str, Any] | None],
) -> Row:
    """Replace all that a group is made of; a success for an unknown id. Permissions are not checked for existing."""
    if None in page_rules:
        raise UncodedError("Cannot read properties of null (reading 'match')", "TypeError")
    if any(rule and rule["match"] == "REGEX" and not is_safe(rule["path"]) for rule in page_rules):
        raise GraphQLError("Some Page Rules contains unsafe or exponential time regex.")
    subjects = permission_subjects(permissions)
    if restricted_to(ctx, ["write:groups"]) and subjects & {*ADMINISTRATIVE, "system"}:
        raise GraphQLError("You are not authorized to manage this group or assign these administrative permissions.")
    if restricted_to(ctx, ["manage:groups"]) and "system" in subjects:
        raise GraphQLError("You are not authorized to manage this group or assign the manage:system permissions.")
    changes = {
        "name": name,
        "redirectOnLogin": redirect_on_login or "/",
        "permissions": permissions,
        "pageRules": page_rules,
        "updatedAt": ctx.now,
    }
    columns = {"name": name, "redirectOnLogin": redirect_on_login}
    checked_texts(ctx.db.engine, alteration("groups", changes), columns)
    ctx.db.update("groups", id, changes)
    revoke_tokens(ctx.sandbox, "g", id)
    return success("Group has been updated.")


@resolver("GroupMutation.delete")
def delete(ctx: Context, *, id: int) -> Row:
    """Delete a group; a success for an unknown id."""
    if id in SYSTEM_GROUPS:
        raise GraphQLError("Cannot delete this group.")
    ctx.db.run("DELETE FROM groups WHERE id = ?", id)
    revoke_tokens(ctx.sandbox, "g", id)
    return success("Group has been deleted.")


@resolver("GroupMutation.assignUser")
def assign_user(ctx: Context, *, group_id: int, user_id: int) -> Row:
    """Put a user into a group."""
    if user_id == GUEST_ID:
        raise GraphQLError("Cannot assign the Guest user to a group.")
    subjects = permission_subjects(found(ctx, "groups", group_id, "Invalid Group ID")["permissions"])
    if restricted_to(ctx, ["manage:users", "write:groups"]) and subjects & {*ADMINISTRATIVE, "system"}:
        raise GraphQLError("You are not authorized to assign a user to this administrative group.")
    if restricted_to(ctx, ["manage:groups"]) and "system" in subjects:
        raise GraphQLError("You are not authorized to assign a user to a group with the manage:system permission.")
    found(ctx, "users", user_id, "Invalid User ID")
    if ctx.db.one("SELECT 1 FROM userGroups WHERE userId = ? AND groupId = ?", user_id, group_id):
        raise GraphQLError("User is already assigned to group.")
    ctx.db.insert("userGroups", {"userId": user_id, "groupId": group_id})
    revoke_tokens(ctx.sandbox, "u", user_id)
    return success("User has been assigned to group.")


@resolver("GroupMutation.unassignUser")
def unassign_user(ctx: Context, *, group_id: int, user_id: int) -> Row:
    """Take a user out of a group; a success when he is not in it."""
    if user_id == GUEST_ID:
        raise GraphQLError("Cannot unassign Guest user")
    if (user_id, group_id) == (ROOT_ID, ADMINISTRATORS):
        raise GraphQLError("Cannot unassign Administrator user from Administrators group.")
    found(ctx, "groups", group_id, "Invalid Group ID")
    found(ctx, "users", user_id, "Invalid User ID")
    ctx.db.run("DELETE FROM userGroups WHERE userId = ? AND groupId = ?", user_id, group_id)
    revoke_tokens(ctx.sandbox, "u", user_id)
    return success("User has been unassigned from group.")


def found(ctx: Context, table: str, id: int, complaint: str) -> Row:
    """The row with this id, or an error with this text."""
    row = ctx.db.one(f"SELECT * FROM {table} WHERE id = ?", id)  # noqa: S608  # own names
    if row is None:
        raise GraphQLError(complaint)
    return row


def restricted_to(ctx: Context, permissions: list[str]) -> bool:
    """Whether the caller got here by one of these permissions and has nothing higher."""
    higher = {"manage:groups", ALL} - set(permissions)
    return ctx.viewer is not None and ctx.viewer.has_any(permissions) and not ctx.viewer.has_any(higher)
