"""What retries, circuit breaker, rate limiter, events and statistics cost a call that goes well."""

from __future__ import annotations

import time
from typing import Any, Final

import httpx2
from loopback import server
from measure import Contender, Result, compare, difference, share, take_turns
from sandboxed import served
from traffic import CONTENT_TYPE, DELETED, URL, api_key

from wikijs import WikiJSClient, ops
from wikijs.core.events import Event, Events
from wikijs.middleware import CircuitBreaker, RateLimiter, RetryStrategy

ROUNDS: Final = 41
CALLS: Final = 50
UNREACHED: Final = 1_000_000
"""Requests per second: the limiter works, and nobody waits."""
OVER: Final = "everything off"


def overhead() -> list[Result]:
    """Everything on beside everything off: in the process, where nothing else disturbs, and over connections."""
    answered = httpx2.MockTransport(
        lambda _: httpx2.Response(200, content=DELETED, headers={"content-type": CONTENT_TYPE})
    )
    used = take_turns(_contenders(URL, answered), ROUNDS, time.process_time, CALLS)
    with server(DELETED, CONTENT_TYPE) as url:
        waited = take_turns(_contenders(url, None), ROUNDS, time.perf_counter, CALLS)
    with served(1) as (url, key), WikiJSClient(url, auth=key, retry=False, rate_limiter=False) as client:
        read = take_turns({"page": lambda: client.pages.get(1)}, ROUNDS, time.perf_counter, CALLS)["page"]
    name = "CPU of resilience in one call"
    return [
        difference(used, "on", "off", "one small call, everything on", OVER, 50.0, CALLS),
        share(used, "on", "off", read, name, "reading a page of the sandbox on loopback", 0.03),
        share(used, "on", "off", waited["off"], name, "asking a server that does nothing on loopback", 0.03),
        compare(waited, "on", "off", "time of one small call to that server, everything on", OVER),
    ]


def _contenders(url: str, transport: httpx2.BaseTransport | None) -> dict[str, Contender]:
    on = WikiJSClient(
        url,
        auth=api_key(),
        http_client=httpx2.Client(transport=transport),
        retry=RetryStrategy(),
        circuit_breaker=CircuitBreaker(),
        rate_limiter=RateLimiter(UNREACHED, UNREACHED),
        on_event=_ignore,
    )
    off = WikiJSClient(
        url, auth=api_key(), http_client=httpx2.Client(transport=transport), retry=False, rate_limiter=False
    )
    off._policy.events = Events()  # the statistics, which have no switch
    return {"on": lambda: _call(on), "off": lambda: _call(off)}


def _call(client: WikiJSClient) -> Any:
    return client.execute(ops.pages_delete(1))


def _ignore(event: Event) -> None:
    """A listener that costs only the call."""
