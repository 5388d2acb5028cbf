"""What watching costs: a look beside the bare request, requests an hour, a look at 10,000 pages."""

from __future__ import annotations

import statistics
import tempfile
import time
import tracemalloc
from pathlib import Path

import httpx2
from measure import Result, compare, counted

from wikijs import WikiJSClient
from wikijs.feed import ChangeFeed, diff
from wikijs.feed.snapshot import load, of_row
from wikijs.sandbox import Sandbox

PAGES = 10_000
ROUNDS = 40
HEAD = (
    "{ users { profile { id } } pages { list(limit: 50, orderBy: UPDATED, orderByDirection: DESC) { id path locale"
    " title description contentType isPublished createdAt updatedAt tags } } system { info { pagesTotal } } }"
)


class Counting(httpx2.BaseTransport):
    """Counts requests, and the seconds that the server takes for each."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner
        self.requests = 0
        self.seconds = 0.0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        began = time.perf_counter()
        response = self._inner.handle_request(request)
        response.read()
        self.requests += 1
        self.seconds += time.perf_counter() - began
        return response


def measure() -> list[Result]:
    """All of it, about two minutes."""
    now = [1_800_000_000.0]
    with Sandbox(PAGES) as sandbox, tempfile.TemporaryDirectory() as folder:
        wire = Counting(sandbox.transport())
        with (
            httpx2.Client(transport=wire) as http,
            WikiJSClient(sandbox.url, sandbox.api_key, http_client=http) as client,
            ChangeFeed(client, Path(folder) / "feed.db", clock=lambda: now[0]) as feed,
        ):
            feed.poll()
            bare, look = [], []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                client.graphql(HEAD)
                bare.append(time.perf_counter() - began)
                began = time.perf_counter()
                feed.poll()
                look.append(time.perf_counter() - began)
            samples = {"look": look, "bare": bare}
            results = [compare(samples, "look", "bare", "a look with nothing new", "the bare request", 1.3)]
            wire.requests, wire.seconds, sweeps = 0, 0.0, feed._flows.pages.sweeps
            for _ in range(360):
                now[0] += 10
                feed.poll()
            swept = feed._flows.pages.sweeps - sweeps
            share = swept * feed.status().sweep_seconds / 3600
            results += [
                counted(wire.requests, f"requests in an idle hour at 10 s, {PAGES:,} pages", "", 420),
                counted(swept, "looks at all pages among them", ""),
                counted(share * 100, "the server's time for looks at all pages", "", 1.0, unit="%"),
            ]
            rows = client.graphql(
                "{ pages { list { id path locale title description contentType isPublished createdAt"
                " updatedAt tags } } }"
            )["pages"]["list"]
            texts = feed.store.snapshot(sandbox.url, "pages")
            times = []
            for _ in range(7):
                began = time.process_time()
                known = {page.id: page for page in map(load, texts.values())}
                diff.compare([of_row(row) for row in rows], known, whole=True)
                times.append((time.process_time() - began) * 1000)
            results.append(counted(statistics.median(times), f"CPU of comparing {PAGES:,} pages", "", 120, unit="ms"))
            rows.clear()
            now[0] += 1e6
            tracemalloc.start()
            feed.poll()
            peak = tracemalloc.get_traced_memory()[1] / 1e6
            results.append(counted(peak, "peak of memory of a look at all pages, sandbox included", "", 60, unit="MB"))
            tracemalloc.stop()
    return results
