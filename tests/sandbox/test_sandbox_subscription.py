"""The live log over a socket: who is let in, what is answered, and our own client on it."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import httpx2
import pytest
import uvicorn
from replay import FakeClock
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from wikijs import WikiJSClient
from wikijs.auth import JWTAuth
from wikijs.core.transport.listening import listening
from wikijs.sandbox import Sandbox

WATCH = {"query": "subscription { loggingLiveTrail { level output timestamp } }"}
RENEW = "mutation { authentication { setApiState(enabled: true) { responseResult { succeeded } } } }"


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    return FakeClock(1_800_000_000.5)


@pytest.fixture(scope="module")
def wiki(clock: FakeClock) -> Iterator[Sandbox]:
    """A sandbox on a port."""
    bound = listening("127.0.0.1", 0)
    with Sandbox(clock=clock, url=f"http://127.0.0.1:{bound.getsockname()[1]}") as sandbox:
        server = uvicorn.Server(
            uvicorn.Config(sandbox.asgi, log_level="warning", lifespan="off", ws="websockets-sansio")
        )
        thread = Thread(target=server.run, args=([bound],))
        thread.start()
        try:
            yield sandbox
        finally:
            server.should_exit = True
            thread.join(10)
            bound.close()


@contextmanager
def socket(wiki: Sandbox, *protocols: str, headers: dict[str, str] | None = None) -> Generator[ClientConnection]:
    """A connection that offers these protocols."""
    address = f"{wiki.url.replace('http', 'ws', 1)}/graphql-subscriptions"
    offered = [Subprotocol(name) for name in protocols] or None
    with connect(address, subprotocols=offered, additional_headers=headers, proxy=None) as connection:
        yield connection


def tell(connection: ClientConnection, *messages: dict[str, Any] | str) -> None:
    for message in messages:
        connection.send(message if isinstance(message, str) else json.dumps(message))


def hear(connection: ClientConnection) -> Any:
    return json.loads(connection.recv(timeout=5))


def opening(token: str) -> dict[str, Any]:
    return {"type": "connection_init", "payload": {"token": token}}


def start(key: str, **payload: Any) -> dict[str, Any]:
    return {"type": "start", "id": key, "payload": payload}


@contextmanager
def opened(wiki: Sandbox) -> Generator[ClientConnection]:
    """A connection that was let in."""
    with socket(wiki, "graphql-ws") as connection:
        tell(connection, opening(wiki.admin_jwt))
        assert hear(connection) == {"type": "connection_ack"}
        yield connection


def close_code(connection: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        connection.recv(timeout=5)
    return closed.value.rcvd.code if closed.value.rcvd else None


def something_happens(wiki: Sandbox) -> None:
    wiki.journal.write("Something happened.")


@pytest.mark.parametrize("protocols", [(), ("graphql-transport-ws",), ("graphql-transport-ws", "graphql-ws")])
def test_other_protocols_are_closed(wiki: Sandbox, protocols: tuple[str, ...]) -> None:
    with socket(wiki, *protocols) as connection:
        assert close_code(connection) == 1002


def test_both_names_of_the_protocol_do(wiki: Sandbox) -> None:
    with socket(wiki, "graphql-subscriptions") as connection:
        tell(connection, opening(wiki.admin_jwt))
        assert hear(connection) == {"type": "connection_ack"}


def outsiders(wiki: Sandbox) -> dict[str, dict[str, Any]]:
    return {
        "no payload": {"type": "connection_init"},
        "no token": {"type": "connection_init", "payload": {}},
        "a number": {"type": "connection_init", "payload": {"token": 5}},
        "garbage": opening("x"),
        "an API key": opening(wiki.api_key),
        "a bearer": opening(f"Bearer {wiki.admin_jwt}"),
    }


@pytest.mark.parametrize("who", ["no payload", "no token", "a number", "garbage", "an API key", "a bearer"])
def test_all_but_administrators_are_refused(wiki: Sandbox, who: str) -> None:
    with socket(wiki, "graphql-ws", headers={"authorization": f"Bearer {wiki.admin_jwt}"}) as connection:
        tell(connection, outsiders(wiki)[who])
        assert hear(connection) == {"type": "connection_error", "payload": {"message": "Unauthorized"}}
        assert close_code(connection) == 1011


def test_an_expired_token_is_refused(wiki: Sandbox, clock: FakeClock) -> None:
    token = wiki.admin_jwt
    clock.now += 3600
    with socket(wiki, "graphql-ws") as connection:
        tell(connection, opening(token))
        assert hear(connection)["type"] == "connection_error"


def test_the_cookie_does(wiki: Sandbox) -> None:
    with socket(wiki, "graphql-ws", headers={"cookie": f"jwt={wiki.admin_jwt}"}) as connection:
        tell(connection, {"type": "connection_init"})
        assert hear(connection) == {"type": "connection_ack"}


def test_lines_come_until_the_subscription_is_stopped(wiki: Sandbox, clock: FakeClock) -> None:
    clock.now = 1_800_000_000.5
    with opened(wiki) as connection:
        tell(connection, start("1", **WATCH), {"type": "zzz"})
        assert hear(connection) == {"type": "error", "payload": {"message": "Invalid message type!"}}
        something_happens(wiki)
        moment = "2027-01-15T08:00:00.500Z"
        line = {"level": "info", "output": f"{moment} [MASTER] \x1b[32minfo\x1b[39m: Something happened."}
        event = {"data": {"loggingLiveTrail": line | {"timestamp": moment}}}
        assert hear(connection) == {"type": "data", "id": "1", "payload": event}
        tell(connection, {"type": "stop", "id": "1"})
        assert hear(connection) == {"type": "complete", "id": "1", "payload": None}
        something_happens(wiki)
        tell(connection, {"type": "stop", "id": "1"}, {"type": "ping", "id": "2"})
        assert hear(connection) == {"type": "error", "id": "2", "payload": {"message": "Invalid message type!"}}
        tell(connection, {"type": "connection_terminate"})
        assert close_code(connection) == 1000


def test_a_subscription_started_again_replaces_the_first(wiki: Sandbox) -> None:
    with opened(wiki) as connection:
        tell(connection, start("1", query="subscription { x: loggingLiveTrail { level } }"))
        tell(connection, start("1", **WATCH))
        assert hear(connection) == {"type": "complete", "id": "1", "payload": None}


def test_what_comes_before_the_opening_waits_for_it(wiki: Sandbox) -> None:
    with socket(wiki, "graphql-ws") as connection:
        tell(connection, start("1", query="{ __typename }"), opening(wiki.admin_jwt))
        assert [hear(connection)["type"] for _ in range(3)] == ["connection_ack", "data", "complete"]


def test_a_request_is_a_line(wiki: Sandbox) -> None:
    with opened(wiki) as connection:
        tell(connection, start("1", **WATCH), {"type": "zzz"})
        hear(connection)
        with httpx2.Client(base_url=wiki.url, headers={"authorization": f"Bearer {wiki.api_key}"}) as http:
            http.post("/graphql", json={"query": RENEW})
        assert hear(connection)["payload"]["data"]["loggingLiveTrail"]["output"].endswith("POST /graphql 200")


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        ({"query": "{"}, "Syntax Error: Expected Name, found <EOF>."),
        ({"query": ""}, "Syntax Error: Unexpected <EOF>."),
        ({}, "Must provide document."),
        (None, "Cannot read properties of undefined (reading 'query')"),
    ],
)
def test_what_is_no_document_is_an_error(wiki: Sandbox, payload: Any, message: str) -> None:
    with opened(wiki) as connection:
        tell(connection, {"type": "start", "id": "1", "payload": payload})
        assert hear(connection) == {"type": "error", "id": "1", "payload": {"message": message}}


def test_what_is_not_json_is_a_connection_error(wiki: Sandbox) -> None:
    with socket(wiki, "graphql-ws") as connection:
        tell(connection, "{x")
        message = "Expected property name or '}' in JSON at position 1"
        assert hear(connection) == {"type": "connection_error", "id": None, "payload": {"message": message}}


INVALID = {
    "message": 'Cannot query field "nope" on type "Subscription".',
    "locations": [{"line": 1, "column": 14}],
    "extensions": {"code": "INTERNAL_SERVER_ERROR"},
}
NO_CALLER = {
    "message": "Cannot read properties of undefined (reading 'user')",
    "locations": [{"line": 1, "column": 7}],
    "path": ["site", "config"],
    "extensions": {"code": "INTERNAL_SERVER_ERROR"},
}


@pytest.mark.parametrize(
    ("query", "result"),
    [
        ("subscription{nope}", {"errors": [INVALID]}),
        ("{site{config{title}}}", {"errors": [NO_CALLER], "data": {"site": {"config": None}}}),
        ("{__typename}", {"data": {"__typename": "Query"}}),
    ],
)
def test_other_operations_are_answered_without_a_caller(wiki: Sandbox, query: str, result: Any) -> None:
    with opened(wiki) as connection:
        tell(connection, start("1", query=query))
        assert hear(connection) == {"type": "data", "id": "1", "payload": result}
        assert hear(connection) == {"type": "complete", "id": "1", "payload": None}


def test_our_client_follows_the_log(wiki: Sandbox, clock: FakeClock) -> None:
    clock.now = time.time()  # the client looks at its token before it is sent
    heard = Event()

    def keep_happening() -> None:
        while not heard.wait(0.05):
            something_happens(wiki)

    thread = Thread(target=keep_happening)
    thread.start()
    with WikiJSClient(wiki.url, JWTAuth(wiki.admin_jwt)) as client:
        line = next(client.logging.live_trail())
    heard.set()
    thread.join()
    assert (line.level, line.output.partition("info")[2]) == ("info", "\x1b[39m: Something happened.")
