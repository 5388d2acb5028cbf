"""How a call ended, in the few words that logs, metrics and spans share."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from wikijs import exceptions as exc
from wikijs.core.outcomes import Outcome, classify

Ending: TypeAlias = Literal["ok", "refused", "not_sent", "lost", "error"]

ENDINGS: Final[tuple[Ending, ...]] = ("ok", "refused", "not_sent", "lost", "error")


def ending(error: BaseException | None, operation: str) -> Ending:
    """One word for the end of a call.

    Args:
        error: What it raised; None when it was answered.
        operation: The server's field.
    """
    if error is None:
        return "ok"
    if not isinstance(error, Exception):
        return "error"  # interrupted, cancelled
    if isinstance(error, exc.TransportError | exc.OutcomeUnknownError | exc.BrokenReplyError):
        unsent = isinstance(error, exc.TransportError) and not error.sent
        return "not_sent" if unsent else "lost"
    if isinstance(error, exc.APIError):
        return "refused" if error.status < 500 else "error"
    return "not_sent" if classify(error, operation) is Outcome.NOT_SENT else "error"
