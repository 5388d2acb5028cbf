"""Locks that keep the page writes of several processes apart, for `page_lock=` of a client.

Two page writes side by side make Wiki.js double pages, lose tags and break its page tree. The clients of one process
keep to one at a time by themselves; processes have to be told what they share. Give each wiki a lock of its own.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, cast

from wikijs.core.files.locking import try_lock
from wikijs.core.processes.forks import renew_in_children
from wikijs.core.processes.locks import PageLock
from wikijs.core.redis import connect
from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError, TransportError

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["FileLock", "PageLock", "PostgresLock", "RedisLock"]

log = logging.getLogger("wikijs")

_FIRST_PAUSE: Final = 0.005
_LONGEST_PAUSE: Final = 0.1
_RELEASE: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
_RENEW: Final = (
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
)


class _Polled:
    """Waits by asking again and again: none of the three can wait for a lock, end in time, and be interrupted."""

    def acquire(self, timeout: float | None = None) -> bool:
        """Wait until the lock is ours.

        Args:
            timeout: Seconds to wait at most.

        Returns:
            False when it did not become so in time.
        """
        until = None if timeout is None else time.monotonic() + timeout
        pause = _FIRST_PAUSE
        while not self._take():
            if until is not None and time.monotonic() + pause > until:
                return False
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return True

    def _take(self) -> bool:
        raise NotImplementedError


class FileLock(_Polled):
    """Held by one process of a machine at a time. The system lets go of it when a process ends, however it ends.

    Args:
        path: A file; made where it is missing, and left there. Not on a network drive.

    Raises:
        ConfigurationError: The file cannot be opened, or files cannot be locked where it is.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)
        self._file: int | None = None
        renew_in_children(self)

    def after_fork(self) -> None:
        """A lock belongs to all who hold the open file: a child that kept it would hold it for its parent."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take(self) -> bool:
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError as error:
            raise ConfigurationError(f"The lock {self._path} cannot be opened: {error.strerror}.") from None
        taken = try_lock(file)
        if taken is None:
            os.close(file)
            raise ConfigurationError(
                f"The file {self._path} cannot be locked here.", hint="Put it on a disk of this machine."
            )
        if not taken:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Let the next one have it."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    def __repr__(self) -> str:
        return f"FileLock({self._path!r})"


class RedisLock(_Polled):
    """Held by one process of many machines at a time, in Redis. Needs the extra `redis`.

    It is leased: while it is held, a thread renews the lease, and when a process dies it ends by itself. After a
    failover of Redis two processes may hold it for a moment.

    Args:
        redis: URL, such as `redis://localhost:6379/0`, or a client of the package `redis`.
        key: Name of the key. Use one for each wiki.
        lease: Seconds after which the lock of a dead process is free.
    """

    def __init__(self, redis: str | Redis, key: str = "wikijs:page-writes", *, lease: float = 30.0) -> None:
        if lease <= 0:
            raise ConfigurationError("The lease of a lock is more than 0 seconds.")
        self._client = connect(redis)
        self._release = self._client.register_script(_RELEASE)
        self._renew = self._client.register_script(_RENEW)
        self._key = key
        self._lease = lease
        self._owner = ""
        self._done = threading.Event()
        renew_in_children(self)

    def after_fork(self) -> None:
        """The parent holds it, not the child."""
        self._owner, self._done = "", threading.Event()

    def _take(self) -> bool:
        owner = secrets.token_hex(16)
        if not _asked(lambda: self._client.set(self._key, owner, nx=True, px=self._milliseconds)):
            return False
        self._owner, self._done = owner, threading.Event()
        threading.Thread(target=self._keep, args=(owner, self._done), daemon=True).start()
        return True

    @property
    def _milliseconds(self) -> int:
        return max(int(self._lease * 1000), 1)

    def _keep(self, owner: str, done: threading.Event) -> None:
        while not done.wait(self._lease / 3):
            try:
                if not self._renew(keys=[self._key], args=[owner, self._milliseconds]):
                    log.warning("The lock %s was lost: another process may write pages now.", self._key)
                    return
            except Exception as error:  # it may come back before the lease ends
                log.warning("The lock %s cannot be renewed (%s).", self._key, type(error).__name__)

    def release(self) -> None:
        """Let the next one have it."""
        owner, self._owner = self._owner, ""
        self._done.set()
        if owner:
            try:
                self._release(keys=[self._key], args=[owner])
            except Exception as error:  # the write is done; the lock ends with its lease
                log.warning("The lock %s cannot be released (%s); it ends by itself.", self._key, type(error).__name__)

    def __repr__(self) -> str:
        return f"RedisLock({self._key!r})"


class PostgresLock(_Polled):
    """Held by one process of many machines at a time, in PostgreSQL. Needs the extra `postgres`.

    It is an advisory lock on a connection of its own, so it ends with the process that holds it. A pooler between must
    keep sessions, not transactions, apart.

    Args:
        dsn: Where the database is, such as `postgresql://user@host/name`. It need not be the wiki's own.
        name: Name of the lock. Use one for each wiki.
    """

    def __init__(self, dsn: str, name: str = "wikijs:page-writes") -> None:
        try:
            import psycopg
        except ImportError as missing:
            raise ConfigurationError(f"This needs the package psycopg: {pip_line('postgres')}.") from missing
        self._psycopg: Any = psycopg
        self._dsn = dsn
        self._name = name
        self._number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        self._connection: Any = None
        self._parents: list[Any] = []
        renew_in_children(self)

    def after_fork(self) -> None:
        """The connection belongs to the parent; closing it would end the parent's session."""
        if self._connection is not None:
            self._parents.append(self._connection)
            self._connection = None

    def _take(self) -> bool:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self._psycopg.connect(self._dsn, autocommit=True, connect_timeout=10)
            row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", [self._number]).fetchone()
        except self._psycopg.Error as error:
            self._connection = None
            raise _unusable(type(error).__name__) from None
        return bool(cast("tuple[bool]", row)[0])

    def release(self) -> None:
        """Let the next one have it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except self._psycopg.Error as error:
                log.warning("The lock %s cannot be released (%s).", self._name, type(error).__name__)

    def __repr__(self) -> str:
        return f"PostgresLock({self._name!r})"


def _asked(call: Any) -> Any:
    from redis import RedisError

    try:
        return call()
    except RedisError as error:
        raise _unusable(type(error).__name__) from None


def _unusable(reason: str) -> TransportError:
    return TransportError(
        f"The lock for page writes cannot be had ({reason}); nothing was sent.",
        sent=False,
        hint="Look whether what keeps it can be reached.",
    )
