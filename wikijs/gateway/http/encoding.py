"""Values as JSON: names as in the schema, moments exactly as the wiki writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from wikijs.core.scalars import timestamp

_FIRST: Final = datetime(2, 1, 1, tzinfo=UTC).timestamp()
_LAST: Final = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
"""A moment beyond them, of which there may be one in a database, must not keep the others from being told."""


def plain(value: Any) -> Any:
    """A value of the client as what JSON has."""
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    if isinstance(value, list | tuple):
        return [plain(each) for each in cast("Sequence[Any]", value)]
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in cast("Any", value).items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {to_camel(each.name): plain(getattr(value, each.name)) for each in fields(value)}
    return value


def _other(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value if value.tzinfo is not None else value.replace(tzinfo=UTC))
    if isinstance(value, set | frozenset):
        return sorted(cast("set[Any]", value))
    found = plain(value)
    if found is value:
        return str(value)
    return found


def to_json(value: Any) -> bytes:
    """JSON bytes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_other)
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a character, which JSON can only escape
        return json.dumps(value, separators=(",", ":"), default=_other).encode()


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer of JSON."""
    return Response(to_json(value), status, headers, "application/json")


def moment(seconds: float | None) -> str | None:
    """Seconds since 1970 as the wiki writes moments."""
    return None if seconds is None else timestamp(datetime.fromtimestamp(min(max(seconds, _FIRST), _LAST), UTC))
