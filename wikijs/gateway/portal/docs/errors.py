"""The kinds of failures: what the `type` of a problem leads to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from wikijs import exceptions as exc

from ...http.problems import kind_of, refused, title_of
from ..desk import Desk
from ..rendering import render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

OWN: Final[dict[str, tuple[str, str]]] = {
    "asset-forbidden": ("403", "The wiki does not show this file to the gateway's credential."),
    "asset-not-found": ("404", "There is no such file."),
    "bad-gateway": ("502", "The wiki, or what stands in front of it, answered with something else than an answer."),
    "bad-request": ("400", "The request cannot be read."),
    "cursor-invalid": ("400", "The cursor is none of this list. Begin again without one."),
    "delivery-not-found": ("404", "There is no such delivery of this webhook."),
    "etag-invalid": ("400", "If-Match or If-None-Match is no list of ETags."),
    "forbidden": ("403", "The form or the request is not allowed. Open the page again."),
    "internal-server-error": ("500", "The gateway failed. Its log says why, by the requestId."),
    "method-not-allowed": ("405", "The address does not take this method."),
    "not-found": ("404", "There is nothing at this address; /docs/api lists what there is."),
    "not-implemented": ("501", "This gateway, or this Wiki.js, cannot do it."),
    "outcome-unknown": ("504", "The gateway was stopped in the middle. Look whether it was done before you ask again."),
    "page-exists": ("409", "There is a page at this path already."),
    "range-not-satisfiable": ("416", "The range lies outside of the file."),
    "unsupported-media-type": ("415", "The body is of a kind that is not taken here."),
    "uri-too-long": ("414", "The address is too long."),
    "server": ("502", "The wiki failed."),
    "batch-reads": ("422", "A batch only reads. Send writes one by one, or as a job."),
    "batch-too-large": ("422", "The tier of the key says how many reads a batch may have; see /api/v1/me/limits."),
    "credential-unusable": ("502", "The gateway's own credential for the wiki cannot be used. Its operator renews it."),
    "document-forbidden": ("403", "The GraphQL document writes, subscribes, or asks for what is for nobody."),
    "document-unknown": ("403", "No operation that py-wikijs compiled; other documents need the scope graphql:any."),
    "feed-off": ("503", "This gateway does not watch the wiki, so it has no events and no webhooks."),
    "form-foreign": ("403", "A form of the portal that is too old, or that another site sent. Open its page again."),
    "host-unknown": ("421", "The gateway does not go by the name in Host. Its operator says names in allowed_hosts."),
    "idempotency-key-reused": ("422", "This Idempotency-Key was used for another request. Make a new one."),
    "idempotency-key-invalid": ("400", "An Idempotency-Key is 1 to 255 printable characters."),
    "idempotency-large": ("409", "It was done before, and its answer was too large to be kept. Read what came of it."),
    "idempotency-rights": ("409", "It was done before, by a key that might do more. Look at what came of it."),
    "idempotency-running": ("409", "The first request with this Idempotency-Key is still under way. Ask again later."),
    "internal": ("500", "The gateway failed in a way that nobody expected. Its log says why, by the requestId."),
    "job-complete": ("409", "All items of this job are done, so there is nothing to do again."),
    "job-file-gone": ("404", "The file of an export is kept for a day. Export again."),
    "job-without-file": ("409", "Only exports write a file that can be downloaded."),
    "too-slow": ("408", "The body of the request did not come: each part of it must come within 30 seconds."),
    "job-ended": ("409", "This job has ended, so it cannot be cancelled."),
    "job-key": ("403", "Jobs need a key of the gateway: a token may end before they do."),
    "job-not-found": ("404", "There is no such job, or it is another key's."),
    "job-running": ("409", "This job has not ended yet. Watch it, then ask again."),
    "jobs-at-once": ("429", "The tier of the key says how many jobs it may have at once. Wait for one to end."),
    "json-invalid": ("400", "The body is no JSON, or nested too deeply."),
    "key-malformed": ("401", "What was sent is no key: its checksum is wrong, or it is of another kind."),
    "key-not-found": ("404", "There is no such key."),
    "key-refused": ("401", "The key is unknown, was revoked, has expired, or has a new secret since."),
    "login-refused": ("401", "The wiki does not take this e-mail address with this password."),
    "login-strange": ("502", "The wiki gave no token for this login."),
    "login-unfinished": ("403", "The account needs a second step, such as a code, which cannot be done here."),
    "logins-off": ("403", "Accounts of the wiki are not taken here, unless the operator sets pass_through."),
    "no-key": ("409", "A new secret is given to a key of the gateway, and the caller came with something else."),
    "operation-loses": ("409", "The plain operation erases what it is not told. Use the resource, or say raw=true."),
    "operation-unknown": ("404", "There is no operation of this name."),
    "origin-forbidden": ("403", "The key is bound to web origins, and the request came from another one."),
    "override-not-found": ("404", "This key has the limits of its tier."),
    "page-changed": ("412", "The page is not what you read any more. Read it again, merge, send the new ETag."),
    "path-forbidden": ("403", "The key is confined to folders, and this lies elsewhere."),
    "portal-pace": ("429", "The portal was asked for many pages in a short time. Wait a few seconds."),
    "precondition-required": ("428", "Say which state you change: If-Match with the ETag that you read, or *."),
    "writes-waiting": (
        "503",
        "Page writes wait for each other, and too many wait already. Ask again, or make it a job.",
    ),
    "quota-exceeded": ("429", "The requests of this day are used up. The next day begins at midnight UTC."),
    "rate-limit": ("429", "Too many requests in a short time. Retry-After says how many seconds to wait."),
    "read-only": ("403", "This gateway only reads."),
    "scope-missing": ("403", "The key does not have the scope that `requiredScope` names."),
    "streams": ("503", "Too many listen to events already. Ask again later."),
    "secret-replaced": ("409", "Who has but the old secret of a key cannot replace the new one. Use the new one."),
    "tag-not-found": ("404", "No page has this tag."),
    "token-refused": ("401", "The token is unknown, was used, or has expired. Refresh it, or log in again."),
    "too-large": ("413", "The body is larger than the gateway takes."),
    "too-many-guesses": ("429", "Too many wrong keys came from this address."),
    "unauthorized": ("401", "Send a key: Authorization: Bearer wkg_…"),
    "validation": ("422", "A part of the request is not valid; `errors` points to each."),
    "wiki-token-refused": ("401", "The wiki does not know this token any more."),
}
"""The gateway's own kinds: the status, and what to do."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of failure."""

    name: str
    title: str
    status: str
    meaning: str
    advice: str
    of_wiki: bool


def add(desk: Desk) -> None:
    """Register the page."""
    desk.page("GET", "/docs/errors", show, "anybody")


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, by name."""
    found = {
        name: Kind(name, name.replace("-", " ").capitalize(), status, meaning, "", of_wiki=False)
        for name, (status, meaning) in OWN.items()
    }
    for name in exc.__all__:
        cls: object = getattr(exc, name)
        if not isinstance(cls, type) or not issubclass(cls, exc.WikiJSException):
            continue
        place = kind_of(cls)
        meaning = (cls.__doc__ or "").strip().partition("\n")[0]
        if place in found and not found[place].of_wiki:
            continue
        found[place] = Kind(place, title_of(cls.__name__), status_of(cls), meaning, "", of_wiki=True)
    return tuple(sorted(found.values(), key=lambda kind: kind.name))


def status_of(cls: type[exc.WikiJSException]) -> str:
    """The status of an exception's problem."""
    try:
        return str(refused(cls("")).status)
    except TypeError:  # it wants more than a message
        from ...http.problems import status_of as by_class

        return str(by_class(cls))


async def show(desk: Desk, request: Request) -> Response:
    """The page."""
    del desk
    return render(request, "errors.html", section="errors", kinds=kinds())
