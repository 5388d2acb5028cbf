"""Who we say we are: local checks of tokens, logins, and renewals under concurrency."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.jwt import api_key, login_token
from support.recordings import Replay, step
from support.wiki import PROFILE, Wiki, login_body, reply

from wikijs import AsyncWikiJSClient, WikiJSClient, exceptions, ops
from wikijs.auth import APIKeyAuth, Auth, JWTAuth, NoAuth, PasswordAuth, as_auth

URL = "http://wiki.example.com"
NOW = 1_800_000_000.0


def clock() -> float:
    return NOW


def profile(wiki: Wiki, auth: Auth | str | None) -> None:
    with WikiJSClient(URL, auth, http_client=wiki.client()) as client:
        client.execute(ops.users_profile())


def password(**options: object) -> PasswordAuth:
    return PasswordAuth("ada@example.com", "secret-word", **options)  # type: ignore[arg-type]  # any of its options


# --- tokens that cannot work are refused before a request is wasted


@pytest.mark.parametrize(
    ("make", "exception", "text"),
    [
        (lambda: APIKeyAuth(api_key(exp=NOW), clock=clock), exceptions.ExpiredTokenError, "2027-01-15 08:00:00 UTC"),
        (lambda: APIKeyAuth(login_token()), exceptions.InvalidTokenError, "JWTAuth(token)"),
        (lambda: APIKeyAuth(api_key(aud="urn:other")), exceptions.InvalidTokenError, "'urn:other'"),
        (lambda: APIKeyAuth(api_key()[:50]), exceptions.InvalidTokenError, "Copy the whole key"),
        (lambda: APIKeyAuth("secret-word"), exceptions.InvalidTokenError, "three parts"),
        (lambda: WikiJSClient(URL, api_key(exp=1)), exceptions.ExpiredTokenError, "1970-01-01"),
        (lambda: AsyncWikiJSClient(URL, api_key(exp=1)), exceptions.ExpiredTokenError, "1970-01-01"),
        (lambda: JWTAuth(api_key()), exceptions.InvalidTokenError, "APIKeyAuth(key)"),
        (lambda: JWTAuth(login_token(aud=["urn:other"])), exceptions.InvalidTokenError, "'urn:other'"),
        (lambda: JWTAuth(login_token(exp=NOW - 15 * 86400), clock=clock), exceptions.ExpiredTokenError, "too long ago"),
        (lambda: PasswordAuth("", "secret-word"), exceptions.ConfigurationError, "user name and a password"),
        (lambda: PasswordAuth("ada@example.com", ""), exceptions.ConfigurationError, "user name and a password"),
    ],
)
def test_what_cannot_work_is_refused_at_once(make: Callable[[], object], exception: type[Exception], text: str) -> None:
    with pytest.raises(exception) as caught:
        make()
    assert text in str(caught.value)
    assert "secret-word" not in str(caught.value)
    assert "eyJ" not in str(caught.value)


def test_tokens_that_work_are_taken() -> None:
    assert APIKeyAuth(api_key(exp=None)).current.is_api_key
    assert APIKeyAuth(api_key(aud="urn:other"), audience="urn:other").current.audience == ("urn:other",)
    assert APIKeyAuth(api_key(aud="urn:other"), audience=None).current.key_id == 1
    renewable = JWTAuth(login_token(exp=NOW - 13 * 86400), clock=clock)
    assert renewable.current is not None
    assert isinstance(as_auth(api_key()), APIKeyAuth)
    assert isinstance(as_auth(None), NoAuth)
    auth = password()
    assert as_auth(auth) is auth
    assert auth.current is None


def test_a_key_that_expires_later_is_refused_then() -> None:
    now = itertools.chain([NOW, NOW], itertools.repeat(NOW + 100))
    wiki = Wiki()
    auth = APIKeyAuth(api_key(exp=NOW + 50), clock=lambda: next(now))
    profile(wiki, auth)
    with pytest.raises(exceptions.ExpiredTokenError):
        profile(wiki, auth)
    assert wiki.calls["UsersProfile"] == 1


def test_a_token_past_its_renewal_is_refused_later_too() -> None:
    now = itertools.chain([NOW], itertools.repeat(NOW + 100))
    auth = JWTAuth(login_token(exp=NOW - 50), renewal_window=100, clock=lambda: next(now))
    with pytest.raises(exceptions.ExpiredTokenError):
        profile(Wiki(), auth)


def test_each_kind_sends_its_token() -> None:
    wiki = Wiki()
    key, token = api_key(), login_token()
    for auth in (key, JWTAuth(token), None):
        profile(wiki, auth)
    assert wiki.tokens == [key, token, None]


def test_nothing_secret_is_in_a_repr() -> None:
    key, token = api_key(), login_token()
    for auth in (APIKeyAuth(key), JWTAuth(token), password(), NoAuth()):
        with WikiJSClient(URL, auth, http_client=Wiki().client()) as client:
            assert "eyJ" not in f"{auth!r} {client!r}"
            assert "secret-word" not in f"{auth!r} {client!r}"
    assert repr(APIKeyAuth(api_key(exp=None))) == "<APIKeyAuth key 1, expires never>"
    assert repr(JWTAuth(token)) == "<JWTAuth user 1>"


# --- renewed tokens


def renewed(auth: Auth, *tokens: str) -> str:
    for token in tokens:
        auth.adopt(token)
    assert auth.current is not None
    return auth.current.value


def test_a_renewed_token_is_taken_over_and_used_next() -> None:
    old, new = login_token(iat=100), login_token(iat=200)
    wiki = Wiki(UsersProfile=[reply(PROFILE.body, new_jwt=new), PROFILE.reply()])
    auth = JWTAuth(old)
    profile(wiki, auth)
    profile(wiki, auth)
    assert wiki.tokens == [old, new]


def test_an_older_token_a_foreign_one_or_a_broken_one_changes_nothing() -> None:
    token = login_token(iat=200)
    others = [login_token(iat=199), login_token(iat=300, id=2), api_key(iat=300), "broken", ""]
    assert renewed(JWTAuth(token), *others) == token
    assert renewed(APIKeyAuth(key := api_key()), login_token(iat=300)) == key
    NoAuth().adopt(token)
    assert NoAuth().current is None


def test_in_any_order_the_newest_token_wins() -> None:
    tokens = [login_token(iat=moment) for moment in range(100, 400)]
    random.Random(7).shuffle(tokens)
    auth = JWTAuth(login_token(iat=50))
    seen: list[float] = []

    def adopt(token: str) -> None:
        auth.adopt(token)
        assert auth.current is not None
        seen.append(auth.current.issued_at)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(adopt, tokens))
    assert auth.current is not None
    assert auth.current.issued_at == 399
    assert len(seen) == 300


# --- logins


def test_a_login_happens_at_the_first_request_and_only_then() -> None:
    token = login_token()
    wiki = Wiki(AuthenticationLogin=reply(login_body(token)))
    auth = password(strategy="ldap")
    profile(wiki, auth)
    profile(wiki, auth)
    assert wiki.calls == {"AuthenticationLogin": 1, "UsersProfile": 2}
    assert wiki.tokens == [None, token, token]
    assert wiki.variables("AuthenticationLogin") == [
        {"username": "ada@example.com", "password": "secret-word", "strategy": "ldap"}
    ]


def test_fifty_threads_share_one_login() -> None:
    wiki = Wiki(delay=0.02)
    auth = password()
    with WikiJSClient(URL, auth, http_client=wiki.client()) as client, ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda _: client.execute(ops.users_profile()), range(50)))
    assert wiki.calls == {"AuthenticationLogin": 1, "UsersProfile": 50}


async def test_fifty_tasks_share_one_login() -> None:
    wiki = Wiki(delay=0.02)
    async with AsyncWikiJSClient(URL, password(), http_client=wiki.async_client()) as client:
        await asyncio.gather(*(client.execute(ops.users_profile()) for _ in range(50)))
    assert wiki.calls == {"AuthenticationLogin": 1, "UsersProfile": 50}


async def test_those_who_wait_for_a_login_share_its_failure_and_later_ones_try_again() -> None:
    refused = step("authentication", "login: wrong password").reply()
    wiki = Wiki(delay=0.02, AuthenticationLogin=[refused, reply(login_body())])
    async with AsyncWikiJSClient(URL, password(), http_client=wiki.async_client()) as client:
        calls = (client.execute(ops.users_profile()) for _ in range(50))
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {exceptions.LoginFailedError}
        assert wiki.calls == {"AuthenticationLogin": 1}
        await client.execute(ops.users_profile())
    assert wiki.calls == {"AuthenticationLogin": 2, "UsersProfile": 1}


async def test_a_cancelled_login_is_taken_up_by_the_next() -> None:
    wiki = Wiki(delay=0.02)
    async with AsyncWikiJSClient(URL, password(), http_client=wiki.async_client()) as client:
        tasks = [asyncio.create_task(client.execute(ops.users_profile())) for _ in range(3)]
        await asyncio.sleep(0.005)
        tasks[0].cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes[1:])
    assert wiki.calls["UsersProfile"] == 2


def test_an_expiring_token_leads_to_a_new_login() -> None:
    moment = [NOW]
    tokens = [login_token(iat=NOW, exp=NOW + 1800), login_token(iat=NOW + 1780, exp=NOW + 3580)]
    wiki = Wiki(AuthenticationLogin=[reply(login_body(token)) for token in tokens])
    auth = password(clock=lambda: moment[0])
    for moment[0] in (NOW, NOW + 1700, NOW + 1780):
        profile(wiki, auth)
    assert wiki.tokens == [None, tokens[0], tokens[0], None, tokens[1]]


def test_a_two_factor_code_is_asked_for_and_sent() -> None:
    # What the server answers to accounts with two factors: facts of its source, no recording holds one.
    asks = reply(login_body(None, jwt=None, mustProvideTFA=True, continuationToken="continue"))
    body = login_body()
    body["data"]["authentication"] = {"loginTFA": body["data"]["authentication"]["login"]}
    wiki = Wiki(AuthenticationLogin=asks, AuthenticationLoginTfa=reply(body), AuthenticationLoginTFA=reply(body))
    profile(wiki, password(totp=lambda: "123456"))
    (name,) = [name for name in wiki.calls if name.startswith("AuthenticationLoginT")]
    assert wiki.variables(name) == [{"continuationToken": "continue", "securityCode": "123456", "setup": False}]


@pytest.mark.parametrize(
    ("answer", "exception", "text"),
    [
        ("login: wrong password", exceptions.LoginFailedError, "Check the user name"),
        ("login: unknown user", exceptions.LoginFailedError, "1002 AuthLoginFailed"),
        ("login: unknown strategy", exceptions.InvalidAuthProviderError, "1003"),
        ("login burst 2", exceptions.RateLimitError, "59 seconds"),
        ("login: must change password", exceptions.PasswordChangeRequiredError, "must change its password"),
    ],
)
def test_recorded_logins_that_fail(answer: str, exception: type[exceptions.APIError], text: str) -> None:
    wiki = Wiki(AuthenticationLogin=step("authentication", answer).reply())
    with pytest.raises(exception) as caught:
        profile(wiki, password())
    assert text in str(caught.value)
    assert "secret-word" not in str(caught.value)
    assert wiki.calls == {"AuthenticationLogin": 1}
    if isinstance(caught.value, exceptions.PasswordChangeRequiredError):
        assert caught.value.continuation_token == "JWivpYHKf9RufDmSk3V3o"
        assert "JWivpYHKf9RufDmSk3V3o" not in str(caught.value)
    if isinstance(caught.value, exceptions.RateLimitError):
        assert caught.value.retry_after == 59


@pytest.mark.parametrize(
    ("fields", "exception"),
    [
        ({"mustProvideTFA": True, "continuationToken": "c"}, exceptions.TwoFactorRequiredError),
        (
            {"mustSetupTFA": True, "continuationToken": "c", "tfaQRImage": "<svg/>"},
            exceptions.TwoFactorSetupRequiredError,
        ),
        ({}, exceptions.AuthError),
    ],
)
def test_logins_that_stop_half_way(fields: dict[str, object], exception: type[Exception]) -> None:
    wiki = Wiki(AuthenticationLogin=reply(login_body(None, jwt=None, **fields)))
    with pytest.raises(exception):
        profile(wiki, password())


def test_a_wrong_two_factor_code() -> None:
    asks = reply(login_body(None, jwt=None, mustProvideTFA=True, continuationToken="continue"))
    refused = step("authentication", "2FA code without a login").reply()
    wiki = Wiki(AuthenticationLogin=asks, AuthenticationLoginTfa=refused, AuthenticationLoginTFA=refused)
    with pytest.raises(exceptions.ContinuationTokenError):
        profile(wiki, password(totp=lambda: "000000"))


def test_a_login_that_is_lost_on_the_way() -> None:
    import httpx2

    replay = Replay(httpx2.ConnectError("refused"))
    with (
        WikiJSClient(URL, password(), http_client=replay.client(), retry=False) as client,
        pytest.raises(exceptions.TransportError) as caught,
    ):
        client.execute(ops.users_profile())
    assert caught.value.sent is False


# --- who the server takes us for


def test_whoami_with_a_key_and_as_a_user() -> None:
    with WikiJSClient(URL, api_key(api=4, grp=3), http_client=Wiki().client()) as client:
        key = client.whoami()
    assert (key.kind, key.user_id, key.key_id, key.key_group_id, key.permissions) == ("api_key", 1, 4, 3, ())
    assert not key.is_guest
    with WikiJSClient(URL, password(), http_client=Wiki().client()) as client:
        user = client.whoami()
    assert (user.kind, user.name, user.email) == ("user", "Administrator", "admin@example.com")
    assert (user.groups, user.permissions, user.key_id) == (("Administrators",), ("manage:system",), None)
    assert user.warning is None


@pytest.mark.parametrize(("auth", "warned"), [(None, False), (api_key(), True), (JWTAuth(login_token()), True)])
async def test_whoami_finds_out_a_silent_guest(auth: Auth | str | None, warned: bool) -> None:
    wiki = Wiki(UsersProfile=step("users", "profile as guest").reply())
    with WikiJSClient(URL, auth, http_client=wiki.client()) as client:
        guest = client.whoami()
    async with AsyncWikiJSClient(URL, auth, http_client=wiki.async_client()) as other:
        assert await other.whoami() == guest
    assert guest.is_guest
    assert (guest.kind, guest.user_id) == ("guest", 2)
    assert bool(guest.warning and "ignored the token" in guest.warning) is warned
