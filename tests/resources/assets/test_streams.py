"""Uploads and downloads on real sockets: memory, broken connections, cancellation, what waits for whom."""

from __future__ import annotations

import asyncio
import filecmp
import json
import os
import re
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.echo import echoed
from support.jwt import api_key, login_token
from support.recordings import step

from wikijs import AsyncWikiJSClient, WikiJSClient
from wikijs import exceptions as exc
from wikijs.auth import APIKeyAuth, JWTAuth
from wikijs.core.flow import Send
from wikijs.resources.assets.sources import CHUNK

LARGE = 32 * 1024 * 1024
ROW = step("assets", "list images").body["data"]["assets"]["list"][0]
ETAG = 'W/"fa000-1a1fdae309a"'


class Store(ThreadingHTTPServer):
    """Counts what is uploaded and lists it; serves one file, as `serve` says. Keeps no content."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: list[dict[str, Any]] = []
        self.ranges: list[str | None] = []
        self.tokens: list[str | None] = []
        self.headers: dict[str, str] = {}
        self.delay = 0.0
        self.size = 0
        self.content = b""
        self.breaks: list[int] = []
        self.resumable = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Store

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        self.server.tokens.append(self.headers["authorization"])
        if self.path == "/u":
            self._take(length)
            return
        content = self.rfile.read(length)
        name = json.loads(content)["operationName"]
        assets = {"AssetsList": {"list": self.server.files}, "AssetsFolders": {"folders": []}}
        settings = {**step("config-reads", "site.config").body["data"]["site"]["config"], "uploadMaxFileSize": 2**30}
        data = {"site": {"config": settings}} if name == "SiteConfig" else {"assets": assets[name]}
        self._answer(echoed(content, json.dumps({"data": data}).encode()), "application/json")

    def _take(self, length: int) -> None:
        seen, buffer = self.rfile.read(min(length, 1000)), bytearray(65536)
        head = seen.index(b"\r\n\r\n", seen.index(b"filename")) + 4
        tail = len(seen.partition(b"\r\n")[0]) + 6
        left = length - len(seen)
        while left:
            count = self.rfile.readinto(memoryview(buffer)[: min(left, len(buffer))])  # type: ignore[attr-defined]
            if not count:
                return
            left -= count
        time.sleep(self.server.delay)
        found = re.search(rb'filename="([^"]+)"', seen)
        assert found
        size = length - head - tail
        self.server.files.append({**ROW, "filename": found[1].decode().lower(), "fileSize": size})
        self._answer(b"ok", "text/html")

    def do_GET(self) -> None:
        self.server.ranges.append(self.headers["range"])
        content, start = self.server.content, 0
        headers = {"etag": ETAG, "accept-ranges": "bytes"} if self.server.resumable else {"etag": ETAG}
        if self.headers["range"] and self.headers["if-range"] == ETAG:
            start = int(self.headers["range"].removeprefix("bytes=").removesuffix("-"))
            headers["content-range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self.send_response(206 if start or "content-range" in headers else 200)
        size = self.server.size or len(content) - start
        for name, value in {**headers, **self.server.headers, "content-length": str(size)}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.server.size:
            block = bytes(65536)
            for _ in range(size // len(block)):
                self.wfile.write(block)
            return
        stop = start + self.server.breaks.pop(0) if self.server.breaks else None
        self.wfile.write(content[start:stop])
        self.close_connection = stop is not None

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        for name, value in {"content-type": kind, "content-length": str(len(body)), **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


Call = Callable[..., Any]


@pytest.fixture(params=["sync", "async"])
def call(store: Store, request: pytest.FixtureRequest) -> Iterator[Call]:
    """Calls a method of `client.assets` by name, with a client of either colour."""
    if request.param == "sync":
        with WikiJSClient(store.url, api_key(), timeout=10, retry=False) as client:
            yield lambda method, /, *args, **kwargs: getattr(client.assets, method)(*args, **kwargs)
        return
    with asyncio.Runner() as runner:
        aclient = AsyncWikiJSClient(store.url, api_key(), timeout=10, retry=False)

        async def run(method: str, /, *args: Any, **kwargs: Any) -> Any:
            return await getattr(aclient.assets, method)(*args, **kwargs)

        yield lambda *args, **kwargs: runner.run(run(*args, **kwargs))
        runner.run(aclient.aclose())


def peak(work: Callable[[], object]) -> int:
    """Bytes that a call needs at most beyond what was there before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


# Memory


def test_a_large_file_is_uploaded_in_constant_memory(store: Store, call: Call, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as stream:
        stream.truncate(LARGE)
    (tmp_path / "small.bin").write_bytes(b"x")
    call("upload", tmp_path / "small.bin")  # loads modules
    used = peak(lambda: call("upload", path))
    assert [file["fileSize"] for file in store.files] == [1, LARGE]
    assert used < 12 * CHUNK


def test_a_large_file_is_downloaded_in_constant_memory(store: Store, call: Call, tmp_path: Path) -> None:
    store.content = b"x"
    call("download", "/small.bin", to=tmp_path)
    store.size = LARGE
    used = peak(lambda: call("download", "/large.bin", to=tmp_path))
    assert (tmp_path / "large.bin").stat().st_size == LARGE
    assert used < 12 * CHUNK


@pytest.mark.live
@pytest.mark.skipif("WIKIJS_URL" not in os.environ, reason="needs a real Wiki.js")
def test_200_megabytes_on_a_real_server(tmp_path: Path) -> None:
    with WikiJSClient(os.environ["WIKIJS_URL"], os.environ["WIKIJS_API_KEY"]) as client:
        is_mariadb = client.system.info().db_type == "MariaDB"
        # MariaDB does not take as much at once, and Wiki.js runs out of memory when it logs what it did not take.
        path, size = tmp_path / "test-large.bin", (24 if is_mariadb else 200) * 1024 * 1024
        with path.open("wb") as stream:
            stream.write(os.urandom(1000))
            stream.truncate(size)
        usual = client.site.config().upload_max_file_size
        client.site.update_config(upload_max_file_size=size)
        try:
            if is_mariadb:
                with pytest.raises(exc.ServerError, match="max_allowed_packet"):
                    client.assets.upload(path, overwrite=True)
                return
            used = peak(lambda: client.assets.upload(path, overwrite=True))
            assert used < 20 * CHUNK
            used = peak(lambda: client.assets.download("/test-large.bin", to=tmp_path / "back.bin"))
            assert used < 20 * CHUNK
            assert filecmp.cmp(path, tmp_path / "back.bin", shallow=False)
        finally:
            client.site.update_config(upload_max_file_size=usual)
            client.assets.delete("/test-large.bin")


# Connections that break


@pytest.mark.parametrize("to_disk", [False, True])
def test_a_download_goes_on_after_each_break(store: Store, call: Call, tmp_path: Path, *, to_disk: bool) -> None:
    store.content = bytes(range(256)) * 1000
    store.breaks = [100_000, 50_000, 0, 0, 60_000]
    seen: list[tuple[int, int]] = []
    found = call("download", "/a.bin", to=tmp_path if to_disk else None, progress=lambda *each: seen.append(each))
    assert (found.read_bytes() if to_disk else found) == store.content
    assert store.ranges == [
        None,
        "bytes=99999-",
        *["bytes=149998-"] * 3,
        "bytes=209997-",
    ]
    assert {total for _, total in seen} == {len(store.content)}
    assert seen[-1][0] == len(store.content)


def test_a_download_that_brings_nothing_any_more_is_given_up(store: Store, call: Call, tmp_path: Path) -> None:
    store.content = bytes(1000)
    store.breaks = [500, 0, 0, 0, 0]
    with pytest.raises(exc.TransportError):
        call("download", "/a.bin", to=tmp_path)
    assert len(store.ranges) == 4
    assert (tmp_path / "a.bin.part").stat().st_size == 500
    store.breaks = []
    call("download", "/a.bin", to=tmp_path)
    assert store.ranges[-1] == "bytes=499-"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_another_file_of_the_same_name_is_not_taken_for_the_rest(store: Store, call: Call, tmp_path: Path) -> None:
    store.content = bytes(1000)
    store.breaks = [500, 0, 0, 0]
    with pytest.raises(exc.TransportError):
        call("download", "/a.bin", to=tmp_path)
    call("download", "/img/a.bin", to=tmp_path)
    assert store.ranges[-1] is None


@pytest.mark.parametrize("notes", ["", "[]", "{}", '{"url": 1}'])
def test_damaged_notes_are_no_obstacle(store: Store, call: Call, tmp_path: Path, notes: str) -> None:
    store.content = bytes(1000)
    (tmp_path / "a.bin.part").write_bytes(b"?")
    (tmp_path / "a.bin.part.json").write_text(notes)
    assert call("download", "/a.bin", to=tmp_path).read_bytes() == store.content


@pytest.mark.parametrize("plain", [False, True])
def test_where_the_server_serves_no_parts_a_break_is_an_error(
    store: Store, call: Call, tmp_path: Path, *, plain: bool
) -> None:
    store.content = bytes(1000)
    store.breaks = [500, 500, 500]
    if plain:
        store.resumable = False
    else:
        store.headers = {"content-encoding": "identity"}  # by a proxy that may as well have compressed it
    with pytest.raises(exc.TransportError):
        call("download", "/a.bin", to=tmp_path)
    assert store.ranges == [None]
    store.breaks = []
    call("download", "/a.bin", to=tmp_path)
    assert store.ranges == [None, None]


def test_another_part_than_was_asked_for_is_not_taken(store: Store, call: Call, tmp_path: Path) -> None:
    store.content = bytes(1000)
    (tmp_path / "a.bin.part").write_bytes(bytes(500))
    part = (tmp_path / "a.bin.part").stat()
    notes = {"url": f"{store.url}/a.bin", "etag": ETAG, "file": f"{part.st_dev}:{part.st_ino}"}
    (tmp_path / "a.bin.part.json").write_text(json.dumps(notes))
    store.headers = {"content-range": "bytes 100-999/1000"}
    with pytest.raises(exc.ServerError, match="another part"):
        call("download", "/a.bin", to=tmp_path)
    assert (tmp_path / "a.bin.part").read_bytes() == bytes(500)
    assert not (tmp_path / "a.bin").exists()


# Waiting


def test_a_large_upload_is_waited_for_longer(store: Store) -> None:
    store.delay = 0.5
    with WikiJSClient(store.url, api_key(), timeout=0.2, retry=False) as client:
        client.assets.upload(bytes(2_000_000), name="a.bin")  # counts as a second
        with pytest.raises(exc.OutcomeUnknownError) as caught:
            client.assets.upload(b"x", name="b.bin")
        assert isinstance(caught.value.__cause__, exc.TimeoutError)
        assert "within 0.2" in str(caught.value.__cause__)


async def test_reading_a_slow_source_holds_up_nobody(store: Store) -> None:
    free = threading.Event()

    class Slow:
        """Can be read only after the event loop has had a turn meanwhile."""

        name = "slow.bin"

        def __init__(self) -> None:
            self._left = 3
            self._position = 0

        def seekable(self) -> bool:
            return True

        def tell(self) -> int:
            return self._position

        def seek(self, offset: int, whence: int = 0) -> int:
            self._position = 3 if whence == 2 else offset
            return self._position

        def read(self, size: int) -> bytes:
            assert free.wait(5), "the event loop stood still"
            free.clear()
            self._position += 1
            return b"x"

    async def let_go() -> None:
        while True:
            free.set()
            await asyncio.sleep(0.001)

    task = asyncio.create_task(let_go())
    async with AsyncWikiJSClient(store.url, api_key()) as client:
        asset = await client.assets.upload(Slow())  # type: ignore[arg-type]
    task.cancel()
    assert asset.file_size == 3


async def test_a_cancelled_upload_lets_go_of_everything(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as stream:
        stream.truncate(LARGE)
    async with AsyncWikiJSClient(store.url, api_key()) as client:
        task = asyncio.create_task(client.assets.upload(path, progress=lambda done, total: begun.set()))
        begun = asyncio.Event()
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert store.files == []
        assert await client.assets.list() == []


def test_a_progress_callback_may_end_an_upload(store: Store, call: Call) -> None:
    def enough(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        call("upload", bytes(LARGE), name="a.bin", progress=enough)
    assert store.files == []


# Credentials


def test_an_expired_key_is_never_sent_with_an_upload(store: Store) -> None:
    now = time.time()
    times = [now]
    key = APIKeyAuth(api_key(exp=int(now) + 60), clock=lambda: times[0])
    with WikiJSClient(store.url, key) as client:
        client.assets.upload(b"x", name="a.bin")
        sent = len(store.tokens)
        times[0] += 61
        with pytest.raises(exc.ExpiredTokenError):
            client._sync.driver.run(client._engine.request(Send("/u", b"", {}), "assets.upload"))
        assert len(store.tokens) == sent
        assert set(store.tokens) == {f"Bearer {key.current.value}"}


def test_a_token_renewed_by_cookie_is_taken_over(store: Store) -> None:
    now = int(time.time())
    old, new = login_token(iat=now - 100), login_token(iat=now)
    store.content = b"x"
    store.headers = {"set-cookie": f"jwt={new}; Path=/; Expires=Sun, 21 Nov 2027 10:00:00 GMT"}
    with WikiJSClient(store.url, JWTAuth(old)) as client:
        client.assets.download("/a.bin")
        store.headers = {}
        client.assets.list()
    assert store.tokens == [f"Bearer {new}"]
