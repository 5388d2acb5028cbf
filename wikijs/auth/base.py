"""What all credentials are: a supplier of tokens, and how a token travels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final, Literal, Protocol, TypeAlias, TypeVar

from wikijs import exceptions as exc
from wikijs.core.flow import Flow
from wikijs.core.operations import Operation
from wikijs.core.processes.forks import renew_in_children
from wikijs.core.tokens import Token, read_token

T = TypeVar("T")
Clock = Callable[[], float]
TokenIn: TypeAlias = Literal["header", "cookie"]
"""Where a token travels: in the header `Authorization`, or in the cookie `jwt`, which leaves that header to a proxy."""

HEADER: Final[TokenIn] = "header"
UPLOADS: Final = "/u"


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
