"""Reading JSON bodies as body-parser 1.20 does, with its errors and those of V8's JSON parser."""

from __future__ import annotations

import json
import re
import zlib
from typing import Any

from .messages import Request

LIMIT = 5 * 1024 * 1024
"""Bytes of a body after decompression (setting `bodyParserLimit`)."""
LIMIT_BEFORE = 1024 * 1024
"""The same before 2.5.275, where it could not be set."""


class BodyError(Exception):
    """A body that is refused with this HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def json_body(request: Request, limit: int = LIMIT) -> Any:
    """The parsed body; None when it is absent or not declared as JSON. Raise BodyError when it cannot be read."""
    if request.content_type != "application/json" or not request.body:
        return None
    charset = re.search(r"charset=\"?([\w-]+)", request.headers.get("content-type", ""), re.IGNORECASE)
    if charset and not charset[1].lower().startswith("utf-"):
        raise BodyError(f'unsupported charset "{charset[1].upper()}"', 415)
    data = inflated(request, limit)
    if len(data) > limit:
        raise BodyError("request entity too large", 413)
    try:
        text = data.decode(charset[1].lower() if charset else "utf-8", "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    return parsed(text)


def inflated(request: Request, limit: int) -> bytes:
    """The body without its compression, never much more of it than the limit."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "identity":
        return request.body
    if encoding not in {"gzip", "deflate"}:
        raise BodyError(f'unsupported content encoding "{encoding}"', 415)
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(request.body, limit + 1)
    except zlib.error:
        raise BodyError("incorrect header check", 400) from None


def parsed(text: str) -> Any:
    """The value of a JSON text that must be an object or an array."""
    first = text.lstrip(" \t\r\n")[:1]
    if first and first not in "{[":
        raise BodyError(f"Unexpected token '{first}', \"#\" is not valid JSON", 400)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise BodyError(complaint(text, error), 400) from None
    except RecursionError:
        raise BodyError("Maximum call stack size exceeded", 400) from None


def complaint(text: str, error: json.JSONDecodeError) -> str:
    """What V8 says where Python's parser says `error`."""
    position = error.pos
    if position >= len(text.rstrip()) and not error.msg.startswith("Expecting ',' delimiter"):
        return "Unexpected end of JSON input"
    before = text[:position].rstrip()[-1:]
    if error.msg.startswith("Expecting property name"):
        expected = "Expected double-quoted property name" if before == "," else "Expected property name or '}'"
    elif error.msg.startswith("Illegal trailing comma"):
        expected, position = "Expected double-quoted property name", position + 1
    elif error.msg.startswith("Expecting ':'"):
        expected = "Expected ':' after property name"
    elif error.msg.startswith("Expecting ','"):
        kind, closing = ("array element", "]") if is_in_array(text[:position]) else ("property value", "}")
        expected = f"Expected ',' or '{closing}' after {kind}"
    elif error.msg.startswith("Extra data"):
        return f"Unexpected non-whitespace character after JSON at position {position}"
    else:
        return f"Unexpected token '{unexpected(text[position:])}', {shown(text)} is not valid JSON"
    return f"{expected} in JSON at position {position}"


def is_in_array(text: str) -> bool:
    """Whether the innermost open bracket is square; strings are skipped."""
    open_brackets: list[str] = []
    for mark in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        if mark in "{[":
            open_brackets.append(mark)
        elif mark in "}]" and open_brackets:
            open_brackets.pop()
    return open_brackets[-1:] == ["["]


def unexpected(rest: str) -> str:
    """The character at which V8 gives up: past the part that a keyword could still have begun with."""
    for word in ("true", "false", "null"):
        if rest[:1] == word[0]:
            length = next((index for index, letter in enumerate(word) if rest[index : index + 1] != letter), 0)
            return rest[length : length + 1]
    return rest[:1]


def shown(text: str) -> str:
    """The text as V8 quotes it, shortened when long."""
    return f'"{text}"' if len(text) <= 40 else f'"{text[:10]}"...'
