"""Events as types, one class for each, and the way from JSON to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import ValidationError

from . import others, own, pages
from .base import VERSION, Author, Change, Event, UnknownEvent

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


def _types() -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    for module in (pages, others, own):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Event) and value.__module__ == module.__name__:
                name = value.model_fields["type"].default
                if isinstance(name, str):
                    found[name] = value
    return found


EVENT_TYPES: Final = _types()
"""The class of each type of event."""


def parse_event(body: bytes | str | Mapping[str, Any]) -> Event:
    """The event that JSON holds; an `UnknownEvent` where its type or version is from a later release.

    Raises:
        ValueError: It is no event at all.
    """
    try:
        decoded: Any = json.loads(body) if isinstance(body, bytes | str) else body
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None
    if not isinstance(decoded, Mapping):
        raise ValueError("An event is a JSON object.")  # noqa: TRY004  an attacker may have sent it
    content = cast("Mapping[str, Any]", decoded)
    cls = EVENT_TYPES.get(str(content.get("type")), UnknownEvent)
    if content.get("version") == VERSION and cls is not UnknownEvent:
        try:
            return cls.model_validate(content)
        except ValidationError:
            pass  # a sender that means something else by this type
    return UnknownEvent.model_validate(content)


def event_schema() -> dict[str, Any]:
    """A JSON Schema of all events, told apart by `type`."""
    from pydantic.json_schema import models_json_schema

    references, definitions = models_json_schema([(cls, "serialization") for cls in EVENT_TYPES.values()])
    mapping = {name: references[cls, "serialization"]["$ref"] for name, cls in EVENT_TYPES.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Events of py-wikijs",
        "oneOf": [{"$ref": place} for place in mapping.values()],
        "discriminator": {"propertyName": "type", "mapping": mapping},
        **definitions,
    }


def catalogue() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Each type, what it means, and the fields of its data with their meanings: what documentation is made of."""
    return [
        (name, " ".join((cls.__doc__ or "").split()), [*_fields(cls.model_fields["data"])])
        for name, cls in sorted(EVENT_TYPES.items())
    ]


def _fields(data: FieldInfo) -> list[tuple[str, str]]:
    model: Any = data.annotation
    return [(name, field.description or "") for name, field in model.model_fields.items()]


__all__ = [
    "EVENT_TYPES",
    "VERSION",
    "Author",
    "Change",
    "Event",
    "UnknownEvent",
    "catalogue",
    "event_schema",
    "parse_event",
]
