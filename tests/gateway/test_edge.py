"""The outermost layer: sizes, hosts, ids, forged headers, compression; and how settings are read."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from wikijs.exceptions import ConfigurationError, StoreError
from wikijs.gateway import serving
from wikijs.gateway.http.compression import chosen
from wikijs.gateway.http.conditional import tags
from wikijs.gateway.http.problems import Refused
from wikijs.gateway.settings import Settings, load
from wikijs.gateway.store.database import Database

from .conftest import Gate, Gates


def test_a_request_has_an_id_of_its_own_or_ours(gate: Gate) -> None:
    assert gate.client.get("/healthz", headers={"x-request-id": "my-id_1"}).headers["x-request-id"] == "my-id_1"
    for bad in ("x" * 65, "a b", "a\tb", "é", "<script>"):
        given = gate.client.get("/healthz", headers=[(b"x-request-id", bad.encode())]).headers["x-request-id"]
        assert given != bad
        assert given.isalnum()


def test_a_name_that_is_not_ours_is_refused(gates: Gates) -> None:
    gate = gates(allowed_hosts=("api.example.com",), public_url="https://public.example.com")
    for host, status in {
        "localhost:8700": 200, "127.0.0.1": 200, "[::1]:8700": 200, "api.example.com": 200,
        "public.example.com:443": 200, "evil.example.com": 421, "localhost.evil.com": 421, "": 421,
    }.items():  # fmt: skip
        assert gate.client.get("/healthz", headers={"host": host}).status_code == status, host
    assert gates(allowed_hosts=("*",)).client.get("/healthz", headers={"host": "any"}).status_code == 200


def test_large_bodies_and_addresses_are_refused(gates: Gates) -> None:
    gate = gates(max_body=2000)
    big = gate.client.post("/api/v1/pages", json={"path": "a", "title": "t", "content": "x" * 3000})
    assert (big.status_code, big.json()["type"]) == (413, "/docs/errors#too-large")
    chunks = (b"x" * 500 for _ in range(10))
    assert gate.client.post("/api/v1/pages", content=chunks).status_code == 413  # without a length
    assert gate.client.get("/api/v1/pages?search=" + "x" * 9000).status_code == 414
    assert gate.client.get("/healthz", headers={"content-length": "-1"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/pages/../../etc/passwd", "/api/v1/pages/%2e%2e/%2e%2e", "/api/v1/pages/1%00", "//api/v1/pages",
        "/api/v1/pages/1/", "/api/v1/pages/by-path/en/../../x", "/api/v1/pages/99999999999999999999",
        "/api/v1/pages/by-path/%0d%0aSet-Cookie:x/y", "/api/v1/pages/-1", "/api/v1/pages/1e3",
    ],
)  # fmt: skip
def test_strange_addresses_are_refused_and_nothing_breaks(gate: Gate, path: str) -> None:
    answer = gate.client.get(path)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "GZIP", "identity, gzip", "x"])
def test_bodies_that_are_packed_are_refused_and_never_unpacked(gate: Gate, coding: str) -> None:
    """Fifty megabytes fit into fifty kilobytes."""
    body = gzip.compress(b'{"path": "docs/packed", "title": "t", "content": "' + b"a" * 1_000_000 + b'"}')
    for path in ("/api/v1/pages", "/api/v1/assets", "/graphql", "/api/v1/jobs", "/portal/sign-in"):
        headers = {"content-encoding": coding, "content-type": "application/json"}
        answer = gate.client.post(path, content=body, headers=headers)
        assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")
    plain = {"content-encoding": "identity"}
    new = {"path": "docs/plain", "title": "t", "content": "t"}
    assert gate.client.post("/api/v1/pages", json=new, headers=plain).status_code == 201


@pytest.mark.parametrize("body", [b"[" * 50_000, b'{"a":' * 50_000, b"[" + b"9" * 5_000 + b"]"])
def test_bodies_that_cannot_be_read_are_told_so(gate: Gate, body: bytes) -> None:
    answer = gate.client.post("/api/v1/pages", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, "/docs/errors#json-invalid")


def test_a_header_cannot_be_smuggled_into_an_answer(gate: Gate) -> None:
    answer = gate.client.get("/api/v1/pages?limit=1&sort=path&search=%0d%0aX-Evil:1%0d%0a")
    assert "x-evil" not in answer.headers
    link = gate.client.get("/api/v1/pages?limit=1&tags=").headers.get("link", "")
    assert "\n" not in link


def test_who_forwards_is_believed_only_where_that_is_said(gates: Gates) -> None:
    from wikijs.gateway.http.edge import Edge

    def seen(trusted: tuple[str, ...], client: str, forwarded: str) -> str:
        edge = Edge(None, max_body=1, max_upload=1, trusted_proxies=trusted)  # type: ignore[arg-type]
        return edge._address({"client": (client, 1)}, {b"x-forwarded-for": forwarded.encode()})

    assert seen((), "10.0.0.1", "1.2.3.4") == "10.0.0.1"
    assert seen(("10.0.0.0/8",), "10.0.0.1", "9.9.9.9, 1.2.3.4") == "1.2.3.4"
    assert seen(("10.0.0.0/8",), "10.0.0.1", "1.2.3.4, 10.0.0.2") == "1.2.3.4"
    assert seen(("10.0.0.0/8",), "192.168.0.1", "1.2.3.4") == "192.168.0.1"
    assert seen(("10.0.0.0/8",), "10.0.0.1", "nonsense") == "10.0.0.1"
    gate = gates(trusted_proxies=("testclient",) if False else ())
    assert gate.client.get("/metrics", headers={"x-forwarded-for": "8.8.8.8"}).status_code == 200


def test_answers_are_packed_as_the_caller_can_unpack_them(gate: Gate) -> None:
    path = "/api/v1/pages?limit=500"
    plain = gate.client.get(path, headers={"accept-encoding": "identity"})
    unpack = {
        "gzip": gzip.decompress,
        "br": brotli.decompress,
        "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    }
    for coding, read in unpack.items():
        with gate.client.stream("GET", path, headers={"accept-encoding": coding}) as answer:
            assert answer.headers["content-encoding"] == coding
            packed = b"".join(answer.iter_raw())
        assert read(packed) == plain.content
        assert answer.headers["etag"] == plain.headers["etag"]
        assert int(answer.headers["content-length"]) == len(packed) < len(plain.content)
    small = gate.client.get("/healthz", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in small.headers


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"), ("gzip;q=1, br;q=0.5", "gzip"), ("*", "zstd"), ("identity", None),
        ("gzip;q=0", None), ("br;q=x", None), ("*;q=0.5, gzip", "gzip"), ("", None),
    ],
)  # fmt: skip
def test_a_coding_is_chosen(accept: str, coding: str | None) -> None:
    assert chosen(accept) == coding


def test_tags_are_read_as_the_standard_says() -> None:
    assert tags('"a", W/"b" ,"c,d"') == ["a", "b", "c,d"]
    assert tags(" * ") is None
    for bad in ("a", '"a', '"a" "b"', 'w/"a"', '"a";"b"'):
        with pytest.raises(Refused):
            tags(bad)


def test_answers_protect_those_who_look_at_them(gate: Gate) -> None:
    headers = gate.client.get("/api/v1/pages/1").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] == "private, no-cache"
    assert gate.client.get("/api/v1/pages/999999").headers["cache-control"] == "no-store"
    assert gate.client.put("/healthz").status_code == 405


def test_an_unexpected_failure_tells_nothing(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("secret-detail")

    monkeypatch.setattr(gate.gateway.usage, "read", break_down)
    answer = gate.client.get("/api/v1/me/usage")
    assert (answer.status_code, answer.json()["type"]) == (500, "/docs/errors#internal")
    assert "secret-detail" not in answer.text


def test_it_says_whether_it_lives_and_whether_it_can_work(gate: Gate) -> None:
    nobody = gate.calls(None)
    assert nobody.get("/healthz").json()["status"] == "ok"
    assert nobody.get("/readyz").status_code == 200
    gate.gateway.credentials.put("bad", "api_key", {"key": "e30.e30.e30"})
    bad = next(each for each in gate.gateway.credentials.all() if each.name == "bad")
    gate.gateway.credentials.checked(bad, "It has expired.")
    answer = nobody.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["The credential 'bad': It has expired."])
    gate.gateway.credentials.delete("bad")
    gate.gateway.draining = True
    assert nobody.get("/readyz").json()["problems"] == ["The gateway is stopping."]
    assert nobody.get("/healthz").status_code == 200
    gate.gateway.draining = False
    figures = nobody.get("/metrics").text
    assert 'wikijs_gateway_requests_total{method="GET",route="/readyz",status="503"} 2' in figures


def test_metrics_need_a_key_where_that_is_said(gates: Gates) -> None:
    gate = gates(metrics="key")
    assert gate.calls(None).get("/metrics").status_code == 401
    assert gate.calls(gate.key("read")).get("/metrics").status_code == 403
    assert gate.calls(gate.key("metrics")).get("/metrics").status_code == 200


def test_a_gateway_that_only_reads_refuses_all_writes(gates: Gates) -> None:
    gate = gates(read_only=True)
    answer = gate.client.delete("/api/v1/pages/1", headers={"if-match": "*"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/docs/errors#read-only")
    assert gate.client.get("/api/v1/pages/1").status_code == 200


def test_settings_come_of_a_file_and_the_environment_over_it(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text('wiki = "https://w.example.com"\nport = 9\ncors_origins = ["https://a"]\n[tiers.free]\nrate = 7\n')
    settings = load(file, {"WIKIJS_GATEWAY_PORT": "10", "WIKIJS_GATEWAY_PASS_THROUGH": "true"})
    assert (settings.port, settings.pass_through, settings.cors_origins) == (10, True, ("https://a",))
    assert settings.tiers["free"].rate == 7
    assert settings.database == str(tmp_path / "gateway.db")
    assert settings.events_store == str(tmp_path / "feed.db")
    assert load(file, {"WIKIJS_GATEWAY_ALLOWED_HOSTS": "a, b"}).allowed_hosts == ("a", "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wiki", "no TOML"), ("x = 1", "no setting 'x'"), ('port = "a"', "a whole number"), ("port = true", "a whole"),
        ("pass_through = 1", "true or false"), ("cors_origins = 1", "a list"), ("tiers = 1", "are tables"),
        ("cache_seconds = true", "a number"),
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_be_is_told(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        load(file, {})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(tmp_path / "none.toml", {})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wiki": ""}, "needs the address"), ({"cors_origins": ("*",)}, "cannot be"), ({"workers": 2}, "PostgreSQL"),
        ({"workers": 2, "database": "postgresql://x/y"}, "Redis"), ({"metrics": "all"}, "metrics"),
        ({"queue_seconds": -1.0}, "negative"), ({"max_body": 0}, "at least 1"),
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Settings(**({"wiki": "http://w"} | options)).checked()  # type: ignore[arg-type]


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    import sqlalchemy as sa

    database = Database(str(tmp_path / "g.db"))
    assert database.migrate() == 0
    assert database.migrate() == 1
    copy = tmp_path / "copy.db"
    database.backup(copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConfigurationError, match="cannot be made"):
        database.backup(copy)
    database.work(lambda sql: sql.execute(sa.text("UPDATE gateway_meta SET value = '99' WHERE name = 'version'")))
    with pytest.raises(StoreError, match="newer"):
        database.migrate()
    database.close()
    with pytest.raises(ConfigurationError, match="path of a file"):
        Database("mysql://x/y")
    with pytest.raises(StoreError, match="cannot be used"):
        Database(str(copy.parent)).migrate() if False else _broken(tmp_path)


def _broken(folder: Path) -> None:
    file = folder / "broken.db"
    file.write_bytes(b"not a database, but long enough to be looked at" * 100)
    Database(str(file)).migrate()


def test_another_client_of_the_application(gate: Gate) -> None:
    assert TestClient(gate.client.app).get("/openapi.json").json()["openapi"].startswith("3.1")


def test_below_a_path_of_a_proxy_headers_lead_back_through_it(gates: Gates) -> None:
    gate = gates(public_url="https://example.com/wiki-api/")
    link = gate.client.get("/api/v1/pages?limit=1").headers["link"]
    assert link.startswith("</wiki-api/api/v1/pages?limit=1&cursor=")
    made = gate.client.post("/api/v1/pages", json={"path": "docs/below", "title": "Below", "content": "x"})
    assert made.headers["location"].startswith("/wiki-api/api/v1/pages/")
    assert gate.client.get("/docs/").headers.get("location", "../").startswith("../")


async def test_the_head_of_an_answer_leaves_with_its_first_part_or_by_itself() -> None:
    class Pipe:
        def __init__(self) -> None:
            self.written: list[bytes] = []
            self.is_closed = False

        def write(self, data: bytes) -> None:
            self.written.append(data)

        def close(self) -> None:
            self.is_closed = True

        def is_closing(self) -> bool:
            return self.is_closed

    pipe = Pipe()
    both: Any = serving.Together(pipe)
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"
    both.write(head)
    both.write(b"{}")
    both.write(b"more")
    assert pipe.written == [head + b"{}", b"more"]
    both.write(head)
    await asyncio.sleep(0)
    assert pipe.written[2:] == [head]  # nothing comes behind it for now, as with a stream, or for HEAD
    both.write(head)
    both.close()
    await asyncio.sleep(0)
    assert pipe.written[3:] == [head]
    assert both.is_closing()
    both.write(head)
    await asyncio.sleep(0)
    assert len(pipe.written) == 4


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"trusted_proxies": ("abc",)}, "trusted_proxies"), ({"trusted_proxies": ("10.0.0.0/99",)}, "trusted_proxies"),
        ({"port": 99_999}, "port"), ({"port": -1}, "port"), ({"public_url": "api.example.com"}, "public_url"),
        ({"public_url": "https://"}, "public_url"), ({"public_url": "https://[x"}, "public_url"),
        ({"wiki": "ftp://wiki"}, "wiki"), ({"cors_origins": ("*",)}, "cors_origins"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_said_before_anything_is_begun(wrong: dict[str, Any], told: str) -> None:
    given: dict[str, Any] = {"wiki": "https://wiki.test", **wrong}
    with pytest.raises(ConfigurationError, match=told):
        Settings(**given).checked()
    Settings(wiki="https://wiki.test", trusted_proxies=("::1", "10.0.0.0/8"), public_url="https://a.b/c").checked()


def test_a_database_that_another_program_holds_is_said(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "gateway.db"))
    database.migrate()

    def held(_: Any) -> None:
        raise OperationalError("update", {}, sqlite3.OperationalError("database is locked"))

    with pytest.raises(StoreError, match="held by another program"):
        database.work(held)
    database.close()
