"""How long the sandbox takes. There is nothing to divide these by: they hold for the machine they were measured on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from measure import Result, absolute, take_turns
from sandboxed import served

from wikijs import WikiJSClient
from wikijs.sandbox import Sandbox

STARTS: Final = 9
LISTED: Final = 10_000
LISTS: Final = 9
FRESH: Final = 101


def measure() -> list[Result]:
    """From nothing to the first answer, a long list, and a wiki of its own for each test."""
    return [
        absolute(_seconds(_first_answer, STARTS), "start of the sandbox to its first answer", 1.0),
        absolute(_listing(), f"client.pages.list() of {LISTED:,} pages of the sandbox", 1.0),
        absolute(_seconds(_fresh, FRESH), "a fresh sandbox in the process", 20.0, "ms", 1000.0),
    ]


def _seconds(run: Callable[[], object], rounds: int) -> list[float]:
    return take_turns({"it": run}, rounds, time.perf_counter)["it"]


def _first_answer() -> None:
    with served(0) as (url, key), WikiJSClient(url, auth=key) as client:
        assert client.pages.list() == []


def _listing() -> list[float]:
    with served(LISTED) as (url, key), WikiJSClient(url, auth=key) as client:
        assert len(client.pages.list()) == LISTED
        return _seconds(client.pages.list, LISTS)


def _fresh() -> None:
    Sandbox().close()
