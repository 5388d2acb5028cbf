"""The contract: the OpenAPI document is valid, is what is written down, and is kept by what answers.

Over 3,000 requests are tried, the same each time; WIKIJS_GATEWAY_CASES says how many of each route, 15 by default.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute
from openapi_spec_validator import validate

from wikijs.gateway.access.checks import Asked, refusal
from wikijs.gateway.access.scopes import SCOPES
from wikijs.gateway.app import bare
from wikijs.gateway.door import rule_of

from .conftest import Gate

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text(encoding="utf-8"))


def test_the_document_is_valid_openapi_3_1() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"] == "3.1.0"
    assert len(DOCUMENT["paths"]) > 150


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    ]


def test_each_route_is_described() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))
    for method, path, operation in operations():
        assert operation["summary"], path
        assert "x-wikijs-rule" not in operation
        assert operation.get("x-scope", "admin") in SCOPES, (method, path)


def test_each_scope_opens_its_own_routes_and_no_other(gate: Gate) -> None:
    """Every route with a key of every scope but its own: refused before anything is looked at."""
    by_scope = {scope: gate.calls(gate.key(*(set(SCOPES) - {scope}))) for scope in SCOPES}
    tried = 0
    for method, path, operation in operations():
        scope = operation.get("x-scope")
        if scope is None:
            continue
        address = path.replace("{id}", "1").replace("{path}", "x").replace("{locale}", "en")
        answer = by_scope[scope].request(method, address)
        assert answer.status_code == 403, (method, path, answer.text)
        assert answer.json()["requiredScope"] == scope
        nobody = gate.calls(None).request(method, address)
        assert nobody.status_code == 401, (method, path)
        tried += 1
    assert tried > 170


def test_each_route_and_each_scope(gate: Gate) -> None:
    """The whole table: a key with one scope is refused by each route of another one, and let in by those of its own."""
    callers = {scope: gate.gateway.authenticator.known(f"Bearer {gate.key(scope)}".encode()) for scope in SCOPES}
    routes = [each for each in bare().routes if isinstance(each, APIRoute) and rule_of(each.openapi_extra) is not None]
    tried = 0
    for route in routes:
        rule = rule_of(route.openapi_extra)
        assert rule is not None
        if rule.scope is None:
            continue
        for scope, caller in callers.items():
            assert caller is not None
            for method in route.methods:
                why = refusal(Asked(caller, rule, method, None, gate.gateway.settings))
                if rule.scope in {"", scope}:
                    assert why is None, (route.path, scope)
                else:
                    assert why is not None, (route.path, scope)
                    assert why.status == 403
                    assert why.members["requiredScope"] == rule.scope
                tried += 1
    assert tried > 190 * len(SCOPES)


def test_each_route_has_a_rule() -> None:
    routes = [each for each in bare().routes if isinstance(each, APIRoute) and each.path != "/openapi.json"]
    assert len(routes) > 200
    for each in routes:
        assert rule_of(each.openapi_extra) is not None, each.path


def test_what_answers_keeps_the_contract() -> None:
    """Requests that fit the document and such that do not: no 5xx, and nothing that the document does not say.

    In a process of its own: its library would find a folder of these tests in the place of a package that it needs.
    """
    script = Path(__file__).with_name("attacking.py")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=1800, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]
    assert int(done.stdout.split()[0]) > 3_000 or "WIKIJS_GATEWAY_CASES" in os.environ, done.stdout
