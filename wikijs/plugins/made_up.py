"""Answers that nobody gave: what a write would have been answered, as far as it can be told from what it sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel

from wikijs.core import replies

if TYPE_CHECKING:
    from wikijs.core.operations import Operation

T = TypeVar("T")

_RESPONSE: Final = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": "Not sent."}
_PLAIN: Final[Mapping[type, Any]] = {int: 0, float: 0.0, str: "", bool: False}


def leaf_of(operation: Operation[T]) -> T:
    """The leaf of a mutation that succeeded: fields are those it sends, where they have the same name, else empty."""
    data = _made(operation.spec.result, operation.variables)
    return replies.accept(operation.spec, data)


def _made(model: type[BaseModel], variables: Mapping[str, Any]) -> BaseModel:
    model.model_rebuild()  # generated models name their parts before these are there
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        alias = field.alias or name
        if alias in _RESPONSE and "succeeded" in model.model_fields:
            values[name] = _RESPONSE[alias]
        else:
            sent = variables.get(alias, variables.get(name))
            values[name] = sent if sent is not None else _empty(field.annotation, variables)
    return model.model_construct(**values)


def _empty(annotation: Any, variables: Mapping[str, Any]) -> Any:
    origin = get_origin(annotation)
    if origin in {Union, UnionType}:
        chosen = [each for each in get_args(annotation) if each is not NoneType]
        nested = next((each for each in chosen if isinstance(each, type) and issubclass(each, BaseModel)), None)
        # What may be absent is absent, but for a part of the answer that holds what was written.
        return _made(nested, variables) if nested is not None else None
    if origin is not None:
        made: Any = get_args(annotation)[0] if origin is Literal else origin()
        return made
    if not isinstance(annotation, type):
        return None
    kind: type[Any] = annotation
    if issubclass(kind, BaseModel):
        return _made(kind, variables)
    if issubclass(kind, Enum):
        return next(iter(kind))
    return datetime.fromtimestamp(0, UTC) if issubclass(kind, datetime) else _PLAIN.get(kind)
