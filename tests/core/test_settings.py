"""What a client is told about the server, checked before anything is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wikijs import __version__
from wikijs.core.settings import Settings, normalize_url
from wikijs.exceptions import ConfigurationError


@pytest.mark.parametrize(
    ("given_url", "url"),
    [
        ("https://wiki.example.com", "https://wiki.example.com"),
        ("https://wiki.example.com/", "https://wiki.example.com"),
        ("https://wiki.example.com///", "https://wiki.example.com"),
        (" https://wiki.example.com/graphql\n", "https://wiki.example.com"),
        ("https://wiki.example.com/graphql/", "https://wiki.example.com"),
        ("HTTP://wiki.example.com:3000", "http://wiki.example.com:3000"),
        ("https://wiki.example.com/?a=b#c", "https://wiki.example.com"),
        ("https://wiki.example.com/behind/proxy/graphql", "https://wiki.example.com/behind/proxy"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
    ],
)
def test_urls_are_brought_to_the_root_of_the_wiki(given_url: str, url: str) -> None:
    assert normalize_url(given_url) == url
    assert Settings(given_url).url == url


@pytest.mark.parametrize(
    ("url", "suggestion"),
    [
        ("wiki.example.com", "https://wiki.example.com"),
        ("localhost:3000", "https://localhost:3000"),
        ("", "https://wiki.example.com"),
        ("ftp://wiki.example.com", "https://wiki.example.com"),
        ("https://", "https://wiki.example.com"),
        ("https://wiki.example.com:port", "https://wiki.example.com"),
        ("https://wiki.example.com:99999", "https://wiki.example.com"),
        ("http://[::1", "https://wiki.example.com"),
        ("http://wiki..example.com", "https://wiki.example.com"),
        ("http://wiki .example.com", "https://wiki.example.com"),
        ("http:// ?", "https://wiki.example.com"),
        ("http://wiki\n.example.com", "https://wiki.example.com"),
    ],
)
def test_what_is_no_url_is_refused_with_a_suggestion(url: str, suggestion: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        normalize_url(url)
    assert str(caught.value).endswith(f"It should read like {suggestion}")


def test_a_url_with_credentials_is_refused_without_repeating_them() -> None:
    with pytest.raises(ConfigurationError) as caught:
        normalize_url("https://ada:hunter2@wiki.example.com")
    assert "hunter2" not in str(caught.value)
    assert "auth=" in str(caught.value)


@given(st.text(max_size=40) | st.text(max_size=30).map("https://".__add__))
def test_any_text_is_a_url_or_a_configuration_error(text: str) -> None:
    try:
        url = normalize_url(text)
    except ConfigurationError:
        return
    assert normalize_url(url) == url
    assert Settings(url).host


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://wiki.example.com", "wiki.example.com"),
        ("http://wiki.example.com:80", "wiki.example.com"),
        ("https://WIKI.example.com:443", "wiki.example.com"),
        ("https://wiki.example.com:80", "wiki.example.com:80"),
        ("http://[::1]:3000", "[::1]:3000"),
        ("http://bücher.example.com:3000", "xn--bcher-kva.example.com:3000"),
    ],
)
def test_the_host_reads_like_a_host_header(url: str, host: str) -> None:
    assert Settings(url).host == host


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_timeout_is_a_time(timeout: float) -> None:
    with pytest.raises(ConfigurationError, match="timeout"):
        Settings("http://wiki.example.com", timeout=timeout)


@pytest.mark.parametrize(
    "headers", [{"x": "secret\nb"}, {"x": "secrèt"}, {"x y": "secret"}, {"": "secret"}, {"x": " secret"}]
)
def test_headers_that_http_does_not_allow_are_refused_without_their_value(headers: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="header") as caught:
        Settings("http://wiki.example.com", headers=headers)
    assert "secr" not in str(caught.value)


@pytest.mark.parametrize(
    "proxy", ["ftp://ada:hunter2@proxy", "proxy:8080", "://", "http", "http://ada:hunter2@proxy:x"]
)
def test_proxies_of_unknown_kinds_are_refused_without_repeating_them(proxy: str) -> None:
    with pytest.raises(ConfigurationError, match="proxy") as caught:
        Settings("http://wiki.example.com", proxy=proxy)
    assert "hunter2" not in str(caught.value)


def test_the_user_agent_names_the_package_unless_told_otherwise() -> None:
    assert Settings("http://a").user_agent == f"py-wikijs/{__version__}"
    assert Settings("http://a", user_agent="mine/1").user_agent == "mine/1"


def test_secrets_are_not_in_the_repr() -> None:
    settings = Settings("http://a", headers={"x": "secret"}, proxy="http://ada:secret@proxy")
    assert "secret" not in repr(settings)


def test_an_address_may_stand_in_angle_brackets() -> None:
    assert normalize_url(" <https://wiki.example.com/> ") == "https://wiki.example.com"


@pytest.mark.parametrize(
    ("wrong", "proposed"), [("wiki.example.org", "https://wiki.example.org"), ("x y", "https://wiki.example.com")]
)
def test_only_an_address_is_proposed(wrong: str, proposed: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        normalize_url(wrong)
    assert (caught.value.hint or "").endswith(proposed)
