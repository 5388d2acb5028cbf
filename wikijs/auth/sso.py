"""Single sign-on where nobody has to answer: Kerberos, a client certificate, a session at the identity provider."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wikijs import exceptions as exc
from wikijs.core.flow import Flow, blocking
from wikijs.core.tokens import Token, read_token
from wikijs.core.values.patterns import LazyPattern

from .base import HEADER, Clock, Execute, LoginAuth, LoginToken, TokenIn, login_address

if TYPE_CHECKING:
    import httpx2

_COOKIE: Final = LazyPattern(r"(?:^|,\s*)jwt=([\w.-]+)")
_MOST: Final = 20
"""Redirects of one login at most."""


class SSOAuth(LoginAuth):
    """Logs in by following the wiki's way to its identity provider and back, as a browser would, without a person.

    It works where the identity provider asks nothing: the HTTP client proves who one is, by Kerberos, a certificate, or
    cookies of a session. Where it asks, log in with `wikijs auth login --sso`, or use an API key.

    Args:
        strategy: Key of the login strategy, see `authentication.active_strategies`.
        http: The HTTP client to go with; one of its own without it. It is used in one thread at a time.
        on_renew: Called with each token that is new, to store it.
        token_in: "cookie" where a proxy wants the header `Authorization` for itself.
        clock: Seconds since the epoch, for tests.

    At the first request that needs a login:

    Raises:
        SSORequiredError: The identity provider asks for something; the message says where.
        TransportError: It or the wiki cannot be reached.
    """

    def __init__(
        self,
        strategy: str,
        *,
        http: httpx2.Client | None = None,
        on_renew: Callable[[str], object] | None = None,
        token_in: TokenIn = HEADER,
        clock: Clock = time.time,
    ) -> None:
        if not strategy:
            raise exc.ConfigurationError("SSOAuth needs the key of a login strategy.")
        super().__init__(LoginToken(on_renew=on_renew), token_in, clock)
        self._strategy = strategy
        self._http = http
        self._url = ""
        self._on_renew = on_renew

    def attach(self, url: str) -> None:
        """Take note of the wiki.

        Raises:
            ConfigurationError: These credentials belong to another wiki already.
        """
        if self._url and self._url != url:
            raise exc.ConfigurationError(
                f"These credentials belong to {self._url}.", hint="Make an SSOAuth for each wiki."
            )
        self._url = url

    def _log_in(self, execute: Execute) -> Flow[Token]:
        del execute
        value = yield from blocking(self._follow)
        token = read_token(value)
        if self._on_renew is not None:
            self._on_renew(value)
        return token

    def _follow(self) -> str:
        import httpx2

        if self._http is not None:
            return self._follow_with(self._http)
        with httpx2.Client(timeout=30.0) as http:
            return self._follow_with(http)

    def _follow_with(self, http: httpx2.Client) -> str:
        import httpx2

        address = login_address(self._url, self._strategy)
        try:
            answer = http.get(address, follow_redirects=False)
            for _ in range(_MOST):
                token = _token_of(answer, self._url)
                if token is not None:
                    return token
                if answer.next_request is None:
                    break
                answer = http.send(answer.next_request, follow_redirects=False)
        except httpx2.RequestError as error:
            raise exc.TransportError(
                f"The login by {self._strategy!r} broke off: {type(error).__name__}.",
                sent=False,
                hint=f"Open {address} in a browser to see what happens.",
            ) from None
        raise exc.SSORequiredError(
            f"The login by {self._strategy!r} ended at {answer.url.host} (HTTP {answer.status_code}), which asks for a"
            " person.",
            address=address,
        )

    def __repr__(self) -> str:
        return f"<SSOAuth strategy {self._strategy!r}>"


def _token_of(answer: httpx2.Response, url: str) -> str | None:
    """The token in an answer of the wiki itself; what others set as cookies does not count."""
    ours, theirs = urlsplit(url), urlsplit(str(answer.url))
    if (ours.hostname, ours.port) != (theirs.hostname, theirs.port):
        return None
    found = _COOKIE.search(answer.headers.get("set-cookie", ""))
    return found[1] if found else None
