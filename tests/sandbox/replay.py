"""Replaying recorded scenarios against a sandbox, step by step, as they were recorded against the real server.

The recordings leave some things out: bodies that are not JSON, query strings, the contents of uploads, the seconds that
passed between steps. They are supplied here, in `OMITTED` and `WAITS`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from compare import Differences, response_differences

from wikijs.sandbox import Sandbox

RECORDINGS = Path(__file__).parents[1] / "recordings"

CHAINS = (
    ("pages-crud",),
    ("pages-lifecycle", "groups", "users", "assets", "comments", "config-reads", "authentication", "transport"),
)
"""Scenarios that share a server, in their order."""

START = 1795252099.6
"""When the first scenario was recorded."""

HOME = """mutation { pages { create(content: "# home", description: "", editor: "markdown", isPublished: true,
isPrivate: false, locale: "en", path: "home", tags: [], title: "Home") { responseResult { message } } } }"""

WAITS = {
    "comments": {
        "create with a user token": 16,
        "create: too short": 16,
        "create: missing page": 16,
        "create as guest": 16,
        "create as guest: no name": 16,
        "reply": 16,
    },
    "authentication": {"login: wrong password": 61, "login: must change password": 61},
}
"""Seconds that passed before a step, where it matters: limits on logins and comments."""

OMITTED: dict[str, dict[str, dict[str, Any]]] = {
    "transport": {
        "GET": {"params": {"query": "{__typename}"}},
        "GET mutation": {"params": {"query": "mutation{pages{flushCache{responseResult{succeeded}}}}"}},
        "persisted query, unknown hash": {
            "params": {"extensions": json.dumps({"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}})}
        },
        "not JSON": {"content": b"{not json"},
        "not JSON, with the header": {"content": b"{not json", "headers": {"content-type": "application/json"}},
        "body over 5 MB": {"json": {"query": "{__typename}", "variables": {"x": "y" * (5 * 1024 * 1024 + 10)}}},
    },
    "assets": {"upload: no file": {"data": {"mediaUpload": '{"folderId": 0}'}}},
}
"""Parts of requests that the recordings do not have."""


@dataclass
class Outcome:
    """One step: what was asked, what the real server answered, what the sandbox answers."""

    scenario: str
    step: str
    request: dict[str, Any]
    expected: dict[str, Any]
    actual: dict[str, Any]
    differences: Differences


class FakeClock:
    """Time that passes only when told."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass
class Session:
    """What a chain of scenarios carries from step to step."""

    sandbox: Sandbox
    clock: FakeClock
    client: httpx2.Client
    keys: list[str] = field(default_factory=list[str])
    """API keys made by steps, in order."""
    translations: dict[str, str] = field(default_factory=dict[str, str])
    """Random texts of the recording, and what the sandbox gave in their place."""


def load(scenario: str) -> list[dict[str, Any]]:
    """The recorded steps of a scenario."""
    steps: list[dict[str, Any]] = json.loads((RECORDINGS / f"{scenario}.json").read_text())["steps"]
    return steps


def replay(chain: tuple[str, ...]) -> Iterator[Outcome]:
    """Replay the scenarios of a chain on one fresh sandbox."""
    clock = FakeClock(START)
    sandbox = Sandbox("empty", rate_limit=True, clock=clock)
    with httpx2.Client(transport=sandbox.transport(), base_url=sandbox.url) as client:
        session = Session(sandbox, clock, client)
        if chain[0] == "pages-lifecycle":
            client.post("/graphql", json={"query": HOME}, headers=authorization(session, "key"))
        for scenario in chain:
            for step in load(scenario):
                yield outcome(session, scenario, step)
    sandbox.close()


def outcome(session: Session, scenario: str, step: dict[str, Any]) -> Outcome:
    """Do one step."""
    session.clock.now += WAITS.get(scenario, {}).get(step["step"], 0)
    request = translated(step["request"], session.translations)
    parts = request_parts(request, step["step"]) | OMITTED.get(scenario, {}).get(step["step"], {})
    headers = authorization(session, step["auth"]) | parts.pop("headers", {})
    actual = send(session, request, headers, parts)
    session.clock.now += step["ms"] / 1000 if step["response"]["status"] else 0
    remember(session, step["response"].get("body"), actual.get("body"))
    found = response_differences(step["response"], actual)
    return Outcome(scenario, step["step"], step["request"], step["response"], actual, found)


def send(session: Session, request: dict[str, Any], headers: dict[str, str], parts: dict[str, Any]) -> dict[str, Any]:
    """Send a request; the response in the form of the recordings. Status None stands for no answer."""
    try:
        response = session.client.request(request["method"], request["path"], headers=headers, **parts)
    except httpx2.ReadTimeout:
        return {"status": None, "headers": {}}
    return {
        "status": response.status_code,
        "content_type": response.headers.get("content-type"),
        "headers": dict(response.headers),
        "body": body_of(response),
    }


def body_of(response: httpx2.Response) -> Any:
    """A body as the recordings keep it."""
    media_type = response.headers.get("content-type", "")
    if media_type.startswith("application/json"):
        return response.json()
    if media_type.startswith("text/"):
        return response.text
    return {"bytes": len(response.content)}


def request_parts(request: dict[str, Any], step: str) -> dict[str, Any]:
    """The body of a request as httpx2 takes it."""
    if "json" in request:
        return {"json": request["json"]}
    if "files" not in request:
        return {}
    (name, file), *_ = request["files"].items()
    upload = (name, (file["filename"], contents(file), file["content_type"]))
    parts: dict[str, Any] = {"files": [upload] * (2 if "several files" in step else 1)}
    return parts | {"data": request["form"]} if "form" in request else parts


def contents(file: dict[str, Any]) -> bytes:
    """Bytes for a recorded upload, of which only the number is known."""
    beginning = {
        "image/png": b"\x89PNG\r\n\x1a\n",
        "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    }.get(file["content_type"], b"")
    return beginning.ljust(file["bytes"], b" ")[: file["bytes"]]


def authorization(session: Session, auth: str) -> dict[str, str]:
    """The header that stands for a name of the recordings."""
    if auth == "guest":
        return {}
    jwt = session.sandbox.admin_jwt
    tokens = {
        "key": lambda: session.sandbox.api_key,
        "jwt": lambda: jwt,
        "garbage token": lambda: "garbage",
        "bad signature": lambda: jwt[:-6] + ("AAAAAA" if jwt[-6:] != "AAAAAA" else "BBBBBB"),
        "read-only key": lambda: session.keys[0] if session.keys else "",
        "revoked key": lambda: session.keys[0] if session.keys else "",
    }
    return {"authorization": f"Bearer {tokens[auth]()}"}


def translated(value: Any, translations: dict[str, str]) -> Any:
    """A request with the random texts of the recording replaced by the sandbox's own."""
    if isinstance(value, dict):
        return {name: translated(item, translations) for name, item in value.items()}
    if isinstance(value, list):
        return [translated(item, translations) for item in value]
    return translations.get(value, value) if isinstance(value, str) else value


def remember(session: Session, expected: Any, actual: Any) -> None:
    """Keep what later steps refer to: API keys and continuation tokens."""
    if not isinstance(actual, dict) or not isinstance(expected, dict):
        return
    for name, value in actual.items():
        if name == "key" and isinstance(value, str) and expected.get(name) == "<jwt>":
            session.keys.append(value)
        if name == "continuationToken" and value and expected.get(name):
            session.translations[expected[name]] = value
        remember(session, expected.get(name), value)
