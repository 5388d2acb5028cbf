"""What strangers with bad intentions send, over real connections; the table in SECURITY.md says what meets it."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from wikijs.gateway import serving
from wikijs.gateway.http import edge

from .conftest import Gate, Gates
from .listening import listening

Address = tuple[str, int]


@pytest.fixture
def gate(gates: Gates) -> Gate:
    return gates(max_body=20_000, max_upload=50_000)


@pytest.fixture
def address(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    monkeypatch.setattr(serving, "HEAD_TIMEOUT", 0.5)
    monkeypatch.setattr(edge, "BODY_TIMEOUT", 0.5)
    with listening(gate.client.app) as place:
        yield place


def told(address: Address, *parts: bytes, pause: float = 0.0) -> bytes:
    """Everything that the server says to these bytes until it hangs up."""
    answer = b""
    with socket.create_connection(address, timeout=60) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
        with suppress(ConnectionResetError):
            while part := connection.recv(65_536):
                answer += part
    return answer


def asked(key: str, target: str = "/api/v1/pages/1", *headers: str, method: str = "GET", body: bytes = b"") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "host: localhost", f"authorization: Bearer {key}", "connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode("latin-1") + body


def is_refused(answer: bytes, status: int) -> bool:
    """Whether it was refused so; who is hung up on while still sending may not get to read why."""
    return not answer or status_of(answer) == status


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_who_says_nothing_or_never_ends_is_dropped(gate: Gate, address: Address) -> None:
    began = time.monotonic()
    assert told(address) == b""  # a connection without a request
    assert told(address, b"GET /healthz HT") == b""  # a head that never ends
    drops = [b"GET /healthz HTTP/1.1\r\n", *[f"x-{number}: y\r\n".encode() for number in range(200)]]
    assert b"200 OK" not in told(address, *drops, pause=0.05)  # a head a line at a time
    assert time.monotonic() - began < 55
    key = gate.key()
    head = asked(key, "/api/v1/pages", "content-type: application/json", "content-length: 100", method="POST")
    slow = told(address, head, b'{"path":')  # a body that stops
    assert status_of(slow) == 408
    assert b"/docs/errors#too-slow" in slow
    upload = asked(key, "/api/v1/assets?name=x.bin", "content-length: 1000", method="POST")
    assert status_of(told(address, upload, b"x" * 10)) == 408
    assert status_of(told(address, asked(key))) == 200  # others are served meanwhile


def test_who_does_not_read_an_answer_is_hung_up_on_and_holds_nothing(
    gate: Gate, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then is not reading."""
    monkeypatch.setattr(serving, "READ_TIME", 0.5)
    size = 12_000_000  # more than the buffers of both ends
    with gate.sandbox.client() as wiki:
        wiki.site.update_config(upload_max_file_size=size)
        wiki.assets.upload(b"x" * size, name="large.bin")
    request = asked(gate.key(), "/api/v1/assets/large.bin")

    def ended() -> int:
        return sum(int(n) for (_, route, _), (n, *_) in gate.gateway.counts.items() if "assets" in route)

    with socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.settimeout(60)
        lazy.connect(address)
        lazy.sendall(request)
        began = time.monotonic()
        read = 0
        while not ended():
            read += len(lazy.recv(1))
            time.sleep(0.05)
            assert time.monotonic() - began < 60
        with suppress(ConnectionResetError):
            while part := lazy.recv(1_000_000):
                read += len(part)
        assert read < size
    assert len(told(address, request).partition(b"\r\n\r\n")[2]) == size  # who reads gets it all


class Pipe:
    """A transport whose other end reads so many bytes between two looks."""

    def __init__(self, read: int) -> None:
        self.left, self.read, self.aborted = 1_000_000, read, False

    def get_write_buffer_size(self) -> int:
        self.left -= self.read
        return self.left

    def get_extra_info(self, _: str) -> None:
        """It has no socket."""

    def abort(self) -> None:
        self.aborted = True


def test_who_reads_slowly_but_reads_is_not_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "READ_TIME", 0.01)
    monkeypatch.setattr(serving, "READ_LEAST", 1_000.0)

    async def looked_at(read: int) -> bool:
        protocol = serving.Timed.__new__(serving.Timed)
        protocol.transport = pipe = Pipe(read)
        protocol._look_again(serving.unread(pipe))
        for _ in range(20):
            await asyncio.sleep(0.01)
        protocol._unwatch()
        return pipe.aborted

    assert asyncio.run(looked_at(2))
    assert not asyncio.run(looked_at(20))


def test_large_bodies_are_refused_whatever_they_say_of_themselves(gate: Gate, address: Address) -> None:
    key = gate.key()
    kind = "content-type: application/json"
    said = asked(key, "/api/v1/pages", kind, "content-length: 99999999999", method="POST")
    assert status_of(told(address, said)) == 413
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    chunked = asked(key, "/api/v1/pages", kind, "transfer-encoding: chunked", method="POST")
    assert is_refused(told(address, chunked, chunk, chunk, chunk), 413)
    big = asked(key, "/api/v1/assets?name=x.bin", "transfer-encoding: chunked", method="POST")
    assert is_refused(told(address, big, *[chunk] * 8), 413)
    assert not [file for file in gate.client.get("/api/v1/assets").json()["items"] if file["filename"] == "x.bin"]
    deep = b'{"a":' * 3000 + b"1" + b"}" * 3000
    nested = asked(key, "/graphql", kind, f"content-length: {len(deep)}", method="POST", body=deep)
    assert status_of(told(address, nested)) in {400, 422}
    both = asked(key, "/api/v1/pages", kind, "content-length: 5", "transfer-encoding: chunked", method="POST")
    smuggled = told(address, both, b"0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
    assert smuggled.count(b"HTTP/1.1") <= 1  # two lengths are no way to smuggle a second request in
    long = told(address, asked(key, "/" + "a" * 20_000))
    assert not long or status_of(long) in {400, 414, 431}
    wide = told(address, asked(key, "/healthz", "x-long: " + "a" * 200_000))
    assert not wide or status_of(wide) in {200, 400, 431}


def test_no_header_is_injected(gate: Gate, address: Address) -> None:
    key = gate.key()
    for request in (
        asked(key, "/api/v1/pages?cursor=x%0d%0aset-cookie:%20evil=1"),
        asked(key, "/api/v1/assets/x%0d%0aset-cookie:%20evil=1.txt"),
        asked(key, "/api/v1/pages/1", "x-request-id: a%0d%0aset-cookie: evil=1"),
        asked(key, "/api/v1/pages/1", 'if-none-match: "a\tset-cookie: evil=1"'),
        asked(key, "/api/v1/pages/1\r\nset-cookie: evil=1"),
        asked(key, "/api/v1/tags/x%0d%0aset-cookie:%20evil=1", method="DELETE"),
        asked(key, "/api/v1/pages/1", "origin: https://x\r\nset-cookie: evil=1"),
        asked(key, "/portal/x%0d%0aset-cookie:%20evil=1"),
    ):
        head = told(address, request).partition(b"\r\n\r\n")[0].lower()
        assert b"\r\nset-cookie: evil" not in head, request


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.com",
        "localhost.evil.example.com",
        "127.0.0.1.nip.io",
        "",
        "a\\b",
        "[::1",
        "localhost:80@evil.example.com",
        "localhost:evil",
        "localhost:80:80",
    ],
)
def test_names_of_other_sites_are_not_ours(gate: Gate, address: Address, host: str) -> None:
    """DNS rebinding: a page of another site whose name leads to this machine."""
    request = asked(gate.key()).replace(b"host: localhost", b"host: " + host.encode())
    answer = told(address, request)
    assert status_of(answer) in {400, 421}
    assert b"content" not in answer.partition(b"\r\n\r\n")[2].partition(b'"detail"')[0]


def test_absolute_targets_and_two_hosts_do_not_get_around_it(gate: Gate, address: Address) -> None:
    key = gate.key()
    for request in (
        asked(key, "http://evil.example.com/api/v1/pages/1").replace(b"host: localhost", b"host: evil.example.com"),
        asked(key, "/api/v1/pages/1", "host: evil.example.com"),
    ):
        answer = told(address, request)
        assert status_of(answer) in {400, 404, 421}, answer


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://evil.example.com/api/v1/pages/1", 421), ("HTTP://evil.example.com:8700/api/v1/pages/1", 421),
        ("http://localhost@evil.example.com/api/v1/pages/1", 421), ("http://[::2]:80/api/v1/pages/1", 421),
        ("http://127.0.0.1/api/v1/pages/1", 200), ("http://[::1]:1/api/v1/pages/1", 200),
        ("http://localhost:80@evil.example.com/", 421), ("http:///api/v1/pages/1", 400), ("evil.example.com", 400),
    ],
)  # fmt: skip
def test_the_host_of_a_target_counts_not_the_header(gate: Gate, address: Address, target: str, status: int) -> None:
    answer = told(address, asked(gate.key(), target))  # with the header "host: localhost"
    assert status_of(answer) == status, answer
    good = target.startswith("/") or status == 200
    foreign = told(address, asked(gate.key(), target).replace(b"host: localhost", b"host: evil.example.com"))
    assert status_of(foreign) == status, foreign
    assert (b'"content"' in answer) is good


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1/pages/by-path/en/team/../secret", "/api/v1/pages/by-path/en/team/%2e%2e/secret",
        "/api/v1/pages/by-path/en/team/..%2fsecret",
        "/api/v1/pages/by-path/en//secret", "/api/v1/pages/by-path/en/secret",
        "/api/v1/pages/by-path/en/team%00/../secret", "/api/v1/pages/by-path/en/team/..;/secret",
        "/api/v1/pages/by-path/en/TEAM/../secret", "/api/v1/pages/by-path/../en/secret",
        "//api/v1/pages/by-path/en/secret",
        "/api/v1/./pages/by-path/en/secret", "/api/v1/pages/by-path/en/team\\..\\secret",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_a_keys_folder(gate: Gate, address: Address, target: str) -> None:
    gate.client.post("/api/v1/pages", json={"path": "secret", "title": "Secret", "content": "the secret text"})
    gate.client.post("/api/v1/pages", json={"path": "team/page", "title": "Open", "content": "open"})
    key = gate.key("all", prefixes=["team"])
    answer = told(address, asked(key, target))
    assert b"the secret text" not in answer
    assert status_of(answer) in {400, 403, 404, 409, 422}, answer
    assert status_of(told(address, asked(key, "/api/v1/pages/by-path/en/team/page"))) == 200


def test_a_form_of_another_site_does_nothing(gate: Gate) -> None:
    """CSRF: the API takes keys from the header alone, which a browser sends by itself for nobody; never a cookie."""
    before = len(gate.client.get("/api/v1/pages?limit=500").json()["items"])
    key = gate.key()
    foreign = gate.calls(None)
    page = json.dumps({"path": "docs/csrf", "title": "t", "content": "c"})
    for name in ("authorization", "wikijs_session", "__Host-session", "key", "token"):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            headers = {"content-type": kind, "origin": "https://evil.example.com", "cookie": f"{name}={key}"}
            assert foreign.post("/api/v1/pages", content=page, headers=headers).status_code == 401
    for address in (
        f"/api/v1/pages?authorization={key}",
        f"/api/v1/pages?access_token={key}",
        f"/api/v1/pages?key={key}",
    ):
        assert foreign.post(address, content=page).status_code == 401
    asked = foreign.options(
        "/api/v1/pages", headers={"origin": "https://evil.example.com", "access-control-request-method": "POST"}
    )
    assert "access-control-allow-origin" not in asked.headers
    assert len(gate.client.get("/api/v1/pages?limit=500").json()["items"]) == before


def test_forged_addresses_do_not_hide_who_guesses(gate: Gate) -> None:
    """X-Forwarded-For of strangers is not believed: who guesses keys waits, whatever addresses are made up."""
    from wikijs.gateway.access.tokens import new_secret

    nobody = gate.calls(None)
    statuses = [
        nobody.get(
            "/api/v1/me",
            headers={
                "authorization": f"Bearer {new_secret('wkg').text}",
                "x-forwarded-for": f"203.0.113.{number}", "forwarded": f"for=203.0.113.{number}",
                "x-real-ip": f"203.0.113.{number}", "x-forwarded-host": "evil.example.com",
            },
        ).status_code
        for number in range(40)
    ]  # fmt: skip
    assert 429 in statuses
    gate.client.post(
        "/api/v1/pages", json={"path": "docs/f", "title": "t", "content": "c"}, headers={"x-forwarded-for": "1.2.3.4"}
    )
    trail = gate.client.get("/api/v1/admin/audit?limit=1").json()["items"]
    assert trail[0]["address"] != "1.2.3.4"


def test_no_webhook_reaches_inside(gates: Gates) -> None:
    """SSRF: by address, by name, by another spelling of an address, by a redirect of a name."""
    gate = gates(feed=True, feed_interval=3600.0)
    for url in (
        "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://127.1/",
        "https://[::ffff:127.0.0.1]/", "https://[::1]/", "https://10.1.2.3/", "https://169.254.169.254/latest/meta-data",
        "https://192.168.0.1/", "https://172.16.0.1/", "https://0.0.0.0/", "https://[fe80::1]/", "https://[fd00::1]/",
        "http://example.com/", "ftp://example.com/", "gopher://example.com/", "file:///etc/passwd", "https://user:pw@127.0.0.1/",
        "https://example.com:22/\r\nx: y", "nats://127.0.0.1/", "https://",
    ):  # fmt: skip
        answer = gate.client.post("/api/v1/webhooks", json={"url": url})
        if answer.status_code == 201:  # what is no address is a name, which is looked at when a message is sent
            assert url in {"https://2130706433/", "https://0x7f000001/", "https://127.1/"}
            told = gate.client.post(f"/api/v1/webhooks/{answer.json()['id']}/test").json()
            assert (told["ok"], told["status"]) == (False, None), told
            continue
        assert answer.status_code == 422, (url, answer.text)
    # A name says where it leads only when it is asked, so it is asked for each message.
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.2)
        made = gate.client.post(
            "/api/v1/webhooks", json={"url": f"https://localhost:{inside.getsockname()[1]}/"}
        ).json()
        told = gate.client.post(f"/api/v1/webhooks/{made['id']}/test").json()
        assert told["ok"] is False, told
        with pytest.raises(TimeoutError):
            inside.accept()
