"""What nobody may see, looked for in every byte that leaves or is stored: the wiki's token, keys, the sealing key."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from .conftest import Gate, Gates

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text(encoding="utf-8"))
PLACES = {
    "{id}": "1", "{path}": "home", "{locale}": "en", "{version}": "1", "{section}": "x", "{user}": "1", "{key}": "x",
    "{name}": "second", "{tag}": "x", "{action}": "activate", "{delivery}": "x.1",
}  # fmt: skip
STREAMS = {"stream_events", "watch_job"}


def addresses(method: str) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for path, methods in DOCUMENT["paths"].items():
        operation = methods.get(method)
        if operation is None or operation["operationId"] in STREAMS:
            continue
        address = path
        for name, value in PLACES.items():
            address = address.replace(name, value)
        assert "{" not in address, path
        found.append((address, operation))
    return found


def disguises(secret: str) -> list[bytes]:
    """A secret as it is, and as it might be written by something that meant no harm."""
    plain = secret.encode()
    parts = [plain, base64.b64encode(plain), plain.hex().encode()]
    if secret.count(".") == 2:  # the signature of a token makes it what it is
        parts.append(secret.rpartition(".")[2].encode())
    return parts


def test_no_byte_that_leaves_or_is_stored_holds_a_secret(
    gates: Gates, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    gate: Gate = gates(feed=True, feed_interval=3600.0, pass_through=True)
    key = gate.gateway.keys.create("all", scopes=["all"], tier="enterprise")[1]
    gate.gateway.policy.override(
        key[4:12], dict.fromkeys(("rate", "burst", "daily", "write", "search", "export"), 10**9),
        until=None, created_by="tests", reason="",
    )  # fmt: skip
    own = gate.sandbox.admin_jwt
    client = gate.calls(key)
    said: list[bytes] = []

    def ask(method: str, address: str, who: Any = client, **more: Any) -> Any:
        answer = who.request(method, address, **more)
        said.append(answer.content)
        said.extend(f"{name}: {value}".encode() for name, value in answer.headers.items())
        return answer

    asked = 0
    for path, _ in addresses("get"):
        assert ask("GET", path).status_code != 500, path
        asked += 1
    for path, operation in addresses("post"):  # with a body that is none, so that nothing is done
        if operation.get("x-scope") is not None:
            assert ask("POST", path, json={"unknown": key}).status_code != 500, path
            asked += 1
    assert asked > 150
    pair = ask("POST", "/api/v1/auth/token", json={"key": key}).json()
    caller = gate.calls(own)
    ask("GET", "/api/v1/pages/1", caller)
    ask("GET", "/api/v1/me", caller)
    ask("PUT", "/api/v1/admin/credentials/second", json={"kind": "api_key", "key": gate.sandbox.api_key})
    ask("PUT", "/api/v1/admin/credentials/third", json={"kind": "token", "token": own})
    ask("GET", "/api/v1/admin/credentials")
    page = {"path": "docs/nowhere", "title": "t", "content": "c"}
    job = ask("POST", "/api/v1/jobs", json={"kind": "pages.create_many", "input": {"pages": [page]}}).json()
    ask("GET", f"/api/v1/jobs/{job['id']}")
    made = ask(
        "POST", "/api/v1/webhooks", json={"url": "https://example.com/x", "headers": {"x-own": "word-of-theirs"}}
    )
    # What is wrong with a secret is told without it.
    for wrong in (f"{gate.sandbox.api_key[:-4]}AAAA", f"{key[:-1]}~"):
        ask("GET", "/api/v1/pages/1", gate.calls(wrong))
    ask("GET", f"/api/v1/pages?x={key}")
    ask("POST", "/api/v1/auth/refresh", json={"refreshToken": pair["accessToken"]})
    gate.gateway.flush()
    assert gate.gateway.changes is not None
    folder = Path(gate.gateway.settings.database).parent
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".key"]
    stored = {path.name: path.read_bytes() for path in files}
    assert "gateway.db-wal" in stored
    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records).encode()
    given_once = b"".join(said).count(pair["accessToken"].encode())
    assert given_once == 1
    whole = b"\n".join(said)
    sealing = Path(gate.gateway.settings.master_key_file).read_text().strip()
    for name, secret in {"the wiki's token": gate.sandbox.api_key, "a login": own, "the sealing key": sealing}.items():
        for form in disguises(secret):
            assert form not in whole, f"{name} left the gateway"
            assert not [file for file, content in stored.items() if form in content], f"{name} is stored in clear"
            assert form not in logged, f"{name} is in the log"
    for name, secret in {
        "a key": key, "an access token": pair["accessToken"], "a refresh token": pair["refreshToken"],
        "a webhook's secret": made.json()["secret"], "a webhook's header": "word-of-theirs",
    }.items():  # fmt: skip
        for form in disguises(secret):
            assert not [file for file, content in stored.items() if form in content], f"{name} is stored in clear"
            assert form not in logged.replace(f"?x={key}".encode(), b""), f"{name} is in the log"


def test_a_key_with_one_scope_is_let_in_by_its_own_routes(gate: Gate) -> None:
    """The other half of `test_contract`: what a scope says it opens, it opens."""
    clients: dict[str, Any] = {}
    for path, operation in addresses("get"):
        scope = operation.get("x-scope")
        if scope is None:
            continue
        if scope not in clients:
            clients[scope] = gate.calls(gate.key(scope))
        answer = clients[scope].get(path)
        if answer.status_code == 403 and answer.json()["type"] == "/docs/errors#scope-missing":
            assert answer.json()["requiredScope"] != scope, path
