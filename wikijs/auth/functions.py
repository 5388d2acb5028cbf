"""Credentials that a function of the program supplies."""

from __future__ import annotations

import time
from collections.abc import Callable

from wikijs import exceptions as exc
from wikijs.core.flow import Flow, blocking, exclusively
from wikijs.core.tokens import Token, read_token

from .base import HEADER, Auth, Clock, Execute, LoginToken, TokenIn, checked_carrier
from .tokens import FORESIGHT


class CallableAuth(Auth):
    """Asks a function for the token: a vault, a file that another program renews, a login of your own.

    It is asked at the first request, once for all waiting callers, and again when the token has expired. It may wait:
    the asynchronous client calls it in a thread.

    Args:
        get_token: Returns an API key or a login token.
        token_in: "cookie" where a proxy wants the header `Authorization` for itself.
        max_age: Seconds after which it is asked again, even if the token is still good; None for when it expires.
        clock: Seconds since the epoch, for tests.
    """

    def __init__(
        self,
        get_token: Callable[[], str],
        *,
        token_in: TokenIn = HEADER,
        max_age: float | None = None,
        clock: Clock = time.time,
    ) -> None:
        if not callable(get_token):  # pyright: ignore[reportUnnecessaryComparison]  it may be the token itself
            raise exc.ConfigurationError("CallableAuth takes a function that returns a token.")
        self.token_in = checked_carrier(token_in)
        self._get = get_token
        self._max_age = max_age
        self._clock = clock
        self._login = LoginToken()
        self._asked = 0.0

    def flow(self, execute: Execute) -> Flow[Token | None]:
        """The token at hand, or a new one.

        Raises:
            ConfigurationError: The function failed.
            InvalidTokenError: What it returned is no token.
        """
        del execute
        token = self._usable()
        if token is None:
            token = yield from exclusively("login", self._ask())
        return token

    def adopt(self, value: str) -> None:
        """Take over a renewed login token."""
        if self._login.token is not None and not self._login.token.is_api_key:
            self._login.adopt(value)

    @property
    def current(self) -> Token | None:
        """The token at hand; None before the first request."""
        return self._login.token

    def _usable(self) -> Token | None:
        token, now = self._login.token, self._clock()
        old = self._max_age is not None and now - self._asked >= self._max_age
        fresh = token is not None and (token.expires_at is None or token.expires_at - FORESIGHT > now)
        return token if fresh and not old else None

    def _ask(self) -> Flow[Token]:
        token = self._usable()
        if token is not None:  # somebody else asked while we waited for the lock
            return token
        try:
            value = yield from blocking(self._get)
        except exc.WikiJSException:
            raise
        except Exception as error:
            # Its text may hold what it was asked with.
            raise exc.ConfigurationError(
                f"The function that supplies the token failed: {type(error).__name__}."
            ) from error
        self._login.token = token = read_token(value)
        self._asked = self._clock()
        return token

    def __repr__(self) -> str:
        return "<CallableAuth>"
