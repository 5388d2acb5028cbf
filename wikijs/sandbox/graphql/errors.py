"""Errors of the wiki, in the two shapes it gives them.

A resolver raises `CodedError(6003)` or `UncodedError("text")`. By itself that becomes an entry of `errors` (a "GE": the
code sits in `extensions.exception.code`). A resolver decorated with `responds` turns it into a `responseResult` instead
(an "RR"). A `graphql.GraphQLError` raised by a resolver is the third kind the server has: uncoded, with its message
repeated in `extensions.exception`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from graphql import GraphQLError

CODES: Mapping[int, tuple[str, str]] = {
    1001: ("AuthGenericError", "An unexpected error occured during login."),
    1002: ("AuthLoginFailed", "Invalid email / username or password."),
    1003: ("AuthProviderInvalid", "Invalid authentication provider."),
    1004: ("AuthAccountAlreadyExists", "An account already exists using this email address."),
    1005: ("AuthTFAFailed", "Incorrect TFA Security Code."),
    1006: ("AuthTFAInvalid", "Invalid TFA Security Code or Login Token."),
    1010: ("AuthRegistrationDisabled", "Registration is disabled. Contact your system administrator."),
    1011: (
        "AuthRegistrationDomainUnauthorized",
        "You are not authorized to register. Your domain is not whitelisted.",
    ),
    1012: ("InputInvalid", "Input data is invalid."),
    1013: ("AuthAccountBanned", "Your account has been disabled."),
    1014: ("AuthAccountNotVerified", "You must verify your account before your can login."),
    1015: ("AuthValidationTokenInvalid", "Invalid validation token."),
    1016: ("UserNotFound", "This user does not exist."),
    1017: ("UserDeleteForeignConstraint", "Cannot delete user because of content relational constraints."),
    1018: ("UserDeleteProtected", "Cannot delete a protected system account."),
    1019: ("AuthRequired", "You must be authenticated to access this resource."),
    1020: ("AuthPasswordInvalid", "Password is incorrect."),
    2002: ("AssetFolderExists", "An asset folder with the same name already exists."),
    2003: ("AssetDeleteForbidden", "You are not authorized to delete this asset."),
    2004: ("AssetInvalid", "This asset does not exist or is invalid."),
    2005: ("AssetRenameCollision", "An asset with the same filename in the same folder already exists."),
    2006: ("AssetRenameForbidden", "You are not authorized to rename this asset."),
    2007: ("AssetRenameInvalid", "The new asset filename is invalid."),
    2008: ("AssetRenameInvalidExt", "The file extension cannot be changed on an existing asset."),
    2009: ("AssetRenameTargetForbidden", "You are not authorized to rename this asset to the requested name."),
    3002: ("MailNotConfigured", "The mail configuration is incomplete or invalid."),
    3003: ("MailTemplateFailed", "Mail template failed to load."),
    3004: ("MailInvalidRecipient", "The recipient email address is invalid."),
    4002: ("SearchActivationFailed", "Search Engine activation failed."),
    5002: ("LocaleInvalidNamespace", "Invalid locale or namespace."),
    6002: ("PageDuplicateCreate", "Cannot create this page because an entry already exists at the same path."),
    6003: ("PageNotFound", "This page does not exist."),
    6004: ("PageEmptyContent", "Page content cannot be empty."),
    6005: ("PageIllegalPath", "Page path cannot contains illegal characters."),
    6006: ("PagePathCollision", "Destination page path already exists."),
    6007: ("PageMoveForbidden", "You are not authorized to move this page."),
    6009: ("PageUpdateForbidden", "You are not authorized to update this page."),
    6010: ("PageDeleteForbidden", "You are not authorized to delete this page."),
    6011: ("PageRestoreForbidden", "You are not authorized to restore this page version."),
    6012: ("PageHistoryForbidden", "You are not authorized to view the history of this page."),
    6013: ("PageViewForbidden", "You are not authorized to view this page."),
    7002: ("SystemSSLDisabled", "SSL is not enabled."),
    7003: ("SystemSSLRenewInvalidProvider", "Current provider does not support SSL certificate renewal."),
    7004: ("SystemSSLLEUnavailable", "Let's Encrypt is not initialized."),
    8002: ("CommentPostForbidden", "You are not authorized to post a comment on this page."),
    8003: ("CommentContentMissing", "Comment content is missing or too short."),
    8004: ("CommentManageForbidden", "You are not authorized to manage comments on this page."),
    8005: ("CommentNotFound", "This comment does not exist."),
    8006: ("CommentViewForbidden", "You are not authorized to view comments for this page."),
}
"""Code: slug, text. Codes that the server defines and never throws are left out."""


class WikiError(Exception):
    """An error of the wiki: message, slug (its class name on the server) and code, 1 when it has none."""

    code = 1
    slug = "Error"
    details: Mapping[str, Any] = {}
    """What else the server shows of the exception."""


class CodedError(WikiError):
    """One of `CODES`; `message` replaces its usual text."""

    def __init__(self, code: int, message: str | None = None) -> None:
        self.code = code
        self.slug, text = CODES[code]
        super().__init__(message or text)


class UncodedError(WikiError):
    """Anything else the server throws; `slug` names the JavaScript class, such as TypeError."""

    def __init__(self, message: str, slug: str = "Error") -> None:
        self.slug = slug
        super().__init__(message)


def success(message: str | None = None) -> dict[str, Any]:
    """A payload whose `responseResult` says that all went well."""
    return {"responseResult": {"succeeded": True, "errorCode": 0, "slug": "ok", "message": message}}


def failure(error: WikiError) -> dict[str, Any]:
    """A payload whose `responseResult` carries this error."""
    return {"responseResult": {"succeeded": False, "errorCode": error.code, "slug": error.slug, "message": str(error)}}


F = TypeVar("F", bound=Callable[..., Any])


def responds(function: F) -> F:
    """Make a mutation answer with a failed `responseResult` where it would raise an error of the wiki."""
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def patient(*args: Any, **kwargs: Any) -> Any:
            try:
                return await function(*args, **kwargs)
            except WikiError as error:
                return failure(error)

        return patient  # type: ignore[return-value]  # same signature as the function it wraps

    @wraps(function)
    def prompt(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except WikiError as error:
            return failure(error)

    return prompt  # type: ignore[return-value]  # same signature as the function it wraps


QUOTED = re.compile(r'("(?:[^"\\]|\\.)*")|\'((?:[^\'\\]|\\.)*)\'')
LONGEST = 4_000
"""Characters of a message in which quotes are looked for."""
REWORDED = (
    ("Syntax Error: Unexpected character:", "Syntax Error: Cannot parse the unexpected character"),
    (" not to be None.", " not to be null."),
    (" to be a mapping.", " to be an object."),
)


def graphql_js(message: str) -> str:
    """The text that graphql-js 15 gives for an error text of graphql-core, which quotes as Python does."""
    text = QUOTED.sub(lambda match: match[1] or f'"{match[2]}"', message[:LONGEST]) + message[LONGEST:]
    for theirs, ours in REWORDED:
        text = text.replace(theirs, ours)
    return text


def formatted(error: GraphQLError, code: str = "INTERNAL_SERVER_ERROR") -> dict[str, Any]:
    """An entry of `errors` as Apollo Server 2 writes it."""
    original = error.original_error
    message = error.message if isinstance(original, WikiError) else graphql_js(error.message)
    entry: dict[str, Any] = {"message": message}
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        entry["path"] = error.path
    entry["extensions"] = {"code": code, "exception": exception(message, original)}
    return entry


def exception(message: str, original: Exception | None = None) -> dict[str, Any]:
    """What the server shows of the JavaScript exception: a coded error has a number, a GraphQLError its text again."""
    name = original.slug if isinstance(original, WikiError) else "GraphQLError" if original is None else "Error"
    stack = [f"{name}: {message}"]
    if isinstance(original, CodedError):
        return {"stack": stack[0], "code": original.code, "message": message, "stacktrace": stack}
    if isinstance(original, GraphQLError):
        return {"message": message, "stacktrace": stack}
    if isinstance(original, WikiError):
        return {**original.details, "stacktrace": stack}
    return {"stacktrace": stack}
