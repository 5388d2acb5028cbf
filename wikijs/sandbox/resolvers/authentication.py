"""`authentication`: signing in and up, API keys, and providers of logins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..accounts.accounts import (
    LEAST_PASSWORD,
    LONGEST,
    checked_email,
    checked_length,
    checked_texts,
    deliver_mail,
    find_account,
    insert_user,
    insertion,
    join_groups,
    update_user,
)
from ..accounts.logins import continuation, next_step, redeemed, time_code
from ..accounts.permissions import GUEST_ID
from ..accounts.providers import pairs, providers
from ..accounts.tokens import hash_password, issue_api_key, new_key, password_matches, private_pem, refresh_token
from ..clock import seconds
from ..context import Context
from ..graphql.errors import CodedError, UncodedError, responds, success
from ..http.body import complaint
from ..http.messages import as_object
from . import resolver

if TYPE_CHECKING:
    from ..storage.database import Row

GUEST_EMAIL = "guest@example.com"
GUESTS = 2
CODE_LENGTH = 6
LONGEST_SPAN = 100
BAD_SPAN = '"expiresIn" should be a number of seconds or string representing a timespan eg: "1d", "20h", 60'


@resolver("AuthenticationQuery.apiKeys")
def api_keys(ctx: Context) -> list[Row]:
    """All API keys, revoked ones last; only their ends are shown."""
    keys = ctx.db.all("SELECT * FROM apiKeys ORDER BY isRevoked, name, heap")
    return [row | {"keyShort": f"...{row['key'][-20:]}"} for row in keys]


@resolver("AuthenticationQuery.apiState")
def api_state(ctx: Context) -> bool:
    """Whether API keys are let in."""
    return bool(ctx.db.setting("api")["enabled"])


@resolver("AuthenticationQuery.strategies")
def strategies(_ctx: Context) -> list[Row]:
    """The kinds of providers that the server knows."""
    return [definition | {"props": pairs(definition["props"])} for definition in providers().values()]


@resolver("AuthenticationQuery.activeStrategies")
def active_strategies(ctx: Context, *, enabled_only: bool | None = None) -> list[Row]:
    """The providers of this wiki. `strategy.props` fails: the server forgets to make a list of them."""
    rows = ctx.db.all("SELECT * FROM strategies ORDER BY position")
    return [shown(row) for row in rows if row["isEnabled"] or not enabled_only]


def shown(row: Row) -> Row:
    """A provider with its definition and configuration."""
    definition = providers().get(row["strategyKey"], {})
    options = definition.get("props", {})
    config = {name: options[name] | {"value": value} for name, value in row["config"].items() if name in options}
    return row | {"strategy": definition, "config": pairs(config), "order": row["position"]}


@resolver("AuthenticationMutation.createApiKey")
@responds
def create_api_key(ctx: Context, *, name: str, expiration: str, full_access: bool, group: int | None = None) -> Row:
    """Make a key. What is wrong with the time it shall live leaves a revoked entry behind."""
    if not expiration:
        raise UncodedError('val is not a non-empty string or a valid number. val=""')
    statement = insertion("apiKeys", ["createdAt", "expiration", "isRevoked", "key", "name", "updatedAt"])
    checked_texts(ctx.db.engine, f'{statement} returning "id"', {"name": name})
    usable = expiration == expiration.strip() and len(expiration) <= LONGEST_SPAN
    lifetime = seconds(expiration) if usable else None
    if lifetime is None:
        now = ctx.now
        pending = {"name": name, "key": "pending", "expiration": now, "isRevoked": True}
        ctx.db.insert("apiKeys", pending | {"createdAt": now, "updatedAt": now})
        raise UncodedError(BAD_SPAN)
    _, key = issue_api_key(ctx.sandbox, name, 1 if full_access else group, lifetime)
    return success("API Key created successfully") | {"key": key}


@resolver("AuthenticationMutation.revokeApiKey")
@responds
def revoke_api_key(ctx: Context, *, id: int) -> Row:
    """Revoke a key for good; a success for an unknown id."""
    ctx.db.update("apiKeys", id, {"isRevoked": True, "updatedAt": ctx.now})
    return success("API Key revoked successfully")


@resolver("AuthenticationMutation.setApiState")
@responds
def set_api_state(ctx: Context, *, enabled: bool) -> Row:
    """Let all API keys in, or none."""
    ctx.db.save_setting("api", {"enabled": enabled})
    return success("API State changed successfully")


@resolver("AuthenticationMutation.login")
@responds
def login(ctx: Context, *, username: str, password: str, strategy: str) -> Row:
    """Sign in with a password; what is asked for next is a success, too."""
    provider = ctx.db.one("SELECT * FROM strategies WHERE key = ?", strategy)
    if provider is None or not provider["isEnabled"] or provider["strategyKey"] not in providers():
        raise CodedError(1003)
    if provider["strategyKey"] != "local":
        raise UncodedError("The sandbox has nothing behind this provider.")
    user = find_account(ctx.db, username.lower(), "local")
    if user is None or not password_matches(password, user["password"]):
        raise CodedError(1002)
    if not user["isActive"]:
        raise CodedError(1013)
    if not user["isVerified"]:
        raise CodedError(1014)
    return success("Login success") | next_step(ctx, user)


@resolver("AuthenticationMutation.loginTFA")
@responds
def login_tfa(ctx: Context, *, continuation_token: str, security_code: str, setup: bool | None = None) -> Row:
    """Go on with a second factor; only the code of this very half minute is right."""
    if len(security_code) != CODE_LENGTH or len(continuation_token) <= 1:
        raise CodedError(1006)
    user = redeemed(ctx, "tfaSetup" if setup else "tfa", continuation_token, keep=bool(setup))
    secret = user["tfaSecret"]
    if not secret or security_code != time_code(secret, ctx.sandbox.clock()):
        raise CodedError(1005)
    if setup:
        update_user(ctx, user["id"], {"tfaIsActive": True})
    return success("TFA success") | next_step(ctx, user, second_factor=False)


@resolver("AuthenticationMutation.loginChangePassword")
@responds
def login_change_password(ctx: Context, *, continuation_token: str, new_password: str) -> Row:
    """Go on with another password."""
    if len(new_password) < LEAST_PASSWORD:
        raise CodedError(1012, f"Password must be at least {LEAST_PASSWORD} characters!")
    user = redeemed(ctx, "changePwd", continuation_token)
    if not user["isActive"]:
        raise CodedError(1013)
    update_user(ctx, user["id"], {"password": hash_password(new_password), "mustChangePwd": False})
    return success("Password changed successfully") | {"jwt": refresh_token(ctx.sandbox, user["id"])}


@resolver("AuthenticationMutation.forgotPassword")
@responds
def forgot_password(ctx: Context, *, email: str) -> Row:
    """Ask for a message to reset a password; unknown addresses are not told apart, but for the missing mail server."""
    user = find_account(ctx.db, email, "local")
    if user is not None and user["isActive"]:
        continuation(ctx, "resetPwd", user)
        deliver_mail(ctx)
    return success("Password reset request processed.")


@resolver("AuthenticationMutation.register")
@responds
def register(ctx: Context, *, email: str, password: str, name: str) -> Row:
    """Sign up. The account stays, unverified, when the message to its owner fails."""
    local = ctx.db.one("SELECT * FROM strategies WHERE key = 'local'")
    if local is None or not local["selfRegistration"]:
        raise CodedError(1010)
    email = email.lower()
    checked_email(email)
    checked_length("Password", password, LEAST_PASSWORD)
    checked_length("Name", name, 2, LONGEST)
    if local["domainWhitelist"] and email.rpartition("@")[2] not in local["domainWhitelist"]:
        raise CodedError(1011)
    if find_account(ctx.db, email, "local"):
        raise CodedError(1004)
    user_id = insert_user(ctx, {"email": email, "name": name, "password": hash_password(password), "isVerified": False})
    join_groups(ctx.db, user_id, local["autoEnrollGroups"])
    deliver_mail(ctx)
    return success("Registration success")


@resolver("AuthenticationMutation.updateStrategies")
@responds
def update_strategies(ctx: Context, *, strategies: list[dict[str, Any] | None]) -> Row:
    """Replace all providers, one by one; those left out are deleted unless somebody signs in with them."""
    before = ctx.db.all("SELECT * FROM strategies ORDER BY position")
    for given in strategies:
        if given is None:
            raise UncodedError("Cannot read properties of null (reading 'displayName')", "TypeError")
        columns = {name: given[name] for name in ("key", "strategyKey")}
        checked_texts(ctx.db.engine, insertion("authentication", sorted(given)), columns)
        row = given | {"config": configured(given.get("config") or []), "position": given["order"]}
        ctx.db.put("strategies", {name: value for name, value in row.items() if name != "order"})
    kept = {given["key"] for given in strategies if given}
    for row in before:
        if row["key"] not in kept:
            if ctx.db.one("SELECT 1 FROM users WHERE providerKey = ?", row["key"]):
                raise UncodedError(f"Cannot delete {row['displayName']} as 1 or more users are still using it.")
            ctx.db.run("DELETE FROM strategies WHERE key = ?", row["key"])
    for row in ctx.db.all("SELECT * FROM strategies ORDER BY position"):
        ctx.sandbox.journal.write(f"Authentication Strategy {row['displayName']}: [ OK ]")
    return success("Strategies updated successfully")


def configured(given: list[dict[str, str] | None]) -> Row:
    """Options from their form in requests, where each value is JSON like `{"v": 1}`."""
    config: Row = {}
    for pair in given:
        if pair is None:
            raise UncodedError("Cannot read properties of null (reading 'key')", "TypeError")
        try:
            value = as_object(json.loads(pair["value"])) or {}
        except json.JSONDecodeError as error:
            raise UncodedError(complaint(pair["value"], error), "SyntaxError") from None
        config[pair["key"]] = value.get("v")
    return config


@resolver("AuthenticationMutation.regenerateCertificates")
@responds
def regenerate_certificates(ctx: Context) -> Row:
    """Take another signing key: all tokens and API keys are worthless from now on."""
    ctx.sandbox.journal.write("Regenerating certificates...")
    ctx.sandbox.key = new_key()
    if ctx.db.path is not None:
        ctx.db.save_setting("key", {"pem": private_pem(ctx.sandbox.key)})
    ctx.sandbox.journal.write("Regenerated certificates: [ COMPLETED ]")
    return success("Certificates have been regenerated successfully.")


@resolver("AuthenticationMutation.resetGuestUser")
@responds
def reset_guest_user(ctx: Context) -> Row:
    """Make the guest's account anew."""
    now = ctx.now
    ctx.db.run("DELETE FROM users WHERE (providerKey = 'local' AND email = ?) OR id = ?", GUEST_EMAIL, GUEST_ID)
    guest = {"id": GUEST_ID, "email": GUEST_EMAIL, "name": "Guest", "password": "", "isSystem": True}
    ctx.db.insert("users", guest | {"createdAt": now, "updatedAt": now})
    join_groups(ctx.db, GUEST_ID, [GUESTS])
    return success("Guest user has been reset successfully.")
