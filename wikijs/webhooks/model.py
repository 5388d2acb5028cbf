"""Endpoints, deliveries and attempts, as people see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from wikijs.feed.filters import EventFilter

State: TypeAlias = Literal["active", "paused", "disabled"]
Payload: TypeAlias = Literal["thin", "full", "cloudevents"]
Ordering: TypeAlias = Literal["page", "none"]
Status: TypeAlias = Literal["pending", "delivered", "dead", "skipped"]
Trigger: TypeAlias = Literal["auto", "manual", "test"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who is told.

    Attributes:
        id: Id of the endpoint.
        url: Where messages go; its query may hold a secret, `address` does not.
        filter: Which events it gets.
        payload: "thin" for what changed, "full" with the page's source, "cloudevents" for CloudEvents 1.0.
        version: Version of the format.
        ordering: "page" for one after the other for each page, "none" for all at once.
        wiki: URL of the wiki whose events it gets; "*" for all of the store.
        headers: Headers of its own.
        state: Whether it gets anything.
        reason: Why it does not.
        failing_since: Since when nothing but failures came back; seconds since 1970.
        created_at: When it was made.
        description: What it is for.
        secrets: With which messages are signed, the newest first, each with the time until which it is used; None for
            good. Shown nowhere.
    """

    id: str
    url: str = field(repr=False)
    filter: EventFilter
    payload: Payload
    version: str
    ordering: Ordering
    wiki: str
    headers: Mapping[str, str] = field(repr=False)
    state: State
    reason: str | None
    failing_since: float | None
    created_at: datetime
    description: str
    secrets: tuple[tuple[str, float | None], ...] = field(default=(), repr=False)

    @property
    def address(self) -> str:
        """Scheme, host and path: what may be shown."""
        parts = urlsplit(self.url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"

    def shown(self) -> dict[str, Any]:
        """The endpoint as JSON, without what may be secret: of headers their names only."""
        return {
            "id": self.id,
            "url": self.address,
            "events": list(self.filter.types),
            "paths": list(self.filter.paths),
            "locales": list(self.filter.locales),
            "tags": list(self.filter.tags),
            "payload": self.payload,
            "version": self.version,
            "ordering": self.ordering,
            "wiki": self.wiki,
            "state": self.state,
            "reason": self.reason,
            "headers": sorted(self.headers),
            "created_at": self.created_at.isoformat(),
            "description": self.description,
        }

    def signing(self, now: float) -> list[str]:
        """The secrets that sign now."""
        return [secret for secret, until in self.secrets if until is None or until > now]


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """An endpoint that was just made, or whose secret was just changed.

    Attributes:
        id: Its id.
        secret: With which its messages are signed. Shown this once.
        endpoint: All else.
    """

    id: str
    secret: str = field(repr=False)
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a message.

    Attributes:
        at: When.
        trigger: Why: the schedule, a person, a test.
        status: What was answered; None where nothing was.
        milliseconds: How long it took.
        error: What went wrong, in words.
        answer: The beginning of what was answered, cleaned.
    """

    at: datetime
    trigger: Trigger
    status: int | None
    milliseconds: float
    error: str | None
    answer: str

    @property
    def ok(self) -> bool:
        """Whether the message was taken."""
        return self.error is None

    def shown(self) -> dict[str, Any]:
        """The attempt as JSON."""
        return {**asdict(self), "at": self.at.isoformat(), "ok": self.ok}


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to an endpoint.

    Attributes:
        id: Id of the delivery.
        endpoint: Id of the endpoint.
        sequence: Number of the event.
        event_id: Id of the event; the same in all attempts, for whoever receives it twice.
        event_type: Its type.
        subject: What it is about.
        status: What became of it so far.
        attempts: The last tries, oldest first.
    """

    id: str
    endpoint: str
    sequence: int
    event_id: str
    event_type: str
    subject: str
    status: Status
    attempts: list[Attempt]

    def shown(self) -> dict[str, Any]:
        """The delivery as JSON."""
        return {**asdict(self), "attempts": [each.shown() for each in self.attempts]}


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is about to be sent.

    Attributes:
        lane: What it must not overtake.
        attempts: How often it was tried before.
        body: The bytes that are signed and sent.
    """

    endpoint: Endpoint
    sequence: int
    lane: str
    event_id: str
    event_type: str
    subject: str
    attempts: int
    body: bytes = field(repr=False)
    trigger: Trigger = "auto"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending a message.

    Attributes:
        retry_after: Seconds that the other side asked to wait.
        dead: Whether another try makes no sense, whatever the schedule says.
    """

    message: Message
    at: float
    status: int | None
    milliseconds: float
    error: str | None
    answer: str = ""
    retry_after: float | None = None
    dead: bool = False
