"""CPU of listing pages: ours over decoding the same bytes by hand, and the stock generated client's over ours."""

from __future__ import annotations

import asyncio
import json
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx2
import stock
from measure import Result, compare, cpu, take_turns
from traffic import CONTENT_TYPE, URL, page_list

from wikijs import AsyncWikiJSClient, WikiJSClient, ops

SIZES: Final = ((1_000, 101, 1.6), (10_000, 21, 1.9))
"""Pages, rounds, aim."""


def against_raw() -> list[Result]:
    """Over httpx2 and `json.loads`, which gives dictionaries with dates as text."""
    return [_against_raw(*size) for size in SIZES]


def _against_raw(count: int, rounds: int, aim: float) -> Result:
    payload = ops.pages_list().payload()
    with httpx2.Client(transport=_transport(count)) as http:
        client = WikiJSClient(URL, http_client=http)

        def ours() -> Any:
            return client.pages.list()

        def raw() -> Any:
            return json.loads(http.post(f"{URL}/graphql", json=payload).content)["data"]["pages"]["list"]

        assert [page.path for page in ours()] == [page["path"] for page in raw()]
        samples = take_turns({"ours": ours, "raw": raw}, rounds, cpu)
    return compare(samples, "ours", "raw", f"CPU of listing {count:,} pages", "raw httpx2 and json.loads", aim)


def against_stock() -> list[Result]:
    """Beside the client that ariadne-codegen writes by itself. Both asynchronous: with a subscription it has no other.

    A bare loop, because `asyncio.run` and `asyncio.Runner` end each run with a `repr` of its whole result, which would
    cost the stock client more than the listing itself (its result is a model, ours a list, which is shortened).
    """
    with tempfile.TemporaryDirectory() as folder, closing(asyncio.new_event_loop()) as loop:
        dated = stock.generate(Path(folder), "stock_dates", dates=True)
        plain = stock.generate(Path(folder), "stock_default", dates=False)
        return [result for count, rounds, _ in SIZES for result in _against_stock(loop, count, rounds, dated, plain)]


def _against_stock(loop: asyncio.AbstractEventLoop, count: int, rounds: int, dated: Any, plain: Any) -> list[Result]:
    client = AsyncWikiJSClient(URL, http_client=httpx2.AsyncClient(transport=_transport(count)))
    stocks = [stock.client(package, URL, page_list(count)) for package in (dated, plain)]

    def ours() -> Any:
        return loop.run_until_complete(client.pages.list())

    def with_dates() -> Any:
        return loop.run_until_complete(stocks[0].pages_list()).pages.list_

    def default() -> Any:
        return loop.run_until_complete(stocks[1].pages_list()).pages.list_

    assert [(page.path, page.updated_at) for page in ours()] == [(page.path, page.updated_at) for page in with_dates()]
    samples = take_turns({"ours": ours, "dates": with_dates, "default": default}, rounds, cpu)
    title = f"CPU of listing {count:,} pages, stock generated client"
    return [
        compare(samples, "dates", "ours", title, "ours", 1.3, at_least=True),
        compare(samples, "default", "ours", f"{title} leaving dates as text", "ours"),
    ]


def _transport(count: int) -> httpx2.MockTransport:
    content = page_list(count)
    return httpx2.MockTransport(
        lambda _: httpx2.Response(200, content=content, headers={"content-type": CONTENT_TYPE}),
    )
