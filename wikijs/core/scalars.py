"""Python types of the server's custom scalars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field


def _unset_as_none(value: Any) -> Any:
    return None if value == "" else value


PublishDate = Annotated[
    Annotated[datetime | str, Field(union_mode="left_to_right")] | None,
    BeforeValidator(_unset_as_none),
]
"""A publish date: None where none is set (the server answers `""`), and a plain string where the server holds something
that is no date, because it stores any text it is given."""


def timestamp(moment: datetime) -> str:
    """Write a moment exactly as the server writes its own, `2026-11-21T09:08:10.397Z`.

    The server compares time stamps as text, so a date that goes back to it must not change by a digit.
    """
    from datetime import UTC

    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone, such as datetime.now(UTC)")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"  # what is finer is cut off, not rounded


def as_sent(value: Any) -> Any:
    """A variable of a document of the caller's own, with its moments written as the server writes them."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            from wikijs.exceptions import ValidationError

            raise ValidationError(f"The moment {value} has no time zone.", hint="Use datetime(…, tzinfo=UTC).")
        return timestamp(value)
    if isinstance(value, Mapping):
        return {key: as_sent(each) for key, each in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [as_sent(each) for each in cast("list[Any]", value)]
    return value
