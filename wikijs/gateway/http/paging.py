"""Long lists in parts: a cursor says where the last part ended, so that nothing is missed when items come and go."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, Final, TypeVar, cast
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from .problems import Refused

T = TypeVar("T")
DEFAULT: Final = 50
MOST: Final = 500
_LAST: Final = 2**53
_NOT_THE_LIST: Final = frozenset({"cursor", "limit", "fields"})
"""Parameters that may differ from one part of a list to the next."""


def encode(request: Request, place: Sequence[Any]) -> str:
    """A cursor of the sorting key at which a part of a list ended, for this list in this sorting alone."""
    return base64.urlsafe_b64encode(json.dumps([_list_of(request), *place]).encode()).decode().rstrip("=")


def _list_of(request: Request) -> str:
    """What tells a list, its filters and its sorting from others."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    kept = sorted(f"{name}={value}" for name, value in pairs if name not in _NOT_THE_LIST)
    text = "\n".join([request.url.path, *kept])
    return blake2b(text.encode(errors="surrogatepass"), digest_size=6).hexdigest()


def decode(request: Request, cursor: str, kinds: Sequence[type]) -> tuple[Any, ...]:
    """The sorting key of a cursor.

    Args:
        request: The request for the list that it must belong to.
        cursor: As `encode` made it.
        kinds: Types of its parts.

    Raises:
        Refused: It is none.
    """
    try:
        place: Any = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        place = None
    whole: list[Any] = cast("Any", place) if isinstance(place, list) and place else [None]
    mark, *parts = whole
    is_of_kinds = len(parts) == len(kinds) and all(type(part) is kind for part, kind in zip(parts, kinds, strict=True))
    if mark != _list_of(request) or not is_of_kinds or any(isinstance(part, int) and part > _LAST for part in parts):
        raise Refused(
            422,
            "cursor-invalid",
            "Cursor invalid",
            "This cursor belongs to another list or sorting. Take it from the header Link of the part before.",
            errors=[{"pointer": "cursor", "detail": "It belongs to another list or sorting."}],
        )
    return tuple(parts)


def part_of(
    items: Sequence[T],
    key: Callable[[T], tuple[Any, ...]],
    *,
    descending: bool,
    limit: int,
    after: tuple[Any, ...] | None,
) -> tuple[list[T], tuple[Any, ...] | None]:
    """A part of a list, and the key behind which the next one begins; None after the last.

    Args:
        items: All of them, in any order.
        key: What they are sorted by, different for each of them.
        descending: Largest first.
        limit: Items at most.
        after: Key of the last item of the part before.
    """
    ordered = sorted(items, key=key, reverse=descending)
    if after is not None:
        low, high = 0, len(ordered)
        while low < high:
            middle = (low + high) // 2
            place = key(ordered[middle])
            if place > after if not descending else place < after:
                high = middle
            else:
                low = middle + 1
        ordered = ordered[low:]
    chosen = ordered[:limit]
    more = len(ordered) > limit
    return chosen, key(chosen[-1]) if more and chosen else None


def next_link(request: Request, place: Sequence[Any] | None) -> dict[str, str]:
    """The header that leads to the next part; nothing after the last.

    Args:
        request: The request for this part.
        place: Where the next one begins, as `decode` gives it.
    """
    if place is None:
        return {}
    cursor = encode(request, place)
    query = [(name, value) for name, value in parse_qsl(request.url.query, keep_blank_values=True) if name != "cursor"]
    return {"Link": f'<{request.url.path}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'}


def of_offset(items: Sequence[T], request: Request, limit: int, cursor: str | None) -> tuple[list[T], dict[str, str]]:
    """A part of a list that has no key of its own, by its place."""
    start = max(decode(request, cursor, [int])[0], 0) if cursor else 0
    chosen = list(items[start : start + limit])
    more = [start + limit] if start + limit < len(items) else None
    return chosen, next_link(request, more)


def sparse(items: Any, names: frozenset[str] | None) -> Any:
    """Only the fields that were asked for, and `id`."""
    if names is None:
        return items
    if isinstance(items, list):
        found: list[Any] = cast("Any", items)
        return [sparse(each, names) for each in found]
    fields = cast("dict[str, Any]", items)
    return {name: value for name, value in fields.items() if name in names or name == "id"}


def wanted_fields(text: str | None, known: Sequence[str]) -> frozenset[str] | None:
    """The fields of `fields=a,b`; None for all.

    Raises:
        Refused: One is unknown.
    """
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        detail = f"There is no field {unknown[0]!r}." if unknown else "It names no field."
        raise Refused(
            422,
            "validation",
            "Validation",
            f"fields: {detail} Known are {', '.join(known)}.",
            errors=[{"pointer": "fields", "detail": detail}],
        )
    return frozenset(names)
