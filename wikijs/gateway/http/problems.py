"""Failures as `application/problem+json` (RFC 9457), one type for each exception class."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from wikijs import exceptions as exc
from wikijs.core.answers.waiting import bounded
from wikijs.core.outcomes import Outcome, classify
from wikijs.core.values.redaction import clean

from .encoding import to_json

TYPES: Final = "/docs/errors#"
MEDIA_TYPE: Final = "application/problem+json"
_LONGEST: Final = 500


class PointedError(BaseModel):
    """What is wrong with one part of a request."""

    pointer: str = Field(description="Where it is: a JSON pointer into the body, or the name of a parameter.")
    detail: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """Why a request failed (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Address of the description of this kind of failure.")
    title: str = Field(description="What kind of failure it is.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened, and what to do.")
    instance: str | None = Field(default=None, description="Path of the request.")
    request_id: str | None = Field(default=None, alias="requestId", description="Id of the request, as in the logs.")
    operation: str | None = Field(default=None, description="The wiki's operation that failed.")
    code: int | None = Field(default=None, description="The wiki's own code of the failure.")
    slug: str | None = Field(default=None, description="The wiki's own name of the failure.")
    errors: list[PointedError] | None = Field(default=None, description="What is wrong, part by part.")


class Refused(Exception):  # noqa: N818  an answer, not an error
    """An answer that is a problem.

    Args:
        status: HTTP status.
        kind: Name of the kind, such as `key-unknown`.
        title: What kind of failure it is.
        detail: What happened, and what to do.
        headers: More headers.
        more: More members of the problem.
    """

    def __init__(
        self, status: int, kind: str, title: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.headers = dict(headers or {})
        self.members: dict[str, Any] = {
            "type": TYPES + kind,
            "title": title,
            "status": status,
            "detail": detail,
            **more,
        }

    def response(self, *, instance: str, request_id: str) -> Response:
        """The answer itself."""
        members = {**self.members, "instance": instance, "requestId": request_id}
        return Response(to_json(members), self.status, self.headers, MEDIA_TYPE)


_STATUSES: Final[tuple[tuple[type[exc.WikiJSException], int], ...]] = (
    (exc.PageChangedError, 412),
    (exc.ProxyLoginError, 502),
    (exc.AuthenticationError, 502),
    (exc.PermissionDeniedError, 403),
    (exc.NotFoundError, 404),
    (exc.PayloadTooLargeError, 413),
    (exc.UnsupportedByServerError, 501),
    (exc.ConflictError, 409),
    (exc.ValidationError, 422),
    (exc.RateLimitError, 429),
    (exc.BrokenReplyError, 502),
    (exc.ServerError, 502),
    (exc.APIError, 502),
    (exc.OutcomeUnknownError, 504),
    (exc.FollowUpError, 409),
    (exc.TimeoutError, 504),
    (exc.TransportError, 502),
    (exc.WebhookNotFoundError, 404),
    (exc.WebhookError, 422),
    (exc.WebhookRefusedError, 422),
    (exc.StoreError, 503),
    (exc.EndpointError, 502),
    (exc.InvalidTokenError, 401),
    (exc.ConfigurationError, 422),
    (exc.BatchFailedError, 409),
    (exc.WikiJSException, 502),
)


def refused(error: exc.WikiJSException, *, own_token: bool = False) -> Refused:  # noqa: PLR0912  one case each
    """What a failure of the client is for the caller.

    Args:
        error: The failure.
        own_token: Whether the caller came with a token of the wiki, so that its refusal is the caller's business.
    """
    status = status_of(type(error))
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    if error.operation:
        more["operation"] = error.operation
    if isinstance(error, exc.APIError):
        if error.code:
            more["code"] = error.code
        if error.slug:
            more["slug"] = error.slug
        if _is_own_refusal(error, status):
            status = 409  # the wiki's own word: it understood, and says why it will not
        if isinstance(error, exc.AuthenticationError) and own_token and not error.foreign:
            status, headers["WWW-Authenticate"] = 401, "Bearer"
        if error.retry_after is not None or status == 429:
            headers["Retry-After"] = str(max(round(bounded(error.retry_after or 1)), 1))
    if isinstance(error, exc.TransportError) and not error.sent:
        status, headers["Retry-After"] = 503, "5"
    if isinstance(error, exc.OutcomeUnknownError):
        more["outcome"] = "unknown"
    if classify(error, error.operation or "") is Outcome.APPLIED:
        more["outcome"] = "applied"
        status = min(status, 409)  # programs send again by themselves what ended with 5xx
    if isinstance(error, exc.StoreError):
        headers["Retry-After"] = "5"
    if isinstance(error, exc.PermissionDeniedError) and error.permissions:
        more["permissions"] = list(error.permissions)
    name = type(error).__name__
    if isinstance(error, exc.AuthenticationError) and status == 502:
        detail = "The wiki does not accept the gateway's own credential; its operator has to renew it."
    else:
        hint = error.hint if status < 500 and not _is_for_python(error.hint) else None
        detail = shortened(error.message + (f" {hint}" if hint else ""))
    return Refused(status, kind_of(type(error)), title_of(name), detail, headers=headers, **more)


def _is_own_refusal(error: exc.APIError, status: int) -> bool:
    """Whether the wiki answered in its own words that it will not, in the place of failing."""
    is_whole = isinstance(error, exc.ServerError) and not isinstance(error, exc.BrokenReplyError)
    return is_whole and status == 502 and error.status < 500 and not error.foreign


def status_of(cls: type[exc.WikiJSException]) -> int:
    known = dict(_STATUSES)
    bases = [base for base in known if base in cls.__mro__]
    return known[bases[0]]


def shortened(text: str) -> str:
    """A message of the wiki, without secrets and not too long."""
    text = clean(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _is_for_python(hint: str | None) -> bool:
    """Whether a hint speaks of arguments of the client, which the caller of a gateway does not have."""
    return hint is not None and bool(re.search(r"client\.|\.\w+\(|=\w|\w=\.|\bauth=|\.result|\.expected", hint))


def kind_of(cls: type[exc.WikiJSException]) -> str:
    """`page-not-found` of `PageNotFoundError`."""
    name = cls.__name__.removesuffix("Error").removesuffix("Exception")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def title_of(name: str) -> str:
    """`Page not found` of `PageNotFoundError`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name.removesuffix("Error"))
    return words[:1] + words[1:].lower()


def invalid(errors: Sequence[Mapping[str, Any]]) -> Refused:
    """What is wrong with a request, as the framework found it.

    Args:
        errors: Its errors, each with `loc` and `msg`.
    """
    found = [{"pointer": _pointer(error["loc"]), "detail": shortened(str(error["msg"]))} for error in errors[:50]]
    first = found[0] if found else {"pointer": "", "detail": "It cannot be read."}
    is_broken = any(error.get("type") == "json_invalid" for error in errors)
    if is_broken:
        return Refused(400, "json-invalid", "No JSON", "The body is no JSON.", errors=found)
    detail = f"{first['pointer'] or 'The request'}: {first['detail']}."
    return Refused(422, "validation", "Validation", detail.replace("..", "."), errors=found)


def _pointer(location: Sequence[Any]) -> str:
    kind, *rest = location or ("",)
    if kind == "body":
        return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in rest)
    return ".".join(str(part) for part in rest) or str(kind)


def of_status(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Refused:
    """A problem that has no kind but its status."""
    phrase = HTTPStatus(status).phrase
    if not detail or detail == phrase:
        detail = {
            404: "There is nothing at this address; /docs/api lists what there is.",
            405: "This address does not take this method.",
        }.get(status, phrase)
    return Refused(status, phrase.lower().replace(" ", "-"), phrase, detail, headers=headers)


def too_slow() -> Refused:
    """The answer to a body that does not come."""
    return Refused(408, "too-slow", "Too slow", "The body did not come in time.", headers={"Connection": "close"})


def too_large(limit: int) -> Refused:
    """The answer to a body that is too large."""
    return Refused(413, "too-large", "Too large", f"The body is larger than the {limit} bytes allowed here.")
