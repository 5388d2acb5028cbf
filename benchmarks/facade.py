"""Reading many pages from a sandbox in another process, near and far: in bulk, side by side, and all of them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import httpx2
from loopback import delayed
from measure import Result, compare, cpu, take_turns
from sandboxed import served

from wikijs import AsyncWikiJSClient, WikiJSClient, ops

ROUND_TRIP: Final = 0.025  # seconds
ROUNDS: Final = 9
PAGES: Final = 50
READS: Final = 100
EXPORTS: Final = 5
EXPORTED: Final = 2_000
BATCH: Final = 50


@contextmanager
def _wikis(pages: int) -> Iterator[dict[str, tuple[str, str]]]:
    """One sandbox under two addresses."""
    with served(pages) as (url, key), delayed(url, ROUND_TRIP) as far:
        yield {f"at {ROUND_TRIP * 1000:.0f} ms round trip": (far, key), "on loopback": (url, key)}


def in_bulk() -> list[Result]:
    """`get_many` beside as many single calls."""
    with _wikis(PAGES) as wikis:
        return [_in_bulk(*wiki, place, aim) for (place, wiki), aim in zip(wikis.items(), (10.0, 2.0), strict=True)]


def _in_bulk(url: str, key: str, place: str, aim: float) -> Result:
    wanted = range(1, PAGES + 1)
    with WikiJSClient(url, auth=key) as client:

        def bulk() -> Any:
            return client.pages.get_many(wanted)

        def singly() -> Any:
            return [client.pages.get(page) for page in wanted]

        assert bulk() == singly()
        samples = take_turns({"bulk": bulk, "singly": singly}, ROUNDS, time.perf_counter)
    return compare(samples, "singly", "bulk", f"{PAGES} single reads {place}", "get_many", aim, at_least=True)


def side_by_side() -> list[Result]:
    """The async client's reads under `gather` beside those of the blocking client, one after the other."""
    with _wikis(READS) as wikis:
        return [_side_by_side(*wiki, place, aim) for (place, wiki), aim in zip(wikis.items(), (3.0, 1.0), strict=True)]


def _side_by_side(url: str, key: str, place: str, aim: float) -> Result:
    wanted = range(1, READS + 1)
    with closing(asyncio.new_event_loop()) as loop, WikiJSClient(url, auth=key) as blocking:
        client = AsyncWikiJSClient(url, auth=key)

        async def gathered() -> Any:
            return await asyncio.gather(*(client.pages.get(page) for page in wanted))

        def together() -> Any:
            return loop.run_until_complete(gathered())

        def in_turn() -> Any:
            return [blocking.pages.get(page) for page in wanted]

        assert together() == in_turn()
        samples = take_turns({"async": together, "sync": in_turn}, ROUNDS, time.perf_counter)
        loop.run_until_complete(client.aclose())
    name = f"{READS} reads by the blocking client {place}"
    return compare(samples, "sync", "async", name, "async client, gather", aim, at_least=True)


def everything() -> list[Result]:
    """`iter_all(content=True)` beside the same requests written by hand."""
    with served(EXPORTED) as (url, key), WikiJSClient(url, auth=key) as client, httpx2.Client() as http:
        by_hand = ByHand(http, url, key)

        def ours() -> Any:
            return list(client.pages.iter_all(content=True))

        assert [page.content for page in ours()] == [page["content"] for page in by_hand.export()]
        contenders = {"ours": ours, "raw": by_hand.export}
        waited = take_turns(contenders, EXPORTS, time.perf_counter)
        used = take_turns(contenders, EXPORTS, cpu)
    over = "raw batches and json.loads"
    return [
        compare(waited, "ours", "raw", f"time of reading {EXPORTED:,} pages with content", over, 1.15),
        compare(used, "ours", "raw", f"CPU of reading {EXPORTED:,} pages with content", over),
    ]


class ByHand:
    """What a careful person sends who needs all pages: a list of ids, then batches with the same fields as ours."""

    def __init__(self, http: httpx2.Client, url: str, key: str) -> None:
        self._http, self._url, self._headers = http, f"{url}/graphql", {"authorization": f"Bearer {key}"}
        sources = ops.pages_single(1).spec.fragment_sources
        self._fragments = "\n".join(sources[name] for name in ops.pages_single(1).spec.fragments)

    def export(self) -> list[dict[str, Any]]:
        ids = [page["id"] for page in self._ask("{ pages { list(orderBy: ID) { id } } }")["pages"]["list"]]
        return [page for start in range(0, len(ids), BATCH) for page in self._batch(ids[start : start + BATCH])]

    def _batch(self, ids: list[int]) -> list[dict[str, Any]]:
        fields = " ".join(f"p{page}: single(id: {page}) {{ ...Page }}" for page in ids)
        return list(self._ask(f"{{ pages {{ {fields} }} }}\n{self._fragments}")["pages"].values())

    def _ask(self, document: str) -> dict[str, Any]:
        answer = self._http.post(self._url, json={"query": document}, headers=self._headers)
        data: dict[str, Any] = json.loads(answer.content)["data"]
        return data
