"""What a request had from the cache, and whether the wiki was asked: what it really cost."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Traffic:
    """What a request had from the cache, and whether it asked the wiki."""

    found: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])
    asked: bool = False


_current: ContextVar[Traffic | None] = ContextVar("traffic", default=None)


def current() -> Traffic | None:
    """That of the request under way; None outside of one."""
    return _current.get()


def watched() -> Traffic:
    """Watch what the request that is under way asks for."""
    traffic = Traffic()
    _current.set(traffic)
    return traffic


async def note_asked(_: object) -> None:
    """The wiki is asked for something."""
    traffic = _current.get()
    if traffic is not None:
        traffic.asked = True
