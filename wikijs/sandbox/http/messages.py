"""HTTP messages, free of any server: what the core takes and gives.

The starlette application and the in-process transports translate to and from these two, so everything that answers a
request is written once and runs without a port.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from http.cookies import CookieError, SimpleCookie
from typing import IO, Any, TypeGuard
from urllib.parse import parse_qsl

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


class NoAnswerError(Exception):
    """The real server never answers this request; a driver keeps the client waiting instead of replying."""


@dataclass(frozen=True)
class Request:
    """One HTTP request. Header names are lower case, the path is as it was sent: with its percent signs."""

    method: str
    path: str
    query_string: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    ip: str = "127.0.0.1"
    form: IO[bytes] | None = None
    """In place of `body` where that may be too long for memory."""

    def query(self) -> dict[str, str]:
        """The parameters of the URL; the last of equal names wins."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    def cookies(self) -> dict[str, str]:
        """The cookies sent; none when the header is malformed."""
        try:
            return {name: morsel.value for name, morsel in SimpleCookie(self.headers.get("cookie", "")).items()}
        except CookieError:
            return {}

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass
class Response:
    """One HTTP response; headers are in order and may repeat."""

    status: int
    content_type: str
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def header(self, name: str) -> str | None:
        """The first header of this name, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def dumps(value: Any) -> bytes:
    """JSON as `JSON.stringify` writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value of JSON is an object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value of JSON is an array."""
    return isinstance(value, list)


def as_object(value: Any) -> dict[str, Any] | None:
    """A value of JSON if it is an object."""
    return value if is_object(value) else None


def as_array(value: Any) -> list[Any] | None:
    """A value of JSON if it is an array."""
    return value if is_array(value) else None


def json_response(value: Any, status: int = 200, *, newline: bool = False) -> Response:
    """A JSON body; Apollo ends its own with a newline, Express does not."""
    return Response(status, JSON, dumps(value) + (b"\n" if newline else b""))


def text_response(text: str, status: int = 200, content_type: str = HTML) -> Response:
    """A short text, which Express serves as HTML unless told otherwise."""
    return Response(status, content_type, text.encode())


def page_response(title: str, status: int = 200) -> Response:
    """A stand-in for one of the front end's HTML pages: only its status and title are meant to be looked at."""
    html = f'<!DOCTYPE html><html lang="en"><head><title>{title} | Wiki.js</title></head><body></body></html>'
    return Response(status, HTML, html.encode())


def redirect_response(location: str) -> Response:
    """A 302 with the one-line body of Express."""
    return Response(302, TEXT, f"Found. Redirecting to {location}".encode(), [("location", location)])


def infrastructure_error(message: str, status: int) -> Response:
    """An error met before GraphQL: broken JSON, a body too large, a blocked API key."""
    return json_response({"data": {}, "errors": [{"message": message, "path": []}]}, status)


def finished(request: Request, response: Response) -> Response:
    """Add what Express adds to a reply without an ETag: a weak one, and 304 when the client has it."""
    if response.header("etag") is not None or not response.body or response.header("location") is not None:
        return response
    digest = b64encode(sha1(response.body, usedforsecurity=False).digest())[:27].decode()
    etag = f'W/"{len(response.body):x}-{digest}"'
    response.headers.append(("etag", etag))
    wants_new = "no-cache" in request.headers.get("cache-control", "")
    if (
        request.headers.get("if-none-match") == etag
        and not wants_new
        and request.method in {"GET", "HEAD"}
        and response.status == 200
    ):
        return Response(304, "", b"", response.headers)
    return response
