"""Locks of flows: by name within a client, and one for the page writes of each wiki."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar
from weakref import WeakValueDictionary

from .forks import renew_in_children

if TYPE_CHECKING:
    from concurrent.futures import Future

L = TypeVar("L")


class PageLock(Protocol):
    """What keeps writes of several processes apart; see `middleware.page_locks`. Calls may wait for disk or net."""

    def acquire(self, timeout: float | None = None) -> bool:
        """Wait until it is ours, for so many seconds at most; False when it did not become so."""
        ...

    def release(self) -> None:
        """Let the next one have it."""
        ...


class Locks(Generic[L]):
    """Locks by name, made when asked for and forgotten when nobody holds or awaits them."""

    def __init__(self, make: Callable[[], L]) -> None:
        self._make = make
        self.after_fork()
        renew_in_children(self)

    def after_fork(self) -> None:
        """Threads that held locks are not there any more."""
        self._locks: WeakValueDictionary[str, L] = WeakValueDictionary()
        self._guard = threading.Lock()

    def __getitem__(self, name: str) -> L:
        with self._guard:
            lock = self._locks.get(name)
            if lock is None:
                lock = self._locks[name] = self._make()
            return lock


class WikiLock:
    """Held by one flow at a time, whether a thread runs it or a task of any event loop. First come, first served."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[Future[None]] = deque()

    def acquire(self, timeout: float | None = None) -> bool:
        """Wait for it in this thread; False when the seconds are over."""
        turn = self._queue()
        if turn is not None:
            try:
                turn.result(timeout)
            except BaseException as error:
                self._leave(turn)
                if isinstance(error, TimeoutError):
                    return False
                raise
        return True

    async def acquire_async(self, timeout: float | None = None) -> bool:
        """Wait for it in this task."""
        turn = self._queue()
        if turn is not None:
            import asyncio

            try:
                async with asyncio.timeout(timeout):
                    await asyncio.wrap_future(turn)
            except BaseException as error:
                self._leave(turn)
                if isinstance(error, TimeoutError):
                    return False
                raise
        return True

    def release(self) -> None:
        """Let the next one have it."""
        with self._guard:
            while self._waiting:
                turn = self._waiting.popleft()
                if turn.set_running_or_notify_cancel():
                    turn.set_result(None)
                    return
            self._held = False

    def _queue(self) -> Future[None] | None:
        with self._guard:
            if not self._held:
                self._held = True
                return None
            from concurrent.futures import Future

            turn: Future[None] = Future()
            self._waiting.append(turn)
            return turn

    def _leave(self, turn: Future[None]) -> None:
        """Give up; where it was just given to us, pass it on."""
        if not turn.cancel():
            self.release()


WIKIS: Final = Locks(WikiLock)
"""The locks of page writes, by wiki."""
