"""Requests on real sockets: what is sent, what goes wrong, and what is left behind."""

from __future__ import annotations

import dataclasses
import gzip
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from support.echo import echoed, nonces, without_nonces
from support.jwt import api_key
from support.loopback import Answer, Seen, Server, serve

from wikijs import AsyncWikiJSClient, WikiJSClient, __version__, exceptions
from wikijs.core.flow import Send
from wikijs.core.transport import exchange as transport_module

QUERY = "{__typename}"
CLOSED_PORT = "http://127.0.0.1:9"


def ask(url: str, **options: Any) -> dict[str, Any]:
    with WikiJSClient(url, retry=False, **options) as client:
        return client.graphql(QUERY)


async def ask_async(url: str, **options: Any) -> dict[str, Any]:
    async with AsyncWikiJSClient(url, retry=False, **options) as client:
        return await client.graphql(QUERY)


async def both(url: str, **options: Any) -> list[exceptions.WikiJSException]:
    """The exceptions that both clients raise."""
    with pytest.raises(exceptions.WikiJSException) as one:
        ask(url, **options)
    with pytest.raises(exceptions.WikiJSException) as other:
        await ask_async(url, **options)
    assert type(one.value) is type(other.value)
    return [one.value, other.value]


async def test_what_is_sent() -> None:
    key = api_key()
    with serve() as server:
        assert ask(server.url + "/graphql/", auth=key, headers={"X-Proxy": "a"}) == {"__typename": "Query"}
        assert await ask_async(server.url, auth=key, headers={"X-Proxy": "a"}) == {"__typename": "Query"}
    for seen in server.seen:
        assert (seen.method, seen.path) == ("POST", "/graphql")
        assert seen.headers["content-type"] == "application/json"  # with a charset, tokens are renewed by cookie
        assert seen.headers["authorization"] == f"Bearer {key}"
        assert seen.headers["user-agent"] == f"py-wikijs/{__version__}"
        assert seen.headers["x-proxy"] == "a"
        assert without_nonces(seen.body) == b'{"query":"{__typename}","variables":{}}'
        assert len(nonces(seen.body)) == 1
    assert server.seen[0].headers == server.seen[1].headers


async def test_a_guest_sends_no_token_and_a_name_of_its_own_is_sent() -> None:
    with serve() as server:
        ask(server.url, user_agent="mine/1")
        await ask_async(server.url, user_agent="mine/1")
    for seen in server.seen:
        assert "authorization" not in seen.headers
        assert seen.headers["user-agent"] == "mine/1"


async def test_connections_are_kept_for_less_than_the_servers_five_seconds() -> None:
    with serve() as server, WikiJSClient(server.url) as client:
        client.graphql(QUERY)
        client.graphql(QUERY)
    assert server.seen[0].port == server.seen[1].port
    options = transport_module.options(client._settings)
    assert 0 < options["limits"].keepalive_expiry < 5
    assert options["timeout"] == 30


async def test_nobody_there() -> None:
    for error in await both(CLOSED_PORT):
        assert type(error) is exceptions.TransportError
        assert error.sent is False
        assert CLOSED_PORT in str(error)
        assert "whether the wiki is running" in str(error)


async def test_a_name_that_does_not_exist() -> None:
    for error in await both("http://wiki.invalid"):
        assert isinstance(error, exceptions.TransportError)
        assert error.sent is False


async def test_no_answer_in_time() -> None:
    def slow(_: Seen) -> Answer:
        time.sleep(0.3)
        return Answer()

    with serve(slow) as server:
        for error in await both(server.url, timeout=0.05):
            assert isinstance(error, exceptions.TimeoutError)
            assert isinstance(error, TimeoutError)
            assert error.sent is True
            assert str(error) == f"{server.url} did not answer within 0.05 s."


@pytest.mark.parametrize("raw", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", b"SSH-2.0-OpenSSH_9\r\n"])
async def test_a_connection_that_breaks_leaves_the_outcome_open(raw: bytes) -> None:
    with serve(lambda _: Answer(raw=raw)) as server:
        for error in await both(server.url):
            assert type(error) is exceptions.TransportError
            assert error.sent is True
            assert "broke before the answer was complete" in str(error)


async def test_damaged_compression() -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    with serve(lambda _: Answer(b"no gzip", headers=headers)) as server:
        for error in await both(server.url):
            assert isinstance(error, exceptions.TransportError)
            assert error.sent is True
            assert "compression" in str(error)
    with serve(lambda seen: Answer(gzip.compress(echoed(seen.body, Answer().body)), headers=headers)) as server:
        assert await ask_async(server.url) == ask(server.url)


async def test_a_redirect_is_told_and_never_followed() -> None:
    headers = {"location": "https://wiki.example.com/graphql?secret=1", "content-type": "text/plain"}
    with serve(lambda _: Answer(b"Found.", 302, headers)) as server:
        for error in await both(server.url, auth=api_key()):
            assert isinstance(error, exceptions.EndpointError)
            assert "redirects to https://wiki.example.com/graphql (HTTP 302)" in str(error)
        assert len(server.seen) == 2
        with httpx2.Client(follow_redirects=True) as http, pytest.raises(exceptions.EndpointError):
            ask(server.url, http_client=http)
        async with httpx2.AsyncClient(follow_redirects=True) as other:
            with pytest.raises(exceptions.EndpointError):
                await ask_async(server.url, http_client=other)
        assert len(server.seen) == 4


async def test_a_closed_client_says_so() -> None:
    with serve() as server:
        with WikiJSClient(server.url) as client:
            pass
        with pytest.raises(exceptions.ConfigurationError, match="client is closed"):
            client.graphql(QUERY)
        client.close()
        async with AsyncWikiJSClient(server.url) as other:
            pass
        with pytest.raises(exceptions.ConfigurationError, match="client is closed"):
            await other.graphql(QUERY)
        await other.aclose()
        assert server.seen == []


async def test_a_callers_own_http_client_is_used_as_it_is_and_left_open() -> None:
    with serve() as server:
        with httpx2.Client(headers={"x-own": "1"}) as http:
            ask(server.url, http_client=http)
            assert not http.is_closed
            ask(server.url, http_client=http)
        async with httpx2.AsyncClient(headers={"x-own": "1"}) as other:
            await ask_async(server.url, http_client=other)
            assert not other.is_closed
    assert [seen.headers["x-own"] for seen in server.seen] == ["1"] * 3
    assert server.seen[0].port == server.seen[1].port


async def test_own_connections_are_closed_with_the_client() -> None:
    with serve() as server, WikiJSClient(server.url) as client:
        client.graphql(QUERY)
    assert client._sync.driver._http.is_closed
    # A socket left open would be a ResourceWarning, which is an error in these tests.


async def test_requests_go_through_a_proxy() -> None:
    with serve() as proxy:
        ask("http://wiki.example.com", proxy=proxy.url)
        await ask_async("http://wiki.example.com", proxy=proxy.url)
        for seen in proxy.seen:
            assert (seen.path, seen.headers["host"]) == ("http://wiki.example.com/graphql", "wiki.example.com")


async def test_a_proxy_that_refuses_the_tunnel() -> None:
    with serve(lambda _: Answer(b"", 407, {})) as proxy:
        url = proxy.url.replace("://", "://ada:hunter2@")
        for error in await both("https://wiki.example.com", proxy=url):
            assert isinstance(error, exceptions.TransportError)
            assert error.sent is False
            assert "407" in str(error)
            assert "hunter2" not in str(error)
    assert [seen.method for seen in proxy.seen] == ["CONNECT"] * 2


async def test_a_socks_proxy_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "find_spec", lambda _: None)
    for error in await both("http://wiki.example.com", proxy="socks5://127.0.0.1:9"):
        assert isinstance(error, exceptions.ConfigurationError)
        assert "httpx2[socks]" in str(error)


# --- certificates


@pytest.fixture
def secured(certificate: Path) -> Callable[[], Any]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return lambda: serve(tls=context)


async def test_an_unknown_certificate_is_refused(secured: Callable[[], Any]) -> None:
    server: Server
    with secured() as server:
        for error in await both(server.url):
            assert type(error) is exceptions.TransportError
            assert error.sent is False
            assert "certificate" in str(error).lower()
            assert "verify_ssl" in str(error)
        assert server.seen == []


async def test_verify_ssl_switches_the_check_off_or_takes_a_context(
    secured: Callable[[], Any], certificate: Path
) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    with secured() as server:
        for verify in (False, context):
            ask(server.url, verify_ssl=verify)
            await ask_async(server.url, verify_ssl=verify)
        assert len(server.seen) == 4


def test_a_request_with_other_headers_is_otherwise_the_same() -> None:
    given: dict[str, Any] = {
        each.name: object() for each in dataclasses.fields(Send) if each.name not in {"path", "headers"}
    }
    sent = Send(path="/graphql", headers={"a": "b"}, **given)
    changed = sent.with_headers({"c": "d"})
    assert changed == dataclasses.replace(sent, headers={"c": "d"})
