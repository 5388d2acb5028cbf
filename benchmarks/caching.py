"""Reads that the cache answers, and how many of them it answers."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Any, Final

import httpx2
from measure import Result, compare, counted, take_turns
from sandboxed import served
from traffic import CONTENT_TYPE, URL, page

from wikijs import WikiJSClient
from wikijs.cache import MemoryCache
from wikijs.cache.memory import MAX_SIZE

ROUNDS: Final = 21
CALLS: Final = 20
PAGES: Final = 10_000
READS: Final = 50_000
EXPONENTS: Final = ((1.0, 0.8), (1.1, 0.8), (1.2, 0.8))
"""Of Zipf's law (the page of rank r is read 1 / r**exponent times as often as the first), with the aim."""


def measure() -> list[Result]:
    """Cached reads beside those of the sandbox in another process, and hits of a reading shaped by Zipf's law."""
    return [*_cached(), *(_hits(exponent, aim) for exponent, aim in EXPONENTS)]


def _cached() -> list[Result]:
    with served(1) as (url, key), WikiJSClient(url, auth=key) as plain:
        client = WikiJSClient(url, auth=key, cache=MemoryCache())
        assert client.pages.get(1) == plain.pages.get(1)
        samples = take_turns(
            {"cached": lambda: client.pages.get(1), "plain": lambda: plain.pages.get(1)},
            ROUNDS,
            time.perf_counter,
            CALLS,
        )
        assert client.cache.stats().misses == 2, "each read must come from the cache, or nothing was measured"
        client.close()
    return [
        compare(samples, "plain", "cached", "reading a page of the sandbox", "from the cache", 50.0, at_least=True),
        compare(samples, "cached", "plain", "reading a page from the cache", "of the sandbox", 0.02),
    ]


def _hits(exponent: float, aim: float | None) -> Result:
    cache = MemoryCache()
    with httpx2.Client(transport=httpx2.MockTransport(_answer)) as http:
        client = WikiJSClient(URL, http_client=http, cache=cache)
        for wanted in _zipf(exponent):
            client.pages.get(wanted)
    requested = sum(each.requests for each in client.stats().operations.values())
    name = f"hits of {READS:,} reads of {PAGES:,} pages, Zipf {exponent}, room for {MAX_SIZE:,}"
    return counted(1 - requested / READS, name, "reads", aim, at_least=True)


def _zipf(exponent: float) -> Sequence[int]:
    weights = accumulate(rank**-exponent for rank in range(1, PAGES + 1))
    return Random(0).choices(range(1, PAGES + 1), cum_weights=list(weights), k=READS)


def _answer(request: httpx2.Request) -> httpx2.Response:
    wanted: Any = json.loads(request.content)["variables"]["id"]
    return httpx2.Response(
        200,
        content=json.dumps({"data": {"pages": {"single": page(wanted)}}}),
        headers={"content-type": CONTENT_TYPE},
    )
