"""Events as a stream, and the administration of webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ..access.sessions import TICKET
from ..changes import Changes
from ..door import caller_of, gateway_of, route
from ..http.encoding import answer, plain
from ..http.problems import Refused
from .jobs import STREAM
from .pages.models import In, Out

if TYPE_CHECKING:
    from wikijs.webhooks import Attempt, Delivery, Endpoint

T = TypeVar("T")
After = Annotated[int | None, Query(ge=0, le=2**53, description="Number of the last event that is known.")]
Types = Annotated[list[str] | None, Query(max_length=50, description="Only these: page.updated, page.*")]


class EventList(Out):
    """Events, in their order."""

    items: list[dict[str, Any]]
    last: int = Field(description="Give it as `after` for what comes next.")


class Ticket(Out):
    """What opens one stream in a browser."""

    ticket: str
    expires_in: int


class WebhookCreate(In):
    """Who is told what."""

    url: str = Field(max_length=2000)
    events: list[str] = Field(default_factory=lambda: ["*"], max_length=100)
    paths: list[str] = Field(default_factory=list[str], max_length=100)
    locales: list[str] = Field(default_factory=list[str], max_length=100)
    tags: list[str] = Field(default_factory=list[str], max_length=100)
    payload: Literal["thin", "full", "cloudevents"] = "thin"
    ordering: Literal["page", "none"] = "page"
    headers: dict[str, str] = Field(default_factory=dict[str, str])
    description: str = Field(default="", max_length=500)


class WebhookPatch(In):
    """Changes to a webhook; what is left out stays."""

    url: str | None = Field(default=None, max_length=2000)
    events: list[str] | None = Field(default=None, max_length=100)
    paths: list[str] | None = Field(default=None, max_length=100)
    locales: list[str] | None = Field(default=None, max_length=100)
    tags: list[str] | None = Field(default=None, max_length=100)
    payload: Literal["thin", "full", "cloudevents"] | None = None
    ordering: Literal["page", "none"] | None = None
    headers: dict[str, str] | None = None
    description: str | None = Field(default=None, max_length=500)
    state: Literal["active", "paused"] | None = None


class WebhookOut(Out):
    """A webhook, without its secret."""

    id: str
    url: str
    events: list[str]
    paths: list[str]
    locales: list[str]
    tags: list[str]
    payload: str
    ordering: str
    state: str
    reason: str | None
    headers: list[str]
    description: str
    created_at: str
    secret: str | None = Field(default=None, description="To verify messages with; shown when it is made, only then.")


class WebhookList(Out):
    """Webhooks, the oldest first."""

    items: list[WebhookOut]


class DeliveryList(Out):
    """What became of events, the newest first."""

    items: list[dict[str, Any]]


class Rotation(In):
    """How long the old secret still signs."""

    keep_old_for: float = Field(default=86_400, ge=0, le=30 * 86_400, description="Seconds.")


def changes_of(request: Request) -> Changes:
    """What watches the wiki.

    Raises:
        Refused: Nothing does.
    """
    changes: Changes | None = gateway_of(request).changes
    if changes is None:
        raise Refused(
            503, "feed-off", "Feed off", "This gateway does not watch the wiki.", headers={"Retry-After": "60"}
        )
    return changes


async def hooked(work: Callable[[], T]) -> T:
    """Something that blocks, in a thread."""
    return await asyncio.to_thread(work)


def add(router: APIRouter) -> None:
    """Register the routes."""
    _events(router)
    _webhooks(router)


def _events(router: APIRouter) -> None:
    @route(
        router, "GET", "/api/v1/events", scope="events", confined=True, tickets=True,
        answers={200: (None, "Server-sent events; `Last-Event-ID` goes on where a stream broke off.")},
        media={200: "text/event-stream"},
    )  # fmt: skip
    async def stream_events(
        request: Request,
        after: After = None,
        types: Types = None,
        ticket: Annotated[str | None, Query(max_length=100, description="In the place of a key, for browsers.")] = None,
    ) -> Response:
        """Watch what changes in the wiki."""
        del ticket  # the door has taken it
        changes = changes_of(request)
        if changes.streams >= _STREAMS:
            raise Refused(503, "streams", "Streams", "Too many listen already.", headers={"Retry-After": "30"})
        last = request.headers.get("last-event-id", "")
        if last.isdecimal() and len(last) < 16:
            after = int(last)
        if after is None:
            after = await hooked(changes.store.last_sequence)
        stream = changes.stream(caller_of(request), after, frozenset(types or ()))
        return StreamingResponse(stream, headers=STREAM, media_type="text/event-stream")

    @route(
        router, "GET", "/api/v1/events/list", scope="events", confined=True, answers={200: (EventList, "Events.")},
    )  # fmt: skip
    async def list_events(
        request: Request, after: After = 0, limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> Response:
        """List what changed in the wiki in the last seven days."""
        changes = changes_of(request)
        found, last = await changes.events(caller_of(request), after or 0, limit)
        return answer({"items": [event.model_dump(mode="json") for event in found], "last": last})

    @route(router, "POST", "/api/v1/events/ticket", scope="events", confined=True, answers={201: (Ticket, "A ticket.")})
    async def create_ticket(request: Request) -> Response:
        """Get a ticket that opens one stream within a minute: browsers cannot send a key with EventSource."""
        changes_of(request)  # there must be something to open
        sessions = gateway_of(request).sessions
        text = await asyncio.to_thread(sessions.ticket, caller_of(request).id)
        return answer({"ticket": text, "expiresIn": int(TICKET)}, 201)


_STREAMS = 500


def _webhooks(router: APIRouter) -> None:
    @route(router, "GET", "/api/v1/webhooks", scope="webhooks", answers={200: (WebhookList, "Webhooks.")})
    async def list_webhooks(request: Request) -> Response:
        """List webhooks."""
        found = await hooked(changes_of(request).hooks.list)
        return answer({"items": [_shown(each) for each in found]})

    @route(
        router, "POST", "/api/v1/webhooks", scope="webhooks", answers={201: (WebhookOut, "With its secret.")},
        headers_of=["Location"],
    )  # fmt: skip
    async def create_webhook(request: Request, body: WebhookCreate) -> Response:
        """Tell an address what changes. Private networks are refused, and the secret is shown this once."""
        hooks = changes_of(request).hooks
        made = await hooked(lambda: hooks.create(**body.model_dump()))
        shown = {**_shown(made.endpoint), "secret": made.secret}
        return answer(shown, 201, {"Location": f"/api/v1/webhooks/{made.id}", "Cache-Control": "no-store"})

    @route(router, "GET", "/api/v1/webhooks/{id}", scope="webhooks", answers={200: (WebhookOut, "The webhook.")})
    async def get_webhook(request: Request, id: str) -> Response:
        """Read a webhook."""
        hooks = changes_of(request).hooks
        return answer(_shown(await hooked(lambda: hooks.get(id))))

    @route(router, "PATCH", "/api/v1/webhooks/{id}", scope="webhooks", answers={200: (WebhookOut, "The webhook.")})
    async def update_webhook(request: Request, id: str, body: WebhookPatch) -> Response:
        """Change a webhook, pause it, or let it go on."""
        hooks = changes_of(request).hooks
        given = {name: getattr(body, name) for name in body.model_fields_set if getattr(body, name) is not None}
        state = given.pop("state", None)

        def change() -> Endpoint:
            hooks.update(id, **given)
            if state is not None:
                (hooks.resume if state == "active" else hooks.pause)(id)
            return hooks.get(id)

        return answer(_shown(await hooked(change)))

    @route(router, "DELETE", "/api/v1/webhooks/{id}", scope="webhooks", answers={204: (None, "It is gone.")})
    async def delete_webhook(request: Request, id: str) -> Response:
        """Forget a webhook, and all that waits for it."""
        hooks = changes_of(request).hooks
        await hooked(lambda: hooks.delete(id))
        return Response(None, 204)

    @route(
        router, "POST", "/api/v1/webhooks/{id}/test", scope="webhooks",
        answers={200: (dict[str, Any], "What came of it.")},
    )  # fmt: skip
    async def test_webhook(request: Request, id: str) -> Response:
        """Send a message to try a webhook out."""
        hooks = changes_of(request).hooks
        return answer(_attempt(await hooked(lambda: hooks.test(id))))

    @route(
        router, "POST", "/api/v1/webhooks/{id}/rotate", scope="webhooks",
        answers={200: (WebhookOut, "With its new secret.")},
    )  # fmt: skip
    async def rotate_webhook(request: Request, id: str, body: Rotation) -> Response:
        """Sign with a new secret; the old one signs beside it for a while."""
        hooks = changes_of(request).hooks
        made = await hooked(lambda: hooks.rotate_secret(id, keep_old_for=body.keep_old_for))
        return answer({**_shown(made.endpoint), "secret": made.secret}, headers={"Cache-Control": "no-store"})

    @route(
        router, "GET", "/api/v1/webhooks/{id}/deliveries", scope="webhooks",
        answers={200: (DeliveryList, "What became of events.")},
    )  # fmt: skip
    async def list_deliveries(
        request: Request, id: str, failed: bool = False, limit: Annotated[int, Query(ge=1, le=1000)] = 100
    ) -> Response:
        """Say what became of the messages to a webhook."""
        hooks = changes_of(request).hooks

        def read() -> list[Delivery]:
            hooks.get(id)
            return hooks.deliveries(id, failed=failed, limit=limit)

        found = await hooked(read)
        return answer(
            {"items": [{**plain(each), "attempts": [_attempt(one) for one in each.attempts]} for each in found]}
        )

    @route(
        router, "POST", "/api/v1/webhooks/{id}/deliveries/{delivery}/redeliver", scope="webhooks",
        answers={200: (dict[str, Any], "What came of it.")},
    )  # fmt: skip
    async def redeliver(request: Request, id: str, delivery: str) -> Response:
        """Send a message again."""
        hooks = changes_of(request).hooks
        if not delivery.startswith(f"{id}.") or not delivery.removeprefix(f"{id}.").isdecimal():
            raise Refused(404, "delivery-not-found", "Delivery not found", "There is no such delivery.")
        return answer(_attempt(await hooked(lambda: hooks.redeliver(delivery))))


def _shown(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.address,
        "events": list(endpoint.filter.types),
        "paths": list(endpoint.filter.paths),
        "locales": list(endpoint.filter.locales),
        "tags": list(endpoint.filter.tags),
        "payload": endpoint.payload,
        "ordering": endpoint.ordering,
        "state": endpoint.state,
        "reason": endpoint.reason,
        "headers": sorted(endpoint.headers),
        "description": endpoint.description,
        "createdAt": endpoint.created_at,
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {**asdict(attempt), "ok": attempt.ok}
