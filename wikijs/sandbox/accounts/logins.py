"""Signing in, step by step: password, second factor, a password that must be changed, and at last a token."""

from __future__ import annotations

import hmac
import struct
from base64 import b32decode, b32encode
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

from ..graphql.errors import CodedError
from .tokens import groups_of, refresh_token

if TYPE_CHECKING:
    from ..context import Context
    from ..storage.database import Row

DAY = 86400
STEP = 30
"""Seconds that a code of a second factor is good for."""
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-"
TOKEN_LENGTH = 21


def time_code(secret: str, now: float) -> str:
    """The six digits that an authenticator shows for a secret (RFC 6238)."""
    digest = hmac.digest(b32decode(secret), struct.pack(">Q", int(now // STEP)), "sha1")
    offset = digest[-1] & 15
    number: int = struct.unpack_from(">I", digest, offset)[0]
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def next_step(ctx: Context, user: Row, *, second_factor: bool = True) -> Row:
    """What a user whose password was right must do next, or the token when there is nothing left."""
    redirect = landing_page(ctx, user)
    if second_factor:
        if user["tfaIsActive"] and user["tfaSecret"]:
            return {"mustProvideTFA": True, "continuationToken": continuation(ctx, "tfa", user), "redirect": redirect}
        if user["tfaIsActive"] or ctx.db.setting("site").get("authEnforce2FA"):
            image = new_secret(ctx, user)
            token = continuation(ctx, "tfaSetup", user)
            return {"mustSetupTFA": True, "continuationToken": token, "tfaQRImage": image, "redirect": redirect}
    if user["mustChangePwd"]:
        return {"mustChangePwd": True, "continuationToken": continuation(ctx, "changePwd", user), "redirect": redirect}
    return {"jwt": refresh_token(ctx.sandbox, user["id"]), "redirect": redirect}


def landing_page(ctx: Context, user: Row) -> str:
    """Where the browser goes after a login: what the first group with a wish of its own says."""
    wishes = [group["redirectOnLogin"] for group in groups_of(ctx.db, user["id"])]
    return next((wish for wish in wishes if wish not in {"", "/"}), "/")


def continuation(ctx: Context, kind: str, user: Row) -> str:
    """A token to go on with, good for a day."""
    token = "".join(ctx.sandbox.random.choices(ALPHABET, k=TOKEN_LENGTH))
    row = {"token": token, "kind": kind, "userId": user["id"], "validUntil": ctx.sandbox.clock() + DAY}
    ctx.db.put("userTokens", row)
    return token


def redeemed(ctx: Context, kind: str, token: str, *, keep: bool = False) -> Row:
    """The user of a continuation token, which is used up by this unless it is to be kept. Error 1015."""
    row = ctx.db.one("SELECT * FROM userTokens WHERE token = ? AND kind = ?", token, kind)
    if row is None:
        raise CodedError(1015)
    if not keep:
        ctx.db.run("DELETE FROM userTokens WHERE token = ?", token)
    if ctx.sandbox.clock() > row["validUntil"]:
        raise CodedError(1015)
    user = ctx.db.one("SELECT * FROM users WHERE id = ?", row["userId"])
    if user is None:
        raise CodedError(1015)
    return user


def new_secret(ctx: Context, user: Row) -> str:
    """Give a user a new secret for a second factor; an image with it, in place of the QR code of the server."""
    secret = b32encode(ctx.sandbox.random.randbytes(20)).decode()
    ctx.db.update("users", user["id"], {"tfaIsActive": False, "tfaSecret": secret, "updatedAt": ctx.now})
    title = "".join(letter for letter in ctx.db.setting("site")["title"] if letter.isalnum() or letter in "_'\"")
    address = escape(f"otpauth://totp/{quote(title)}:{user['email']}?secret={secret}")
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>{address}</title></svg>'
