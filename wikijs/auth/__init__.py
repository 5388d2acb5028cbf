"""Ways to say who we are: an API key, a login token, user name and password, a function, or a single sign-on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc

from .base import Auth, Execute, TokenIn
from .tokens import RENEWAL_WINDOW, APIKeyAuth, JWTAuth, NoAuth, PasswordAuth

if TYPE_CHECKING:
    from .functions import CallableAuth
    from .sso import SSOAuth

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


_RARE: Final = {"CallableAuth": "functions", "SSOAuth": "sso"}
"""Names that are loaded at first use, and their modules."""


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _RARE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_RARE[name]}", __name__), name)
    globals()[name] = value
    return value


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
