"""Bounds of one request: how long it may take as a whole, and how large its answer may become.

The HTTP library bounds each wait, so that an answer that comes a byte at a time never ends. Here each wait also knows
the moment at which all must be over. It bounds no sizes either, and unpacks what is compressed without looking how much
becomes of it, so answers are unpacked here, in pieces.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Generator, Iterable
from math import inf
from typing import Any, Final

import httpcore2
import httpx2

PIECE: Final = 1 << 20
"""Bytes of a piece of unpacked content at most."""
ENCODINGS: Final = "gzip, deflate"
"""Ways to compress answers that are asked for."""
_UNPACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
_SLICE: Final = 65_536


class Deadline:
    """The moment, by the monotonic clock, at which a request must be over. Bodies move it while they are sent."""

    __slots__ = ("at",)

    def __init__(self, at: float = inf) -> None:
        self.at = at

    @property
    def is_over(self) -> bool:
        """Whether it has passed."""
        return time.monotonic() >= self.at


class Until(float):
    """Seconds for one wait, and the deadline of all of them."""

    __slots__ = ("deadline",)
    deadline: Deadline

    @classmethod
    def of(cls, seconds: float | None, deadline: Deadline) -> Until:
        """So many seconds, but not beyond the deadline."""
        wait = cls(inf if seconds is None else seconds)
        wait.deadline = deadline
        return wait


def left(timeout: float | None, late: type[httpcore2.TimeoutException]) -> float | None:
    """The seconds that a wait may take now."""
    if not isinstance(timeout, Until):
        return timeout
    rest = timeout.deadline.at - time.monotonic()
    if rest <= 0:
        raise late("the time for the whole request is over")
    seconds = min(float(timeout), rest)
    return None if seconds == inf else seconds


class _Stream(httpcore2.NetworkStream):
    """A connection whose waits end at the deadline of the request that waits."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for part in _slices(buffer):
            self._inner.write(part, left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        rest = left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, rest))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _AsyncStream(httpcore2.AsyncNetworkStream):
    """The same for the asynchronous client."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, left(timeout, httpcore2.ReadTimeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for part in _slices(buffer):
            await self._inner.write(part, left(timeout, httpcore2.WriteTimeout))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        rest = left(timeout, httpcore2.ConnectTimeout)
        return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, rest))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _slices(buffer: bytes) -> Iterable[bytes]:
    """A large content in parts, since the deadline is looked at before each."""
    if len(buffer) <= _SLICE:
        return (buffer,)
    return (buffer[start : start + _SLICE] for start in range(0, len(buffer), _SLICE))


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, inner: httpcore2.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        rest = left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.connect_tcp(host, port, rest, local_address, socket_options))

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None
    ) -> httpcore2.NetworkStream:
        rest = left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.connect_unix_socket(path, rest, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _AsyncBackend(httpcore2.AsyncNetworkBackend):
    def __init__(self, inner: httpcore2.AsyncNetworkBackend) -> None:
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        rest = left(timeout, httpcore2.ConnectTimeout)
        return _AsyncStream(await self._inner.connect_tcp(host, port, rest, local_address, socket_options))

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        rest = left(timeout, httpcore2.ConnectTimeout)
        return _AsyncStream(await self._inner.connect_unix_socket(path, rest, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def watch(http: httpx2.Client | httpx2.AsyncClient) -> None:
    """Have the connections of an HTTP client heed deadlines. Requests without one are as before."""
    parts: Any = http  # what HTTP clients and their transports are made of has no public names
    for transport in [parts._transport, *parts._mounts.values()]:
        pool = getattr(transport, "_pool", None)
        backend = getattr(pool, "_network_backend", None)
        if pool is not None and isinstance(backend, httpcore2.NetworkBackend):
            pool._network_backend = _Backend(backend)
        elif pool is not None and isinstance(backend, httpcore2.AsyncNetworkBackend):
            pool._network_backend = _AsyncBackend(backend)


def is_canned(http: httpx2.Client | httpx2.AsyncClient) -> bool:
    """Whether a client's answers are made in this process, by a test: nothing can mix them up."""
    parts: Any = http
    return isinstance(parts._transport, httpx2.MockTransport)


def has_surplus(response: httpx2.Response) -> bool:
    """Whether a server sent more than the answer: the next one on this connection would not be that to its request."""
    part: Any = response.stream
    for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
        part = getattr(part, name, None)
    return part is not None and bool(part.trailing_data[0])


class Inflater:
    """Unpacks the content of an answer, a piece at a time.

    Args:
        encoding: What the answer says of itself.

    Raises:
        httpx2.DecodingError: It is packed in a way that was not asked for.
    """

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name in {"", "identity"}:
            self._unpack = None
        elif name in _UNPACKED:
            self._unpack = zlib.decompressobj(wbits=47)  # tells gzip and zlib apart by itself
        else:
            raise httpx2.DecodingError(f"The answer is packed as {name[:40]!r}, which was not asked for.")
        self._is_raw = name == "deflate"  # which some servers send without its frame
        self._is_empty = True

    def feed(self, data: bytes) -> Generator[bytes, None, None]:
        """The content of the next bytes.

        Raises:
            httpx2.DecodingError: They are damaged.
        """
        if self._unpack is None:
            yield data
            return
        self._is_empty = self._is_empty and not data
        while data:
            try:
                piece = self._unpack.decompress(data, PIECE)
            except zlib.error as error:
                if not self._is_raw:
                    raise httpx2.DecodingError(str(error)) from None
                self._unpack, self._is_raw = zlib.decompressobj(wbits=-15), False
                continue
            self._is_raw = False
            if piece:
                yield piece
            data = self._unpack.unconsumed_tail

    def end(self) -> None:
        """Nothing comes any more.

        Raises:
            httpx2.DecodingError: Something is missing.
        """
        if self._unpack is not None and not self._unpack.eof and not self._is_empty:
            raise httpx2.DecodingError("The end is missing.")


class TooLargeError(Exception):
    """An answer is larger than the client takes."""
