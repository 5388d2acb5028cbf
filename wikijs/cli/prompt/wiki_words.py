"""Names of things of a wiki, for completion: asked for when they are wanted, and kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from wikijs.exceptions import WikiJSException

from ..completing import ways_to_ask

if TYPE_CHECKING:
    from wikijs import WikiJSClient

KEPT_FOR: Final = 60.0
"""Seconds."""


class WikiWords:
    """What there is in a wiki, as far as the caller may see it.

    Args:
        client: A client of the wiki.
        clock: Seconds.
    """

    def __init__(self, client: WikiJSClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, tuple[float, Sequence[str]]] = {}
        self._lock = threading.Lock()
        self._ask = ways_to_ask(client)

    def __call__(self, kind: str) -> Sequence[str]:
        """Names of a kind; none where the server refuses them, or does not answer."""
        with self._lock:
            asked, names = self._known.get(kind, (-KEPT_FOR, ()))
            now = self._clock()
            if now - asked < KEPT_FOR:
                return names
            try:
                names = self._ask[kind]()
            except WikiJSException:
                names = ()  # whoever types a command needs no error about its completion
            self._known[kind] = (now, names)
            return names

    def forget(self) -> None:
        """Ask anew, since a command may have changed something."""
        with self._lock:
            self._known.clear()
