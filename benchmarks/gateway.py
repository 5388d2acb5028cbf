"""The gateway: CPU of a read beside a proxy that only passes bytes on, reads a second, lists, memory, start, limits."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
from load import Answers, Load, send
from loopback import server
from measure import Result, absolute, counted
from sandboxed import served

from wikijs import ops
from wikijs.gateway.access.credentials import Credentials, master_key
from wikijs.gateway.access.keys import KeyRing
from wikijs.gateway.settings import Settings
from wikijs.gateway.store.database import Database
from wikijs.sandbox import Sandbox

ROUNDS: Final = 7
READS: Final = 3_000
CACHED: Final = 10_000
MANY: Final = 100_000
LISTS: Final = 40
STARTS: Final = 5
PATIENCE: Final = 60.0
"""Seconds in which a server must have started."""
UNLIMITED: Final = dict.fromkeys(
    ("rate", "burst", "daily", "batch", "jobs", "write", "search", "upload", "export"), 10**9
)
RATE: Final = 30_000
"""Requests a minute of the tier whose limits are counted."""
BURST: Final = 500
ASKED: Final = 1_000.0
"""Requests a second that are sent to it: twice as many, so that nothing is left unused where the machine stops."""
PAGE: Final = "/api/v1/pages/1"
MINUTES: Final = float(os.environ.get("WIKIJS_BENCH_MINUTES", "10"))

_PROXY: Final = """
import sys, httpx2, uvicorn
wiki = httpx2.AsyncClient(limits=httpx2.Limits(max_connections=100, keepalive_expiry=4.0))
upstream, key, body = sys.argv[1], sys.argv[2], sys.argv[3].encode()
sent = {"content-type": "application/json", "authorization": "Bearer " + key}
async def app(scope, receive, send):
    answer = await wiki.post(upstream + "/graphql", content=body, headers=sent)
    size = str(len(answer.content)).encode()
    head = [(b"content-type", b"application/json"), (b"content-length", size)]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": head})
    await send({"type": "http.response.body", "body": answer.content})
uvicorn.run(app, port=int(sys.argv[4]), log_level="warning", access_log=False, lifespan="off")
"""


@dataclass
class Running:
    """A server in a process of its own."""

    url: str
    process: subprocess.Popen[bytes]
    key: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What its callers send."""
        return {"authorization": f"Bearer {self.key}"}

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Bytes that it has in memory."""
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(text.partition("VmRSS:")[2].split()[0]) * 1024.0

    def load(self, path: str, requests: int, **more: Any) -> Answers:
        """Send it requests."""
        return send(Load(self.url, path, self.headers, requests, **more))


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def ready(process: subprocess.Popen[bytes], url: str, path: str, headers: dict[str, str]) -> None:
    """Wait for the first answer."""
    until = time.monotonic() + PATIENCE
    with httpx2.Client() as client:
        while True:
            try:
                client.get(url + path, headers=headers)
            except httpx2.TransportError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError("The server did not start.") from None
                time.sleep(0.005)
            else:
                return


def prepared(folder: str, wiki: str, api_key: str, **options: Any) -> tuple[Path, str]:
    """Configuration of a gateway in a folder, and a key without limits to speak of."""
    place = Path(folder) / "gateway.toml"
    lines = {"wiki": wiki, "rate": 10**9, "port": free_port()} | options
    tier = lines.pop("tier", UNLIMITED)
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
    text += "[tiers.bench]\n" + "".join(f"{name} = {value}\n" for name, value in tier.items())
    place.write_text(text, encoding="utf-8")
    settings = Settings(wiki=wiki, database=str(lines.get("database", Path(folder) / "gateway.db")))
    database = Database(settings.database)
    try:
        database.migrate()
        key = master_key(Path(folder) / "gateway.key", {}, make=True)  # where it is looked for beside a configuration
        Credentials(database, key).put("default", "api_key", {"key": api_key})
        return place, KeyRing(database).create("bench", scopes=["all"], tier="bench")[1]
    finally:
        database.close()


@contextmanager
def gateway(wiki: str, api_key: str, **options: Any) -> Iterator[Running]:
    """A gateway as its command runs it."""
    with tempfile.TemporaryDirectory() as folder:
        place, key = prepared(folder, wiki, api_key, **options)
        port = int(place.read_text(encoding="utf-8").partition("port = ")[2].split()[0])
        url = f"http://127.0.0.1:{port}"
        with started(place, url, key) as running:
            yield running


@contextmanager
def started(place: Path, url: str, key: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "wikijs.cli", "gateway", "serve", "--config", str(place)]
    # Bytecode is what an installed package has.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment) as process:
        try:
            ready(process, url, "/healthz", {})
            yield Running(url, process, key)
        finally:
            process.terminate()


@contextmanager
def proxy(wiki: str, api_key: str, body: bytes) -> Iterator[Running]:
    """A proxy that sends a query on and gives the bytes back, with the same two libraries and nothing else."""
    port = free_port()
    command = [sys.executable, "-c", _PROXY, wiki, api_key, body.decode(), str(port)]
    with subprocess.Popen(command) as process:
        try:
            ready(process, f"http://127.0.0.1:{port}", "/", {})
            yield Running(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()


def page_query() -> tuple[bytes, bytes, str]:
    """How a page is asked for, what the wiki answers, and its key."""
    operation = ops.pages_single_for_editor(1)
    asked = {"query": operation.spec.document, "variables": dict(operation.variables)}
    body = json.dumps(asked).encode()
    with Sandbox("demo") as wiki, httpx2.Client(transport=wiki.transport()) as client:
        headers = {"content-type": "application/json", "authorization": f"Bearer {wiki.api_key}"}
        return body, client.post(f"{wiki.url}/graphql", content=body, headers=headers).content, wiki.api_key


def measure() -> list[Result]:
    """All but the long one."""
    body, answer, api_key = page_query()
    with server(answer, "application/json") as wiki:
        return [
            *reads(wiki, api_key, body),
            *cached(wiki, api_key),
            *starts(wiki, api_key),
            *limits(wiki, api_key),
            *listing(),
        ]


def reads(wiki: str, api_key: str, body: bytes) -> list[Result]:
    """CPU of a read that the wiki is asked for, over the proxy."""
    ratios: list[float] = []
    ours: list[float] = []
    bare: list[float] = []
    options = {"cache_seconds": 0.0, "feed": False}
    with gateway(wiki, api_key, **options) as gate, proxy(wiki, api_key, body) as floor:
        for number in range(ROUNDS + 1):
            spent = [_cpu_of(running, path) for running, path in ((gate, PAGE), (floor, "/"))]
            if number:  # the first one warms up
                ours.append(spent[0])
                bare.append(spent[1])
                ratios.append(spent[0] / spent[1])
    low, median, high = statistics.quantiles(ratios, n=4, method="inclusive")
    name = "CPU of reading a page through the gateway, not cached"
    return [
        Result(name, "proxy of raw httpx2", median, low, high, min(ours) / min(bare), 1.6),
        counted(statistics.median(ours) * 1e6, "the same by itself", "(this machine)", unit="µs"),
    ]


def _cpu_of(running: Running, path: str) -> float:
    before = running.cpu()
    answers = running.load(path, READS)
    assert set(answers.statuses) == {200}, answers.statuses
    return (running.cpu() - before) / READS


def cached(wiki: str, api_key: str) -> list[Result]:
    """Reads a second that one process answers out of its cache, what each costs, and what memory many of them leave."""
    rates: list[float] = []
    with gateway(wiki, api_key, feed=False, cache_seconds=3600.0) as gate:
        gate.load(PAGE, CACHED)
        memory = gate.memory()
        before = gate.cpu()
        for _ in range(MANY // CACHED):
            answers = gate.load(PAGE, CACHED)
            assert set(answers.statuses) == {200}, answers.statuses
            rates.append(answers.rate)
        spent = (gate.cpu() - before) / MANY
        time.sleep(1.5)
        grown = gate.memory() - memory
    low, median, high = statistics.quantiles(rates, n=4, method="inclusive")
    name = "cached reads of a page, one process"
    return [
        Result(name, "(this machine)", median, low, high, max(rates), 5_000, at_least=True, unit="/s"),
        counted(spent * 1e6, "CPU of one of them", "(this machine)", unit="µs"),
        counted(grown / 1e6, "memory grown by 100,000 requests", "(this machine)", 10.0, unit="MB"),
    ]


def starts(wiki: str, api_key: str) -> list[Result]:
    """Seconds from the command to the first answer."""
    found: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        place, key = prepared(folder, wiki, api_key)
        url = f"http://127.0.0.1:{place.read_text(encoding='utf-8').partition('port = ')[2].split()[0]}"
        for _ in range(STARTS + 1):
            begun = time.perf_counter()
            with started(place, url, key):
                found.append(time.perf_counter() - begun)
    return [absolute(found[1:], "wikijs gateway serve to its first answer", 2.0)]


def limits(wiki: str, api_key: str) -> list[Result]:
    """How far what is let through is from what the tier says: 10,000 requests, of one process and of two."""
    tier = UNLIMITED | {"rate": RATE, "burst": BURST}
    off: list[Result] = []
    with gateway(wiki, api_key, feed=False, tier=tier, cache_seconds=3600.0) as gate:
        off.append(counted(_off(gate), "10,000 requests, one process: let through", "what the tier says", 0.01))
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    from support.postgres_server import server as postgres
    from support.redis_server import redis_server

    base = postgres()
    if base is None:
        print("no PostgreSQL here: limits of two processes are not measured", file=sys.stderr)
        return off
    with redis_server() as redis:
        options = {"database": f"{base}/postgres", "redis": redis.url, "workers": 2, "feed": False}
        with gateway(wiki, api_key, tier=tier, cache_seconds=3600.0, **options) as gate:
            gate.load("/api/v1/me", 2_000, rate=200.0)  # until both are there, and know what is asked for
            time.sleep(2.0)
            off.append(counted(_off(gate), "10,000 requests, two processes: let through", "what the tier says", 0.01))
    return off


def _off(gate: Running) -> float:
    """The share by which what was let through is off. /me costs a whole request: nothing is given back."""
    answers = gate.load("/api/v1/me", 10_000, rate=ASKED)
    assert set(answers.statuses) <= {200, 429}, answers.statuses
    allowed = BURST + RATE / 60 * answers.seconds
    return abs(answers.statuses[200] - min(allowed, 10_000)) / allowed


def listing() -> list[Result]:
    """A part of 10,000 pages, when the gateway knows the list."""
    found: list[float] = []
    with (
        served(10_000) as (wiki, api_key),
        gateway(wiki, api_key, feed=False, cache_seconds=3600.0) as gate,
        httpx2.Client(base_url=gate.url, headers=gate.headers) as client,
    ):
        link = "/api/v1/pages?limit=50"
        for _ in range(LISTS + 2):
            begun = time.perf_counter()
            answer = client.get(link)
            found.append(time.perf_counter() - begun)
            assert len(answer.json()["items"]) == 50
            link = answer.headers["link"].partition(">")[0][1:]
    return [absolute(found[2:], "50 of 10,000 pages, the list being warm", 40.0, "ms", 1e3)]


def for_long() -> list[Result]:
    """1,000 requests a minute for ten minutes, everything on: over a sandbox; over a real wiki where one is named."""
    url, key = os.environ.get("WIKIJS_BENCH_WIKI", ""), os.environ.get("WIKIJS_API_KEY", "")
    if url:
        uncached = _for_long(url, key, "over a real wiki, never cached", cache_seconds=0.0)
        return [*uncached, *_for_long(url, key, "over a real wiki")]
    with served(1_000) as (wiki, api_key):
        return _for_long(wiki, api_key, "over a sandbox")


def _for_long(wiki: str, api_key: str, where: str, **options: Any) -> list[Result]:
    """Every page is read in turns, and now and then a list of them, what was changed lately, tags, and a search."""
    with gateway(wiki, api_key, **options) as gate, httpx2.Client(base_url=gate.url, headers=gate.headers) as client:
        pages = [each["id"] for each in client.get("/api/v1/pages?limit=100&fields=id").json()["items"]]
        paths = [f"/api/v1/pages/{each}" for each in pages]
        for number, more in enumerate(("pages?limit=20", "recent", "tags", "search?q=wiki", "me")):
            paths.insert((number + 1) * len(paths) // 5, f"/api/v1/{more}")
        number = int(1_000 * MINUTES)
        answers = gate.load(" ".join(paths), number, rate=1_000 / 60, connections=8)
        minutes = f"1,000 requests a minute for {MINUTES:g} minutes, {where}"
        errors = sum(count for status, count in answers.statuses.items() if status >= 400)
    return [
        counted(answers.percentile(0.5) * 1e3, f"{minutes}: median", "(this machine)", unit="ms"),
        counted(answers.percentile(0.95) * 1e3, f"{minutes}: 95th percentile", "(this machine)", 50.0, unit="ms"),
        counted(answers.percentile(0.99) * 1e3, f"{minutes}: 99th percentile", "(this machine)", unit="ms"),
        counted(float(errors), f"{minutes}: errors of {len(answers.waits):,}", "(this machine)", 0.0),
    ]
