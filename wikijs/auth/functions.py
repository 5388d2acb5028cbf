"""Credentials that a function of the program supplies."""

from __future__ import annotations

import time
from collections.abc import Callable

from wikijs import exceptions as exc
from wikijs.core.flow import Flow, blocking
from wikijs.core.tokens import Token, read_token

from .base import HEADER, Clock, Execute, LoginAuth, LoginToken, TokenIn


class CallableAuth(LoginAuth):
    """Asks a function for the token: a vault, a file that another program renews, a login of your own.

    It is asked at the first request, once for all waiting callers, and again when the token has expired. It may wait:
    the asynchronous client calls it in a thread.

    Args:
        get_token: Returns an API key or a login token.
        token_in: "cookie" where a proxy wants the header `Authorization` for itself.
        max_age: Seconds after which it is asked again, even if the token is still good; None for when it expires.
        clock: Seconds since the epoch, for tests.

    When it is asked:

    Raises:
        ConfigurationError: The function failed.
        InvalidTokenError: What it returned is no token.
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
        super().__init__(LoginToken(), token_in, clock)
        self._get = get_token
        self._max_age = max_age
        self._asked = 0.0

    def adopt(self, value: str) -> None:
        """Take over a renewed login token."""
        if self._login.token is not None and not self._login.token.is_api_key:
            self._login.adopt(value)

    def _usable(self) -> Token | None:
        old = self._max_age is not None and self._clock() - self._asked >= self._max_age
        return None if old else super()._usable()

    def _log_in(self, execute: Execute) -> Flow[Token]:
        del execute
        try:
            value = yield from blocking(self._get)
        except exc.WikiJSException:
            raise
        except Exception as error:
            # Its text may hold what it was asked with.
            raise exc.ConfigurationError(
                f"The function that supplies the token failed: {type(error).__name__}."
            ) from error
        token = read_token(value)
        self._asked = self._clock()
        return token

    def __repr__(self) -> str:
        return "<CallableAuth>"
