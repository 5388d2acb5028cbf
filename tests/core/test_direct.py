"""Connections on the event loop's own transports, and requests whose headers are merged once."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpcore2
import httpx2
import pytest
from support.loopback import serve

from wikijs import AsyncWikiJSClient
from wikijs.core.flow import Send
from wikijs.core.settings import Settings
from wikijs.core.transport import direct
from wikijs.core.transport.direct import DirectBackend, DirectStream, connect_directly
from wikijs.core.transport.exchange import Heads, arguments, options

Serving = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LONG = 60.0


@asynccontextmanager
async def listening(serving: Serving, **more: Any) -> AsyncIterator[int]:
    talks: list[asyncio.Task[None]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serving(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.ensure_future(talk(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0, **more)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def without_end(stream: DirectStream, timeout: float) -> None:  # noqa: ASYNC109
    while True:
        await stream.write(b"x" * 1_000_000, timeout)


async def test_bytes_go_both_ways_in_parts_and_end() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.readexactly(5)).upper())

    async with listening(echo) as port:
        stream = await DirectBackend().connect_tcp("127.0.0.1", port, LONG)
        assert not stream.get_extra_info("is_readable")
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", port)
        assert stream.get_extra_info("ssl_object") is None
        await stream.write(b"")
        await stream.write(b"hello")
        assert await stream.read(3, LONG) == b"HEL"
        assert stream.get_extra_info("is_readable")
        assert await stream.read(3, None) == b"LO"
        assert await stream.read(3, LONG) == b""
        assert stream.get_extra_info("is_readable")
        await stream.aclose()
        with pytest.raises(httpcore2.WriteError):
            await stream.write(b"more")


async def test_waits_end() -> None:
    async def silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(LONG)

    async with listening(silent) as port:
        stream = await DirectBackend().connect_tcp("127.0.0.1", port)
        with pytest.raises(httpcore2.ReadTimeout):
            await stream.read(10, 0.01)
        with pytest.raises(httpcore2.WriteTimeout):
            await without_end(stream, 0.01)
        await stream.aclose()


async def test_a_connection_that_is_reset_is_an_error_for_those_who_wait() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        held = writer.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()

    async with listening(reset) as port:
        stream = await DirectBackend().connect_tcp("127.0.0.1", port)
        reading = asyncio.ensure_future(stream.read(10, LONG))
        await stream.write(b"x")
        with pytest.raises(httpcore2.ReadError):
            await reading
        other = await DirectBackend().connect_tcp("127.0.0.1", port)
        with pytest.raises(httpcore2.WriteError):
            await without_end(other, LONG)


async def test_what_nobody_reads_is_not_taken_without_end() -> None:
    sent = 0

    async def much(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while sent < 20_000_000:
            writer.write(b"x" * 100_000)
            await writer.drain()
            sent += 100_000

    async with listening(much) as port:
        stream = await DirectBackend().connect_tcp("127.0.0.1", port)
        while not stream._ends._is_paused:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        assert stream._ends.size < 2 * direct._MOST_UNREAD
        taken = 0
        while data := await stream.read(65_536, LONG):
            assert len(data) <= 65_536
            taken += len(data)
        assert taken == 20_000_000


async def test_nobody_there_and_nobody_who_answers_in_time() -> None:
    with pytest.raises(httpcore2.ConnectError):
        await DirectBackend().connect_tcp("127.0.0.1", 9)
    with pytest.raises(httpcore2.ConnectError):
        await DirectBackend().connect_unix_socket("/no/such/socket")
    with pytest.raises(httpcore2.ConnectTimeout):
        await direct._connected(asyncio.get_running_loop().create_future(), 0.01)
    await DirectBackend().sleep(0)


async def test_sockets_of_this_machine_and_options(tmp_path: Path) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(2))
        writer.close()

    server = await asyncio.start_unix_server(echo, str(tmp_path / "socket"))
    option = (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    stream = await DirectBackend().connect_unix_socket(str(tmp_path / "socket"), socket_options=[option])
    assert stream.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    await stream.write(b"ab")
    assert await stream.read(10) == b"ab"
    server.close()


async def test_the_first_address_that_answers_is_taken() -> None:
    begun: list[str] = []
    closed: list[str] = []

    def attempt(name: str, *, fails: bool = False, waits: bool = False) -> Callable[[], Awaitable[str]]:
        async def run() -> str:
            begun.append(name)
            try:
                if waits:
                    await asyncio.sleep(LONG)
            except asyncio.CancelledError:
                closed.append(name)
                raise
            if fails:
                raise ConnectionRefusedError(name)
            return name

        return run

    assert await direct.first_of([attempt("a")]) == "a"
    assert await direct.first_of([attempt("b", fails=True), attempt("c")]) == "c"
    assert await direct.first_of([attempt("d", waits=True), attempt("e")]) == "e"
    await asyncio.sleep(0)
    assert begun == ["a", "b", "c", "d", "e"]
    assert closed == ["d"]
    with pytest.raises(ConnectionRefusedError, match="f"):
        await direct.first_of([attempt("f", fails=True), attempt("g", fails=True)])


async def test_a_connection_that_came_too_late_is_hung_up() -> None:
    class Made:
        def __init__(self) -> None:
            self.transport, self.is_aborted = self, False

        def abort(self) -> None:
            self.is_aborted = True

    made, late = Made(), asyncio.get_running_loop().create_future()
    late.set_result(made)
    direct._hang_up(late)
    assert made.is_aborted


def test_addresses_of_both_families_take_turns() -> None:
    six, four = socket.AF_INET6, socket.AF_INET
    assert direct._in_turns([(six, 1), (six, 2), (four, 3), (six, 4)]) == [(six, 1), (four, 3), (six, 2), (six, 4)]


async def test_tls(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(5))

    async with listening(echo, ssl=context) as port:
        trusting = ssl.create_default_context(cafile=str(certificate))
        stream = await (await DirectBackend().connect_tcp("127.0.0.1", port)).start_tls(trusting, "127.0.0.1", LONG)
        assert stream.get_extra_info("ssl_object") is not None
        await stream.write(b"hello")
        assert await stream.read(10, LONG) == b"hello"
        await stream.aclose()
        plain = await DirectBackend().connect_tcp("127.0.0.1", port)
        with pytest.raises(httpcore2.ConnectError, match="certificate"):
            await plain.start_tls(ssl.create_default_context(), "127.0.0.1", LONG)

    async def silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(LONG)

    async with listening(silent) as port:
        plain = await DirectBackend().connect_tcp("127.0.0.1", port)
        with pytest.raises(httpcore2.ConnectTimeout):
            await plain.start_tls(trusting, "127.0.0.1", 0.01)


async def test_a_client_asks_through_it_again_and_again() -> None:
    with serve() as server:
        http = httpx2.AsyncClient(**options(Settings(server.url)))
        connect_directly(http)
        async with http, AsyncWikiJSClient(server.url, http_client=http, retry=False) as client:
            for _ in range(3):
                assert await client.graphql("{__typename}") == {"__typename": "Query"}
            parts: Any = http
            assert isinstance(parts._transport._pool._network_backend._inner, DirectBackend)
            assert len(parts._transport._pool.connections) == 1


def test_a_request_is_the_one_that_the_http_client_would_build() -> None:
    settings = Settings("https://wiki.test")
    body = b"{}"
    with httpx2.Client(**options(settings)) as http:
        heads = Heads(http)

        def check(headers: dict[str, str]) -> None:
            step = Send("/graphql", body, {"content-type": "application/json", **headers})
            request = heads.request(step, settings, body, {"read": 1.0})
            usual = http.build_request(content=body, **arguments(step, settings))
            assert request.headers.raw == usual.headers.raw
            assert (request.method, request.url, request.content) == (usual.method, usual.url, usual.content)
            assert request.extensions["timeout"] == {"read": 1.0}

        for _ in range(2):
            check({"authorization": "Bearer a"})
            check({"authorization": "Bearer b"})
        http.headers["x-more"] = "1"
        check({"authorization": "Bearer a"})
        for number in range(200):
            check({"authorization": f"Bearer {number}"})
        assert len(heads._merged) < 100
        http.cookies.set("a", "b")
        check({})
        assert "cookie" in heads.request(Send("/", body, {}), settings, body, {}).headers
