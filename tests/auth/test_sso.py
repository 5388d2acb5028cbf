"""Single sign-on without a person, and the logins of proxies, on real sockets."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.plugins.both import READ, Both, Server
from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.auth import PasswordAuth, SSOAuth
from wikijs.auth.sso import login_address

from .identity_provider import SingleSignOn, single_sign_on


@pytest.fixture
def sso() -> Iterator[SingleSignOn]:
    with single_sign_on() as both_servers:
        yield both_servers


def known() -> httpx2.Client:
    return httpx2.Client(cookies={"session": "known"})


def test_a_session_at_the_provider_is_enough(sso: SingleSignOn) -> None:
    stored: list[str] = []
    with known() as http:
        auth = SSOAuth("kc", http=http, on_renew=stored.append)
        with WikiJSClient(sso.wiki, auth) as client:
            assert client.whoami().name == "Administrator"
            client.whoami()
    assert sso.logins == 1
    assert stored == [sso.token]
    assert auth.current is not None
    assert auth.current.value == sso.token
    assert sso.seen[-1] == f"Bearer {sso.token}"
    assert sso.token not in repr(auth)


async def test_the_asynchronous_client_does_the_same(sso: SingleSignOn) -> None:
    with known() as http:
        async with AsyncWikiJSClient(sso.wiki, SSOAuth("kc", http=http, token_in="cookie")) as client:
            assert (await client.whoami()).kind == "user"
    assert sso.seen[-1] == f"jwt={sso.token}"


def test_a_provider_that_asks_is_named_with_the_address_to_open(sso: SingleSignOn) -> None:
    with WikiJSClient(sso.wiki, SSOAuth("kc")) as client, pytest.raises(exc.SSORequiredError) as caught:
        client.whoami()
    assert caught.value.address == f"{sso.wiki}/login/kc"
    assert "ended at 127.0.0.1 (HTTP 200)" in str(caught.value)
    assert "wikijs auth login --sso" in str(caught.value)


def test_a_cookie_of_somebody_else_is_no_token(sso: SingleSignOn) -> None:
    """The provider sets a cookie of the same name, and it is not taken."""
    with known() as http, WikiJSClient(sso.wiki, auth := SSOAuth("kc", http=http)) as client:
        client.whoami()
    assert auth.current is not None
    assert "foreign" not in auth.current.value


def test_a_login_that_breaks_off_and_one_in_circles_end(sso: SingleSignOn) -> None:
    with WikiJSClient("http://127.0.0.1:1", SSOAuth("kc"), retry=False) as client:
        with pytest.raises(exc.TransportError, match="broke off: ConnectError") as caught:
            client.whoami()
        assert caught.value.sent is False

    def circle(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(302, headers={"location": "/login/kc"})

    with (
        httpx2.Client(transport=httpx2.MockTransport(circle)) as http,
        WikiJSClient(sso.wiki, SSOAuth("kc", http=http)) as client,
        pytest.raises(exc.SSORequiredError),
    ):
        client.whoami()


def test_credentials_belong_to_one_wiki() -> None:
    auth = SSOAuth("kc")
    WikiJSClient("http://a.example.com", auth).close()
    WikiJSClient("http://a.example.com", auth).close()
    with pytest.raises(exc.ConfigurationError, match=r"belong to http://a\.example\.com"):
        WikiJSClient("http://b.example.com", auth)
    with pytest.raises(exc.ConfigurationError, match="key of a login strategy"):
        SSOAuth("")
    auth.adopt("broken")
    assert auth.current is None
    assert login_address("http://a.example.com", "a/b c") == "http://a.example.com/login/a%2Fb%20c"


def test_a_password_for_a_strategy_that_has_none_says_where_to_log_in(sso: SingleSignOn) -> None:
    auth = PasswordAuth("ada@example.com", "pw", strategy="kc")
    with WikiJSClient(sso.wiki, auth) as client, pytest.raises(exc.SSORequiredError) as caught:
        client.whoami()
    assert "logs in at 127.0.0.1, with a browser" in str(caught.value)
    assert client.stats().retries == 0
    # Where a login begins, not where it led: that address is good for nothing without what the wiki put there.
    assert caught.value.address == f"{sso.wiki}/login/kc"


def test_callers_that_wait_for_a_login_that_fails_do_not_log_in_themselves(sso: SingleSignOn) -> None:
    async def all_at_once() -> list[Any]:
        async with AsyncWikiJSClient(sso.wiki, SSOAuth("kc")) as client:
            return await asyncio.gather(*(client.whoami() for _ in range(8)), return_exceptions=True)

    assert {type(each) for each in asyncio.run(all_at_once())} == {exc.SSORequiredError}
    assert sso.seen.count("/login/kc") == 1


REDIRECTS = {
    "https://team.cloudflareaccess.com/cdn-cgi/access/login/wiki.example.com?kid=1": "team.cloudflareaccess.com",
    "https://auth.example.com/?rd=https%3A%2F%2Fwiki.example.com%2Fgraphql&rm=POST": "auth.example.com",
    "https://idp.example.com/realms/x/protocol/openid-connect/auth?client_id=p&state=1": "idp.example.com",
    "/oauth2/sign_in?rd=%2Fgraphql": "wiki.example.com",
    "https://sts.example.com/adfs/ls/?wtrealm=x": "sts.example.com",
    "https://idp.example.com/sso?SAMLRequest=abc": "idp.example.com",
}


@pytest.mark.parametrize("target", REDIRECTS)
def test_a_redirect_to_a_login_names_whose_it_is(target: str) -> None:
    with pytest.raises(exc.ProxyLoginError, match="A proxy in front of the wiki asks for a login at") as caught:
        Both("blocking").read([], Server(httpx2.Response(302, headers={"location": target})))
    assert caught.value.host == REDIRECTS[target]
    assert "docs/sso.md" in str(caught.value)
    assert "state=" not in str(caught.value)


@pytest.mark.parametrize("target", ["https://wiki.example.com/graphql", "http://[broken", "", "/home"])
def test_other_redirects_are_not_taken_for_a_login(target: str) -> None:
    with pytest.raises(exc.EndpointError, match="redirects"):
        Both("blocking").read([], Server(httpx2.Response(302, headers={"location": target})))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            httpx2.Response(401, headers={"www-authenticate": 'Basic realm="Intranet"', "server": "nginx/1.2"}),
            r"\(nginx\) at wiki\.example\.com asks for a login by Basic \(Intranet\)",
        ),
        (
            httpx2.Response(403, html="<h1>403</h1>", headers={"server": "cloudflare"}),
            r"\(cloudflare\) .* refuses access",
        ),
        (
            httpx2.Response(200, html='<form><input id="x" type="password"></form>'),
            "shows a page to log in",
        ),
        (httpx2.Response(200, html="<html><head><title>Sign in - Authelia</title>"), "shows a page to log in"),
        (httpx2.Response(401, text="Unauthorized"), "refuses access"),
    ],
)
def test_a_proxy_that_asks_is_named(answer: httpx2.Response, said: str) -> None:
    with pytest.raises(exc.ProxyLoginError, match=said) as caught:
        Both("blocking").read([], Server(answer))
    assert caught.value.host == "wiki.example.com"
    assert isinstance(caught.value, exc.AuthenticationError)


def test_a_page_without_a_login_is_still_no_wiki() -> None:
    with pytest.raises(exc.EndpointError, match=r"No Wiki\.js GraphQL endpoint"):
        Both("blocking").read([], Server(httpx2.Response(200, html="<html><title>Home</title></html>")))


def test_a_proxy_with_basic_in_front_and_the_key_in_a_cookie() -> None:
    """As nginx with `auth_basic`: without its login 401, with it the wiki answers and sees the key."""
    from wikijs.auth import APIKeyAuth
    from wikijs.sandbox import Sandbox

    sandbox = Sandbox()
    inner = sandbox.transport()
    wanted = "Basic " + base64.b64encode(b"ada:pw").decode()

    class Proxy(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.headers.get("authorization") != wanted:
                return httpx2.Response(401, headers={"www-authenticate": 'Basic realm="Intranet"'})
            del request.headers["authorization"]
            return inner.handle_request(request)

    headers: Any = {"authorization": wanted}
    with httpx2.Client(transport=Proxy(), headers=headers) as http:
        key = APIKeyAuth(sandbox.api_key, token_in="cookie")
        with WikiJSClient(sandbox.url, key, http_client=http) as client:
            assert client.whoami().kind == "api_key"
        plain = WikiJSClient(sandbox.url, sandbox.api_key, http_client=http)
        with plain, pytest.raises(exc.ProxyLoginError, match="Basic"):
            plain.execute(READ)
