"""Until when a request may wait."""

from __future__ import annotations

import time
from math import inf


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
