"""Uploads and downloads with the replies of a real Wiki.js 2.5.314, measured one after the other on a new wiki.

python tests/sandbox/transfers.py URL KEY     measures again the replies in measured/transfers.json

A step says who asks (`as`: key or guest) and what: a `query`, or `method`, `path`, `headers` and `content`, of which
one character is one byte; `repeated` is a character and a number that take the place of `@` in it. `{etag}` and
`{modified}` in a header stand for those of the last reply that had them.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
from compare import Differences, differences

from wikijs.sandbox import Sandbox

FILE = Path(__file__).parent / "measured" / "transfers.json"
HEADERS = ("content-type", "content-disposition", "content-range", "accept-ranges", "cache-control", "location")
"""Headers that are compared."""
MEASURING_TIMEOUT = 4
"""Seconds after which the real server is taken not to answer."""

Step = dict[str, Any]


class Caller:
    """Does steps, on a real wiki or on a sandbox."""

    def __init__(self, http: httpx2.Client, key: str) -> None:
        self._http = http
        self._key = key
        self._known = {"etag": "", "modified": ""}

    def ask(self, step: Step) -> Any:
        """The reply to a step, without what differs between any two runs; None when there is none."""
        headers = {name: value.format(**self._known) for name, value in step.get("headers", {}).items()}
        if step["as"] == "key":
            headers["authorization"] = f"Bearer {self._key}"
        try:
            if "query" in step:
                return by_id(self._http.post("/graphql", json={"query": step["query"]}, headers=headers).json())
            response = self._http.request(step["method"], step["path"], headers=headers, content=content_of(step))
        except httpx2.ReadTimeout:
            return None
        self._known["etag"] = response.headers.get("etag", self._known["etag"])
        self._known["modified"] = response.headers.get("last-modified", self._known["modified"])
        return {
            "status": response.status_code,
            "headers": {name: response.headers[name] for name in HEADERS if name in response.headers},
            "has": [name for name in ("etag", "last-modified") if name in response.headers],
            "body": body_of(response),
        }


def by_id(reply: Any) -> Any:
    """A reply with its list of files ordered: the real server's order depends on how its database reuses space."""
    files = ((reply.get("data") or {}).get("assets") or {}).get("list")
    if files:
        files.sort(key=lambda file: file["id"])
    return reply


def content_of(step: Step) -> bytes:
    """The body to send."""
    content: str = step.get("content", "")
    if "repeated" in step:
        character, count = step["repeated"]
        content = content.replace("@", character * count)
    return content.encode("latin-1")


def body_of(response: httpx2.Response) -> Any:
    """A body as it is kept: of an HTML page only what it tells of an internal error."""
    kind = response.headers.get("content-type", "")
    if kind.startswith("application/json") and response.content[:1] == b"{":
        return response.json()
    if b"<!DOCTYPE" in response.content[:200]:
        told = re.search(r"<span>([^<]*)</span>", response.text) if response.status_code == 500 else None
        return f"<page> {told[1]}" if told else "<page>"
    return response.content.decode("latin-1")


def load() -> list[Step]:
    """All steps."""
    steps: list[Step] = json.loads(FILE.read_text(encoding="utf-8"))
    return steps


def repeated() -> dict[str, Differences]:
    """Where the sandbox differs from the replies measured, by step."""
    found: dict[str, Differences] = {}
    with Sandbox() as sandbox, httpx2.Client(transport=sandbox.transport(), base_url=sandbox.url) as http:
        caller = Caller(http, sandbox.api_key)
        for step in load():
            found[step["step"]] = differences(step["reply"], caller.ask(step))
    return found


def measure(url: str, key: str) -> None:
    """Do the steps on a real wiki and keep its replies."""
    steps = load()
    with httpx2.Client(base_url=url, timeout=MEASURING_TIMEOUT) as http:
        caller = Caller(http, key)
        for step in steps:
            time.sleep(0.02)
            step["reply"] = omitted(caller.ask(step))
    lines = ",\n".join(json.dumps(step, ensure_ascii=False) for step in steps)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def omitted(reply: Any) -> Any:
    """A reply without the stacks of errors."""
    if isinstance(reply, dict):
        return {name: "<omitted>" if name.startswith("stack") else omitted(value) for name, value in reply.items()}
    return [omitted(item) for item in reply] if isinstance(reply, list) else reply


if __name__ == "__main__":
    measure(*sys.argv[1:])
