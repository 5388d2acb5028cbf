"""Single operations, batches and GraphQL."""

from __future__ import annotations

from typing import Any

import pytest

from wikijs.core.calls.exposure import exposure
from wikijs.core.calls.signatures import calls
from wikijs.gateway.routes.operations import offered

from .conftest import Gate


def test_each_operation_has_an_address_but_those_for_nobody() -> None:
    missing = {name for name, call in calls().items() if call.spec.kind != "subscription"} - offered().keys()
    assert {exposure(calls()[name]).expose for name in missing} == {"never"}
    assert "authentication.create-api-key" in missing


def test_reads_answer(gate: Gate) -> None:
    page = gate.client.get("/api/v1/ops/pages/single?id=1")
    assert (page.status_code, page.json()["id"]) == (200, 1)
    assert gate.client.get("/api/v1/ops/pages/list?limit=2&tags=a&tags=b").status_code == 200
    assert gate.client.get("/api/v1/ops/pages/list?orderBy=TITLE").status_code == 200
    assert gate.client.get("/api/v1/ops/system/info-version").status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("id=x", 422), ("id=1&x=2", 422), ("id=99999", 404), ("id=null", 422), ("id=99999999999999", 422)],
)
def test_arguments_are_checked(gate: Gate, query: str, status: int) -> None:
    answer = gate.client.get(f"/api/v1/ops/pages/single?{query}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_writes_take_a_body_and_what_loses_says_so(gate: Gate) -> None:
    update = {"id": 1, "title": "Only this"}
    refused = gate.client.post("/api/v1/ops/pages/update", json=update)
    assert (refused.status_code, refused.json()["type"]) == (409, "/docs/errors#operation-loses")
    for body in (b"[]", b"{", b"1"):
        assert gate.client.post("/api/v1/ops/pages/move", content=body).status_code in {400, 422}
    made = gate.client.post("/api/v1/ops/groups/create", json={"name": "Made"})
    assert made.status_code == 200, made.text
    assert gate.client.post("/api/v1/ops/pages/rebuild-tree", content=b"").status_code in {200, 403, 409}
    assert gate.client.post("/api/v1/ops/authentication/create-api-key", json={}).status_code == 404


def test_operations_of_administrators_need_that_scope_too(gate: Gate) -> None:
    some = gate.calls(gate.key("ops:read", "ops:write"))
    assert some.get("/api/v1/ops/pages/single?id=1").status_code == 200
    assert some.get("/api/v1/ops/users/list").status_code == 403
    assert gate.calls(gate.key("ops:read")).post("/api/v1/ops/pages/move", json={}).status_code == 403


def test_a_batch_is_one_request_and_keeps_its_order(gate: Gate) -> None:
    requests: list[dict[str, Any]] = [
        {"operation": "pages.single", "arguments": {"id": 1}},
        {"operation": "pages.single", "arguments": {"id": 99999}},
        {"operation": "pages.nothing"},
        {"operation": "pages.delete", "arguments": {"id": 1}},
        {"operation": "pages.single", "arguments": {"id": "x"}},
        {"operation": "pages.searchTags", "arguments": {"query": "a"}},
    ]
    results = gate.client.post("/api/v1/batch", json={"requests": requests}).json()["results"]
    assert [result["status"] for result in results] == [200, 404, 404, 422, 422, 200]
    assert results[0]["data"]["id"] == 1
    assert results[1]["problem"]["type"] == "/docs/errors#page-not-found"
    few = gate.calls(gate.key("all", tier="free"))
    assert few.post("/api/v1/batch", json={"requests": requests[:1] * 11}).status_code == 422


def test_compiled_documents_run_and_others_need_a_scope(gate: Gate) -> None:
    spec = calls()["pages.single"].spec
    ask = {"query": spec.document, "operationName": spec.name, "variables": {"id": 1}}
    client = gate.calls(gate.key("graphql"))
    answer = client.post("/graphql", json=ask)
    assert (answer.status_code, answer.json()["data"]["pages"]["single"]["id"]) == (200, 1)
    # Another layout, and a mark of the caller's own, make no other operation of it.
    laid_out = spec.document.replace("\n", "  \n\n").replace("{", "{ mark: __typename", 1)
    assert client.post("/graphql", json=ask | {"query": laid_out}).status_code == 200
    missing = client.post("/graphql", json=ask | {"variables": {"id": 99999}}).json()
    assert missing["errors"]
    own = {"query": "{ pages { list { id } } }"}
    assert client.post("/graphql", json=own).json()["requiredScope"] == "graphql:any"
    free = gate.calls(gate.key("graphql", "graphql:any"))
    assert free.post("/graphql", json=own).json()["data"]["pages"]["list"]
    assert free.post("/graphql", json=[own, ask]).json()[1]["data"]["pages"]["single"]["id"] == 1
    write = {"query": "mutation { pages { delete(id: 1) { responseResult { succeeded } } } }"}
    assert free.post("/graphql", json=write).status_code == 403
    assert free.post("/graphql", json={"query": "subscription { loggingLiveTrail { output } }"}).status_code == 403
    everything = gate.client
    never = {
        "query": 'mutation { authentication { createApiKey(name: "x", expiration: "1d", fullAccess: true) { key } } }'
    }
    assert everything.post("/graphql", json=never).status_code == 403
    for bad in ([], {}, {"query": 1}, {"query": "{", "variables": {}}, 3, [own] * 51):
        assert everything.post("/graphql", json=bad).status_code in {403, 422}, bad
    assert everything.post("/graphql", content=b"{").status_code == 400
    assert everything.post("/graphql", json={"query": "{a" * 5000}).status_code == 403


def test_documents_that_are_too_much_are_refused_without_being_parsed(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, free = gate.calls(gate.key("graphql")), gate.calls(gate.key("graphql", "graphql:any"))
    client.post("/graphql", json={"query": "{ pages { list { id } } }"})  # what is compiled is parsed once

    def parse(*_: Any, **__: Any) -> Any:
        raise AssertionError("it was parsed")

    monkeypatch.setattr("graphql.parse", parse)
    aliases = "{" + " ".join(f"a{number}: pages {{ list {{ id }} }}" for number in range(2_000)) + "}"
    fragments = " ".join(f"fragment f{number} on Page {{ ...f{number + 1} }}" for number in range(2_000))
    for much in (
        aliases,
        fragments + "{a}",
        "{a" * 5_000,
        "[" * 5_000,
        "{" + "(" * 5_000,
        '"a"' * 5_000,
        "{a b}" * 5_000,
    ):
        answer = client.post("/graphql", json={"query": much})
        assert (answer.status_code, answer.json()["requiredScope"]) == (403, "graphql:any")
        answer = free.post("/graphql", json={"query": much})
        assert (answer.status_code, answer.json()["type"]) == (403, "/docs/errors#document-forbidden")
    for long in ({"query": " " * 100_001}, [{"query": " " * 90_000}] * 3):
        assert free.post("/graphql", json=long).status_code == 413


def test_no_compiled_operation_comes_near_to_what_is_parsed() -> None:
    from wikijs.core.documents.bounds import too_much
    from wikijs.gateway.routes.graphql import OURS

    for call in offered().values():
        half = {name: most // 2 for name, most in OURS.items()}
        assert too_much(call.spec.document, **half) is None, call


def test_a_compiled_mutation_needs_the_scope_to_write(gate: Gate) -> None:
    spec = calls()["pages.move"].spec
    ask = {"query": spec.document, "variables": {"id": 1, "destinationPath": "docs/x", "destinationLocale": "en"}}
    assert gate.calls(gate.key("graphql")).post("/graphql", json=ask).json()["requiredScope"] == "ops:write"
    done = gate.calls(gate.key("graphql", "ops:write")).post("/graphql", json=ask)
    assert done.json()["data"]["pages"]["move"]["responseResult"]["succeeded"], done.text
