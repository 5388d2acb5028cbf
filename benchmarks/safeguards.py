"""What it costs a call to have a key of its own, a deadline and a largest answer."""

from __future__ import annotations

import json
import time
from typing import Final

import httpx2
from measure import Result, difference, take_turns
from traffic import DELETED, URL

from wikijs import ops
from wikijs.core.documents.nonces import belongs, fresh
from wikijs.core.flow import Send
from wikijs.core.settings import Settings
from wikijs.core.transport.exchange import Bounds
from wikijs.core.transport.limits import Inflater

ROUNDS: Final = 41
CALLS: Final = 500
AIM: Final = 10.0
"""Microseconds of a call."""


def measure() -> list[Result]:
    """The steps of a call with all three of them, beside the same steps without any."""
    operation, settings, usual = ops.pages_list(), Settings(URL), httpx2.Timeout(30.0)
    answer = DELETED
    inside = json.loads(DELETED)["data"]

    def guarded() -> bytes:
        nonce = fresh("query")
        step = Send("/graphql", operation.body(nonce), {}, nonces=(nonce,))
        Bounds(step, settings, usual, None)
        size, parts = 0, []
        unpacked = Inflater("")
        for piece in unpacked.feed(answers[nonce]):
            size += len(piece)
            assert size <= settings.max_response_bytes
            parts.append(piece)
        unpacked.end()
        content = b"".join(parts)
        assert belongs(content, step.nonces)
        return content

    def bare() -> bytes:
        Send("/graphql", operation.body(), {})
        return b"".join([answer])

    names = {fresh("query") for _ in range(64)}
    answers = {name: json.dumps({"data": {name: "Query", **inside}}, separators=(",", ":")).encode() for name in names}
    samples = take_turns({"guarded": guarded, "bare": bare}, ROUNDS, time.process_time, CALLS)
    name = "a key of its own, a deadline and a largest answer, in one call"
    return [difference(samples, "guarded", "bare", name, "none of them", AIM, CALLS)]
