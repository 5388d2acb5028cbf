"""What watching costs: a look beside the bare request, requests an hour, a look at 10,000 pages.

python benchmarks/feed.py [PAGES]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import httpx2

from wikijs import WikiJSClient
from wikijs.feed import ChangeFeed
from wikijs.feed.diff import compare
from wikijs.feed.snapshot import load, of_row
from wikijs.sandbox import Sandbox

PAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
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


def main() -> None:
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
            ratio = statistics.median(a / b for a, b in zip(look, bare, strict=True))
            print(f"a look with nothing new, over the bare request: {ratio:.2f}")
            wire.requests, wire.seconds, sweeps = 0, 0.0, feed._flows.pages.sweeps
            for _ in range(360):
                now[0] += 10
                feed.poll()
            swept = feed._flows.pages.sweeps - sweeps
            print(
                f"requests in an idle hour at 10 s: {wire.requests}, looks at all {PAGES:,} pages among them: {swept}"
            )
            share = swept * feed.status().sweep_seconds / 3600
            print(f"share of the server's time for looks at all pages: {share:.2%}")
            rows = client.graphql(
                "{ pages { list { id path locale title description contentType isPublished createdAt"
                " updatedAt tags } } }"
            )["pages"]["list"]
            texts = feed.store.snapshot(sandbox.url, "pages")
            times = []
            for _ in range(7):
                began = time.process_time()
                known = {page.id: page for page in map(load, texts.values())}
                compare([of_row(row) for row in rows], known, whole=True)
                times.append((time.process_time() - began) * 1000)
            print(f"comparing {PAGES:,} pages: {statistics.median(times):.0f} ms of CPU")
            rows.clear()
            now[0] += 1e6
            tracemalloc.start()
            feed.poll()
            peak = tracemalloc.get_traced_memory()[1] / 1e6
            print(f"peak of memory of a look at all pages: {peak:.0f} MB, with that of the sandbox")
            tracemalloc.stop()


if __name__ == "__main__":
    main()
