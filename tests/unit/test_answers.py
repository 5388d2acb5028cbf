"""An answer belongs to the request whose key it bears, and to no other."""

from __future__ import annotations

import itertools
import json
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from support.echo import echoed, nonces
from support.raw import Connection, answer, echo, raw_server

from wikijs import AsyncWikiJSClient, WikiJSClient, ops
from wikijs import exceptions as exc
from wikijs.core.documents.marks import with_nonce
from wikijs.core.documents.nonces import BATCH_NAMES, NAMES, belongs, fresh
from wikijs.middleware import RetryStrategy

QUERY = "{ __typename }"
Call = Callable[..., Any]


async def both(url: str, call: Callable[[Any], Any], **options: Any) -> list[Any]:
    """What a call gives on both clients, or raises."""
    outcomes: list[Any] = []
    with WikiJSClient(url, retry=False, **options) as client:
        try:
            outcomes.append(call(client))
        except exc.WikiJSException as error:
            outcomes.append(error)
    async with AsyncWikiJSClient(url, retry=False, **options) as other:
        try:
            outcomes.append(await call(other))
        except exc.WikiJSException as error:
            outcomes.append(error)
    return outcomes


def test_queries_take_turns_and_mutations_have_names_of_their_own() -> None:
    names = [fresh("query") for _ in range(3 * len(NAMES))]
    assert all(len(set(names[start : start + len(NAMES)])) == len(NAMES) for start in range(len(names) - len(NAMES)))
    assert len({fresh("mutation") for _ in range(1000)}) == 1000


def test_batches_take_turns_among_few_names_of_their_own() -> None:
    names = [fresh("query", 50) for _ in range(40)]
    assert set(names) == set(BATCH_NAMES)
    assert set(names).isdisjoint(NAMES)
    assert all(len(set(names[start : start + 4])) == 4 for start in range(36))
    assert len({fresh("mutation", 50) for _ in range(40)}) == 40


@pytest.mark.parametrize(
    ("content", "keys", "mine"),
    [
        (b'{"data":{"nonce_01":"Query","pages":{}}}', ["nonce_01"], True),
        (b'{ "data": { "pages": {}, "nonce_01": "Query" } }', ["nonce_01"], True),
        (b'{"data":{"nonce_02":"Query"}}', ["nonce_01"], False),
        (b'{"data":{"pages":{}}}', ["nonce_01"], False),
        (b'{"data":{"pages":{"title":"\\"nonce_01\\":"}}}', ["nonce_01"], False),
        (b'{"errors":[{"message":"no"}]}', ["nonce_01"], True),
        (b'{"errors":[{"message":"no"}],"data":null}', ["nonce_01"], True),
        (b'{"errors":[{"message":"no"}],"data":{"nonce_01":"Query"}}', ["nonce_01"], True),
        (b'{"errors":[{"message":"no"}],"data":{"nonce_02":"Query"}}', ["nonce_01"], False),
        (b'{"errors":[{"message":"],\\"data\\":{\\"nonce_01\\":"}],"data":{"nonce_02":"Query"}}', ["nonce_01"], False),
        (b"<html>", ["nonce_01"], True),
        (b"", ["nonce_01"], True),
        (b"7", ["nonce_01"], True),
        (b'[{"data":{"nonce_01":"Query"}},{"data":{"nonce_02":"Query"}}]', ["nonce_01", "nonce_02"], True),
        (b'[{"data":{"nonce_02":"Query"}},{"data":{"nonce_01":"Query"}}]', ["nonce_01", "nonce_02"], False),
        (b'[{"errors":[]},{"data":{"nonce_02":"Query"}}]', ["nonce_01", "nonce_02"], True),
        (b'[{"data":{"nonce_03":"Query"}}]', ["nonce_01", "nonce_02"], False),
        (b'{"data":{"nonce_03":"Query"}}', ["nonce_01", "nonce_02"], False),
    ],
)
def test_what_belongs(content: bytes, keys: list[str], mine: bool) -> None:
    assert belongs(content, keys) is mine


@pytest.mark.parametrize(
    ("document", "name", "expected"),
    [
        ("{a}", None, "{n:__typename a}"),
        (
            "query A($x: I = {b: 1}) @d(a: {b: 1}) { a }",
            None,
            "query A($x: I = {b: 1}) @d(a: {b: 1}) {n:__typename  a }",
        ),
        ("query A{a} mutation B{b}", "B", "query A{a} mutation B{n:__typename b}"),
        ("fragment F on Q { x } query A { ...F }", None, "fragment F on Q { x } query A {n:__typename  ...F }"),
        ("query A{a} query B{b}", None, None),
        ("subscription { a }", None, None),
        ("nonsense", None, None),
        ("{", None, None),
        ('# {\n{ a(b: "{") }', None, '# {\n{n:__typename  a(b: "{") }'),
    ],
)
def test_a_document_of_a_user_asks_for_the_key_too(document: str, name: str | None, expected: str | None) -> None:
    assert with_nonce(document, name, "n") == expected


async def test_the_key_is_not_shown() -> None:
    with raw_server(lambda _, body: echo(body)) as server:
        assert await both(server.url, lambda client: client.graphql(QUERY)) == [{"__typename": "Query"}] * 2


@pytest.mark.parametrize("foreign", [b'{"data":{"nonce_xx":"Query","a":1}}', b'{"data":{"a":1}}'])
async def test_the_answer_to_another_request_is_lost_and_its_connection_closed(foreign: bytes) -> None:
    def handle(connection: Connection, body: bytes) -> bytes:
        return answer(foreign) if connection.requests == 1 else echo(body)

    def twice(client: Any) -> Any:
        with pytest.raises(exc.ForeignReplyError) as caught:
            client.graphql(QUERY)
        assert caught.value.sent
        with pytest.raises(exc.ForeignReplyError):
            client.graphql(QUERY)
        return None

    with raw_server(handle) as server:
        with WikiJSClient(server.url, retry=False) as client:
            twice(client)
        assert server.connections == 2
        async with AsyncWikiJSClient(server.url, retry=False) as other:
            for _ in range(2):
                with pytest.raises(exc.ForeignReplyError):
                    await other.graphql(QUERY)
        assert server.connections == 4


@pytest.mark.parametrize("surplus", [b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", b"?"])
async def test_a_connection_with_bytes_left_over_is_not_used_again(surplus: bytes) -> None:
    with raw_server(lambda _, body: echo(body) + surplus) as server:
        with WikiJSClient(server.url, retry=False) as client:
            for _ in range(3):
                assert client.graphql(QUERY) == {"__typename": "Query"}
        assert server.connections == 3
        async with AsyncWikiJSClient(server.url, retry=False) as other:
            for _ in range(3):
                assert await other.graphql(QUERY) == {"__typename": "Query"}
        assert server.connections == 6


async def test_one_surplus_answer_shifts_nothing() -> None:
    """A server that is one answer ahead, as after a repetition by a proxy: no later answer belongs to its request."""

    def page(body: bytes) -> bytes:
        asked = json.loads(body)["variables"]["id"]
        return echo(body, b'{"data":{"pages":{"single":{"id":%d,"path":"p"}}}}' % asked)

    def handle(connection: Connection, body: bytes) -> bytes:
        said = page(body)
        if connection.requests == 1:  # and once more, a moment after the first: nobody looks at it before the next
            threading.Timer(0.001 * (int(nonces(body)[0][-2:]) % 5), lambda: connection.send(said)).start()
        return said

    document = "query($id: Int!) { pages { single(id: $id) { id path } } }"
    patient = RetryStrategy(initial_delay=0.01, budget=None)  # a slow machine is late 25 times
    with raw_server(handle) as server, WikiJSClient(server.url, retry=patient) as client:
        for number in range(25):
            assert client.graphql(document, {"id": number})["pages"]["single"]["id"] == number
    with raw_server(handle) as server:
        async with AsyncWikiJSClient(server.url, retry=patient) as other:
            for number in range(25):
                assert (await other.graphql(document, {"id": number}))["pages"]["single"]["id"] == number


async def test_each_part_of_a_batch_is_known_by_its_own_key() -> None:
    profile = b'{"data":{"users":{"profile":null}},"errors":[{"message":"Forbidden","path":["users","profile"]}]}'

    def handle(_: Connection, body: bytes) -> bytes:
        parts = [echoed(json.dumps(part).encode(), profile) for part in json.loads(body)]
        return answer(b"[%s]" % b",".join(reversed(parts)))

    asked = [ops.users_profile(), ops.users_profile()]
    with raw_server(handle) as server:
        for error in await both(server.url, lambda client: client.batch(*asked, mode="array")):
            assert isinstance(error, exc.ForeignReplyError)


async def test_an_answer_that_comes_a_byte_at_a_time_ends() -> None:
    stop = threading.Event()

    def handle(connection: Connection, body: bytes) -> None:
        for byte in itertools.chain(echo(body, b'{"data":{"a":"%s"}}' % (b"x" * 5000))):
            if stop.wait(0.02):
                break
            connection.send(bytes([byte]))

    with raw_server(handle) as server:
        started = time.monotonic()
        for error in await both(server.url, lambda client: client.graphql(QUERY), timeout=5, attempt_timeout=0.3):
            assert isinstance(error, exc.TimeoutError)
            assert error.sent
            assert "not complete after 0.3 s" in str(error)
        stop.set()
        assert time.monotonic() - started < 20  # all of it would take 200 s


@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_without_end_is_refused(packed: bool) -> None:
    import gzip

    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
    million = b"x" * 1_000_000

    def handle(connection: Connection, body: bytes) -> bytes | None:
        if packed:
            return answer(gzip.compress(million * 50), head + b"content-encoding: gzip\r\n")
        connection.send(head + b"\r\n")
        for _ in range(200):
            connection.send(million)
        return None

    with raw_server(handle) as server:
        for error in await both(server.url, lambda client: client.graphql(QUERY), max_response_bytes=3_000_000):
            assert type(error) is exc.TransportError
            assert error.permanent
            assert "more than 3,000,000 bytes" in str(error)
            assert "max_response_bytes" in str(error)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
async def test_what_is_packed_otherwise_than_asked_is_refused(encoding: str) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: %s\r\n" % encoding.encode()
    with raw_server(lambda *_: answer(b"xyz", head)) as server:
        for error in await both(server.url, lambda client: client.graphql(QUERY)):
            assert isinstance(error, exc.TransportError)
            assert "compression" in str(error)


async def test_deflate_with_and_without_its_frame() -> None:
    import zlib

    def handle(connection: Connection, body: bytes) -> bytes:
        said = echoed(body, b'{"data":{"__typename":"Query"}}')
        frame = zlib.compressobj(wbits=15 if connection.number % 2 else -15)
        packed = frame.compress(said) + frame.flush()
        return answer(packed, b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: deflate\r\n")

    with raw_server(handle) as server:
        for _ in range(2):
            assert await both(server.url, lambda client: client.graphql(QUERY)) == [{"__typename": "Query"}] * 2


async def test_no_failure_holds_the_request_with_its_token() -> None:
    from support.jwt import api_key

    key = api_key()
    with raw_server(lambda *_: None) as server:
        for error in await both(server.url, lambda client: client.graphql(QUERY), auth=key):
            seen: list[BaseException | None] = [error]
            for each in seen:
                if each is not None:
                    assert key not in repr(vars(each))
                    assert not hasattr(each, "request")
                    seen += [each.__context__, each.__cause__]


def test_without_asyncio_there_is_one_clear_sentence() -> None:
    client = AsyncWikiJSClient("http://127.0.0.1:9")
    call = client.graphql(QUERY)
    with pytest.raises(exc.ConfigurationError, match="needs a running event loop of asyncio"):
        call.send(None)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_begins_its_names_elsewhere() -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, b".")
        os._exit(0 if {fresh("query") for _ in NAMES} == set(NAMES) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(reader)
    os.close(writer)
