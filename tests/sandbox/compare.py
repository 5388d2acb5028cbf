"""Comparing a reply of the sandbox with a recorded one: everything must be equal but what differs between any two runs.

What differs between runs: times, tokens, random ids and keys, facts of the machine, the SQL inside messages. What the
recordings only describe ("<text of 72 characters>") can be compared by kind alone.
"""

from __future__ import annotations

import json
import re
from typing import Any

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
DESCRIBED = re.compile(r"<(text( of \d+ characters)?|an SVG icon|an HTML page|omitted)>")
SQL = re.compile(r"^(insert into|update|delete from|select) .* - ", re.DOTALL)
WAIT = re.compile(r"(?<=please try again in )\d+(?= seconds)")

MACHINE = {
    "configFile", "cpuCores", "dbHost", "dbVersion", "hostname", "httpPort", "latestVersionReleaseDate", "nodeVersion",
    "operatingSystem", "platform", "ramTotal", "workingDirectory", "host",
}  # fmt: skip
"""Entries that describe the machine or the address: only their type is compared."""

RANDOM = {"continuationToken", "keyShort"}
"""Entries that are random text."""

HEADERS = ("cache-control", "location", "content-disposition")

Differences = list[str]


def differences(expected: Any, actual: Any, place: str = "") -> Differences:
    """Where two values of JSON differ, as lines for people; none when they are the same but for chance."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = [f"{place}.{name}: missing" for name in expected.keys() - actual.keys()]
        found += [f"{place}.{name}: not expected" for name in actual.keys() - expected.keys()]
        for name in expected.keys() & actual.keys():
            found += entry_differences(name, expected[name], actual[name], f"{place}.{name}")
        return sorted(found)
    if isinstance(expected, list) and isinstance(actual, list):
        found = (
            [] if len(expected) == len(actual) else [f"{place}: {len(expected)} items expected, {len(actual)} found"]
        )
        for index, (left, right) in enumerate(zip(expected, actual, strict=False)):
            found += differences(left, right, f"{place}[{index}]")
        return found
    if isinstance(expected, str) and isinstance(actual, str):
        return [] if same_text(expected, actual) else [f"{place}: {expected!r} expected, {actual!r} found"]
    if type(expected) is type(actual) and expected == actual:
        return []
    return [f"{place}: {expected!r} expected, {actual!r} found"]


def entry_differences(name: str, expected: Any, actual: Any, place: str) -> Differences:
    """Where the values of one entry differ, which the entry's name may have a say in."""
    if name in {"stacktrace", "stack"}:
        return [] if actual else [f"{place}: empty"]
    if name in MACHINE | RANDOM and expected is not None:
        same = type(expected) is type(actual) and bool(expected) == bool(actual)
        return [] if same else [f"{place}: {expected!r} expected, {actual!r} found"]
    return differences(expected, actual, place)


def same_text(expected: str, actual: str) -> bool:
    """Whether two texts are equal but for what differs between runs."""
    if expected == actual:
        return True
    if DESCRIBED.fullmatch(expected):
        return True
    if expected == "<jwt>":
        return JWT.fullmatch(actual) is not None
    if any(kind.fullmatch(expected) and kind.fullmatch(actual) for kind in (TIME, UUID)):
        return True
    if expected.startswith("{") and "<text>" in expected:
        return not differences(json.loads(expected), json.loads(actual))
    return plain(expected) == plain(actual)


def plain(text: str) -> str:
    """A text without its times, the statement before an error of the database, and exact waiting times."""
    return WAIT.sub("N", SQL.sub("", TIME.sub("<time>", text)))


def response_differences(expected: dict[str, Any], actual: dict[str, Any]) -> Differences:
    """Where a response differs from a recorded one: status, media type, telling headers, body."""
    if expected["status"] is None or actual["status"] is None:
        return differences(expected["status"], actual["status"], "status")
    found = differences(expected["status"], actual["status"], "status")
    found += differences(expected.get("content_type"), actual.get("content_type"), "content_type")
    for name in HEADERS:
        if name in expected["headers"] or (expected["headers"] and name in actual["headers"]):
            found += differences(expected["headers"].get(name), actual["headers"].get(name), name)
    return found + differences(expected["body"], actual["body"], "body")
