"""The live log over the old `graphql-ws` protocol, against a server that speaks as a recorded Wiki.js does."""

from __future__ import annotations

import http
import json
import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.jwt import api_key, login_token
from support.loopback import Answer
from support.loopback import serve as serve_http
from support.wiki import Wiki
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from wikijs import AsyncWikiJSClient, WikiJSClient, exceptions
from wikijs.auth import Auth, JWTAuth, PasswordAuth

# Frames as Wiki.js 2.5.314 sends them.
ACK = {"type": "connection_ack"}
OUTPUT = "2026-11-21T10:55:45.562Z [MASTER] \x1b[33mwarn\x1b[39m: Cannot send email because mail is not setup"
LINE = {"level": "warn", "output": OUTPUT, "timestamp": "2026-11-21T10:55:45.562Z"}
DATA = {"type": "data", "id": "1", "payload": {"data": {"loggingLiveTrail": LINE}}}
COMPLETE = {"type": "complete", "id": "1", "payload": None}
UNAUTHORIZED = {"type": "connection_error", "payload": {"message": "Unauthorized"}}
UNKNOWN_FIELD = {
    "type": "data",
    "id": "1",
    "payload": {
        "errors": [
            {
                "message": 'Cannot query field "nope" on type "Subscription".',
                "locations": [{"line": 1, "column": 14}],
                "extensions": {"code": "INTERNAL_SERVER_ERROR"},
            }
        ]
    },
}

Talk = Callable[["Peer"], None]


class Peer:
    """The server's side of one connection; keeps what the client says."""

    def __init__(self, connection: ServerConnection, heard: list[Any]) -> None:
        self.connection = connection
        self._heard = heard

    def hear(self) -> None:
        self._heard.append(json.loads(self.connection.recv(timeout=5)))

    def say(self, *frames: object) -> None:
        for frame in frames:
            self.connection.send(frame if isinstance(frame, str) else json.dumps(frame))

    def greet(self) -> None:
        """Take the opening, acknowledge it, and take the start."""
        self.hear()
        self.say(ACK)
        self.hear()


class Socket:
    """A websocket server: its URL, what it heard, and the paths that were asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heard: list[Any] = []
        self.requests: list[Request] = []


@contextmanager
def talking(
    talk: Talk, answer: Callable[[Request], Response | None] = lambda _: None, tls: ssl.SSLContext | None = None
) -> Iterator[Socket]:
    socket = Socket("")

    def handler(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed, TimeoutError):  # the client has heard enough
            talk(Peer(connection, socket.heard))

    def look(_: ServerConnection, request: Request) -> Response | None:
        socket.requests.append(request)
        return answer(request)

    logger = logging.getLogger("tests.websocket")
    logger.disabled = True  # the server's own frames hold the token
    options: Any = {"subprotocols": ["graphql-ws"], "process_request": look, "logger": logger, "ssl": tls}
    with serve(handler, "127.0.0.1", 0, **options) as server:
        socket.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.socket.getsockname()[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield socket
        finally:
            server.shutdown()
            thread.join()


def sync_lines(url: str, auth: Auth | str | None, limit: int = 100, **options: Any) -> list[Any]:
    lines = []
    with WikiJSClient(url, auth, **options) as client:
        trail = client.logging.live_trail()
        for line in trail:
            lines.append(line)
            if len(lines) == limit:
                break
        trail.close()  # type: ignore[attr-defined]  # a generator, as iterators over resources are
    return lines


async def async_lines(url: str, auth: Auth | str | None, limit: int = 100, **options: Any) -> list[Any]:
    lines = []
    async with AsyncWikiJSClient(url, auth, **options) as client:
        trail = client.logging.live_trail()
        async for line in trail:
            lines.append(line)
            if len(lines) == limit:
                break
        await trail.aclose()  # type: ignore[attr-defined]  # a generator, as iterators over resources are
    return lines


Read = Callable[..., Any]


@pytest.fixture(params=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Read:
    """Reads lines with either client, from a coroutine."""
    if request.param == "async":
        return async_lines

    async def in_thread(*args: Any, **options: Any) -> list[Any]:
        import asyncio

        return await asyncio.to_thread(sync_lines, *args, **options)

    return in_thread


def user() -> JWTAuth:
    return JWTAuth(login_token())


async def test_lines_come_as_models_until_the_server_completes(read: Read) -> None:
    def talk(peer: Peer) -> None:
        peer.greet()
        peer.say(DATA, {"type": "ka"}, DATA, COMPLETE)

    auth = user()
    with talking(talk) as socket:
        lines = await read(socket.url, auth, headers={"X-Proxy": "a"}, user_agent="mine/1")
    assert [(line.level, line.output) for line in lines] == [("warn", OUTPUT)] * 2
    assert lines[0].timestamp == datetime(2026, 11, 21, 10, 55, 45, 562_000, UTC)
    opening, start = socket.heard
    assert auth.current is not None
    assert opening == {"type": "connection_init", "payload": {"token": auth.current.value}}
    assert (start["type"], start["id"], start["payload"]["variables"]) == ("start", "1", {})
    assert "loggingLiveTrail" in start["payload"]["query"]
    (request,) = socket.requests
    assert request.path == "/graphql-subscriptions"
    assert (request.headers["X-Proxy"], request.headers["User-Agent"]) == ("a", "mine/1")
    assert request.headers["Sec-WebSocket-Protocol"] == "graphql-ws"


async def test_a_caller_may_stop_listening(read: Read) -> None:
    def talk(peer: Peer) -> None:
        peer.greet()
        for _ in range(10_000):
            peer.say(DATA)

    with talking(talk) as socket:
        assert len(await read(socket.url, user(), limit=3)) == 3


async def test_a_login_comes_first_where_it_is_needed() -> None:
    def talk(peer: Peer) -> None:
        peer.greet()
        peer.say(DATA, COMPLETE)

    wiki = Wiki()
    with talking(talk) as socket:
        auth = PasswordAuth("ada@example.com", "secret")
        with WikiJSClient(socket.url, auth, http_client=wiki.client()) as client:
            assert len(list(client.logging.live_trail())) == 1
        async with AsyncWikiJSClient(
            socket.url, PasswordAuth("ada@example.com", "secret"), http_client=wiki.async_client()
        ) as other:
            assert len([line async for line in other.logging.live_trail()]) == 1
    assert wiki.calls == {"AuthenticationLogin": 2}


@pytest.mark.parametrize(("auth", "text"), [(api_key(), "does not accept API keys"), (None, "not show this to guests")])
async def test_keys_and_guests_are_refused_before_connecting(read: Read, auth: str | None, text: str) -> None:
    with talking(Peer.greet) as socket:
        with pytest.raises(exceptions.InvalidTokenError) as caught:
            await read(socket.url, auth)
        assert socket.requests == []
    assert text in str(caught.value)
    assert "auth=PasswordAuth(email, password)" in str(caught.value)


async def test_an_unauthorized_user_is_told_what_it_takes(read: Read) -> None:
    def talk(peer: Peer) -> None:
        peer.hear()
        peer.say(UNAUTHORIZED)
        peer.connection.close(1011)

    with talking(talk) as socket, pytest.raises(exceptions.PermissionDeniedError) as caught:
        await read(socket.url, user())
    assert "refused the subscription (Unauthorized)" in str(caught.value)
    assert caught.value.permissions == ("manage:system",)


@pytest.mark.parametrize("code", [1011, 1000, 1006])
async def test_a_connection_that_ends_by_itself(read: Read, code: int) -> None:
    def talk(peer: Peer) -> None:
        peer.greet()
        peer.say(DATA)
        if code == 1006:
            peer.connection.socket.shutdown(2)
        else:
            peer.connection.close(code)

    expected = exceptions.PermissionDeniedError if code == 1011 else exceptions.TransportError
    with talking(talk) as socket, pytest.raises(expected):
        await read(socket.url, user())


@pytest.mark.parametrize(
    ("frame", "exception", "text"),
    [
        ({"type": "error", "id": "1", "payload": {"message": "Unauthorized"}}, exceptions.ServerError, "Unauthorized"),
        ({"type": "error", "id": "1", "payload": None}, exceptions.ServerError, "subscription failed"),
        (UNKNOWN_FIELD, exceptions.APIError, 'Cannot query field "nope"'),
        ({"type": "data", "id": "1", "payload": {"data": None}}, exceptions.ServerError, "shape"),
        ({"type": "data", "id": "1", "payload": [1]}, exceptions.ServerError, "no GraphQL answer"),
        ({"type": "data", "id": "1"}, exceptions.ServerError, "no GraphQL answer"),
        ("garbage", exceptions.ServerError, "no subscription message"),
        ([], exceptions.ServerError, "no subscription message"),
        ({}, exceptions.ServerError, "no subscription message"),
    ],
)
async def test_what_goes_wrong_on_the_way(read: Read, frame: object, exception: type[Exception], text: str) -> None:
    def talk(peer: Peer) -> None:
        peer.greet()
        peer.say(frame)
        peer.hear()

    with talking(talk) as socket, pytest.raises(exception) as caught:
        await read(socket.url, user())
    assert text in str(caught.value)
    assert str(caught.value).startswith("loggingLiveTrail")


async def test_no_acknowledgement_in_time(read: Read) -> None:
    def talk(peer: Peer) -> None:
        peer.hear()
        peer.hear()

    with talking(talk) as socket, pytest.raises(exceptions.TimeoutError, match="acknowledge"):
        await read(socket.url, user(), timeout=0.1)


async def test_nobody_there_or_no_websocket(read: Read) -> None:
    with pytest.raises(exceptions.TransportError) as caught:
        await read("http://127.0.0.1:9", user())
    assert caught.value.sent is False
    with (
        talking(Peer.greet, lambda _: Response(404, "Not Found", _headers())) as socket,
        pytest.raises(exceptions.TransportError, match="404"),
    ):
        await read(socket.url, user())


def _headers(**values: str) -> Any:
    from websockets.datastructures import Headers

    return Headers(values)


async def test_certificates_are_checked_as_for_requests(read: Read, certificate: Path) -> None:
    def talk(peer: Peer) -> None:
        peer.greet()
        peer.say(DATA, COMPLETE)

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with talking(talk, tls=tls) as socket:
        for verify in (False, ssl.create_default_context(cafile=str(certificate))):
            assert len(await read(socket.url, user(), verify_ssl=verify)) == 1
        with pytest.raises(exceptions.TransportError, match="certificate"):
            await read(socket.url, user())
        assert len(socket.heard) == 4


async def test_subscriptions_go_through_the_proxy(read: Read) -> None:
    refused = Answer(b"", 407, {})
    with serve_http(lambda _: refused) as proxy, pytest.raises(exceptions.TransportError) as caught:
        await read("http://wiki.example.com", user(), proxy=proxy.url)
    assert [(seen.method, seen.path) for seen in proxy.seen] == [("CONNECT", "wiki.example.com:80")]
    assert caught.value.sent is False


async def test_the_token_is_not_sent_where_a_redirect_leads(read: Read) -> None:
    with talking(Peer.greet) as other:
        found = Response(http.HTTPStatus.FOUND, "Found", _headers(Location=other.url.replace("http", "ws")))
        with talking(Peer.greet, lambda _: found) as socket, pytest.raises(exceptions.WikiJSException):
            await read(socket.url, user())
        assert other.heard == []


async def test_no_token_is_logged_at_any_level(read: Read, caplog: pytest.LogCaptureFixture) -> None:
    def talk(peer: Peer) -> None:
        peer.greet()
        peer.say(DATA, COMPLETE)

    caplog.set_level(logging.DEBUG)
    for name in ("websockets", "websockets.client", "wikijs"):
        caplog.set_level(logging.DEBUG, logger=name)
    with talking(talk) as socket:
        await read(socket.url, user())
    assert "eyJ" not in "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
