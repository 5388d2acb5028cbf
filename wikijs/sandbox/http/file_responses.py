"""Answers with a file of the server's cache: conditions, and a part of the file when one is asked for.

What other servers answer with 412 or 416 is an internal error here.
"""

from __future__ import annotations

import re
from email.utils import formatdate, parsedate_to_datetime

from .messages import TEXT, Request, Response

BYTES = re.compile(r" *bytes=(.*)")
SPAN = re.compile(r"\s*+(\d*+)\s*+-\s*+(\d*+)\s*+")


def file_response(request: Request, content_type: str, data: bytes, modified: float) -> Response:
    """The file, last changed at `modified` seconds since 1970."""
    headers = [
        ("accept-ranges", "bytes"),
        ("cache-control", "public, max-age=0"),
        ("last-modified", formatdate(int(modified), usegmt=True)),
        ("etag", f'W/"{len(data):x}-{int(modified * 1000):x}"'),
    ]
    whole = Response(200, content_type, data, headers)
    if is_refused(request, whole, int(modified)):
        return internal_error(headers)
    if is_fresh(request, whole, int(modified)):
        return Response(304, "", b"", headers)
    wanted = BYTES.match(request.headers.get("range", ""))
    if wanted is None or not is_range_fresh(request, whole, int(modified)):
        return whole
    return ranged(whole, wanted[1])


def ranged(whole: Response, ranges: str) -> Response:
    """The part of the file that is asked for; all of it when several parts are."""
    size = len(whole.body)
    spans = list(filter(None, (span(part, size) for part in ranges.split(","))))
    if not spans:
        return internal_error([*whole.headers, ("content-range", f"bytes */{size}")])
    (first, last), *others = merged(spans)
    if others:
        return whole
    headers = [*whole.headers, ("content-range", f"bytes {first}-{last}/{size}")]
    return Response(206, whole.content_type, whole.body[first : last + 1], headers)


def span(text: str, size: int) -> tuple[int, int] | None:
    """The first and last byte that a range like `2-4`, `5-` or `-3` means; None when there is nothing."""
    match = SPAN.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        return None
    if match[1]:
        first, last = int(match[1]), min(int(match[2] or size - 1), size - 1)
    else:
        first, last = size - int(match[2]), size - 1
    return (first, last) if 0 <= first <= last else None


def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans with those that touch each other made one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def internal_error(headers: list[tuple[str, str]]) -> Response:
    """What the server says where sending the file fails; the headers of the file stay."""
    return Response(500, TEXT, b"Internal Server Error", headers)


def is_refused(request: Request, whole: Response, modified: int) -> bool:
    """Whether the client asks for a version that is no more."""
    wanted = request.headers.get("if-match")
    if wanted:
        return wanted != "*" and not names(wanted, whole)
    since = seconds_of(request.headers.get("if-unmodified-since"))
    return since is not None and modified > since


def is_fresh(request: Request, whole: Response, modified: int) -> bool:
    """Whether the client has this version."""
    if "no-cache" in request.headers.get("cache-control", ""):
        return False
    known, date = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    since = seconds_of(date)
    is_known = not known or known == "*" or names(known, whole)
    return is_known and bool(known or date) and (not date or (since is not None and modified <= since))


def is_range_fresh(request: Request, whole: Response, modified: int) -> bool:
    """Whether a part of this version is of use to the client."""
    condition = request.headers.get("if-range")
    if not condition:
        return True
    if '"' in condition:
        return names(condition, whole)
    since = seconds_of(condition)
    return since is not None and modified <= since


def names(tags: str, whole: Response) -> bool:
    """Whether a list of entity tags names this file."""
    tag = (whole.header("etag") or "").removeprefix("W/")
    return any(item.strip().removeprefix("W/") == tag for item in tags.split(","))


def seconds_of(date: str | None) -> float | None:
    """A date of HTTP in seconds since 1970; None when it is none."""
    try:
        return parsedate_to_datetime(date).timestamp() if date else None
    except ValueError:
        return None
