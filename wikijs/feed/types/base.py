"""The envelope that every event travels in, and what kinds of events share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, PlainSerializer

VERSION: Final = "1"
"""The version of what events look like. A version only gains fields; anything else would be another one."""


def written(moment: datetime) -> str:
    """A moment as the server writes it: ISO 8601 in UTC, to the millisecond."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


Moment = Annotated[datetime, PlainSerializer(written, return_type=str, when_used="json")]
"""A moment with a time zone; JSON has it in UTC, to the millisecond."""


class Part(BaseModel, frozen=True, extra="ignore"):
    """A part of an event. Fields that a later release added are left out, never an error."""


class Author(Part, frozen=True):
    """Who did it."""

    id: int = Field(description="Id of the user.")
    name: str | None = Field(default=None, description="Name of the user, where the server told it.")


class Change(Part, frozen=True):
    """What was done."""

    kind: str = Field(description="The kind of change: create, edit, move, delete and so on.")
    fields: list[str] = Field(default_factory=list[str], description="Names of the fields that differ, sorted.")
    version_id: int | None = Field(
        default=None, description="The version in the page's history that this change ended."
    )
    author: Author | None = Field(default=None, description="Who did it; null where the server does not tell.")
    previous: dict[str, Any] = Field(
        default_factory=dict[str, Any], description="Values before the change, by field, as far as they are short."
    )


class Event(BaseModel, frozen=True, extra="ignore"):
    """Something happened. Each type of event is a class below this one."""

    id: str = Field(description="The same for the same event, however often it is found or sent.")
    type: str = Field(description="What happened, such as page.updated.")
    version: str = Field(default=VERSION, description="The version of this format.")
    timestamp: Moment = Field(description="When it happened, as far as the server knows.")
    detected_at: Moment = Field(description="When it was found out.")
    wiki: str = Field(description="URL of the wiki.")
    sequence: int = Field(default=0, description="Number of the event in its store; a later event has a higher one.")
    subject: str = Field(description="What it happened to, such as page:12.")
    certain: bool = Field(default=True, description="Whether all of it is known; false where a part is a conclusion.")
    data: Any = Field(description="The details.")

    def to_json(self) -> bytes:
        """The event as JSON, the form in which it is stored, signed and sent."""
        return self.model_dump_json().encode()


class UnknownEvent(Event, frozen=True):
    """An event of a type or of a version that this release does not know; `data` is as it came."""
