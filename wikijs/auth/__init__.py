"""Ways to say who we are: an API key, a login token, user name and password, a function, or a single sign-on."""

from __future__ import annotations

from wikijs import exceptions as exc

from .base import Auth, Execute, TokenIn
from .functions import CallableAuth
from .sso import SSOAuth
from .tokens import RENEWAL_WINDOW, APIKeyAuth, JWTAuth, NoAuth, PasswordAuth

__all__ = [
    "RENEWAL_WINDOW",
    "APIKeyAuth",
    "Auth",
    "CallableAuth",
    "Execute",
    "JWTAuth",
    "NoAuth",
    "PasswordAuth",
    "SSOAuth",
    "TokenIn",
    "as_auth",
]


def as_auth(auth: Auth | str | None) -> Auth:
    """What `auth=` of a client means: a plain string is an API key, None a guest."""
    if auth is None:
        return NoAuth()
    if isinstance(auth, str):
        return APIKeyAuth(auth)
    if not isinstance(auth, Auth):  # pyright: ignore[reportUnnecessaryIsInstance]  it may be a secret: not repeated
        raise exc.ConfigurationError(
            f"auth= must be an API key as text or an object of wikijs.auth, not {type(auth).__name__}.",
            hint="Pass PasswordAuth(email, password) to log in.",
        )
    return auth
