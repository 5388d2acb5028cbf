"""Conditional requests: tags of states, compared as RFC 9110 says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .problems import Refused

if TYPE_CHECKING:
    from starlette.requests import Request

_TAG: Final = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*')


def tags(header: str) -> list[str] | None:
    """The tags of a header, weak ones without their mark (proxies that compress add it); None for `*`.

    Raises:
        Refused: The header is none.
    """
    if header.strip() == "*":
        return None
    found: list[str] = []
    place = 0
    while place < len(header):
        match = _TAG.match(header, place)
        if match is None:
            raise Refused(
                400, "etag-invalid", "ETag invalid", 'A tag is written in quotes, such as "8fQ2…", or is "*".'
            )
        found.append(match[2])
        place = match.end()
        if place < len(header) and header[place] == ",":
            place += 1
        elif place < len(header):
            raise Refused(400, "etag-invalid", "ETag invalid", "Tags are separated by commas.")
    return found


def not_modified(request: Request, tag: str) -> bool:
    """Whether the caller has this state already."""
    header = request.headers.get("if-none-match")
    if header is None:
        return False
    wanted = tags(header)
    return wanted is None or tag in wanted


def required_match(request: Request) -> list[str] | None:
    """The tags that a write expects; None for any state.

    Raises:
        Refused: There is no such header (428), or it is none.
    """
    header = request.headers.get("if-match")
    if header is None:
        raise Refused(
            428,
            "precondition-required",
            "Precondition required",
            "Say which state you change: If-Match with the ETag of the page as you read it, or If-Match: *.",
        )
    return tags(header)


def check_match(wanted: list[str] | None, tag: str, **members: object) -> None:
    """Refuse a write of another state than the caller knows.

    Raises:
        Refused: It is another one (412).
    """
    if wanted is None or tag in wanted:
        return
    raise Refused(
        412,
        "page-changed",
        "Page changed",
        "The page is not what you read any more. Nothing was written. Read it again, merge, and send the new ETag.",
        headers={"ETag": f'"{tag}"'},
        **members,
    )
