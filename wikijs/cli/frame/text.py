"""Values as plain data, and as text that is safe to show on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, cast

from wikijs.core.values.steering import STEERING

# What an author of the wiki writes must not steer the reader's terminal, nor turn the direction of what follows.
_CONTROLS: Final = dict.fromkeys(STEERING, "�")
_TEXT_CONTROLS: Final = {code: mark for code, mark in _CONTROLS.items() if chr(code) not in "\t\r\n"}


_ESCAPES: Final = {code: f"\\u{code:04x}" for code in _CONTROLS if code >= 0x7F}


def escaped(text: str) -> str:
    """JSON, or a text of YAML in double quotes, with escapes for what steers a terminal or turns its direction."""
    return text.translate(_ESCAPES)


def printable(text: str) -> str:
    """One line, without control characters."""
    return " ".join(text.splitlines()).replace("\t", " ").translate(_CONTROLS)


def printable_lines(text: str) -> str:
    """Lines as they are, without other control characters."""
    return text.translate(_TEXT_CONTROLS)


def cell(value: object) -> str:
    """A value as text in a table: empty when missing, times in UTC to the second, lists with commas."""
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case datetime():
            text = (value.astimezone(UTC) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%SZ")
        case Enum():
            text = str(value.value)
        case list() | tuple():
            text = ", ".join(cell(item) for item in cast("Sequence[object]", value))
        case str() | int() | float():
            text = str(value)
        case _:
            text = compact(value)
    return printable(text)


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
