"""The items of a bulk call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from wikijs.exceptions import ValidationError

In = TypeVar("In")


def several(items: Iterable[In]) -> list[In]:
    """The items of a bulk call.

    Raises:
        ValidationError: One item was given instead of several, whose letters or keys would pass for items.
    """
    given: object = items
    if not hasattr(given, "__iter__") or isinstance(given, str | bytes | Mapping):
        kind = type(items).__name__
        raise ValidationError(f"A list of items is needed, not one {kind}.", hint="Use [item].")
    return list(items)
