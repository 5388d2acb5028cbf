"""Many writers of the same pages at once: what was accepted is there, each edit once.

How many edits is said by WIKIJS_GATEWAY_EDITS.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from .conftest import Gate, Gates

EDITS = int(os.environ.get("WIKIJS_GATEWAY_EDITS", "24"))
PAGES = 4


def test_no_conditional_write_is_lost(gates: Gates) -> None:
    gate: Gate = gates("empty")
    addresses = [
        "/api/v1/pages/"
        + str(
            gate.client.post("/api/v1/pages", json={"path": f"docs/p{n}", "title": "t", "content": "start"}).json()[
                "id"
            ]
        )
        for n in range(PAGES)
    ]
    key = gate.gateway.keys.all()[0].id
    gate.gateway.policy.override(
        key, dict.fromkeys(("rate", "burst", "daily", "write"), 10**9), until=None, created_by="tests", reason=""
    )

    def edit(number: int) -> None:
        address = addresses[number % PAGES]
        while True:
            read = gate.client.get(address)
            content = f"{read.json()['content']}\nline {number}"
            written = gate.client.patch(address, json={"content": content}, headers={"if-match": read.headers["etag"]})
            if written.status_code == 200:
                return
            assert written.status_code in {412, 429}, written.text

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(edit, range(EDITS)))
    lines = [line for address in addresses for line in gate.client.get(address).json()["content"].split("\n")[1:]]
    assert sorted(lines) == sorted(f"line {number}" for number in range(EDITS))
