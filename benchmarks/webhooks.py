"""Sending webhooks: how many a second, beside one that hangs, behind a long queue, and from an edit to its delivery."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpcore2
from measure import Result, counted

from wikijs.feed.history import Draft
from wikijs.feed.store import FeedState
from wikijs.sandbox import Sandbox
from wikijs.webhooks import Webhooks
from wikijs.webhooks.sending.service import serve
from wikijs.webhooks.signing import key_of, signature

MESSAGES = 2_000
WAITING = 100_000
EDITS = 20
ROUNDS = 5
ENDPOINTS = 1_000
INTERVAL = 2.0
WIKI = "https://wiki.example.com"


class Endpoint:
    """A server that takes what comes; below /hang it never answers."""

    def __init__(self) -> None:
        self.taken = 0
        self.bodies: list[tuple[float, bytes]] = []
        self.loop = asyncio.new_event_loop()
        self.port = 0
        self._ready = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()
        self._ready.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=512))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self.loop.run_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                body = await reader.readexactly(length)
                if head.startswith(b"POST /hang"):
                    await asyncio.sleep(3600)
                self.taken += 1
                self.bodies.append((time.time(), body))
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def draft(number: int, pages: int) -> Draft:
    page = number % pages
    data = {
        "page": {"id": page, "path": f"page-{page}", "locale": "en"},
        "change": {"kind": "edit", "version_id": number},
        "url": "u",
    }
    return Draft("page.updated", f"page:{page}", f"{number}", None, data)


def opened(folder: str) -> Webhooks:
    return Webhooks(Path(folder) / "hooks.db", allow_networks=["127.0.0.0/8"], allow_http=True)


def fill(hooks: Webhooks, count: int, pages: int) -> None:
    for start in range(0, count, 1000):
        hooks.store.commit(WIKI, FeedState(), drafts=[draft(n, pages) for n in range(start, min(start + 1000, count))])
    while hooks.outbox.fan_out():
        pass


def throughput(*, hanging: bool) -> float:
    """Messages a second, signed and noted one by one, with or without an endpoint that never answers."""
    endpoint = Endpoint()
    with tempfile.TemporaryDirectory() as folder, opened(folder) as hooks:
        made = hooks.create(f"{endpoint.url}/fast")
        if hanging:
            hooks.create(f"{endpoint.url}/hang")
        fill(hooks, MESSAGES, 500)

        async def run() -> float:
            dispatcher = hooks.dispatcher()
            began = time.perf_counter()
            task = asyncio.create_task(dispatcher.run())
            while hooks.waiting().get(made.id, 0):  # noqa: ASYNC110  another thread empties it
                await asyncio.sleep(0.02)
            seconds = time.perf_counter() - began
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return seconds

        return MESSAGES / asyncio.run(run())


def floor() -> float:
    """Messages a second of the same HTTP library, signed, 16 at a time, with no store behind them."""
    endpoint = Endpoint()
    key, body = key_of("whsec_" + "A" * 43 + "="), b"x" * 400

    async def run() -> float:
        numbers = iter(range(MESSAGES))
        async with httpcore2.AsyncConnectionPool(max_connections=16) as pool:

            async def work() -> None:
                for number in numbers:
                    headers = {"webhook-signature": signature(key, f"evt_{number}", 1_800_000_000, body)}
                    headers |= {"host": "localhost", "content-length": str(len(body))}
                    await pool.request("POST", f"{endpoint.url}/fast", headers=list(headers.items()), content=body)

            began = time.perf_counter()
            await asyncio.gather(*(work() for _ in range(16)))
            return time.perf_counter() - began

    return MESSAGES / asyncio.run(run())


def claims() -> tuple[float, float]:
    """Milliseconds to find and take a message while many wait behind an endpoint that is not sent to, and with none.

    In memory where the system has such a folder: what a disk takes to flush, up to 4 ms here, is the same for both and
    shared by all messages that are taken at once.
    """
    found: list[float] = []
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
    for waiting in (WAITING, 0):
        with tempfile.TemporaryDirectory(dir=memory) as folder, opened(folder) as hooks:
            dead = hooks.create("http://127.0.0.1:9/dead")
            if waiting:
                fill(hooks, waiting, waiting)
            live = hooks.create("http://127.0.0.1:9/live")
            hooks.pause(dead.id)
            fill(hooks, 300, 300) if not waiting else hooks.store.commit(
                WIKI, FeedState(), drafts=[draft(waiting + n, waiting) for n in range(300)]
            )
            while hooks.outbox.fan_out():
                pass
            active = {each.id: each for each in hooks.list() if each.id == live.id}
            times: list[float] = []
            for _ in range(300):
                began = time.perf_counter()
                [message] = hooks.outbox.claim(active, {live.id: 1}, 1)
                times.append((time.perf_counter() - began) * 1000)
                assert message.endpoint.id == live.id
            found.append(statistics.median(times))
    return found[0], found[1]


def latency() -> list[float]:
    """Seconds from saving a page to its delivery, at an interval of two seconds."""
    endpoint = Endpoint()
    ports: list[int] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(100) as sandbox,
        sandbox.client() as client,
        opened(folder) as hooks,
    ):
        hooks.create(endpoint.url, events=["page.*"])
        options: dict[str, Any] = {"interval": INTERVAL, "listen": "127.0.0.1:0", "feed": {}, "ready": ports.append}
        service = threading.Thread(target=serve, args=(hooks, [client]), kwargs=options)
        service.start()
        while not hooks.store.last_sequence():
            time.sleep(0.05)
        saved: dict[int, float] = {}
        pages = [page.id for page in client.pages.list()][:EDITS]
        for number, page_id in enumerate(pages):
            client.pages.update(page_id, content=f"text {number}")
            saved[page_id] = time.time()
            time.sleep(0.37 * (1 + number % 5))
        while len(endpoint.bodies) < len(pages):
            time.sleep(0.05)
        for dispatcher in list(hooks._dispatchers):
            dispatcher.stop()
        service.join()
        return [at - saved[json.loads(body)["data"]["page"]["id"]] for at, body in endpoint.bodies]


def signing() -> float:
    """Microseconds to sign a kilobyte."""
    key, body = key_of("whsec_" + "A" * 43 + "="), b"x" * 1000
    began = time.perf_counter()
    for _ in range(20_000):
        signature(key, "evt_1", 1_800_000_000, body)
    return (time.perf_counter() - began) / 20_000 * 1e6


def idle() -> float:
    """The share of a processor that many endpoints take while nothing happens."""
    with tempfile.TemporaryDirectory() as folder, opened(folder) as hooks:
        for number in range(ENDPOINTS):
            hooks.create(f"http://127.0.0.1:9/{number}", events=["page.*"], paths=["docs/**"])

        async def run() -> float:
            dispatcher = hooks.dispatcher()
            task = asyncio.create_task(dispatcher.run())
            await asyncio.sleep(3)  # to read them for the first time
            cpu, began = time.process_time(), time.perf_counter()
            await asyncio.sleep(15)
            share = (time.process_time() - cpu) / (time.perf_counter() - began)
            dispatcher.stop()
            await task
            return share

        return asyncio.run(run())


def measure() -> list[Result]:
    """All of it, about a minute and a half."""
    alone: list[float] = []
    beside: list[float] = []
    floors: list[float] = []
    for number in range(ROUNDS):
        # In turns, each round in the opposite order.
        runs = (
            lambda: floors.append(floor()),
            lambda: alone.append(throughput(hanging=False)),
            lambda: beside.append(throughput(hanging=True)),
        )
        for run in runs if number % 2 else reversed(runs):
            run()
    full, empty = claims()
    times = sorted(latency())
    endpoint = "an endpoint that hangs beside it"
    return [
        rate(alone, "webhooks sent in one process", 400),
        rate(beside, f"webhooks sent with {endpoint}", 400),
        over(beside, alone, f"webhooks sent with {endpoint}", "without it", 0.9),
        over(alone, floors, "webhooks sent", "the HTTP library alone, nothing stored", None),
        counted(full, f"taking a message with {WAITING:,} waiting", "(this machine, without the disk)", 1.0, unit="ms"),
        counted(empty, "taking a message with few waiting", "(this machine, without the disk)", unit="ms"),
        counted(
            statistics.median(times), f"from an edit to its delivery, interval {INTERVAL:g} s, median", "", unit="s"
        ),
        counted(times[int(len(times) * 0.95)], "the same, 95th percentile", "", 3.5, unit="s"),
        counted(idle() * 100, f"CPU of {ENDPOINTS:,} endpoints while nothing happens", "one processor", 1.0, unit="%"),
        counted(signing(), "signing a kilobyte", "(this machine)", unit="µs"),
    ]


def rate(figures: list[float], name: str, aim: float) -> Result:
    low, middle, high = statistics.quantiles(figures, n=4, method="inclusive")
    return Result(name, "(a second, this machine)", middle, low, high, max(figures), aim, at_least=True)


def over(above: list[float], below: list[float], name: str, peer: str, aim: float | None) -> Result:
    low, middle, high = statistics.quantiles(
        [a / b for a, b in zip(above, below, strict=True)], n=4, method="inclusive"
    )
    return Result(name, peer, middle, low, high, max(above) / max(below), aim, at_least=True)
