"""Single sign-on with a real Wiki.js and its OpenID Connect strategy; the provider is ours.

For a wiki that may be thrown away, on this machine: the tests replace its strategies.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx2
import pytest

from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.auth import PasswordAuth, SSOAuth

from .identity_provider import SingleSignOn, single_sign_on
from .strategies import strategy

KEY = "sso-key"

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif("WIKIJS_URL" not in os.environ, reason="needs a real Wiki.js that may be reconfigured"),
]


@pytest.fixture
def sso() -> Iterator[SingleSignOn]:
    url, local = os.environ["WIKIJS_URL"], strategy("local", "local", 0, {})
    with single_sign_on() as servers, WikiJSClient(url, os.environ["WIKIJS_API_KEY"]) as admin:
        config = {
            "clientId": "wiki",
            "clientSecret": "secret",
            "authorizationURL": f"{servers.provider}/authorize",
            "tokenURL": f"{servers.provider}/token",
            "userInfoURL": f"{servers.provider}/userinfo",
            "skipUserProfile": False,
            "issuer": servers.provider,
            "emailClaim": "email",
            "displayNameClaim": "displayName",
            "pictureClaim": "picture",
            "mapGroups": False,
            "groupsClaim": "groups",
            "logoutURL": "",
            "acrValues": "",
        }
        admin.execute(ops.authentication_update_strategies([local, strategy(KEY, "oidc", 1, config)]))
        try:
            yield servers
        finally:
            for user in admin.users.list():
                if user.email == servers.claims["email"]:
                    admin.users.delete(user.id, replace_with=1)
            admin.execute(ops.authentication_update_strategies([local]))


def known() -> httpx2.Client:
    return httpx2.Client(cookies={"session": "known"})


async def test_a_session_at_the_provider_is_enough(sso: SingleSignOn) -> None:
    stored: list[str] = []
    with known() as http:
        auth = SSOAuth(KEY, http=http, on_renew=stored.append)
        with WikiJSClient(os.environ["WIKIJS_URL"], auth) as client:
            assert (client.whoami().kind, client.whoami().name) == ("user", sso.claims["displayName"])
        assert sso.logins == 1
        assert auth.current is not None
        assert stored == [auth.current.value]
        async with AsyncWikiJSClient(os.environ["WIKIJS_URL"], SSOAuth(KEY, http=http, token_in="cookie")) as other:
            assert (await other.whoami()).email == sso.claims["email"]
    assert sso.logins == 2


def test_a_password_cannot_log_in_there_and_a_provider_that_asks_is_named(sso: SingleSignOn) -> None:
    url = os.environ["WIKIJS_URL"]
    with WikiJSClient(url, PasswordAuth("ada", "x", strategy=KEY)) as client:
        with pytest.raises(exc.SSORequiredError) as caught:
            client.whoami()
        assert caught.value.address == f"{url}/login/{KEY}"
        assert client.stats().retries == 0  # the wiki allows five logins in a minute
    with WikiJSClient(url, SSOAuth(KEY)) as client, pytest.raises(exc.SSORequiredError, match="asks for a person"):
        client.whoami()
