"""Who a request comes from: tokens of users, API keys, the silent guest, and those refused outright."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import jwt
import pytest
from replay import FakeClock

from wikijs.sandbox import Sandbox
from wikijs.sandbox.accounts.tokens import issue_api_key, revoke_tokens

FLAGS = {"query": "{system{flags{key}}}"}
DAY = 86400


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_800_000_000.5)


@pytest.fixture
def wiki(clock: FakeClock) -> Iterator[Sandbox]:
    fresh = Sandbox(clock=clock)
    yield fresh
    fresh.close()


def ask(wiki: Sandbox, token: str | None = None, **options: Any) -> httpx2.Response:
    with httpx2.Client(transport=wiki.transport(), base_url=wiki.url) as client:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return client.post("/graphql", json=FLAGS, headers=headers | options.pop("headers", {}), **options)


def verdict(response: httpx2.Response) -> str:
    body = response.json()
    return body["errors"][0]["message"] if "errors" in body else "ok"


def test_a_key_and_a_login_are_full_access(wiki: Sandbox) -> None:
    assert verdict(ask(wiki, wiki.api_key)) == "ok"
    assert verdict(ask(wiki, wiki.admin_jwt)) == "ok"


def test_no_token_is_the_guest(wiki: Sandbox) -> None:
    assert verdict(ask(wiki)) == "Forbidden"


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_a_bad_token_is_silently_the_guest(wiki: Sandbox, token: str) -> None:
    response = ask(wiki, token)
    assert (response.status_code, verdict(response)) == (200, "Forbidden")


def test_the_cookie_counts_unless_there_is_a_header(wiki: Sandbox) -> None:
    cookie = {"cookie": f"jwt={wiki.admin_jwt}"}
    assert verdict(ask(wiki, headers=cookie)) == "ok"
    assert verdict(ask(wiki, "garbage", headers=cookie)) == "Forbidden"


def test_the_scheme_may_be_written_in_any_case(wiki: Sandbox) -> None:
    assert verdict(ask(wiki, headers={"authorization": f"bEaReR {wiki.api_key}"})) == "ok"


def test_claims(wiki: Sandbox) -> None:
    user = jwt.decode(wiki.admin_jwt, options={"verify_signature": False})
    assert user == {
        "id": 1, "email": "admin@example.com", "name": "Administrator", "av": None, "tz": "America/New_York",
        "lc": "en", "df": "", "ap": "", "permissions": ["manage:system"], "groups": [1], "iat": 1_800_000_000,
        "exp": 1_800_000_000 + 1800, "aud": "urn:wiki.js", "iss": "urn:wiki.js",
    }  # fmt: skip
    key = jwt.decode(wiki.api_key, options={"verify_signature": False})
    assert key.keys() == {"api", "grp", "iat", "exp", "aud", "iss"}
    assert (key["api"], key["grp"]) == (1, 1)


def test_an_expired_login_is_renewed_by_header(wiki: Sandbox, clock: FakeClock) -> None:
    token = wiki.admin_jwt
    clock.now += 3600
    response = ask(wiki, token)
    assert verdict(response) == "ok"
    renewed = response.headers["new-jwt"]
    assert jwt.decode(renewed, options={"verify_signature": False})["iat"] == int(clock.now)
    assert response.headers["cache-control"] == "no-store"
    assert "new-jwt" not in ask(wiki, renewed).headers


def test_the_renewed_login_is_a_cookie_for_other_content_types(wiki: Sandbox, clock: FakeClock) -> None:
    token = wiki.admin_jwt
    clock.now += 3600
    response = ask(wiki, token, headers={"content-type": "application/json; charset=utf-8"})
    assert "new-jwt" not in response.headers
    assert response.headers["set-cookie"].startswith("jwt=ey")


def test_a_login_expired_for_long_is_the_guest(wiki: Sandbox, clock: FakeClock) -> None:
    token = wiki.admin_jwt
    clock.now += 1800 + 14 * DAY
    assert verdict(ask(wiki, token)) == "Forbidden"


def test_an_expired_key_is_nobody_and_later_the_guest(wiki: Sandbox, clock: FakeClock) -> None:
    _, key = issue_api_key(wiki, "short", 1, 60)
    assert verdict(ask(wiki, key)) == "ok"
    clock.now += 61
    assert verdict(ask(wiki, key)) == "Unauthorized"
    clock.now += 14 * DAY
    assert verdict(ask(wiki, key)) == "Forbidden"


def test_a_key_of_a_group_has_the_groups_permissions_of_the_moment(wiki: Sandbox) -> None:
    _, key = issue_api_key(wiki, "guests", 2, 60)
    assert verdict(ask(wiki, key)) == "Forbidden"
    wiki.db.update("groups", 2, {"permissions": ["manage:system"]})
    assert verdict(ask(wiki, key)) == "ok"


def test_a_key_without_a_group_can_do_nothing(wiki: Sandbox) -> None:
    _, key = issue_api_key(wiki, "useless", None, 60)
    assert verdict(ask(wiki, key)) == "Forbidden"


@pytest.mark.parametrize("path", ["/graphql", "/healthz"])
def test_a_revoked_key_and_a_disabled_api_are_500(wiki: Sandbox, path: str) -> None:
    with httpx2.Client(transport=wiki.transport(), base_url=wiki.url) as client:
        headers = {"authorization": f"Bearer {wiki.api_key}"}
        wiki.db.update("apiKeys", 1, {"isRevoked": True})
        assert client.get(path, headers=headers).status_code == 500
        wiki.db.save_setting("api", {"enabled": False})
        assert client.get(path, headers=headers).status_code == 500


def test_a_change_of_the_user_or_a_group_renews_tokens(wiki: Sandbox, clock: FakeClock) -> None:
    token = wiki.admin_jwt
    clock.now += 10
    assert "new-jwt" not in ask(wiki, token).headers
    revoke_tokens(wiki, "g", 1)
    renewed = ask(wiki, token).headers["new-jwt"]
    clock.now += 10
    revoke_tokens(wiki, "u", 1)
    assert "new-jwt" in ask(wiki, renewed).headers


def test_a_user_switched_off_or_deleted_is_nobody(wiki: Sandbox, clock: FakeClock) -> None:
    token = wiki.admin_jwt
    clock.now += 3600
    wiki.db.update("users", 1, {"isActive": False})
    assert verdict(ask(wiki, token)) == "Unauthorized"


def test_tokens_of_one_process_work_in_a_sandbox_started_later_once_renewed(wiki: Sandbox, clock: FakeClock) -> None:
    token = wiki.admin_jwt
    clock.now += 5
    with_later_start = Sandbox(clock=clock)
    assert "new-jwt" in ask(with_later_start, token).headers
