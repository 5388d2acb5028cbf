"""Credentials of Wiki.js itself: an API key, a login token, or user name and password."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc
from wikijs.core.flow import Flow
from wikijs.core.tokens import DEFAULT_AUDIENCE, Token, read_token

from .base import (
    HEADER,
    Auth,
    Clock,
    Execute,
    LoginAuth,
    LoginToken,
    RenewedAuth,
    TokenIn,
    checked_carrier,
    login_address,
)

if TYPE_CHECKING:
    from wikijs_generated.fragments import LoginResult

RENEWAL_WINDOW: Final = 14 * 24 * 3600.0
"""Seconds for which Wiki.js renews an expired login token, unless configured otherwise."""


class NoAuth(Auth):
    """No credentials: the server takes us for a guest."""

    def flow(self, execute: Execute) -> Flow[Token | None]:
        """No token."""
        del execute
        yield from ()
        return None


class APIKeyAuth(Auth):
    """An API key, made under Administration, API Access, or by `authentication.create_api_key`.

    Args:
        key: The key as Wiki.js showed it once.
        audience: What the wiki is configured to (`auth.audience`, "urn:wiki.js" unless changed); None to accept any.
        token_in: "cookie" where a proxy wants the header `Authorization` for itself. The wiki takes no uploads then.
        clock: Seconds since the epoch, for tests.

    Raises:
        InvalidTokenError: The key is malformed, a user's login token, or meant for another audience.
        ExpiredTokenError: The key has expired.
    """

    def __init__(
        self,
        key: str,
        *,
        audience: str | None = DEFAULT_AUDIENCE,
        token_in: TokenIn = HEADER,
        clock: Clock = time.time,
    ) -> None:
        self.token_in = checked_carrier(token_in)
        token = read_token(key)
        if not token.is_api_key:
            raise exc.InvalidTokenError(
                "This is a user's login token, not an API key.", hint="Pass it as auth=JWTAuth(token)."
            )
        _check_audience(token, audience)
        self._token = token
        self._clock = clock
        self._check_expiry()

    def flow(self, execute: Execute) -> Flow[Token | None]:
        """The key.

        Raises:
            ExpiredTokenError: The key has expired meanwhile.
        """
        del execute
        yield from ()
        self._check_expiry()
        return self._token

    @property
    def current(self) -> Token:
        """The key and its claims."""
        return self._token

    def _check_expiry(self) -> None:
        if self._token.expires_at is not None and self._token.expires_at <= self._clock():
            # The server would answer "Unauthorized", treat us as a guest, or never answer an upload at all.
            raise exc.ExpiredTokenError(
                f"The API key expired on {self._token.expiry}.",
                hint="Create a new one under Administration, API Access.",
            )

    def __repr__(self) -> str:
        return f"<APIKeyAuth key {self._token.key_id}, expires {self._token.expiry}>"


class JWTAuth(RenewedAuth):
    """A user's login token, as `authentication.login` returns it. The server renews it; renewals are taken over.

    Args:
        token: The token.
        audience: What the wiki is configured to ("urn:wiki.js" unless changed); None to accept any.
        renewal_window: Seconds after expiry for which the server still renews it (14 days unless configured).
        on_renew: Called with each renewed token, to store it: what is not stored lasts 14 days from the first one.
        token_in: "cookie" where a proxy wants the header `Authorization` for itself. The wiki takes no uploads then.
        clock: Seconds since the epoch, for tests.

    Raises:
        InvalidTokenError: The token is malformed, an API key, or meant for another audience.
        ExpiredTokenError: The token expired too long ago to be renewed.
    """

    def __init__(
        self,
        token: str,
        *,
        audience: str | None = DEFAULT_AUDIENCE,
        renewal_window: float = RENEWAL_WINDOW,
        on_renew: Callable[[str], object] | None = None,
        token_in: TokenIn = HEADER,
        clock: Clock = time.time,
    ) -> None:
        claims = read_token(token)
        if claims.is_api_key:
            raise exc.InvalidTokenError(
                "This is an API key, not a user's login token.", hint="Pass it as auth=APIKeyAuth(key)."
            )
        _check_audience(claims, audience)
        super().__init__(LoginToken(claims, on_renew), token_in, clock)
        self._window = renewal_window
        self._check_expiry(claims)

    def flow(self, execute: Execute) -> Flow[Token | None]:
        """The newest token.

        Raises:
            ExpiredTokenError: It expired too long ago to be renewed.
        """
        del execute
        yield from ()
        token = self._login.token
        if token is not None:
            self._check_expiry(token)
        return token

    def _check_expiry(self, token: Token) -> None:
        if token.expires_at is not None and token.expires_at + self._window <= self._clock():
            raise exc.ExpiredTokenError(
                f"The login token expired on {token.expiry}, too long ago for the server to renew it.",
                hint="Log in again, or use PasswordAuth, which does so by itself.",
            )

    def __repr__(self) -> str:
        token = self._login.token
        return f"<JWTAuth user {token.user_id if token else None}>"


class PasswordAuth(LoginAuth):
    """User name and password; logs in at the first request, once for all waiting callers, and again when needed.

    The server allows five logins in 60 seconds for one address.

    Args:
        username: The user's email address (or the name that an LDAP strategy wants).
        password: The password; never logged or shown.
        strategy: Key of the login strategy, see `authentication.active_strategies`; "local" unless changed.
        totp: Called for a two-factor code of six digits when the account asks for one.
        setup: Called when the account must set up two-factor authentication, with the QR code for an authenticator as
            SVG; returns the six digits that the authenticator shows. The server accepts a code for its own half minute
            only.
        clock: Seconds since the epoch, for tests.

    At the first request that needs a login:

    Raises:
        LoginFailedError, AccountDisabledError, TwoFactorFailedError: The server refuses the login.
        TwoFactorRequiredError: The account wants a code and no `totp` was given.
        TwoFactorSetupRequiredError: The account must set up two-factor authentication and no `setup` was given.
        PasswordChangeRequiredError: The account must change its password first.
        SSORequiredError: This strategy logs in with a browser; the error says where.
    """

    def __init__(
        self,
        username: str,
        password: str,
        *,
        strategy: str = "local",
        totp: Callable[[], str] | None = None,
        setup: Callable[[str], str] | None = None,
        clock: Clock = time.time,
    ) -> None:
        if not username or not password:
            raise exc.ConfigurationError("PasswordAuth needs a user name and a password.")
        super().__init__(LoginToken(), HEADER, clock)
        self._username = username
        self._password = password
        self._strategy = strategy
        self._totp = totp
        self._setup = setup
        self._wikis: set[str] = set()

    def attach(self, url: str) -> None:
        """Take note of the wiki, to say where else one can log in."""
        self._wikis.add(url)

    def _log_in(self, execute: Execute) -> Flow[Token]:
        from wikijs_generated.specs import authentication as ops

        login = ops.authentication_login(self._username, password=self._password, strategy=self._strategy)
        try:
            answer = yield from execute(login)
        except exc.SSORequiredError as error:
            if len(self._wikis) == 1:  # the way begins at the wiki, not where it led
                error.address = login_address(next(iter(self._wikis)), self._strategy)
            raise
        if answer.must_provide_tfa or (answer.must_setup_tfa and self._setup is not None):
            setup = bool(answer.must_setup_tfa)
            code = self._first_code(answer) if setup else self._second_factor(answer)
            answer = yield from execute(
                ops.authentication_login_tfa(answer.continuation_token or "", security_code=code, setup=setup)
            )
        return read_token(_completed(answer), is_served=True)

    def _second_factor(self, answer: LoginResult) -> str:
        if self._totp is None:
            raise exc.TwoFactorRequiredError(
                "The account asks for a two-factor code.", hint="Pass totp=, a function that returns the current code."
            ).with_token(answer.continuation_token)
        return self._totp()

    def _first_code(self, answer: LoginResult) -> str:
        assert self._setup is not None  # noqa: S101  looked at before
        return self._setup(answer.tfa_qr_image or "")

    def __repr__(self) -> str:
        return f"<PasswordAuth strategy {self._strategy!r}>"


def _completed(answer: LoginResult) -> str:
    """The token of a finished login, or the error for what stands in its way."""
    if answer.must_change_pwd:
        raise exc.PasswordChangeRequiredError(
            "The account must change its password before it can log in.",
            hint="Log in with a browser, or call authentication.login_change_password with the error's"
            " continuation_token.",
        ).with_token(answer.continuation_token)
    if answer.must_setup_tfa:
        error = exc.TwoFactorSetupRequiredError(
            "The account must set up two-factor authentication before it can log in.",
            hint="Pass setup=, a function that takes the QR code and returns the current code, or log in with a browser"
            " at once: at the next login the server may ask for nothing any more.",
        )
        raise error.with_token(answer.continuation_token).with_image(answer.tfa_qr_image)
    if not answer.jwt:
        raise exc.AuthError("The server accepted the login but sent no token.")
    return answer.jwt


def _check_audience(token: Token, audience: str | None) -> None:
    if audience is not None and token.audience and audience not in token.audience:
        raise exc.InvalidTokenError(
            f"The token is meant for {', '.join(token.audience)!r}, not for {audience!r}.",
            hint="Take a token of this wiki; if it is, pass its audience: APIKeyAuth(key, audience=...).",
        )
