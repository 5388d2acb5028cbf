"""One small call over a real connection, against the same call by hand."""

from __future__ import annotations

import json
import time
from typing import Any, Final

import httpx2
from loopback import server
from measure import Result, compare, cpu, take_turns
from traffic import CONTENT_TYPE, DELETED, api_key

from wikijs import WikiJSClient, ops

ROUNDS: Final = 41
CALLS: Final = 50


def measure() -> list[Result]:
    """`pages.delete`: what one waits for, and the CPU of this side."""
    key = api_key()
    with server(DELETED, CONTENT_TYPE) as url, httpx2.Client() as http, WikiJSClient(url, auth=key) as client:
        payload = ops.pages_delete(1).payload()
        headers = {"authorization": f"Bearer {key}"}

        def ours() -> Any:
            return client.execute(ops.pages_delete(1))

        def raw() -> Any:
            answer = http.post(f"{url}/graphql", json=payload, headers=headers)
            return json.loads(answer.content)["data"]["pages"]["delete"]["responseResult"]

        assert ours().message == raw()["message"]
        contenders = {"ours": ours, "raw": raw}
        waited = take_turns(contenders, ROUNDS, time.perf_counter, CALLS)
        used = take_turns(contenders, ROUNDS, cpu, CALLS)
    over = "raw httpx2 and json.loads"
    return [
        compare(waited, "ours", "raw", "time of one small call", over, 1.1),
        compare(used, "ours", "raw", "CPU of one small call", over),
    ]
