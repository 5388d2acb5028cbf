"""Values as JavaScript writes them in messages."""

from __future__ import annotations

import json
from typing import Any

from ..http.messages import as_array, as_object

DEPTH = 2
LENGTH = 10


def inspected(value: Any, depth: int = 0) -> str:
    """A value as graphql-js 15 shows it: nothing deeper than two levels, nothing past ten items."""
    entries = as_object(value)
    if entries is not None:
        if not entries:
            return "{}"
        if depth >= DEPTH:
            return "[Object]"
        return "{ " + ", ".join(f"{name}: {inspected(item, depth + 1)}" for name, item in entries.items()) + " }"
    items = as_array(value)
    if items is not None:
        return inspected_list(items, depth)
    return json.dumps(value, ensure_ascii=False)


def inspected_list(values: list[Any], depth: int) -> str:
    """A list."""
    if not values:
        return "[]"
    if depth >= DEPTH:
        return "[Array]"
    shown = [inspected(item, depth + 1) for item in values[:LENGTH]]
    left = len(values) - LENGTH
    if left > 0:
        shown.append("... 1 more item" if left == 1 else f"... {left} more items")
    return f"[{', '.join(shown)}]"
