"""JSON schemas as short as they can be: an assistant reads those of all tools before it says a word. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

_NAMES: Final = frozenset({"properties", "$defs"})
"""Keys whose values are schemas by names that somebody chose."""


def slim(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without titles, without what models say of themselves, and without null, which means "left out"."""
    return cast("dict[str, Any]", _slim(schema))


def _slim(value: Any) -> Any:
    if isinstance(value, list):
        return [_slim(item) for item in cast("Sequence[Any]", value)]
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    kept: dict[str, Any] = {}
    for key, item in fields.items():
        if key in _NAMES:
            kept[key] = {name: _slim(each) for name, each in item.items()}
        elif (
            key == "title"
            or (key == "default" and item in (None, False, [], ""))
            or key == "additionalProperties"
            or (key == "description" and "properties" in fields)
        ):
            continue
        else:
            kept[key] = _slim(item)
    options: list[dict[str, Any]] = kept.get("anyOf", [])
    if {"type": "null"} in options:
        rest = [option for option in options if option != {"type": "null"}]
        kept.pop("anyOf")
        kept = {**rest[0], **kept} if len(rest) == 1 else {"anyOf": rest, **kept}
    return kept
