"""Connections made of the event loop's own transports, for programs that send much through one asynchronous client.

The HTTP library's own connections go through a layer that suits several event loops. It yields to the loop at each read
and write, opens a scope for each timeout, and asks the system whether a connection that is kept has anything to say,
for each of them and each request. Here all that is known without asking: what comes is taken as it comes.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any, Final, TypeVar

import httpcore2

T = TypeVar("T")

_MOST_UNREAD: Final = 1 << 18
"""Bytes that are taken before anybody reads them."""
_HEAD_START: Final = 0.25
"""Seconds that an address has before the next one is tried beside it."""


class _Ends(asyncio.Protocol):
    """What the loop tells of a connection."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.transport: Any = None
        self.parts: deque[bytes] = deque()
        self.size = 0
        self.is_over = False
        self.error: Exception | None = None
        self.is_full = False
        self._is_paused = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.parts.append(data)
        self.size += len(data)
        if self.size > _MOST_UNREAD and not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> None:
        self.is_over = True
        _wake(self._reader)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over, self.error = True, exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self.is_full = True

    def resume_writing(self) -> None:
        self.is_full = False
        _wake(self._writer)

    async def take(self, most: int, timeout: float | None) -> bytes:
        """The next bytes; none at the end."""
        if not self.parts and not self.is_over:
            self._reader = self.loop.create_future()
            await _within(self._reader, timeout, httpcore2.ReadTimeout)
        if not self.parts:
            if self.error is not None:
                raise httpcore2.ReadError(str(self.error)) from self.error
            return b""
        data = self.parts.popleft()
        if len(data) > most:
            self.parts.appendleft(data[most:])
            data = data[:most]
        self.size -= len(data)
        if self._is_paused and self.size <= _MOST_UNREAD // 2:
            self._is_paused = False
            self.transport.resume_reading()
        return data

    async def give(self, data: bytes, timeout: float | None) -> None:
        """Send bytes, and wait where many are on their way."""
        if self.transport.is_closing():
            raise httpcore2.WriteError("the connection is closed")
        self.transport.write(data)
        if self.is_full:
            self._writer = self.loop.create_future()
            await _within(self._writer, timeout, httpcore2.WriteTimeout)
            if self.transport.is_closing():
                raise httpcore2.WriteError("the connection is closed")


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


async def _within(waiting: asyncio.Future[None], timeout: float | None, late: type[Exception]) -> None:
    if timeout is None:
        await waiting
        return

    def over() -> None:
        if not waiting.done():
            waiting.set_exception(late())

    timer = asyncio.get_running_loop().call_later(timeout, over)
    try:
        await waiting
    finally:
        timer.cancel()


class DirectStream(httpcore2.AsyncNetworkStream):
    """A connection.

    Args:
        ends: What the loop tells of it.
    """

    def __init__(self, ends: _Ends) -> None:
        self._ends = ends

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes; none at the end."""
        return await self._ends.take(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        if buffer:
            await self._ends.give(buffer, timeout)

    async def aclose(self) -> None:
        """Let go of it."""
        self._ends.transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> DirectStream:
        """The same connection with TLS."""
        ends = _Ends()
        try:
            async with asyncio.timeout(timeout):
                ends.transport = await ends.loop.start_tls(
                    self._ends.transport, ends, ssl_context, server_hostname=server_hostname
                )
        except (OSError, TimeoutError) as error:  # what TLS finds wrong is an OSError
            self._ends.transport.abort()
            late = isinstance(error, TimeoutError)
            raise (httpcore2.ConnectTimeout if late else httpcore2.ConnectError)(str(error)) from error
        except BaseException:
            self._ends.transport.abort()
            raise
        if ends.transport is None:  # the loop says so when the other end left in between
            raise httpcore2.ConnectError("the connection was closed")
        return DirectStream(ends)

    def get_extra_info(self, info: str) -> Any:
        """What the HTTP library asks about a connection."""
        ends = self._ends
        if info == "is_readable":  # of one that is kept: the server closed it, or sent what nobody asked for
            return bool(ends.parts) or ends.is_over or ends.transport.is_closing()
        name = {"client_addr": "sockname", "server_addr": "peername"}.get(info, info)
        return ends.transport.get_extra_info(name)


class DirectBackend(httpcore2.AsyncNetworkBackend):
    """Makes connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> DirectStream:
        """A connection to a host, to whichever of its addresses answers first."""
        loop = asyncio.get_running_loop()
        local = None if local_address is None else (local_address, 0)

        async def made() -> _Ends:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(each[4][0]) for each in _in_turns(found)))
            return await first_of([_attempt(loop, address, port, local) for address in addresses])

        return DirectStream(_prepared(await _connected(made(), timeout), socket_options))

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None
    ) -> DirectStream:
        """A connection to a socket of this machine."""

        async def made() -> _Ends:
            return (await asyncio.get_running_loop().create_unix_connection(_Ends, path))[1]

        return DirectStream(_prepared(await _connected(made(), timeout), socket_options))

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def _attempt(
    loop: asyncio.AbstractEventLoop, address: str, port: int, local: tuple[str, int] | None
) -> Callable[[], Awaitable[_Ends]]:
    async def attempt() -> _Ends:
        return (await loop.create_connection(_Ends, address, port, local_addr=local))[1]

    return attempt


async def _connected(made: Awaitable[_Ends], timeout: float | None) -> _Ends:
    try:
        async with asyncio.timeout(timeout):
            return await made
    except TimeoutError as error:
        raise httpcore2.ConnectTimeout(str(error)) from error
    except OSError as error:
        raise httpcore2.ConnectError(str(error)) from error


def _prepared(ends: _Ends, options: Iterable[httpcore2.SOCKET_OPTION] | None) -> _Ends:
    for option in options or ():
        ends.transport.get_extra_info("socket").setsockopt(*option)
    return ends


def _in_turns(found: list[Any]) -> list[Any]:
    """Addresses of both families in turns: one family may lead nowhere."""
    first = [each for each in found if each[0] == found[0][0]]
    others = [each for each in found if each[0] != found[0][0]]
    turns: list[Any] = []
    for index in range(max(len(first), len(others))):
        turns += first[index : index + 1] + others[index : index + 1]
    return turns


async def first_of(attempts: list[Callable[[], Awaitable[T]]]) -> T:
    """The first that succeeds. Each has a head start before the next one begins; a failure begins it at once.

    Raises:
        OSError: None succeeded; that of the first one.
    """
    if len(attempts) == 1:
        return await attempts[0]()
    under_way: set[asyncio.Future[T]] = set()
    failures: list[BaseException] = []
    waiting = deque(attempts)
    try:
        while waiting or under_way:
            if waiting:
                under_way.add(asyncio.ensure_future(waiting.popleft()()))
            done, under_way = await asyncio.wait(
                under_way, timeout=_HEAD_START if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            for each in done:
                failure = each.exception()
                if failure is None:
                    return each.result()
                failures.append(failure)
        raise failures[0]
    finally:
        for each in under_way:
            each.add_done_callback(_hang_up)
            each.cancel()


def _hang_up(late: asyncio.Future[Any]) -> None:
    """A connection that was made when it was not needed any more."""
    if not late.cancelled() and late.exception() is None:
        with suppress(AttributeError):
            late.result().transport.abort()


def connect_directly(http: Any) -> None:
    """Have an asynchronous client of the HTTP library make its connections so, through proxies, too.

    Args:
        http: An `httpx2.AsyncClient` that runs on asyncio.
    """
    for transport in [http._transport, *http._mounts.values()]:  # what it is made of has no public names
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = DirectBackend()
