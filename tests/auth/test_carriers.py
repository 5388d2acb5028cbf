"""Where tokens come from and how they travel: functions, cookies beside a proxy's own login, stored renewals."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import httpx2
import pytest

from tests.plugins.both import Both, Server
from tests.support.jwt import api_key, login_token
from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.auth import APIKeyAuth, CallableAuth, JWTAuth
from wikijs.plugins import HeadersPlugin, Plugin, Request

KEY = api_key()


@pytest.fixture(params=["blocking", "async"])
def both(request: pytest.FixtureRequest) -> Both:
    return Both(request.param)


def test_a_key_in_a_cookie_leaves_the_header_to_a_proxy(both: Both) -> None:
    server = Server()
    headers = {"Authorization": "Basic cHJveHk6c2VjcmV0", "Cookie": "mine=1"}
    plugin = HeadersPlugin(headers, request_id=None)  # type: ignore[arg-type]
    both.read([plugin], server, auth=APIKeyAuth(KEY, token_in="cookie"))
    sent = server.requests[0].headers
    assert sent["authorization"] == "Basic cHJveHk6c2VjcmV0"
    assert sent["cookie"] == f"mine=1; jwt={KEY}"


def test_no_plugin_sees_a_token_in_a_cookie(both: Both) -> None:
    seen: list[Request] = []

    class Looking(Plugin):
        def before_request(self, request: Request) -> None:
            seen.append(request)

    both.read([Looking()], auth=APIKeyAuth(KEY, token_in="cookie"))
    assert KEY not in repr([dict(request.headers) for request in seen])


def test_uploads_with_a_key_in_a_cookie_are_refused_before_they_are_sent() -> None:
    from wikijs.sandbox import Sandbox

    sandbox = Sandbox()
    sent: list[str] = []
    http = httpx2.Client(transport=sandbox.transport(), event_hooks={"request": [lambda r: sent.append(r.url.path)]})
    with http, WikiJSClient(sandbox.url, APIKeyAuth(sandbox.api_key, token_in="cookie"), http_client=http) as client:
        assert client.whoami().kind == "api_key"
        with pytest.raises(exc.ConfigurationError, match="uploads only with the token in the header"):
            client.assets.upload(b"x", name="x.bin")
    assert "/u" not in sent


def test_other_carriers_are_refused() -> None:
    wrong: Any = "query"
    for make in (
        lambda: APIKeyAuth(KEY, token_in=wrong),
        lambda: JWTAuth(login_token(), token_in=wrong),
        lambda: CallableAuth(lambda: KEY, token_in=wrong),
    ):
        with pytest.raises(exc.ConfigurationError, match="header or cookie"):
            make()


def test_renewed_tokens_are_handed_out_to_be_stored_once_each(both: Both) -> None:
    stored: list[str] = []
    newer = login_token(iat=int(time.time()) + 5)
    auth = JWTAuth(login_token(), on_renew=stored.append)
    answers = []
    for _ in range(3):
        answer = Server().usual(httpx2.Request("POST", "http://x", json={"query": "comments"}))
        answer.headers["new-jwt"] = newer
        answers.append(answer)
    for answer in answers:
        both.read([], Server(answer), auth=auth)
    assert stored == [newer]
    auth.adopt(login_token(id=9, iat=int(time.time()) + 50))  # somebody else's
    auth.adopt("broken")
    assert stored == [newer]


def test_a_function_supplies_the_token_when_it_is_wanted(both: Both) -> None:
    asked: list[str] = []
    now = [1_000_000.0]

    def get() -> str:
        asked.append(threading.current_thread().name)
        return login_token(iat=now[0], exp=now[0] + 100)

    auth = CallableAuth(get, clock=lambda: now[0])
    assert auth.current is None
    server = Server()
    both.read([], server, auth=auth)
    both.read([], server, auth=auth)
    assert len(asked) == 1
    now[0] += 80  # it ends soon
    both.read([], server, auth=auth)
    assert len(asked) == 2
    assert auth.current is not None
    assert server.requests[2].headers["authorization"] == f"Bearer {auth.current.value}"
    if both.colour == "async":
        assert "MainThread" not in asked
    assert repr(auth) == "<CallableAuth>"


def test_a_function_is_asked_again_after_its_time(both: Both) -> None:
    now, asked = [1_000.0], []
    auth = CallableAuth(lambda: asked.append(1) or api_key(exp=10**10), max_age=60, clock=lambda: now[0])
    for moved in (0, 59, 2):
        now[0] += moved
        both.read([], auth=auth)
    assert len(asked) == 2
    auth.adopt(login_token())  # keys are never renewed
    assert auth.current is not None
    assert auth.current.is_api_key


def test_login_tokens_of_a_function_are_renewed_by_the_server(both: Both) -> None:
    auth = CallableAuth(lambda: login_token(iat=1))
    both.read([], auth=auth)
    auth.adopt(newer := login_token())
    assert auth.current is not None
    assert auth.current.value == newer


def test_what_a_function_fails_with_is_not_repeated(both: Both) -> None:
    def fail() -> str:
        raise ValueError("with a s3cret in it")

    def refuse() -> str:
        raise exc.LoginFailedError("of our own")

    with pytest.raises(exc.ConfigurationError) as caught:
        both.read([], auth=CallableAuth(fail))
    assert "s3cret" not in str(caught.value)
    with pytest.raises(exc.LoginFailedError):
        both.read([], auth=CallableAuth(refuse))
    with pytest.raises(exc.InvalidTokenError):
        both.read([], auth=CallableAuth(lambda: "no token"))
    wrong: Any = KEY
    with pytest.raises(exc.ConfigurationError, match="takes a function"):
        CallableAuth(wrong)


async def test_a_function_is_asked_once_for_all_who_wait() -> None:
    asked: list[int] = []

    def get() -> str:
        asked.append(1)
        time.sleep(0.02)
        return KEY

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(Server()))
    async with http, AsyncWikiJSClient("http://wiki.example.com", CallableAuth(get), http_client=http) as client:
        from tests.plugins.both import READ

        await asyncio.gather(*(client.execute(READ) for _ in range(10)))
    assert len(asked) == 1
