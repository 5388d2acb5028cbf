"""Many writers of the same pages at once: what was accepted is there, each edit once.

How many edits is said by WIKIJS_GATEWAY_EDITS.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import httpx2

from wikijs.sandbox import Sandbox

from .conftest import Gate, Gates

EDITS = int(os.environ.get("WIKIJS_GATEWAY_EDITS", "24"))
PAGES = 20
CALLERS = 8


class Counting(httpx2.AsyncBaseTransport):
    """Counts how many page writes are under way at the wiki at once."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner
        self.writes = self.under_way = self.most = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        if b"mutation" not in body:
            return await self._inner.handle_async_request(request)
        self.writes += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(0.002)  # so that others could come in between
            return await self._inner.handle_async_request(request)
        finally:
            self.under_way -= 1


def test_no_conditional_write_is_lost(gates: Gates) -> None:
    sandbox = Sandbox("empty")
    wiki = Counting(sandbox.transport())
    gate: Gate = gates(sandbox=sandbox, http=httpx2.AsyncClient(transport=wiki))
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
        address = addresses[number // CALLERS % PAGES]  # all callers at the same page
        while True:
            read = gate.client.get(address)
            content = f"{read.json()['content']}\nline {number}"
            written = gate.client.patch(address, json={"content": content}, headers={"if-match": read.headers["etag"]})
            if written.status_code == 200:
                return
            assert written.status_code in {412, 429}, written.text

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(edit, range(EDITS)))
    lines = [line for address in addresses for line in gate.client.get(address).json()["content"].split("\n")[1:]]
    assert sorted(lines) == sorted(f"line {number}" for number in range(EDITS))
    assert wiki.most == 1
    assert wiki.writes >= PAGES + EDITS
