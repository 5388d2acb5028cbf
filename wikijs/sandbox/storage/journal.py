"""The sandbox's log, for those who watch it over a subscription."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from ..clock import Clock, timestamp

COLOURS = {"error": 31, "warn": 33, "info": 32}


@dataclass(frozen=True)
class Line:
    """One line, with the fields that the schema gives it."""

    level: str
    output: str
    timestamp: str


Watcher = Callable[[Line], object]


class Journal:
    """Hands each line to whoever watches at that moment; nothing is kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._watchers: list[Watcher] = []

    def write(self, text: str, level: str = "info") -> None:
        """Tell the watchers of something that happened."""
        if not self._watchers:
            return
        now = timestamp(self._clock())
        line = Line(level, f"{now} [MASTER] \x1b[{COLOURS[level]}m{level}\x1b[39m: {text}", now)
        for watcher in list(self._watchers):
            watcher(line)

    @contextmanager
    def watched(self, watcher: Watcher) -> Generator[None]:
        """Have a watcher told of each line, in whatever thread writes it, until the block ends."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)
