"""What became of an attempt: the question on which every retry hangs.

Each attempt ends as not sent, rejected (an answer that proves that nothing happened), applied, or unknown. The tables
below say which failure means what, each row with its source; whatever no row covers is unknown when it was a write.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from wikijs import exceptions as exc


class Outcome(StrEnum):
    """How an attempt ended."""

    NOT_SENT = "not sent"
    """The request certainly never reached the server."""
    REJECTED = "rejected"
    """The answer proves that nothing was changed."""
    APPLIED = "applied"
    """The change took place."""
    UNKNOWN = "unknown"
    """The change may have taken place."""


BY_CLASS: Final[tuple[tuple[type[exc.WikiJSException], Outcome, str], ...]] = (
    (exc.ExpiredTokenError, Outcome.NOT_SENT, "found out on this side, before anything is sent"),
    (exc.RateLimitError, Outcome.REJECTED, "the limit is checked before the resolver runs"),
    (exc.QueryError, Outcome.REJECTED, "the document is validated before anything is executed (HTTP 400)"),
    (exc.PayloadTooLargeError, Outcome.REJECTED, "the body is refused before it is parsed (HTTP 413)"),
    (exc.ApiDisabledError, Outcome.REJECTED, "refused by authentication, before GraphQL (HTTP 500 with JSON)"),
    (exc.ApiKeyRevokedError, Outcome.REJECTED, "refused by authentication, before GraphQL (HTTP 500 with JSON)"),
    (
        exc.EndpointError,
        Outcome.UNKNOWN,
        "something else answered: it may have passed the request on",
    ),
    (exc.ConfigurationError, Outcome.NOT_SENT, "found out on this side, before anything is sent"),
    (exc.FollowUpError, Outcome.APPLIED, "raised after the write was applied"),
)
"""Failures whose class alone decides, whatever the operation."""

BY_CODE: Final[dict[tuple[str, int], tuple[Outcome, str]]] = {
    ("users.create", 3002): (Outcome.APPLIED, "the account is created before the welcome mail is refused"),
    ("authentication.register", 3002): (Outcome.APPLIED, "the account is created before the mail is refused"),
    ("pages.update", 6006): (Outcome.UNKNOWN, "content is saved before the move that collides"),
    ("users.delete", 1017): (Outcome.UNKNOWN, "content may have been given to somebody else before the constraint"),
    ("search.updateSearchEngines", 4002): (Outcome.UNKNOWN, "settings are saved before the engine is started"),
}
"""Error codes that do not mean, for this operation, that nothing happened. All others are checks made beforehand."""

BY_SLUG: Final[dict[tuple[str, str], tuple[Outcome, str]]] = {
    ("pages.create", "ForeignKeyViolationError"): (
        Outcome.REJECTED,
        "the insert itself fails: no such editor or locale",
    ),
    ("pages.create", "DataError"): (Outcome.REJECTED, "the insert itself fails: a value is too long"),
    ("pages.create", "NotNullViolationError"): (Outcome.REJECTED, "the insert itself fails"),
    ("authentication.createApiKey", "Error"): (Outcome.APPLIED, "a bad expiration leaves a revoked row behind"),
}
"""Failures without a code of their own (errorCode 1), which otherwise are often successes that failed late."""

BY_TEXT: Final[tuple[tuple[str, str], ...]] = (
    ("Invalid Page Id", "looked up before anything is written"),
    ("This tag does not exist", "looked up before anything is written"),
    ("Page is already using this editor", "checked before anything is written"),
    ("Unsupported source / destination content types", "checked before anything is written"),
    ("User is already assigned to group", "checked before anything is written"),
    ("Cannot assign the Guest", "checked before anything is written"),
    ("Cannot unassign", "checked before anything is written"),
    ("Cannot deactivate system", "checked before anything is written"),
    ("Cannot delete this group", "checked before anything is written"),
    ("Invalid Group ID", "looked up before anything is written"),
    ("Invalid User ID", "looked up before anything is written"),
    ("You are not authorized to", "permissions are checked before anything is written"),
    ("Some Page Rules contains", "checked before anything is written"),
    ("Your administrator has set a time limit", "checked before anything is written"),
    ("Target directory must be empty", "checked before anything is written"),
    ("Must specify at least", "checked before anything is written"),
    ("Forbidden", "permissions are checked before the resolver runs"),
    ("Unauthorized", "permissions are checked before the resolver runs"),
)
"""Starts of messages that prove that nothing happened."""


class ProgramEndedError(exc.TransportError):
    """The program that sent a write was ended before its answer came. What has not arrived by now never does."""


def classify(error: Exception, operation: str) -> Outcome:
    """What became of an attempt that ended with this error.

    Args:
        error: What was raised.
        operation: The server's field, such as `pages.create`.
    """
    if isinstance(error, exc.WikiJSException) and error.effect is not None:
        return Outcome(error.effect)
    if isinstance(error, exc.TransportError):
        return Outcome.UNKNOWN if error.sent else Outcome.NOT_SENT
    if isinstance(error, exc.APIError) and error.foreign:
        return Outcome.UNKNOWN  # only Wiki.js' own words prove that nothing happened
    for cls, outcome, _ in BY_CLASS:
        if isinstance(error, cls):
            return outcome
    if isinstance(error, exc.APIError):
        return _by_answer(error, operation)
    return Outcome.UNKNOWN  # cancelled, interrupted, or a defect: it may have been sent


def is_answer(error: Exception) -> bool:
    """Whether Wiki.js itself answered: then it is done with the request, and has said what it thinks of it."""
    return (
        isinstance(error, exc.APIError)
        and not isinstance(error, exc.BrokenReplyError)
        and error.status < 500
        and not error.foreign
    )


def _by_answer(error: exc.APIError, operation: str) -> Outcome:
    known = BY_CODE.get((operation, error.code)) or BY_SLUG.get((operation, error.slug))
    if known:
        return known[0]
    said = [error.message, *(str(item["message"]) for item in error.errors)]
    proven = error.code in exc.CLASS_FOR_CODE or any(text.startswith(start) for start, _ in BY_TEXT for text in said)
    return Outcome.REJECTED if proven else Outcome.UNKNOWN


def is_lost(error: Exception, operation: str) -> bool:
    """Whether a write that failed like this may have taken place."""
    return classify(error, operation) is Outcome.UNKNOWN


@contextmanager
def after_write(operation: str, result: object = None) -> Generator[None]:
    """Around what follows a write that was applied: a failure of it must not read as one of the write.

    Args:
        operation: The write's.
        result: What is known of what was made.

    Raises:
        FollowUpError: What follows failed.
    """
    try:
        yield
    except exc.WikiJSException as error:
        if error.effect == Outcome.APPLIED or isinstance(error, exc.FollowUpError):
            raise  # it says so itself
        raise exc.FollowUpError(
            f"The change was made, but what was to follow it failed: {error.message}",
            operation=operation,
            hint="Do not repeat it; look at the wiki.",
            result=result,
        ) from error
