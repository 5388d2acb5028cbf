"""Whose answers a cache gives to whom."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from support.jwt import api_key, login_token
from support.wiki import PROFILE, Wiki, reply

from wikijs import WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.auth import APIKeyAuth, JWTAuth, PasswordAuth
from wikijs.auth.base import LoginToken
from wikijs.cache import FileCache, MemoryCache, principal
from wikijs.core.jobs.results import BatchError, BatchResult
from wikijs.core.settings import Settings
from wikijs.core.tokens import read_token

URL = "http://wiki.example.com"
REVOKED = {"data": {}, "errors": [{"message": "API Key is invalid or was revoked.", "path": []}]}


def forged(token: str, signature: str = "AAAA") -> str:
    """A token with the same claims, which anybody can write."""
    return f"{token.rsplit('.', 1)[0]}.{signature}"


@pytest.mark.parametrize("token", [api_key(), login_token()], ids=["key", "login"])
def test_a_token_that_was_made_up_has_a_name_of_its_own(token: str) -> None:
    good, bad = read_token(token), read_token(forged(token))
    assert good.user_id == bad.user_id
    assert good.group_id == bad.group_id
    assert principal(good) == principal(read_token(token)) != principal(bad)
    assert token not in principal(good)


def test_a_forged_token_reads_nothing_from_a_cache(tmp_path: Path) -> None:
    wiki, token = Wiki(), login_token()
    for cache in (MemoryCache(), FileCache(tmp_path)):
        wiki.calls.clear()
        for text in (token, token, forged(token)):
            with WikiJSClient(URL, JWTAuth(text), http_client=wiki.client(), cache=cache) as client:
                client.execute(ops.pages_list())
        assert wiki.calls["PagesList"] == 2  # the second finds what the first has read, the forged one asks


def test_a_renewed_token_inherits_unless_its_rights_changed() -> None:
    first = login_token(iat=1)
    login = LoginToken(read_token(first))
    before = principal(login.token)
    login.adopt(login_token(iat=2))
    assert principal(login.token) == before
    login.adopt(login_token(iat=3))
    assert principal(login.token) == before
    login.adopt(login_token(iat=4, permissions=["read:pages"]))
    assert principal(login.token) != before


def test_the_next_login_finds_what_the_last_one_read() -> None:
    wiki, cache = Wiki(), MemoryCache()
    for _ in range(2):
        with WikiJSClient(URL, PasswordAuth("a@b.c", "x"), http_client=wiki.client(), cache=cache) as client:
            client.execute(ops.pages_list())
    assert wiki.calls == {"AuthenticationLogin": 2, "PagesList": 1}


def test_a_revoked_key_takes_along_what_it_could_read() -> None:
    wiki, cache = Wiki(UsersProfile=reply(REVOKED, 500)), MemoryCache()
    with WikiJSClient(URL, api_key(), http_client=wiki.client(), cache=cache, retry=False) as client:
        client.execute(ops.pages_list())
        with pytest.raises(exc.ApiKeyRevokedError):
            client.whoami()
        assert client.cache.stats().size == 0


def test_a_renewed_token_that_cannot_be_stored_is_not_told_as_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    def store(token: str) -> None:
        raise OSError(f"Read-only file system: {token}")

    wiki, new = Wiki(UsersProfile=reply(PROFILE.body, new_jwt=login_token(iat=2_000_000_000))), login_token(iat=1)
    with WikiJSClient(URL, JWTAuth(new, on_renew=store), http_client=wiki.client()) as client:
        assert client.execute(ops.users_profile()).name == "Administrator"
    assert "could not be stored (OSError)" in caplog.text
    assert "eyJ" not in caplog.text


@pytest.mark.parametrize("claim", ["iat", "exp"])
@pytest.mark.parametrize("value", [float("inf"), float("nan"), float("-inf")])
def test_times_without_end_are_none(claim: str, value: float) -> None:
    with pytest.raises(exc.InvalidTokenError):
        APIKeyAuth(api_key(**{claim: value}))


def test_results_of_bulk_work_do_not_show_what_was_given() -> None:
    secret: dict[str, Any] = {"email": "a@b.c", "password": "hunter2"}
    result = BatchResult([1], [BatchError(0, secret, exc.ValidationError("no"))], [secret])
    assert "hunter2" not in repr(result) + repr(result.errors[0]) + repr(result.errors)


def test_a_client_that_could_not_be_made_has_a_repr() -> None:
    client = WikiJSClient.__new__(WikiJSClient)
    with pytest.raises(exc.ConfigurationError):
        client.__init__("nonsense")  # type: ignore[misc]
    assert repr(client) == "<WikiJSClient>"


@pytest.mark.parametrize(
    "url", ["user:hunter2@wiki", "ftp://user:hunter2@wiki", "https://user:hunter2@", "://x:hunter2@y"]
)
def test_a_wrong_url_is_not_repeated_with_its_password(url: str) -> None:
    with pytest.raises(exc.ConfigurationError) as caught:
        Settings(url)
    assert "hunter2" not in str(caught.value)


def test_what_holds_secrets_meanwhile_does_not_show_them() -> None:
    from wikijs.cli.setup.asking import Way
    from wikijs.gateway.jobs.store import Job

    assert "hunter2" not in repr(Way({}, secret="hunter2", tried_with="hunter2"))
    hidden = {field.name for field in fields(Job) if not field.repr}
    assert hidden == {"input"}  # may hold passwords of new users
