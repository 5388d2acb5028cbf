"""Who the server takes us for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from wikijs.exceptions import AuthenticationRequiredError, WikiJSException

from .engine import Engine
from .flow import Flow


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller as the server sees it.

    An API key is shown as a key: the profile that the server gives for it is the root administrator's, whatever the key
    may do.

    Attributes:
        kind: "guest" when the server does not know the caller, whatever token was sent.
        user_id: Id of the account in whose name things are written; API keys act as the root administrator.
        name: Display name of the user; of an API key "API key 2".
        email: Email address of the user; empty for an API key.
        groups: Names of the user's groups; for an API key that of the group whose permissions it has, if it may know.
        key_id: Id of the API key.
        key_group_id: Id of the group whose permissions the API key has.
        permissions: Global permissions as the login token lists them; empty for API keys, whose token lists none.
        warning: Why this may not be what was meant, such as a token that the server ignored.
        acts_as: Display name of the account in whose name an API key writes.
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
    acts_as: str | None = None

    @property
    def is_guest(self) -> bool:
        """Whether the server takes us for a guest."""
        return self.kind == "guest"

    @property
    def described(self) -> str:
        """For people: "API key 2, rights of group 5 (Readers)", "Ada (ada@example.com)", "a guest"."""
        if self.kind == "guest":
            return "a guest"
        if self.kind == "user":
            return f"{self.name} ({self.email})"
        group = f" ({self.groups[0]})" if self.groups else ""
        return f"{self.name}, rights of group {self.key_group_id}{group}"


GUEST_ID: Final = 2
GUEST_WARNING: Final = (
    "The server ignored the token that was sent: it belongs to another wiki, was altered, or its account was"
    " deactivated or deleted."
)


def whoami(engine: Engine, *, cache: bool = True) -> Flow[Identity]:
    """Ask for the profile, which the server refuses to guests only, and compare with the token that was sent.

    Args:
        engine: Of the client.
        cache: False to read past the cache.
    """
    from wikijs_generated.specs import users as ops

    try:
        profile = yield from engine.execute(ops.users_profile(), cache)
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
    if token is None or not token.is_api_key:
        return Identity(
            kind="user",
            user_id=profile.id,
            name=profile.name,
            email=profile.email,
            groups=tuple(profile.groups),
            permissions=token.permissions if token else (),
        )
    return Identity(
        kind="api_key",
        user_id=profile.id,
        name=f"API key {token.key_id}",
        email="",
        groups=(yield from _group_name(engine, token.group_id, cache)),
        key_id=token.key_id,
        key_group_id=token.group_id,
        acts_as=profile.name,
    )


def _group_name(engine: Engine, group: int | None, cache: bool) -> Flow[tuple[str, ...]]:
    """The name of a group, which only those who may see groups are told."""
    from wikijs_generated import operations as ops

    try:
        groups = yield from engine.execute(ops.groups_list(), cache)
    except WikiJSException:
        return ()
    return tuple(each.name for each in groups if each.id == group)
