"""What all credentials are: a supplier of tokens, and how a token travels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from copy import copy
from threading import Lock
from typing import Final, Literal, Protocol, TypeAlias, TypeVar
from urllib.parse import quote

from wikijs import exceptions as exc
from wikijs.core.flow import Flow, exclusively
from wikijs.core.operations import Operation
from wikijs.core.processes.forks import renew_in_children
from wikijs.core.tokens import Token, read_token

T = TypeVar("T")
Clock = Callable[[], float]
TokenIn: TypeAlias = Literal["header", "cookie"]
"""Where a token travels: in the header `Authorization`, or in the cookie `jwt`, which leaves that header to a proxy."""

HEADER: Final[TokenIn] = "header"
UPLOADS: Final = "/u"
FORESIGHT: Final = 30.0
"""Seconds before its expiry at which a login token is no longer worth sending."""


class Execute(Protocol):
    """Executes an operation without credentials; what a login needs of the client."""

    def __call__(self, operation: Operation[T]) -> Flow[T]: ...


class Auth(ABC):
    """Supplies the token of each request. One object may serve several clients and threads."""

    token_in: TokenIn = HEADER
    """Where the token travels."""

    @abstractmethod
    def flow(self, execute: Execute) -> Flow[Token | None]:
        """The token to send next, or None for a guest; logs in first where that is needed."""

    def adopt(self, value: str) -> None:
        """Take over a token that the server renewed (its `new-jwt` header). API keys are never renewed."""
        del value

    def attach(self, url: str) -> None:
        """Called by a client that uses these credentials, with the root of its wiki."""
        del url

    @property
    def current(self) -> Token | None:
        """The token at hand, None when there is none yet."""
        return None

    def carry(self, token: Token, headers: Mapping[str, str], path: str) -> dict[str, str]:
        """The headers of a request with the token among them.

        Args:
            token: What `flow` gave.
            headers: Those of the request.
            path: Where it goes.

        Raises:
            ConfigurationError: The wiki would not look for the token there: uploads ignore cookies.
        """
        if self.token_in == HEADER:
            return {**headers, "authorization": f"Bearer {token.value}"}
        if path == UPLOADS:
            raise exc.ConfigurationError(
                "Wiki.js takes uploads only with the token in the header Authorization, not in a cookie.",
                hint="Upload past the proxy, or let it take its own login from another header, see docs/sso.md.",
            )
        others = {name: value for name, value in headers.items() if name.lower() != "cookie"}
        cookies = [value for name, value in headers.items() if name.lower() == "cookie"]
        return {**others, "cookie": "; ".join([*cookies, f"jwt={token.value}"])}


def checked_carrier(token_in: TokenIn) -> TokenIn:
    """Where a token travels.

    Raises:
        ConfigurationError: It is neither of the two.
    """
    if token_in not in {"header", "cookie"}:
        raise exc.ConfigurationError(f"token_in is header or cookie, not {token_in!r}.")
    return token_in


def login_address(url: str, strategy: str) -> str:
    """Where a browser logs in with a strategy."""
    return f"{url}/login/{quote(strategy, safe='')}"


class LoginToken:
    """The newest login token; safe to share between threads and tasks: only a newer one ever replaces it.

    Args:
        token: The first one.
        on_renew: Called with each newer one.
    """

    def __init__(self, token: Token | None = None, on_renew: Callable[[str], object] | None = None) -> None:
        self.token = token
        self._on_renew = on_renew
        self._lock = Lock()
        renew_in_children(self)

    def after_fork(self) -> None:
        """A thread of the parent may hold the lock."""
        self._lock = Lock()

    def adopt(self, value: str) -> None:
        """Take a token over if it is newer and of the same user."""
        try:
            new = read_token(value, is_served=True)
        except exc.InvalidTokenError:
            return  # a broken renewal is no reason to lose a good token
        with self._lock:
            old = self.token
            if old is not None and (new.user_id != old.user_id or new.issued_at < old.issued_at):
                return
            self.token = new if old is None else new.as_heir(old)
            is_other = old is None or new.value != old.value
        if is_other and self._on_renew is not None:
            self._on_renew(new.value)


class RenewedAuth(Auth):
    """Credentials whose token the server renews.

    Args:
        login: The token, perhaps none yet.
        token_in: Where it travels.
        clock: Seconds since the epoch.
    """

    def __init__(self, login: LoginToken, token_in: TokenIn, clock: Clock) -> None:
        self.token_in = checked_carrier(token_in)
        self._login = login
        self._clock = clock

    def adopt(self, value: str) -> None:
        """Take over a renewed token, unless a newer one is here already or it belongs to another user."""
        self._login.adopt(value)

    @property
    def current(self) -> Token | None:
        """The newest token and its claims; None before the first login."""
        return self._login.token


class LoginAuth(RenewedAuth):
    """Credentials that get a token by a login: at the first request, once for all that wait, and again when needed."""

    def __init__(self, login: LoginToken, token_in: TokenIn, clock: Clock) -> None:
        super().__init__(login, token_in, clock)
        self._failure: exc.WikiJSException | None = None

    def flow(self, execute: Execute) -> Flow[Token | None]:
        """The newest token, after a login where that is needed. It raises what the login does."""
        token = self._usable()
        if token is None:
            token = yield from exclusively("login", self._once(execute, self._failure))
        return token

    @abstractmethod
    def _log_in(self, execute: Execute) -> Flow[Token]:
        """Get a token."""

    def _usable(self) -> Token | None:
        """The token at hand, if it is worth sending."""
        token = self._login.token
        fresh = token is not None and (token.expires_at is None or token.expires_at - FORESIGHT > self._clock())
        return token if fresh else None

    def _once(self, execute: Execute, known: exc.WikiJSException | None) -> Flow[Token]:
        token = self._usable()
        if token is not None:  # somebody else logged in while we waited for the lock
            return token
        if self._failure is not known and self._failure is not None:
            # Somebody else's login failed while we waited: ours would too, and the server counts them.
            raise copy(self._failure)
        try:
            token = yield from self._log_in(execute)
        except exc.WikiJSException as error:
            self._failure = error
            raise
        self._login.token, self._failure = token, None
        return token
