"""What is read from a token on this side."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.jwt import api_key, jwt, login_token

from wikijs.core.tokens import read_token
from wikijs.exceptions import InvalidTokenError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=5,
)
CLAIMS = ("api", "grp", "id", "iat", "exp", "aud", "permissions", "groups", "name", "email")


def test_an_api_key() -> None:
    token = read_token(f"  {api_key(api=3, grp=2, iat=100, exp=200)}\n")
    assert token.is_api_key
    assert (token.key_id, token.group_id, token.user_id) == (3, 2, None)
    assert (token.issued_at, token.expires_at, token.audience) == (100.0, 200.0, ("urn:wiki.js",))
    assert token.expiry == "1970-01-01 00:03:20 UTC"


def test_a_login_token() -> None:
    token = read_token(login_token(id=7, permissions=["read:pages"], groups=[2], aud=["a", "b"]))
    assert not token.is_api_key
    assert (token.user_id, token.name, token.email) == (7, "Administrator", "admin@example.com")
    assert (token.permissions, token.groups, token.audience) == (("read:pages",), (2,), ("a", "b"))


def test_the_token_itself_is_not_shown() -> None:
    value = api_key()
    token = read_token(value)
    assert token.value == value
    assert value.split(".")[1] not in repr(token)


@pytest.mark.parametrize(("expires", "text"), [(None, "never"), (10**15, "1000000000000000 seconds after 1970")])
def test_expiries_without_a_date(expires: int | None, text: str) -> None:
    assert read_token(api_key(exp=expires)).expiry == text


@pytest.mark.parametrize(
    "value",
    [
        "",
        "secret",
        "secret.secret",
        "se cret.secret.secret",
        "secret\n.secret.secret",
        "sécret.secret.secret",
        "secret.secret.secret",
        "a." + "eyJ".ljust(8, "x") + ".c",
        jwt(api=1)[:50],
        jwt(api=1, aud=None),
        jwt(id=1, permissions=3),
        "a.W10.c",
        "a." + "WyJb" * 5 + ".c",
    ],
)
def test_what_is_no_token_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(InvalidTokenError) as caught:
        read_token(value)
    assert "secret" not in str(caught.value)
    assert "Copy the whole key" in str(caught.value)


def test_nesting_without_end_is_no_token() -> None:
    from base64 import urlsafe_b64encode

    with pytest.raises(InvalidTokenError):
        read_token(f"a.{urlsafe_b64encode(b'[' * 100_000).decode()}.c")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(CLAIMS, JSON)))
def test_any_claims_are_read_or_refused(claims: dict[str, object]) -> None:
    try:
        token = read_token(jwt(**claims))
    except InvalidTokenError:
        return
    assert token.expiry
    assert json.dumps(token.audience)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(InvalidTokenError):
        read_token(text)


@pytest.mark.parametrize("before", ["Bearer ", "bearer  ", "Authorization: Bearer ", "authorization:bearer\t"])
def test_what_is_copied_along_with_a_key_is_taken_off(before: str) -> None:
    key = api_key(api=3)
    assert read_token(f"{before}{key}\n").value == key
