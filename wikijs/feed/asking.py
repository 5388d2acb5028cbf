"""What the feed asks a wiki, and what the answers mean: is it us that it answers, and is an answer one to go by?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from wikijs import exceptions as exc
from wikijs import q

if TYPE_CHECKING:
    from wikijs.core.engine import Engine
    from wikijs.core.flow import Flow
    from wikijs.core.operations import Operation

AT_ONCE: Final = 50
"""Operations in one request."""

_LISTED: Final = (
    "id",
    "path",
    "locale",
    "title",
    "description",
    "contentType",
    "isPublished",
    "createdAt",
    "updatedAt",
    "tags",
)


class Suspended(Exception):  # noqa: N818  a state, which ends by itself
    """Nothing can be concluded from what the wiki answers; it is asked again the next time."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def profile() -> Operation[Any]:
    """Who the wiki takes us for; refused to guests."""
    return q.users.profile().select("id")


def total() -> Operation[Any]:
    """How many pages there are, those that cannot be seen included."""
    return q.system.info().select("pagesTotal")


def newest(limit: int) -> Operation[Any]:
    """The pages that were written last; the limit counts pairs of page and tag."""
    return q.pages.list(limit=limit, order_by="UPDATED", order_by_direction="DESC").select(*_LISTED)


def everything() -> Operation[Any]:
    """All pages."""
    return q.pages.list().select(*_LISTED)


def is_there(page_id: int) -> Operation[Any]:
    """Whether a page is there: refused with another code where it is only hidden."""
    return q.pages.single(page_id).select("id")


def history(page_id: int, part: int, size: int) -> Operation[Any]:
    """Versions of a page, newest first."""
    return q.pages.history(page_id, offset_page=part, offset_size=size).select(
        "total", "trail.versionId", "trail.versionDate"
    )


def version(page_id: int, version_id: int) -> Operation[Any]:
    """A version of a page."""
    return q.pages.version(page_id, version_id=version_id).select(
        "versionId",
        "versionDate",
        "pageId",
        "path",
        "locale",
        "title",
        "description",
        "content",
        "contentType",
        "editor",
        "isPublished",
        "publishStartDate",
        "publishEndDate",
        "action",
        "authorId",
        "authorName",
        "createdAt",
    )


def page(page_id: int) -> Operation[Any]:
    """A page without what needs more than a rule for managing it."""
    return q.pages.single(page_id).select(
        "id", "path", "locale", "title", "description", "contentType", "createdAt", "updatedAt", "tags.tag"
    )


def whole_page(page_id: int) -> Operation[Any]:
    """A page with all that an edit can change, and who did it."""
    return q.pages.single(page_id).select(
        "id",
        "path",
        "locale",
        "title",
        "description",
        "contentType",
        "createdAt",
        "updatedAt",
        "tags.tag",
        "isPublished",
        "publishStartDate",
        "publishEndDate",
        "content",
        "editor",
        "scriptCss",
        "scriptJs",
        "authorId",
        "authorName",
        "creatorId",
        "creatorName",
    )


def batch(engine: Engine, operations: Sequence[Operation[Any]]) -> Flow[list[Any]]:
    """Each operation's answer or error, past any cache.

    Raises:
        Suspended: The wiki did not answer, or answered nobody.
    """
    if not operations:
        return []
    outcomes = yield from engine.batch(operations, size=AT_ONCE, cache=False)
    for outcome in outcomes:
        check(outcome)
    return outcomes


def as_us(engine: Engine, identity: int | None, operations: Sequence[Operation[Any]]) -> Flow[tuple[int, list[Any]]]:
    """The same in one request that also says who the wiki takes us for: one request has one identity.

    Args:
        engine: Of the client.
        identity: Who it must be; None where that is not known yet.
        operations: At most 49, what one request holds besides.

    Raises:
        Suspended: It takes us for a guest or for somebody else, so that a list would lack pages that are there.
    """
    who, *outcomes = yield from engine.batch([profile(), *operations], size=AT_ONCE, cache=False)
    for outcome in (who, *outcomes):
        check(outcome)
    if isinstance(who, exc.AuthenticationRequiredError):
        raise Suspended("The wiki takes the feed for a guest: its token is not valid any more, or there is none.")
    if isinstance(who, Exception):
        raise Suspended(f"The wiki does not tell who it takes the feed for: {said(who)}")
    found = int(who["id"])
    if identity is not None and found != identity:
        raise Suspended(f"The wiki takes the feed for user {found}; its store was begun as user {identity}.")
    return found, outcomes


def check(outcome: Any) -> None:
    """Stop where an answer is none."""
    if isinstance(outcome, exc.TransportError | exc.BrokenReplyError | exc.ConfigurationError):
        raise Suspended(said(outcome))
    if isinstance(outcome, exc.ApiDisabledError | exc.ApiKeyRevokedError | exc.ExpiredTokenError):
        raise Suspended(said(outcome))
    if isinstance(outcome, exc.RateLimitError) or (isinstance(outcome, exc.APIError) and outcome.status >= 500):
        raise Suspended(said(outcome))


def said(error: Exception) -> str:
    """What an error says, in one sentence."""
    return error.message if isinstance(error, exc.WikiJSException) else f"{type(error).__name__}."
