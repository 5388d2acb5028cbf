"""Values as plain data, the way JSON knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, cast


def plain(value: object) -> Any:
    """The value as JSON knows it. Models keep the server's names, and our own records are named the same way."""
    from pydantic import BaseModel
    from pydantic.alias_generators import to_camel
    from pydantic_core import to_jsonable_python

    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if is_dataclass(value) and not isinstance(value, type):
        shown = (field.name for field in fields(value) if field.repr)  # a field that is not shown may be a secret
        return {to_camel(name): plain(getattr(value, name)) for name in shown}
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in cast("Sequence[object]", value)]
    return to_jsonable_python(value, fallback=str)


def compact(value: object) -> str:
    """The value as JSON on one line."""
    from json import dumps

    return dumps(plain(value), ensure_ascii=False)
