"""The handful of bases that callers catch."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self


class WikiJSException(Exception):  # noqa: N818  the public name of the root of the hierarchy
    """Root of everything this package raises on purpose.

    Attributes:
        message: What happened, in one sentence; never a token, an SQL statement or a stack trace.
        operation: The server's operation, such as `pages.single`, where there was one.
        hint: What to do about it, where that is known.
    """

    default_hint: ClassVar[str | None] = None

    effect: str | None = None
    """Of an error that a plugin raised: "not sent", "rejected", "applied" or "unknown"; else the error itself tells."""

    def __init__(self, message: str, *, operation: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.hint = hint or self.default_hint

    def __str__(self) -> str:
        where = f"{self.operation}: " if self.operation else ""
        return f"{where}{self.message}{self._details()}" + (f" {self.hint}" if self.hint else "")

    def _details(self) -> str:
        return ""

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only arguments defeat the default; errors must survive the way back from a worker process.
        return (_rebuild, (type(self), self.args, self.__dict__.copy()))


def _rebuild(cls: type[WikiJSException], args: tuple[Any, ...], state: dict[str, Any]) -> WikiJSException:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(WikiJSException):
    """The client was set up wrongly: a bad URL, a token of the wrong kind. Nothing was sent, or nothing can work."""


class EndpointError(ConfigurationError):
    """What answers at this URL is no Wiki.js GraphQL endpoint: an HTML page, a redirect, a foreign server."""


class SSORequiredError(ConfigurationError):
    """The login strategy sends people to an identity provider; a program cannot log in there by itself.

    Attributes:
        address: Where a browser begins the login; empty where it is not known.
    """

    default_hint = "Log in with a browser, `wikijs auth login --sso`, or use an API key; see docs/sso.md."

    def __init__(
        self, message: str, *, address: str = "", operation: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, operation=operation, hint=hint)
        self.address = address


class InvalidTokenError(ConfigurationError):
    """The token cannot be one for this use: malformed, of the wrong kind, or for another audience."""


class TransportError(WikiJSException):
    """The request or its answer was lost on the way.

    Attributes:
        sent: False when the request certainly did not reach the server, so that repeating it is safe.
        permanent: True when another try cannot end differently, as with a certificate that is not trusted.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        hint: str | None = None,
        sent: bool = True,
        permanent: bool = False,
    ) -> None:
        super().__init__(message, operation=operation, hint=hint)
        self.sent = sent
        self.permanent = permanent


class TimeoutError(TransportError, builtins.TimeoutError):  # noqa: A001  promised public name; also caught as the builtin
    """The server did not answer in time; a write may have happened all the same unless `sent` is False."""


class PluginError(WikiJSException):
    """A plugin failed, or broke a rule of plugins.

    Attributes:
        plugin: Its name.
        hook: The hook in which it happened.
    """

    def __init__(
        self,
        message: str,
        *,
        plugin: str = "",
        hook: str = "",
        operation: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, operation=operation, hint=hint)
        self.plugin = plugin
        self.hook = hook

    def __str__(self) -> str:
        return f"plugin {self.plugin!r}, {self.hook}: {super().__str__()}"


class ForeignReplyError(TransportError):
    """What came on the connection is the answer to another request. The answer to this one is lost."""


class OutcomeUnknownError(WikiJSException):
    """It cannot be told whether a write took place; the message says what is known and how to check."""


class FollowUpError(WikiJSException):
    """The change was made; only what was to follow it failed, such as reading it back. Do not repeat it.

    Attributes:
        result: What is known of what was made; None where that is nothing.
    """

    def __init__(
        self, message: str, *, operation: str | None = None, hint: str | None = None, result: Any = None
    ) -> None:
        super().__init__(message, operation=operation, hint=hint)
        self.result = result


class FailedItem(Protocol):
    """One item of a bulk operation that failed, see `wikijs.models.BatchError`."""

    @property
    def index(self) -> int:
        """Its place in the input, from 0."""
        ...

    @property
    def input(self) -> Any:
        """The item itself."""
        ...

    @property
    def exception(self) -> Exception:
        """Why."""
        ...


class BulkOutcome(Protocol):
    """What became of each item of a bulk operation, see `wikijs.models.BatchResult`."""

    @property
    def success(self) -> Sequence[Any]:
        """Results of the items that succeeded."""
        ...

    @property
    def errors(self) -> Sequence[FailedItem]:
        """Items that failed."""
        ...

    @property
    def not_attempted(self) -> Sequence[Any]:
        """Items that were left when the work was interrupted."""
        ...


class BatchFailedError(WikiJSException):
    """Some items of a bulk operation failed.

    Attributes:
        result: The whole result, with what succeeded and each error.
    """

    def __init__(self, message: str, *, result: BulkOutcome) -> None:
        super().__init__(message, hint="See .result.errors for each item; what succeeded is in .result.success.")
        self.result = result


class APIError(WikiJSException):
    """The server answered, and the answer is no.

    Attributes:
        code: The server's error code (such as 6003), 1 for errors without a code of their own, 0 where none was given.
        slug: The server's name of the error, such as `PageNotFound`; empty where none was given.
        status: HTTP status of the answer; Wiki.js reports most failures with 200.
        errors: All GraphQL errors of the answer, cleaned, each with `message` and, where known, `path` and `code`.
        data: What the answer held in spite of the error, as plain dictionaries; None where it held nothing.
        retry_after: Seconds to wait before another try, where the server said so.
        foreign: Whether this is not Wiki.js' own word, but that of a proxy or another server on the way: it proves
            nothing about what became of the request.
    """

    server_code: ClassVar[int] = 0
    server_slug: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        hint: str | None = None,
        code: int | None = None,
        slug: str | None = None,
        status: int = 200,
        errors: Sequence[Mapping[str, Any]] = (),
        data: Any = None,
        retry_after: float | None = None,
        foreign: bool = False,
    ) -> None:
        super().__init__(message, operation=operation, hint=hint)
        self.retry_after = retry_after
        self.foreign = foreign
        self.code = self.server_code if code is None else code
        self.slug = self.server_slug if slug is None else slug
        self.status = status
        self.errors = list(errors)
        self.data = data

    def _details(self) -> str:
        known = f"{self.code} {self.slug}".strip() if self.code else self.slug
        return f" ({known})" if known else ""


class AuthenticationError(APIError):
    """The server does not accept who we say we are."""


class ProxyLoginError(AuthenticationError):
    """A proxy in front of the wiki asks for a login of its own; the request did not reach Wiki.js.

    Attributes:
        host: Whose login it is: of the proxy, or of the identity provider it sends to; empty where it is not known.
    """

    default_hint = (
        "Give the proxy what it wants: headers=, a client certificate in verify_ssl=, or http_client=; see docs/sso.md."
    )

    def __init__(self, message: str, *, host: str = "", **details: Any) -> None:
        super().__init__(message, foreign=True, **details)
        self.host = host


class PermissionDeniedError(APIError):
    """The caller is known but may not do this.

    Attributes:
        permissions: Global permissions of which any one would do, where they are known.
    """

    def __init__(self, message: str, *, permissions: Sequence[str] = (), **details: Any) -> None:
        super().__init__(message, **details)
        self.permissions = tuple(permissions)


class NotFoundError(APIError):
    """What was asked for does not exist."""


class ConflictError(APIError):
    """The change collides with what is there."""


class ValidationError(APIError):
    """The server refused the input."""


class RateLimitError(APIError):
    """Too many requests; `retry_after` says how many seconds to wait, where the server said so."""


RateLimitExceeded = RateLimitError
"""Another name of `RateLimitError`: what the server and a `RateLimiter` with `on_limit="raise"` raise."""


class ServerError(APIError):
    """The server failed, or answered with something that makes no sense."""


class BrokenReplyError(ServerError):
    """The answer is cut off or is no JSON; what was asked for may have been done."""


class ExpiredTokenError(AuthenticationError):
    """The token has expired; found out on this side, before a request was wasted."""


class LoginUnfinishedError(AuthenticationError):
    """The password was right, and the server wants one more step.

    Attributes:
        continuation_token: Token for the next step, valid for a day. Not part of the message.
    """

    continuation_token: str | None = None

    def with_token(self, token: str | None) -> Self:
        """Attach the continuation token."""
        self.continuation_token = token
        return self


class TwoFactorRequiredError(LoginUnfinishedError):
    """The account asks for a two-factor code, and no way to get one was given.

    Attributes:
        continuation_token: Token for `authentication.login_tfa`; it is used up by the first try, right or wrong.
    """


class TwoFactorSetupRequiredError(LoginUnfinishedError):
    """The account must set up two-factor authentication before it can log in.

    Attributes:
        continuation_token: Token for `authentication.login_tfa(..., setup=True)`, which may be tried more than once.
        qr_image: The QR code for an authenticator, as SVG. It holds the secret; not part of the message. The server
            shows it at this login only: the next one makes another, or, where the wiki does not enforce two factors,
            asks for none any more.
    """

    qr_image: str | None = None

    def with_image(self, qr_image: str | None) -> Self:
        """Attach the QR code."""
        self.qr_image = qr_image
        return self


class PasswordChangeRequiredError(LoginUnfinishedError):
    """The account must change its password before it can log in.

    Attributes:
        continuation_token: Token for `authentication.login_change_password`; valid for a day, used once. Not part of
            the message.
    """


class ApiDisabledError(AuthenticationError):
    """API keys are switched off on this wiki (the state of a new installation)."""

    default_hint = "An administrator can switch the API on under Administration, API Access."


class ApiKeyRevokedError(AuthenticationError):
    """The API key was revoked or is unknown to this wiki."""

    default_hint = "Create a new key under Administration, API Access."


class QueryError(ValidationError):
    """The GraphQL document or its variables do not fit the server's schema."""


class UnsupportedByServerError(QueryError):
    """This Wiki.js release does not have the operation, an argument or a field of it.

    Attributes:
        needs: First release that has all of it, such as `2.5.296`; None where that is not known.
        version: The server's release; None where it does not tell.
        arguments: Names of the arguments that it does not know, where nothing else is in the way.
    """

    def __init__(
        self,
        message: str,
        *,
        needs: str | None = None,
        version: str | None = None,
        arguments: Sequence[str] = (),
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.needs = needs
        self.version = version
        self.arguments = tuple(arguments)

    def __str__(self) -> str:
        if self.operation and self.message.startswith(self.operation):
            return f"{self.message}{f' {self.hint}' if self.hint else ''}"
        return super().__str__()


class PayloadTooLargeError(ValidationError):
    """The request is larger than the server accepts (5 MB by default, 1 MB before 2.5.275)."""


class TagCollisionError(ConflictError):
    """The wiki's database takes a tag for another one, so it cannot be stored beside it.

    Attributes:
        tags: The tag that was refused, and where they are known those that it was taken for.
        page_id: Id of the page that was saved all the same, without the tag; None where none was written.
    """

    def __init__(self, message: str, *, tags: Sequence[str] = (), page_id: int | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.tags = list(tags)
        self.page_id = page_id


class TagNotFoundError(NotFoundError):
    """The tag does not exist."""
