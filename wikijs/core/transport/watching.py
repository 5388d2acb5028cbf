"""Connections of the HTTP library whose waits end at the deadline of the request that waits."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterable
from math import inf
from typing import Any, Final

import httpcore2

from .waits import Until

_SLICE: Final = 65_536
_SMALL: Final = 16_384
_FOLLOWED: Final = re.compile(rb"\r\n(?:content-length: *[1-9]|transfer-encoding:)", re.IGNORECASE)
"""A head that a body follows."""


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
        self._head = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._flush(timeout)
        return self._inner.read(max_bytes, left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not self._head and waits_for_body(buffer):
            self._head = buffer
            return
        if self._head and len(buffer) <= _SMALL:
            buffer, self._head = self._head + buffer, b""
        self._flush(timeout)
        for part in _slices(buffer):
            self._inner.write(part, left(timeout, httpcore2.WriteTimeout))

    def _flush(self, timeout: float | None) -> None:
        head, self._head = self._head, b""
        if head:
            self._inner.write(head, left(timeout, httpcore2.WriteTimeout))

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
        self._head = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._head:
            await self._flush(timeout)
        return await self._inner.read(max_bytes, left(timeout, httpcore2.ReadTimeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not self._head and waits_for_body(buffer):
            self._head = buffer
            return
        if self._head and len(buffer) <= _SMALL:
            buffer, self._head = self._head + buffer, b""
        elif self._head:
            await self._flush(timeout)
        for part in _slices(buffer):
            await self._inner.write(part, left(timeout, httpcore2.WriteTimeout))

    async def _flush(self, timeout: float | None) -> None:
        head, self._head = self._head, b""
        await self._inner.write(head, left(timeout, httpcore2.WriteTimeout))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        rest = left(timeout, httpcore2.ConnectTimeout)
        return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, rest))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def waits_for_body(buffer: bytes) -> bool:
    """Whether this is the head of a request whose body comes next: the two then leave in one packet, not in two.

    One call of the system less for each request, and servers that answer at once see a request whole.
    """
    return buffer.startswith(b"POST ") and buffer.endswith(b"\r\n\r\n") and _FOLLOWED.search(buffer) is not None


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


def watched(backend: Any) -> Any:
    """What makes the connections of a pool, so that they heed deadlines; anything else as it is."""
    if isinstance(backend, _Backend | _AsyncBackend):
        return backend  # several clients on one HTTP client
    if isinstance(backend, httpcore2.NetworkBackend):
        return _Backend(backend)
    if isinstance(backend, httpcore2.AsyncNetworkBackend):
        return _AsyncBackend(backend)
    return backend
