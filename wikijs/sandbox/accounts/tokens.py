"""Tokens, and who a request comes from.

Tokens are RS256 JWTs like the server's: a user token carries the user's permissions and groups as they were when it was
issued, an API key only its group's id. A token that is malformed, wrongly signed or expired for long is no error: the
request runs as the guest.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import pbkdf2_hmac
from secrets import compare_digest, token_hex
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from ..clock import seconds, timestamp
from ..http.messages import Request
from .permissions import GUEST_ID, ROOT_ID, Viewer

if TYPE_CHECKING:
    from ..storage.database import Database, Row
    from ..wiki import Wiki

ISSUER = "urn:wiki.js"
ROUNDS = 500
"""Of password hashing: few, since the accounts of a sandbox protect nothing and tests make many."""

SIGNIFICANT_BYTES = 72
YOUNG = 5
"""Seconds that a token must be old for a revocation to reach it."""

Claims = dict[str, Any]


class BlockedKeyError(Exception):
    """An API key that is refused outright, with HTTP 500."""


@dataclass(frozen=True)
class Identity:
    """Who a request comes from; `viewer` is None when the server has no user at all. `renewed` is a newer token."""

    viewer: Viewer | None
    renewed: str | None = None


def new_key() -> rsa.RSAPrivateKey:
    """A fresh signing key; takes tens of milliseconds."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def process_key() -> rsa.RSAPrivateKey:
    """The signing key that all sandboxes in memory of this process share."""
    return new_key()


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """The key as text, to keep it in a data file."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_pem(key: rsa.RSAPrivateKey) -> str:
    """The public part as `/.well-known/jwk.pem` shows it."""
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()


def public_jwk(key: rsa.RSAPrivateKey) -> Claims:
    """The public part as `/.well-known/jwk.json` shows it."""
    parts: Claims = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return {name: parts[name] for name in ("kty", "n", "e")}


def load_key(pem: str) -> rsa.RSAPrivateKey:
    """The key of `private_pem`."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key


def hash_password(password: str) -> str:
    """A salted hash of a password."""
    salt = token_hex(8)
    return f"{salt}${digest_of(password, salt)}"


def password_matches(password: str, stored: str | None) -> bool:
    """Whether `stored` is a hash of this password."""
    salt, _, digest = (stored or "").partition("$")
    return compare_digest(digest_of(password, salt), digest)


def digest_of(password: str, salt: str) -> str:
    """The hash of a password, of which only the first 72 bytes count, as on the server."""
    return pbkdf2_hmac("sha256", password.encode()[:SIGNIFICANT_BYTES], salt.encode(), ROUNDS).hex()


def sign(sandbox: Wiki, claims: Claims, lifetime: float) -> str:
    """A token with these claims that expires `lifetime` seconds from now."""
    now = int(sandbox.clock())
    audience = sandbox.db.setting("site")["authJwtAudience"]
    return jwt.encode(
        {**claims, "iat": now, "exp": int(now + lifetime), "aud": audience, "iss": ISSUER}, sandbox.key, "RS256"
    )


def user_claims(sandbox: Wiki, user: Row) -> Claims:
    """What a user's token says, without its times."""
    groups = groups_of(sandbox.db, user["id"])
    permissions = sorted({name for group in groups for name in group["permissions"]})
    return {
        "id": user["id"],
        "email": user["email"],
        "name": user["name"],
        "av": user["pictureUrl"],
        "tz": user["timezone"],
        "lc": user["localeCode"],
        "df": user["dateFormat"],
        "ap": user["appearance"],
        "permissions": permissions,
        "groups": list(dict.fromkeys(group["id"] for group in groups)),
    }


def groups_of(db: Database, user_id: int) -> list[Row]:
    """The groups of a user, one of which he may be in twice."""
    return db.all(
        "SELECT g.* FROM groups g JOIN userGroups m ON m.groupId = g.id WHERE m.userId = ? ORDER BY m.id", user_id
    )


def issue_user_token(sandbox: Wiki, user_id: int) -> str:
    """A new token for a user, valid as long as the site says."""
    user = sandbox.db.one("SELECT * FROM users WHERE id = ?", user_id)
    if user is None:
        raise LookupError(f"no user {user_id}")
    lifetime = seconds(sandbox.db.setting("site")["authJwtExpiration"])
    return sign(sandbox, user_claims(sandbox, user), lifetime or 0)


def refresh_token(sandbox: Wiki, user_id: int) -> str:
    """A new token for a user who is seen signing in, or going on."""
    sandbox.db.update("users", user_id, {"lastLoginAt": timestamp(sandbox.clock())})
    return issue_user_token(sandbox, user_id)


def issue_api_key(sandbox: Wiki, name: str, group: int | None, lifetime: float) -> tuple[int, str]:
    """Store a new API key that lives for `lifetime` seconds; its id and the key itself."""
    now = sandbox.clock()
    row = {
        "name": name,
        "key": "pending",
        "expiration": timestamp(now + lifetime),
        "isRevoked": True,
        "createdAt": timestamp(now),
        "updatedAt": timestamp(now),
    }
    key_id = sandbox.db.insert("apiKeys", row)
    key = sign(sandbox, {"api": key_id, "grp": group}, lifetime)
    sandbox.db.update("apiKeys", key_id, {"key": key, "isRevoked": False, "updatedAt": timestamp(sandbox.clock())})
    return key_id, key


def guest(sandbox: Wiki) -> Viewer:
    """The caller without a valid token."""
    user = sandbox.db.one("SELECT * FROM users WHERE id = ?", GUEST_ID)
    groups = groups_of(sandbox.db, GUEST_ID)
    permissions = tuple(sorted({name for group in groups for name in group["permissions"]}))
    name, email = (user["name"], user["email"]) if user else ("Guest", "guest@example.com")
    return Viewer(GUEST_ID, name, email, permissions, tuple(group["id"] for group in groups))


def token_of(sandbox: Wiki, request: Request) -> str | None:
    """The token a request brings: the Authorization header, else the cookie, which uploads ignore since 2.5.272."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    if request.path == "/u" and request.method == "POST" and sandbox.since("2.5.272"):
        return None
    return request.cookies().get("jwt")


def identify(sandbox: Wiki, request: Request) -> Identity:
    """Who a request comes from. Raise BlockedKeyError for an API key that is switched off or revoked."""
    token = token_of(sandbox, request)
    claims = verified(sandbox, token) if token else None
    if claims is None:
        return Identity(guest(sandbox))
    now, site = sandbox.clock(), sandbox.db.setting("site")
    expired = now >= claims["exp"]
    if expired and now >= claims["exp"] + (seconds(site["authJwtRenewablePeriod"]) or 0):
        return Identity(guest(sandbox))
    if "api" in claims:
        return Identity(None) if expired else Identity(key_viewer(sandbox, claims))
    if expired or is_outdated(sandbox, claims):
        return renew(sandbox, claims["id"])
    return Identity(
        Viewer(
            claims["id"],
            claims["name"],
            claims["email"],
            tuple(claims["permissions"]),
            tuple(claims["groups"]),
            claims=claims,
        )
    )


def verified(sandbox: Wiki, token: str) -> Claims | None:
    """The claims of a token signed by this wiki, expired or not; None when it is not one."""
    try:
        claims = jwt.decode(
            token,
            sandbox.key.public_key(),
            ["RS256"],
            audience=sandbox.db.setting("site")["authJwtAudience"],
            issuer=ISSUER,
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except jwt.PyJWTError:
        return None
    return claims if isinstance(claims.get("exp"), int) and ("api" in claims or "id" in claims) else None


def key_viewer(sandbox: Wiki, claims: Claims) -> Viewer:
    """The caller with this API key: user 1, with what the key's group may do now."""
    if not sandbox.db.setting("api").get("enabled"):
        raise BlockedKeyError("API is disabled. You must enable it from the Administration Area first.")
    row = sandbox.db.one("SELECT isRevoked FROM apiKeys WHERE id = ?", claims["api"])
    if row is None or row["isRevoked"]:
        raise BlockedKeyError("API Key is invalid or was revoked.")
    group = sandbox.db.one("SELECT permissions FROM groups WHERE id = ?", claims.get("grp"))
    permissions = tuple(group["permissions"]) if group else ()
    groups = (claims["grp"],) if group else ()
    return Viewer(ROOT_ID, "API", "api@localhost", permissions, groups, is_api=True, claims=claims)


def is_outdated(sandbox: Wiki, claims: Claims) -> bool:
    """Whether a user token was issued before this server started, or before its user or a group of his changed."""
    if claims["iat"] < int(sandbox.started):
        return True
    revoked = sandbox.db.all("SELECT * FROM revocations WHERE at > ?", claims["iat"])
    return any(
        (row["kind"] == "u" and row["id"] == claims["id"]) or (row["kind"] == "g" and row["id"] in claims["groups"])
        for row in revoked
    )


def renew(sandbox: Wiki, user_id: int) -> Identity:
    """The user as he is now, with a new token; no user at all when he is gone or switched off."""
    user = sandbox.db.one("SELECT * FROM users WHERE id = ?", user_id)
    if user is None or not user["isActive"]:
        return Identity(None)
    claims = user_claims(sandbox, user)
    viewer = Viewer(
        user["id"], user["name"], user["email"], tuple(claims["permissions"]), tuple(claims["groups"]), claims=claims
    )
    return Identity(viewer, refresh_token(sandbox, user_id))


def revoke_tokens(sandbox: Wiki, kind: str, id: int) -> None:
    """Have the tokens of a user (`u`) or of a group's members (`g`) renewed at their next use.

    Tokens of the last seconds are left alone, as on the server: until they expire they say what was so before.
    """
    sandbox.db.put("revocations", {"kind": kind, "id": id, "at": round(sandbox.clock() - YOUNG)})
