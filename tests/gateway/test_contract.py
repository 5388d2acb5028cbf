"""The contract: the OpenAPI document is valid, is what is written down, and is kept by what answers.

How many requests are tried is said by WIKIJS_GATEWAY_CASES; they are the same each time.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from wikijs.gateway import Gateway, Settings
from wikijs.gateway.access.scopes import SCOPES
from wikijs.gateway.app import application, bare
from wikijs.gateway.door import rule_of
from wikijs.gateway.limits.tiers import tiers_of
from wikijs.sandbox import Sandbox

from .conftest import Gate, settings_at

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text(encoding="utf-8"))
CASES = int(os.environ.get("WIKIJS_GATEWAY_CASES", "16"))
CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance, content_type_conformance]
LEFT_OUT = {
    # They end what the others need: the key that is used, and the wiki's own credential.
    "revoke_key", "rotate_key", "update_key", "put_credential", "delete_credential", "put_override",
    # These never end.
    "stream_events", "watch_job",
}  # fmt: skip


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


def test_each_route_has_a_rule() -> None:
    from fastapi.routing import APIRoute

    app = bare()
    for router in [getattr(each, "original_router", None) for each in app.routes]:
        for each in getattr(router, "routes", ()):
            if isinstance(each, APIRoute):
                assert rule_of(each.openapi_extra) is not None, each.path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("contract")
    with Sandbox("demo") as wiki:
        huge = tiers_of({"huge": {"rate": 10**9, "burst": 10**9, "daily": 10**9, "jobs": 10**6, "write": 10**9,
                                  "search": 10**9, "upload": 10**9, "export": 10**9}})  # fmt: skip
        setup: Settings = settings_at(folder, wiki.url, feed=True, feed_interval=3600.0, tiers=huge, rate=10**9)
        gateway = Gateway(setup, http=httpx2.AsyncClient(transport=wiki.transport()))
        gateway.credentials.put("default", "api_key", {"key": wiki.api_key})
        key = gateway.keys.create("contract", scopes=["all"], tier="huge")[1]
        app = application(gateway)
        schema = schemathesis.openapi.from_dict(DOCUMENT)
        schema.app = app
        yield schema, key


def test_what_answers_keeps_the_contract(served: Any) -> None:
    """Requests that fit the document and such that do not: no 5xx, and nothing that the document does not say."""
    schema, key = served
    tried: list[int] = []
    broken: list[str] = []
    with asgi.get_client(schema.app) as client:
        client.headers["authorization"] = f"Bearer {key}"
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.definition.raw.get("operationId") not in LEFT_OUT:
                broken += attack(operation, client, tried)
    assert not broken, "\n".join(broken)
    assert len(tried) >= 0.9 * CASES * 200
    print(f"{len(tried)} cases")


def attack(operation: Any, client: Any, tried: list[int]) -> list[str]:
    """What is wrong with one operation."""

    def attempt(case: Any) -> None:
        tried.append(1)
        case.call_and_validate(session=client, checks=CHECKS)

    try:
        for mode, share in ((GenerationMode.POSITIVE, 2), (GenerationMode.NEGATIVE, 1)):
            options = settings(
                max_examples=max(CASES * share // 3, 1),
                phases=[Phase.generate],
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            try:
                options(given(case=operation.as_strategy(generation_mode=mode))(attempt))()
            except Unsatisfiable:
                continue
    except Exception as error:  # all that is wrong shall be seen at once
        return [f"{operation.label}: {str(error)[:1500]}"]
    return []
