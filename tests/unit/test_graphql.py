"""Raw GraphQL and operation values on both clients, over recorded answers."""

from __future__ import annotations

import logging
from typing import Any

import pydantic
import pytest
from support.echo import without_nonces
from support.jwt import api_key, login_token
from support.recordings import Replay, step
from support.wiki import PROFILE, reply

from wikijs import AsyncWikiJSClient, WikiJSClient, exceptions, ops
from wikijs.auth import JWTAuth

URL = "http://wiki.example.com"
TWO_FIELDS = step("authentication", "read-only key: two fields, one forbidden")
DEEP = step("transport", "deep query")


class User(pydantic.BaseModel):
    id: int


class Users(pydantic.BaseModel):
    users: list[User]


class Groups(pydantic.BaseModel):
    single: Users


class Deep(pydantic.BaseModel):
    groups: Groups


async def both(replay: Replay, *args: Any, **options: Any) -> list[Any]:
    """What `graphql` gives on both clients."""
    with WikiJSClient(URL, http_client=replay.client(), retry=False) as client:
        one = client.graphql(*args, **options)
    async with AsyncWikiJSClient(URL, http_client=replay.async_client(), retry=False) as other:
        return [one, await other.graphql(*args, **options)]


async def test_a_document_gives_its_data_as_a_dictionary() -> None:
    replay = Replay(DEEP.reply())
    assert await both(replay, "{pages{list{id}}}") == [DEEP.body["data"]] * 2
    assert replay.sent == [{"query": "{pages{list{id}}}", "variables": {}}] * 2


async def test_variables_and_the_name_of_the_operation_are_sent() -> None:
    replay = Replay(DEEP.reply())
    await both(replay, "query A{a} query B{b}", {"id": 1, "none": None, "user": User(id=3)}, operation_name="B")
    variables = {"id": 1, "none": None, "user": {"id": 3}}
    assert replay.sent == [{"query": "query A{a} query B{b}", "variables": variables, "operationName": "B"}] * 2


async def test_a_model_makes_a_typed_result() -> None:
    for result in await both(Replay(DEEP.reply()), "{...}", result_type=Deep):
        assert [user.id for user in result.groups.single.users] == [1, 7]


async def test_a_model_that_does_not_fit_is_told_by_pydantic() -> None:
    class Wrong(pydantic.BaseModel):
        nope: int

    with pytest.raises(pydantic.ValidationError, match="nope"):
        await both(Replay(DEEP.reply()), "{...}", result_type=Wrong)


async def test_errors_are_raised_with_the_data_that_came_along() -> None:
    replay = Replay(TWO_FIELDS.reply())
    with (
        WikiJSClient(URL, http_client=replay.client()) as client,
        pytest.raises(exceptions.PermissionDeniedError) as one,
    ):
        client.graphql("{...}", operation_name="Both")
    async with AsyncWikiJSClient(URL, http_client=replay.async_client()) as other:
        with pytest.raises(exceptions.PermissionDeniedError) as two:
            await other.graphql("{...}", operation_name="Both")
    for error in (one.value, two.value):
        assert error.data == TWO_FIELDS.body["data"]
        assert error.data["pages"]
        assert [item["path"] for item in error.errors] == [["users", "list"]]
        assert error.operation == "Both"


async def test_a_mutations_own_result_is_left_to_the_caller() -> None:
    refused = step("pages-lifecycle", "convert: same editor")
    for data in await both(Replay(refused.reply()), "mutation{...}"):
        assert data["pages"]["convert"]["responseResult"]["succeeded"] is False


async def test_execute_returns_the_leaf_on_both_clients() -> None:
    replay = Replay(PROFILE.reply())
    with WikiJSClient(URL, http_client=replay.client()) as client:
        assert client.execute(ops.users_profile()).name == "Administrator"
    async with AsyncWikiJSClient(URL, http_client=replay.async_client()) as other:
        assert (await other.execute(ops.users_profile())).name == "Administrator"
    sent = [without_nonces(request.content) for request in replay.requests]
    assert sent == [ops.users_profile().body()] * 2


async def test_a_renewed_token_is_taken_over_from_raw_answers_too() -> None:
    new = login_token(iat=5_000_000_000)
    for auth in (JWTAuth(login_token()), JWTAuth(login_token())):
        with WikiJSClient(URL, auth, http_client=Replay(reply({"data": {}}, new_jwt=new)).client()) as client:
            client.graphql("{...}")
        assert auth.current is not None
        assert auth.current.value == new


def test_operations_show_names_never_values() -> None:
    operation = ops.authentication_login("ada@example.com", password="hunter2", strategy="local")
    assert repr(operation) == "<Operation authentication.login(username, password, strategy)>"
    assert operation.name == "AuthenticationLogin"
    refused = Replay(step("authentication", "login: wrong password").reply())
    with (
        WikiJSClient(URL, http_client=refused.client()) as client,
        pytest.raises(exceptions.LoginFailedError) as caught,
    ):
        client.execute(operation)
    assert "hunter2" not in f"{caught.value} {caught.value!r}"


async def test_no_secret_is_logged_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = api_key()
    renewed = reply(PROFILE.body, new_jwt=login_token())
    with WikiJSClient(URL, key, http_client=Replay(renewed).client()) as client:
        client.execute(ops.users_profile())
        client.graphql("query($secret: String) {...}", {"secret": "hunter2"})
    async with AsyncWikiJSClient(URL, key, http_client=Replay(renewed).async_client()) as other:
        await other.execute(ops.users_profile())
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "users.profile: HTTP 200" in logged
    assert "eyJ" not in logged
    assert "hunter2" not in logged


async def test_no_token_is_logged_on_real_sockets_either(caplog: pytest.LogCaptureFixture) -> None:
    from support.loopback import Answer, serve

    token = login_token(iat=5_000_000_000)
    headers = {"content-type": "application/json", "new-jwt": token, "set-cookie": f"jwt={token}; Path=/"}
    caplog.set_level(logging.DEBUG)
    with serve(lambda _: Answer(headers=headers)) as server:
        with WikiJSClient(server.url, JWTAuth(login_token())) as client:
            client.graphql("{__typename}")
        async with AsyncWikiJSClient(server.url, JWTAuth(login_token())) as other:
            await other.graphql("{__typename}")
    logged = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert "receive_response_headers.complete" in logged  # the HTTP library shows the headers of answers
    assert "eyJ" not in logged
