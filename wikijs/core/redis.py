"""Connections to Redis, for what is shared by many processes. Needs the extra `redis`."""

from __future__ import annotations

import builtins
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from urllib.parse import quote

from wikijs.exceptions import ConfigurationError

from .values.installing import pip_line

if TYPE_CHECKING:
    from redis import Redis

T = TypeVar("T")
log = logging.getLogger("wikijs")


MAX_ANSWER: Final = 128 * 1024 * 1024
"""Bytes of one answer at most."""


def connect(
    redis: str | Redis,
    *,
    timeout: float = 1.0,
    max_answer: int = MAX_ANSWER,
    on_connect: tuple[str, str] | None = None,
) -> Redis:
    """A client for this URL, or the given one if it will do. Nothing is sent yet.

    Args:
        redis: URL, or a client.
        timeout: Seconds to wait for a connection, and for the whole of an answer, where a URL is given.
        max_answer: Bytes of one answer at most, where a URL is given.
        on_connect: Script and its key, run on each new connection, where a URL is given.

    Raises:
        ConfigurationError: The package `redis` is missing, the URL is none, or the client decodes what it reads.
    """
    try:
        from redis import Redis
    except ImportError as missing:
        raise ConfigurationError(f"This needs the package redis: {pip_line('redis')}.") from missing
    if not isinstance(redis, str):
        if not isinstance(redis, Redis):  # pyright: ignore[reportUnnecessaryIsInstance]  callers may be untyped
            raise ConfigurationError("Give a redis:// URL or a redis.Redis client; asynchronous clients do not fit.")
        pool = cast("Any", redis.connection_pool)  # untyped there
        if pool.connection_kwargs.get("decode_responses"):
            raise ConfigurationError("The Redis client must return bytes: make it without decode_responses.")
        return redis

    def greet(connection: Any) -> None:
        connection.on_connect()
        if on_connect is not None:
            script, key = on_connect
            connection.send_command("EVAL", script, 1, key)
            connection.read_response()

    from_url = cast("Callable[..., Redis]", cast("Any", Redis).from_url)
    try:
        client = from_url(redis, socket_timeout=timeout, socket_connect_timeout=timeout, redis_connect_func=greet)
    except ValueError as error:
        raise ConfigurationError("This is no Redis URL: it looks like redis://localhost:6379/0.") from error
    pool = cast("Any", client.connection_pool)
    pool.connection_class = _bounded(pool.connection_class, timeout, max_answer)
    return client


def _bounded(connection: Any, seconds: float, most: int) -> Any:
    """A class of connections whose answers have an end: the package's own timeout is for each piece of one."""

    def connected(self: Any) -> _Socket:
        return _Socket(connection._connect(self), seconds, most)

    return type(connection.__name__, (connection,), {"_connect": connected})


class _Socket:
    """A socket that reads for so long, and so many bytes, after something was sent."""

    def __init__(self, socket: Any, seconds: float, most: int) -> None:
        self._socket = socket
        self._seconds = seconds
        self._most = most
        self._begin()

    def _begin(self) -> None:
        self._until = time.monotonic() + self._seconds
        self._left = self._most

    def sendall(self, data: bytes) -> None:
        self._begin()
        self._socket.sendall(data)

    def recv(self, size: int) -> bytes:
        usual = self._socket.gettimeout()
        if usual == 0:  # it is only asked whether there is something
            return cast("bytes", self._socket.recv(size))
        rest = self._until - time.monotonic()
        if rest <= 0 or self._left <= 0:
            raise builtins.TimeoutError("the answer does not end")
        self._socket.settimeout(rest if usual is None else min(rest, usual))
        try:
            data: bytes = self._socket.recv(size)
        finally:
            self._socket.settimeout(usual)
        self._left -= len(data)
        return data

    def recv_into(self, buffer: Any) -> int:
        data = self.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


def address(
    redis: str | Redis | None, host: str | None, port: int | None, db: int | None, password: str | None
) -> str | Redis:
    """What `connect` takes, of a URL or client, or of the parts of a URL.

    Args:
        redis: URL or client; None where the parts say it.
        host, port, db, password: The parts; those that are not given are localhost, 6379, 0 and none.

    Raises:
        ConfigurationError: There are both, or a part cannot be one.
    """
    given: dict[str, object] = {"host": host, "port": port, "db": db, "password": password}
    if redis is not None:
        both = [name for name, value in given.items() if value is not None]
        if both:
            raise ConfigurationError(
                f"Redis is named twice, by a {type(redis).__name__} and by {', '.join(both)}: give one of both."
            )
        return redis
    for name in ("port", "db"):
        value = given[name]
        if value is not None and (not isinstance(value, int) or value < 0):
            raise ConfigurationError(f"{name} must be a number, not {value!r}.")
    where = host or "localhost"
    where = f"[{where}]" if ":" in where else where
    secret = f":{quote(password, safe='')}@" if password else ""
    return f"redis://{secret}{where}:{6379 if port is None else port}/{db or 0}"


class Outage:
    """Does without Redis while it does not answer: one warning, and a pause before it is asked again.

    Args:
        what: What fails, for the warning.
        instead: What happens meanwhile.
        pause: Seconds.
    """

    def __init__(self, what: str, instead: str, pause: float = 1.0) -> None:
        self._what = what
        self._instead = instead
        self._pause = pause
        self._until = 0.0
        self._failing = False

    def attempt(self, call: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """The result of `call`, or of `otherwise` while Redis is away, or something else answers in its place."""
        from redis import RedisError

        if time.monotonic() < self._until:
            return otherwise()
        try:
            result = call()
        except (RedisError, ValueError, TypeError, LookupError, AttributeError) as error:
            self._until = time.monotonic() + self._pause
            if not self._failing:
                log.warning("%s fails (%s); %s until it works again.", self._what, type(error).__name__, self._instead)
            self._failing = True
            return otherwise()
        self._failing = False
        return result
