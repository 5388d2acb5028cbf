"""Replies as Wiki.js 2.5.314 sends them, and what the contenders send."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

URL: Final = "http://wiki.test"
CONTENT_TYPE: Final = "application/json; charset=utf-8"
FOUND_TAGS: Final = b'{"data":{"pages":{"searchTags":["howto","how"]}}}'

DELETED: Final = json.dumps(
    {"data": {"pages": {"delete": {"responseResult": {
        "succeeded": True, "errorCode": 0, "slug": "ok", "message": "Page has been deleted."}}}}},
    separators=(",", ":"),
).encode()  # fmt: skip


def page_list(count: int) -> bytes:
    """The reply to `pages.list`. Plain ASCII, which `json.loads` reads fastest: the floor is as low as it can be."""
    return json.dumps(
        {"data": {"pages": {"list": [_page(i) for i in range(1, count + 1)]}}}, separators=(",", ":")
    ).encode()


def _page(i: int) -> dict[str, Any]:
    return {
        "id": i,
        "path": f"operations/team-{i % 40}/run-service-{i}",
        "locale": "en",
        "title": f"How to run service {i}",
        "description": "What it does, who owns it and where its logs are." if i % 3 else "",
        "contentType": "markdown",
        "isPublished": i % 20 != 0,
        "isPrivate": False,
        "createdAt": f"2026-0{i % 9 + 1}-1{i % 10}T08:15:{i % 60:02d}.{i % 1000:03d}Z",
        "updatedAt": f"2026-10-2{i % 10}T18:05:{i % 60:02d}.{i % 1000:03d}Z",
        "tags": [f"team-{i % 40}", "service", "runbook"][: i % 4],
    }


def api_key() -> str:
    """A token that reads as an API key; nobody signed it and no server accepts it."""
    claims = {"api": 1, "grp": 1, "iat": 1790000000, "exp": 4000000000, "aud": "urn:wiki.js", "iss": "urn:wiki.js"}
    parts = ({"alg": "RS256", "typ": "JWT"}, claims, {"signature": "none"})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)


def page(i: int, content: str = "What to do.\n") -> dict[str, Any]:
    """A page as `pages.single` answers it, whole."""
    moment = "2026-10-20T18:05:01.001Z"
    summary = _page(i)
    tags = [
        {"id": n, "tag": tag, "title": tag, "createdAt": moment, "updatedAt": moment}
        for n, tag in enumerate(summary["tags"], 1)
    ]
    del summary["isPublished"], summary["isPrivate"]
    extra = {"content": content, "render": f"<p>{content}</p>", "scriptCss": "", "scriptJs": ""}
    return {**summary, "hash": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "tags": tags, **extra}
