"""Recorded answers to raw requests: ad-hoc GraphQL, batches as arrays, and everything that is no GraphQL answer."""

from __future__ import annotations

from typing import Any

import pytest
from support.recordings import Replay, Step, step, steps

from wikijs import WikiJSClient, exceptions
from wikijs.core import batching, replies
from wikijs.core.engine import Engine
from wikijs.core.operations import MARK, Operation, OperationSpec
from wikijs.middleware.policy import Policy

RAW = [step for step in steps() if step.is_graphql and isinstance(step.request.get("json"), dict)]
OTHERS = [step for step in steps() if not step.is_graphql and step.status is not None]
NO_GRAPHQL = {302: "EndpointError", 400: "QueryError", 403: "AuthenticationError", 500: "ServerError"}


def test_every_recorded_step_is_used() -> None:
    arrays = [step for step in steps() if step.is_graphql and isinstance(step.request.get("json"), list)]
    no_json = [step for step in steps() if step.is_graphql and "json" not in step.request]
    unanswered = [step for step in steps() if step.status is None]
    assert [len(kind) for kind in (RAW, OTHERS, arrays, no_json, unanswered)] == [358, 33, 4, 2, 1]
    assert len(RAW) + len(OTHERS) + 4 + 2 + 1 == len(steps())


def raw(answered: Step) -> dict[str, Any]:
    request = answered.request.get("json") or {}
    with WikiJSClient("http://wiki.example.com", http_client=Replay(answered.reply()).client(), retry=False) as client:
        return client.graphql(request.get("query", ""), operation_name=request.get("operationName"))


@pytest.mark.parametrize("answered", RAW, ids=str)
def test_raw_graphql_returns_data_or_raises_with_it(answered: Step) -> None:
    body = answered.body
    if isinstance(body, dict) and "errors" not in body:
        assert raw(answered) == body["data"]
        return
    with pytest.raises(exceptions.APIError) as caught:
        raw(answered)
    assert caught.value.status == answered.status
    if isinstance(body, dict):
        assert caught.value.data == body.get("data")
        assert len(caught.value.errors) == len(body["errors"])
        assert "stacktrace" not in repr(caught.value.errors)


@pytest.mark.parametrize(
    ("name", "exception", "text"),
    [
        ("unknown field", exceptions.QueryError, 'Cannot query field "nope" on type "PageQuery".'),
        ("syntax error", exceptions.QueryError, "Syntax Error: Expected Name, found <EOF>."),
        ("empty query", exceptions.QueryError, "Must provide query string."),
        ("unknown operation name", exceptions.QueryError, 'Unknown operation named "B".'),
        ("two operations, no name", exceptions.QueryError, "Must provide operation name"),
        ("not JSON", exceptions.ServerError, "POST body missing."),
        ("not JSON, with the header", exceptions.QueryError, "Expected property name or '}' in JSON"),
        ("body over 5 MB", exceptions.PayloadTooLargeError, "bodyParserLimit"),
        ("GET mutation", exceptions.EndpointError, "HTTP 405"),
        ("playground", exceptions.QueryError, "GET query missing."),
    ],
)
def test_a_refused_request_says_why(name: str, exception: type[Exception], text: str) -> None:
    with pytest.raises(exception) as caught:
        raw(step("transport", name))
    assert text in str(caught.value)


@pytest.mark.parametrize("answered", OTHERS, ids=str)
def test_what_is_no_graphql_answer_is_told_as_such(answered: Step) -> None:
    if answered.name == "GET" or "persisted" in answered.name:
        assert replies.payload(answered.reply()) == answered.body
        return
    with pytest.raises(exceptions.WikiJSException) as caught:
        replies.payload(answered.reply())
    if answered.name == "upload as guest":  # a 403 that is no GraphQL reads like a gatekeeper's
        assert isinstance(caught.value, exceptions.AuthenticationError)
        return
    assert type(caught.value).__name__ == NO_GRAPHQL.get(answered.status or 0, "EndpointError")


TYPENAME: OperationSpec[str] = OperationSpec(
    name="Typename",
    kind="query",
    server_field="__typename",
    model="support.models:Typename",
    path=("typename",),
    keys=("__typename",),
    selection=f"{MARK}__typename: __typename",
)


def entries(name: str, count: int = 3) -> list[Any]:
    return batching.split([Operation(TYPENAME)] * count, step("transport", name).reply(), "array")


def test_an_array_gives_one_outcome_an_entry() -> None:
    assert entries("array of three") == ["Query"] * 3


def test_a_broken_entry_of_an_array_leaves_the_others_alone() -> None:
    first, second, third = entries("array with one broken")
    assert first == "Query"
    assert type(second) is exceptions.UnsupportedByServerError
    assert type(third) is exceptions.QueryError
    assert "Syntax Error" in str(third)


def test_an_array_of_another_length_is_refused() -> None:
    with pytest.raises(exceptions.ServerError, match="answered 3 of 2 operations"):
        entries("array of three", 2)


@pytest.mark.parametrize(
    ("scenario", "name", "exception", "status"),
    [
        ("authentication", "a key while the API is off", exceptions.ApiDisabledError, 500),
        ("authentication", "revoked key", exceptions.ApiKeyRevokedError, 500),
        ("transport", "body over 5 MB", exceptions.PayloadTooLargeError, 413),
        ("transport", "empty array", exceptions.ServerError, 500),
    ],
)
@pytest.mark.parametrize("mode", ["alias", "array"])
def test_a_batch_refused_as_a_whole_raises(
    mode: batching.BatchMode, scenario: str, name: str, exception: type[exceptions.APIError], status: int
) -> None:
    with pytest.raises(exception) as caught:
        batching.split([Operation(TYPENAME)] * 2, step(scenario, name).reply(), mode)
    assert type(caught.value) is exception
    assert caught.value.status == status


def test_a_plain_answer_to_an_array_is_refused() -> None:
    with pytest.raises(exceptions.ServerError, match="no batch"):
        batching.split([Operation(TYPENAME)] * 2, step("transport", "typename").reply(), "array")


def test_a_batch_is_split_over_requests_and_put_together_again() -> None:
    from wikijs.auth import NoAuth
    from wikijs.core.settings import Settings
    from wikijs.core.transport.blocking import SyncDriver

    replay = Replay(step("transport", "array of three").reply())
    driver = SyncDriver(Settings("http://wiki.example.com"), replay.client())
    outcomes = driver.run(Engine(NoAuth(), "", Policy()).batch([Operation(TYPENAME)] * 6, mode="array", size=3))
    assert outcomes == ["Query"] * 6
    assert [len(sent) for sent in replay.sent] == [3, 3]
