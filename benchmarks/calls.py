"""One small call over a real connection, against the same call by hand."""

from __future__ import annotations

import json
import time
from typing import Any, Final

import httpx2
from loopback import server
from measure import Result, compare, cpu, take_turns
from traffic import CONTENT_TYPE, DELETED, FOUND_TAGS, api_key

from wikijs import WikiJSClient, ops
from wikijs.core.operations import Operation

ROUNDS: Final = 41
CALLS: Final = 50


def measure() -> list[Result]:
    """What one waits for, and the CPU of this side: a read, and a page write, which looks at the page before."""
    return [
        *_compared("a small read", FOUND_TAGS, ops.pages_search_tags("how"), 1.1),
        *_compared("a page write", DELETED, ops.pages_delete(1), None),
    ]


def _compared(name: str, answer: bytes, operation: Operation[Any], aim: float | None) -> list[Result]:
    key = api_key()
    with server(answer, CONTENT_TYPE) as url, httpx2.Client() as http, WikiJSClient(url, auth=key) as client:
        payload = operation.payload()
        headers = {"authorization": f"Bearer {key}"}

        def ours() -> Any:
            return client.execute(operation)

        def raw() -> Any:
            return json.loads(http.post(f"{url}/graphql", json=payload, headers=headers).content)["data"]["pages"]

        assert ours()
        assert raw()
        contenders = {"ours": ours, "raw": raw}
        waited = take_turns(contenders, ROUNDS, time.perf_counter, CALLS)
        used = take_turns(contenders, ROUNDS, cpu, CALLS)
    over = "raw httpx2 and json.loads"
    return [
        compare(waited, "ours", "raw", f"time of {name}", over, aim),
        compare(used, "ours", "raw", f"CPU of {name}", over),
    ]
