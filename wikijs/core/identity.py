"""Who the server takes us for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from wikijs.exceptions import AuthenticationRequiredError

from .engine import Engine
from .flow import Flow


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller as the server sees it.

    Attributes:
        kind: "guest" when the server does not know the caller, whatever token was sent.
        user_id: Id of the account in whose name things are written; API keys act as the root administrator.
        name: Display name of that account.
        email: Email address of that account.
        groups: Names of that account's groups; for an API key its own group decides, see `key_group_id`.
        key_id: Id of the API key.
        key_group_id: Id of the group whose permissions the API key has.
        permissions: Global permissions as the login token lists them; empty for API keys, whose token lists none.
        warning: Why this may not be what was meant, such as a token that the server ignored.
    """

    kind: Literal["guest", "user", "api_key"]
    user_id: int
    name: str
    email: str
    groups: tuple[str, ...] = ()
    key_id: int | None = None
    key_group_id: int | None = None
    permissions: tuple[str, ...] = ()
    warning: str | None = None

    @property
    def is_guest(self) -> bool:
        """Whether the server takes us for a guest."""
        return self.kind == "guest"


GUEST_ID: Final = 2
GUEST_WARNING: Final = (
    "The server ignored the token that was sent: it belongs to another wiki, was altered, or its account was"
    " deactivated or deleted."
)


def whoami(engine: Engine) -> Flow[Identity]:
    """Ask for the profile, which the server refuses to guests only, and compare with the token that was sent."""
    from wikijs_generated import operations as ops

    try:
        profile = yield from engine.execute(ops.users_profile())
    except AuthenticationRequiredError:
        sent = engine.auth.current is not None
        return Identity(
            kind="guest",
            user_id=GUEST_ID,
            name="Guest",
            email="",
            warning=GUEST_WARNING if sent else None,
        )
    token = engine.auth.current
    is_key = token is not None and token.is_api_key
    return Identity(
        kind="api_key" if is_key else "user",
        user_id=profile.id,
        name=profile.name,
        email=profile.email,
        groups=tuple(profile.groups),
        key_id=token.key_id if token else None,
        key_group_id=token.group_id if token else None,
        permissions=token.permissions if token else (),
    )
