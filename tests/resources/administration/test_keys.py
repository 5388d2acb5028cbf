"""API keys: none without power, none that ends at once, and their ids, which the server does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.resources.conftest import Area, answer
from tests.resources.people import NOBODY, People, people_of
from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs import exceptions as exc


@pytest.fixture
def people(wiki: Area) -> Iterator[People]:
    with people_of(wiki) as people:
        yield people


def test_a_key_has_the_permissions_of_its_group_for_its_time(wiki: Area, people: People) -> None:
    group = people.group(permissions=["read:pages"])
    made = wiki.client.api_keys.create(people.name("key"), expires=timedelta(days=90), group=group.name)
    assert made.group_id == group.id
    assert abs(made.expires_at - datetime.now(UTC) - timedelta(days=90)) < timedelta(minutes=1)
    identity = wiki.client_with(made.key).whoami()
    assert (identity.kind, identity.key_id, identity.key_group_id) == ("api_key", made.id, group.id)
    listed = wiki.client.api_keys.get(made.id)
    assert listed.name == people.name("key")
    assert abs(listed.expiration - made.expires_at) < timedelta(seconds=2)
    wiki.client.api_keys.revoke(made.id)


def test_the_key_itself_is_not_shown_by_accident(wiki: Area, people: People) -> None:
    made = wiki.client.api_keys.create(people.name("key"), full_access=True, expires=timedelta(minutes=5))
    assert made.group_id == 1
    assert made.key not in repr(made)
    wiki.client.api_keys.revoke(made.id)


def test_nor_by_the_operation_itself(wiki: Area, people: People) -> None:
    made = wiki.client.execute(
        ops.authentication_create_api_key(people.name("key"), expiration="5m", full_access=True, group=None)
    )
    assert made.key
    assert made.key not in f"{made!r} {[made]} {made}"
    wiki.client.api_keys.revoke(people.name("key"))


def test_odd_times_are_kept_to_the_second(wiki: Area, people: People) -> None:
    expires = timedelta(days=1, hours=2, minutes=3, seconds=4, microseconds=5)
    made = wiki.client.api_keys.create(people.name("key"), full_access=True, expires=expires)
    assert abs(made.expires_at - datetime.now(UTC) - expires) < timedelta(minutes=1)
    wiki.client.api_keys.revoke(made.id)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, "either full access or"),
        ({"full_access": True, "group": 2}, "either full access or"),
        ({"full_access": True, "expires": timedelta(milliseconds=365)}, "cannot be valid for"),
        ({"full_access": True, "expires": timedelta(days=-1)}, "cannot be valid for"),
        ({"full_access": True, "expires": timedelta(days=365 * 101)}, "cannot be valid for"),
    ],
)
def test_keys_of_no_use_are_refused(arguments: dict[str, Any], reason: str) -> None:
    with WikiJSClient("http://127.0.0.1:1") as client:
        with pytest.raises(exc.ValidationError, match=reason):
            client.api_keys.create("key", **arguments)
        with pytest.raises(exc.ValidationError, match="needs a name"):
            client.api_keys.create(" ", full_access=True)


def test_a_key_for_a_group_that_does_not_exist_is_refused(wiki: Area, people: People) -> None:
    before = wiki.client.api_keys.list()
    for group in (NOBODY, people.name("nobody")):
        with pytest.raises(exc.GroupNotFoundError):
            wiki.client.api_keys.create(people.name("key"), group=group)
    assert wiki.client.api_keys.list() == before


def test_revoking_an_unknown_key_is_an_error_not_silent_success(wiki: Area, people: People) -> None:
    with pytest.raises(exc.ApiKeyNotFoundError, match=str(NOBODY)):
        wiki.client.api_keys.revoke(NOBODY)


def test_a_revoked_key_is_listed_as_such_and_of_no_use(wiki: Area, people: People) -> None:
    made = wiki.client.api_keys.create(people.name("key"), full_access=True)
    other = wiki.client_with(made.key)
    assert other.whoami().key_id == made.id
    wiki.client.api_keys.revoke(made.id)
    assert made.id in [key.id for key in wiki.client.api_keys.list(revoked=True)]
    assert made.id not in [key.id for key in wiki.client.api_keys.list(revoked=False)]
    with pytest.raises(exc.ApiKeyRevokedError):
        other.whoami()


async def test_the_asynchronous_client_does_the_same(aclient: AsyncWikiJSClient, people: People) -> None:
    made = await aclient.api_keys.create(people.name("key"), full_access=True)
    assert (await aclient.api_keys.get(made.id)).name == made.name
    await aclient.api_keys.revoke(made.id)
    assert (await aclient.api_keys.get(made.id)).is_revoked


def test_keys_can_be_switched_off_and_on(sandbox_wiki: Area) -> None:
    from wikijs.auth import PasswordAuth
    from wikijs.sandbox import Sandbox

    sandbox = Sandbox()
    with httpx2.Client(transport=sandbox.transport()) as http:
        admin = WikiJSClient(sandbox.url, PasswordAuth(sandbox.admin_email, sandbox.admin_password), http_client=http)
        program = WikiJSClient(sandbox.url, sandbox.api_key, http_client=http)
        assert program.api_keys.enabled()
        admin.api_keys.disable()
        assert not admin.api_keys.enabled()
        with pytest.raises(exc.ApiDisabledError):
            program.api_keys.enabled()
        admin.api_keys.enable()
        assert program.api_keys.enabled()


def test_an_answer_without_a_key_is_not_believed(wiki: Area) -> None:
    def forget(request: dict[str, Any], ask: Any) -> httpx2.Response:
        result = {"succeeded": True, "errorCode": 0, "slug": "ok", "message": ""}
        return answer({"authentication": {"createApiKey": {"responseResult": result, "key": None}}})

    with pytest.raises(exc.ServerError, match="no API key"):
        wiki.meddled(forget).api_keys.create("key", full_access=True)
