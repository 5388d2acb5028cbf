"""Pages: requests that were sent to a real Wiki.js 2.5.314, and what it answered, in order. The sandbox must agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from compare import differences

from wikijs.sandbox import Sandbox

MEASURED = Path(__file__).parent / "measured"

DATABASE_ERRORS = {
    "{pages{list(limit:-1){id path tags}}}",
    "{pages{history(id:2,offsetPage:-1,offsetSize:3){total trail{versionId}}}}",
    "{pages{history(id:2,offsetPage:0,offsetSize:-3){total trail{versionId}}}}",
}
"""Errors of the database that reach the client: the server adds what PostgreSQL said, the sandbox does not."""


class Caller:
    """Sends requests as different people."""

    def __init__(self, sandbox: Sandbox, http: httpx2.Client) -> None:
        self.http = http
        self.keys: dict[str, str | None] = {"key": sandbox.api_key, "guest": None}

    def send(self, auth: str, query: str, variables: dict[str, Any]) -> Any:
        """The reply to a request."""
        key = self.keys[auth]
        headers = {"authorization": f"Bearer {key}"} if key else {"authorization": ""}
        return self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()

    def make_key(self, name: str, permissions: list[str], rules: list[dict[str, Any]]) -> None:
        """Make a group with these rights, and a key of it."""
        made = self.send("key", "mutation($n: String!) { groups { create(name: $n) { group { id } } } }", {"n": name})
        group = made["data"]["groups"]["create"]["group"]["id"]
        self.send(
            "key",
            """mutation($g: Int!, $p: [String]!, $r: [PageRuleInput]!) { groups { update(id: $g, name: "g",
            redirectOnLogin: "/", permissions: $p, pageRules: $r) { responseResult { succeeded } } } }""",
            {"g": group, "p": permissions, "r": rules},
        )
        made = self.send(
            "key",
            """mutation($n: String!, $g: Int!) { authentication { createApiKey(name: $n, expiration: "1y",
            fullAccess: false, group: $g) { key } } }""",
            {"n": name, "g": group},
        )
        self.keys[name] = made["data"]["authentication"]["createApiKey"]["key"]


@pytest.mark.parametrize("scenario", sorted(path.stem for path in MEASURED.glob("pages*.json")))
def test_answers_as_the_real_server_did(scenario: str, sandbox: Sandbox, http: httpx2.Client) -> None:
    caller = Caller(sandbox, http)
    found: dict[str, list[str]] = {}
    for number, step in enumerate(json.loads((MEASURED / f"{scenario}.json").read_text(encoding="utf-8"))):
        if "key" in step:
            caller.make_key(step["key"], step["permissions"], step["rules"])
            continue
        reply = caller.send(step["auth"], step["query"], step["variables"])
        wrong = differences(step["reply"], reply)
        if step["query"] in DATABASE_ERRORS:
            assert wrong
            wrong = [line for line in wrong if ".extensions.exception." not in line]
        if wrong:
            found[f"{number}: {step['auth']}: {step['query']} {step['variables']}"] = wrong[:3]
    assert not found
