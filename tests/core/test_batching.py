"""Operations that share a request: the document they make, and each one's part of the answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, build_schema, parse, validate
from support.recordings import step
from support.selections import specs
from support.wiki import PAGES, PROFILE, reply

from wikijs import exceptions, ops
from wikijs.core.batching import body, merge, split
from wikijs.core.operations import Operation

SCHEMA = build_schema((Path(__file__).parents[2] / "schema/wikijs.graphql").read_text(encoding="utf-8"))
OF_KIND = {kind: [Operation(spec) for spec in specs() if spec.kind == kind] for kind in ("query", "mutation")}
BOTH = [ops.pages_list(), ops.users_profile()]


@pytest.mark.parametrize(("kind", "count"), [("query", 64), ("mutation", 71)])
def test_all_operations_of_a_kind_merge_into_one_valid_document(kind: str, count: int) -> None:
    operations = OF_KIND[kind]
    assert len(operations) == count
    document = parse(merge(operations)["query"])
    assert validate(SCHEMA, document) == []
    (merged,) = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    assert merged.operation is OperationType(kind)
    assert merged.name is not None
    assert merged.name.value == "Batch"
    assert len(merged.selection_set.selections) == count


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_each_operation_alone_is_valid_and_so_is_it_beside_itself(spec: Any) -> None:
    assert validate(SCHEMA, parse(spec.document)) == []
    if spec.kind != "subscription":
        assert validate(SCHEMA, parse(merge([Operation(spec)] * 12)["query"])) == []


def test_variables_travel_under_names_of_their_own() -> None:
    request = merge([ops.pages_single(1), ops.pages_single(2), ops.pages_list(limit=None), ops.users_profile()])
    assert request["variables"] == {"b0_id": 1, "b1_id": 2, "b2_limit": None}
    assert request["operationName"] == "Batch"


def test_an_array_holds_ordinary_requests() -> None:
    content, nonces = body([ops.pages_single(1), ops.users_profile()], "array")
    sent = json.loads(content)
    assert [entry["operationName"] for entry in sent] == ["PagesSingle", "UsersProfile"]
    assert [entry["variables"] for entry in sent] == [{"id": 1}, {}]
    assert sent[0] == json.loads(ops.pages_single(1).body(nonces[0]))
    assert nonces[0] != nonces[1]
    assert all(f"{nonce}: __typename" in entry["query"] for nonce, entry in zip(nonces, sent, strict=True))


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [ops.pages_list(), ops.pages_delete(1)],
        [ops.logging_live_trail()],
        [ops.pages_list(), ops.logging_live_trail()],
    ],
)
def test_kinds_do_not_mix(operations: list[Operation[Any]]) -> None:
    with pytest.raises(exceptions.ConfigurationError, match="either queries or mutations"):
        merge(operations)


def merged(*parts: dict[str, Any]) -> dict[str, Any]:
    """Recorded answers as one answer to a merged document."""
    data = {f"b{i}_{key}": value for i, part in enumerate(parts) for key, value in part["data"].items()}
    errors = [
        {**error, "path": [f"b{i}_{error['path'][0]}", *error["path"][1:]]}
        for i, part in enumerate(parts)
        for error in part.get("errors", [])
    ]
    return {"data": data, **({"errors": errors} if errors else {})}


def test_each_operation_gets_its_own_part() -> None:
    pages, profile = split(BOTH, reply(merged(PAGES.body, PROFILE.body)), "alias")
    assert [page.id for page in pages] == [page["id"] for page in PAGES.body["data"]["pages"]["list"]]
    assert profile.name == "Administrator"
    assert [type(part) for part in split(BOTH, reply([PAGES.body, PROFILE.body]), "array")] == [list, type(profile)]


def test_an_error_is_attributed_to_its_operation() -> None:
    guest = step("users", "profile as guest").body
    operations = [*BOTH, *([ops.users_profile()] * 9), ops.users_profile()]
    parts = [PAGES.body, guest, *([PROFILE.body] * 9), guest]
    for mode, answer in (("alias", merged(*parts)), ("array", parts)):
        outcomes = split(operations, reply(answer), mode)  # type: ignore[arg-type]  # both are batch modes
        failed = [index for index, outcome in enumerate(outcomes) if isinstance(outcome, Exception)]
        assert failed == [1, 11]  # of b1_ and b11_, neither takes the other's
        assert isinstance(outcomes[1], exceptions.AuthenticationRequiredError)
        assert outcomes[1].operation == "users.profile"
        assert [error["path"] for error in outcomes[1].errors] == [["users", "profile"]]


def test_mutations_are_judged_one_by_one() -> None:
    done = step("pages-lifecycle", "convert markdown to code").body
    refused = step("pages-lifecycle", "convert: same editor").body
    operations = [ops.pages_convert(1, editor="code"), ops.pages_convert(1, editor="code")]
    first, second = split(operations, reply(merged(done, refused)), "alias")
    assert first.succeeded
    assert isinstance(second, exceptions.ConflictError)
    assert second.code == 1


def test_an_error_without_a_place_concerns_all_that_have_no_success() -> None:
    answer = {**merged(PAGES.body, PROFILE.body), "errors": [{"message": "Boom"}]}
    assert [type(outcome) for outcome in split(BOTH, reply(answer), "alias")] == [exceptions.ServerError] * 2


@pytest.mark.parametrize("answer", [{"data": None}, {"data": {}}, {"errors": []}])
def test_an_empty_answer_is_a_failure(answer: dict[str, Any]) -> None:
    with pytest.raises(exceptions.ServerError, match="empty"):
        split(BOTH, reply(answer), "alias")
