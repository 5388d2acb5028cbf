"""Who gets in, as whom, and what nobody learns."""

from __future__ import annotations

import logging
import re
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from wikijs.exceptions import ConfigurationError
from wikijs.gateway.access.credentials import master_key
from wikijs.gateway.access.scopes import SCOPES, expanded, is_below
from wikijs.gateway.access.tokens import digest_of, kind_of, new_secret
from wikijs.resources.pages.values.results import SearchHits

from .conftest import Gate, Gates


def test_a_key_has_a_prefix_256_bits_and_a_checksum() -> None:
    secret = new_secret("wkg")
    assert re.fullmatch(r"wkg_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}", secret.text)
    assert kind_of(secret.text) == "wkg"
    assert len({new_secret("wkg").text for _ in range(1000)}) == 1000
    for place in range(4, len(secret.text)):
        wrong = "A" if secret.text[place] != "A" else "B"
        assert kind_of(secret.text[:place] + wrong + secret.text[place + 1 :]) is None


def test_nobody_gets_in_without_a_key_that_is_taken(gate: Gate) -> None:
    key = gate.key()
    for given, kind in {
        None: "unauthorized",
        "": "unauthorized",
        "x": "key-malformed",
        key[:-1] + ("A" if key[-1] != "A" else "B"): "key-malformed",
        new_secret("wkg").text: "key-refused",
        new_secret("wka").text: "token-refused",
        new_secret("wkr").text: "key-malformed",
        gate.sandbox.api_key: "key-malformed",
    }.items():
        answer = gate.calls(given).get("/api/v1/pages")
        assert (answer.status_code, answer.json()["type"]) == (401, f"/docs/errors#{kind}"), given
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert gate.client.get("/api/v1/pages", headers={"authorization": f"Basic {key}"}).status_code == 401


def test_a_key_ends_is_rotated_with_grace_and_revoked(gates: Gates) -> None:
    now = [time.time()]
    gate = gates(clock=lambda: now[0])
    keys = gate.gateway.keys
    key, first = keys.create("one", scopes=["read"], expires_at=now[0] + 100, tier="enterprise")
    assert gate.calls(first).get("/api/v1/me").status_code == 200
    _, second = keys.rotate(key.id, grace=10)
    assert gate.calls(first).get("/api/v1/me").status_code == 200
    assert gate.calls(second).get("/api/v1/me").status_code == 200
    now[0] += 11
    assert gate.calls(first).get("/api/v1/me").json()["detail"] == "This secret was replaced by a new one."
    now[0] += 100
    assert gate.calls(second).get("/api/v1/me").json()["detail"] == "This key has expired."
    other, third = keys.create("two", scopes=["read"])
    keys.revoke(other.id)
    assert gate.calls(third).get("/api/v1/me").json()["detail"] == "This key was revoked."


def test_a_key_revoked_elsewhere_is_not_taken_any_more(gate: Gate) -> None:
    from wikijs.gateway.access.keys import KeyRing

    key = gate.key("read")
    elsewhere = KeyRing(gate.gateway.database)
    elsewhere.load()
    assert gate.calls(key).get("/api/v1/me").status_code == 200
    elsewhere.revoke(key[4:12])
    assert gate.gateway.keys.refresh()
    assert gate.calls(key).get("/api/v1/me").status_code == 401


def test_secrets_are_nowhere_in_clear(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = gate.key()
    client = gate.calls(key)
    pair = client.post("/api/v1/auth/token", json={"key": key}).json()
    said = [client.get(path).text for path in ("/api/v1/me", "/api/v1/pages/1", "/metrics", "/api/v1/me/usage")]
    said += [repr(client.get(f"/api/v1/pages/1?x={key}").headers), client.get("/api/v1/pages/none").text]
    gate.gateway.flush()
    folder = Path(gate.gateway.settings.database).parent
    logged = "\n".join(record.getMessage() for record in caplog.records if "testserver" not in record.getMessage())
    stored = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file() and path.suffix != ".key")
    for secret in (key, gate.sandbox.api_key, pair["accessToken"], pair["refreshToken"]):
        assert secret.encode() not in stored
        assert secret not in "".join(said)
        assert secret not in logged
    assert digest_of(key).encode() in stored
    assert gate.sandbox.api_key not in repr(gate.gateway.credentials.all())


def test_the_key_that_encrypts_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "k"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        master_key(file, {})
    key = master_key(file, {}, make=True)
    assert master_key(file, {}) == key
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="Others may read"):
        master_key(file, {})
    assert master_key(file, {"WIKIJS_GATEWAY_KEY": "abc"}) == "abc"


def test_scopes_open_only_their_own_routes(gate: Gate) -> None:
    reader = gate.calls(gate.key("pages:read"))
    assert reader.get("/api/v1/pages/1").status_code == 200
    refused = reader.post("/api/v1/pages", json={})
    assert (refused.status_code, refused.json()["requiredScope"]) == (403, "pages:write")
    assert reader.delete("/api/v1/pages/1", headers={"if-match": "*"}).status_code == 403
    with pytest.raises(ConfigurationError, match="no scope 'everything'"):
        expanded(["everything"])
    assert expanded(["all"]) == set(SCOPES)


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("docs/team", True),
        ("docs/team/a", True),
        ("/docs/team/a/", True),
        ("docs/teamwork", False),
        ("docs", False),
        ("docs/team/../secret", False),
        ("docs/team/./../../secret", False),
        ("", False),
        ("DOCS/team", False),
    ],
)
def test_a_folder_holds_what_is_below_it(path: str, inside: bool) -> None:
    assert is_below(path, ["docs/team"]) is inside


def test_a_confined_key_sees_and_writes_nothing_elsewhere(gate: Gate) -> None:
    for path in ("team/one", "team/two/three", "teamwork/x"):
        gate.client.post("/api/v1/pages", json={"path": path, "title": "Needle", "content": "needle"})
    ids = {item["path"]: item["id"] for item in gate.client.get("/api/v1/pages?limit=500").json()["items"]}
    mine = gate.calls(gate.key("all", prefixes=["team"]))
    listed = {item["path"] for item in mine.get("/api/v1/pages").json()["items"]}
    assert listed == {"team/one", "team/two/three"}
    assert mine.get("/api/v1/pages").json()["total"] == 2
    assert {line["path"] for line in mine.get("/api/v1/grep?q=needle").json()["items"]} == listed
    assert {hit["path"] for hit in mine.get("/api/v1/search?q=Needle").json()["items"]} <= listed
    assert [item["path"] for item in mine.get("/api/v1/tree").json()["items"]] == ["team"]
    assert {item["path"] for item in mine.get("/api/v1/recent").json()["items"]} == listed
    other = ids["teamwork/x"]
    any_state = {"if-match": "*"}
    for answer in (
        mine.get(f"/api/v1/pages/{other}"),
        mine.get("/api/v1/pages/by-path/en/teamwork/x"),
        mine.get(f"/api/v1/pages/{other}/history"),
        mine.get(f"/api/v1/pages/{other}/links"),
        mine.patch(f"/api/v1/pages/{other}", json={"title": "x"}, headers=any_state),
        mine.delete(f"/api/v1/pages/{other}", headers=any_state),
        mine.post("/api/v1/pages", json={"path": "elsewhere/x", "title": "x", "content": "x"}),
        mine.post(f"/api/v1/pages/{ids['team/one']}/move", json={"path": "elsewhere/x"}),
        mine.post(f"/api/v1/pages/{other}/move", json={"path": "team/x"}),
        mine.post(f"/api/v1/pages/{other}/render"),
        mine.post(f"/api/v1/pages/{other}/tags?add=x"),
        mine.put("/api/v1/pages/by-path/en/teamwork/x", json={"title": "x", "content": "x"}, headers=any_state),
        mine.patch(f"/api/v1/pages/{other}/sections/x", json={"text": "x"}, headers=any_state),
        mine.get("/api/v1/tags"),
        mine.delete("/api/v1/tags/x"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "/docs/errors#path-forbidden"), answer.request.url
    assert mine.patch(f"/api/v1/pages/{ids['team/one']}", json={"title": "y"}, headers=any_state).status_code == 200


def test_a_confined_key_does_not_find_out_what_there_is_elsewhere(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by links that it writes itself, nor by the words that a search offers of all pages."""
    gate.client.post("/api/v1/pages", json={"path": "plans/known", "title": "Plans", "content": "x"})
    text = "[a](/plans/known) [b](/plans/none) [c](/team/none)"
    mine = gate.calls(gate.key("all", prefixes=["team"]))
    page = mine.post("/api/v1/pages", json={"path": "team/page", "title": "Mine", "content": text}).json()["id"]
    address = f"/api/v1/pages/{page}/links"
    assert gate.client.get(address).json()["broken"] == ["en/plans/none", "en/team/none"]
    assert mine.get(address).json() == {
        "id": page, "links": ["en/plans/known", "en/plans/none", "en/team/none"], "broken": ["en/team/none"],
    }  # fmt: skip

    def offering(hits: Any, _: Any, total: int) -> SearchHits:
        return SearchHits(hits, ["plans"], total)

    monkeypatch.setattr("wikijs.resources.pages.discovery.SearchHits", offering)
    assert gate.client.get("/api/v1/search?q=plan").json()["suggestions"] == ["plans"]
    assert mine.get("/api/v1/search?q=plan").json()["suggestions"] == []

    for answer in (
        mine.post("/graphql", json={"query": "{pages{a:list{path}}}"}),
        mine.get("/api/v1/ops/pages/list"),
        mine.post("/api/v1/batch", json={"requests": []}),
        mine.post("/api/v1/jobs", json={"kind": "export", "input": {"folder": "plans"}}),
        mine.get("/api/v1/assets"),
        mine.post("/mcp", json={}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "/docs/errors#path-forbidden"), answer.request.url
    assert mine.head(f"/api/v1/pages/{page - 1}").status_code == 403


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/api/v1%2fpages"), ("GET", "/api/v1/pages/"), ("GET", "/api/v1/pages%2f"), ("HEAD", "/api/v1/pages"),
        ("GET", "/api/v1//pages"), ("GET", "/API/v1/pages"), ("GET", "/api/v1/ops/pages%2flist"),
        ("HEAD", "/api/v1/ops/users/list"), ("GET", "/api/v1/ops/users/list/"),
    ],
)  # fmt: skip
def test_no_spelling_of_an_address_gets_around_a_scope(gate: Gate, method: str, address: str) -> None:
    answer = gate.calls(gate.key("comments:read")).request(method, address, follow_redirects=True)
    assert answer.status_code in {403, 404, 405}, answer.text


def test_a_key_of_an_origin_comes_from_there_only(gates: Gates) -> None:
    gate = gates(cors_origins=("https://app.example.com", "https://other.example.com"))
    client = gate.calls(gate.key("read", origins=["https://app.example.com"]))
    ok = client.get("/api/v1/me", headers={"origin": "https://app.example.com"})
    assert ok.headers["access-control-allow-origin"] == "https://app.example.com"
    assert "ETag" in ok.headers["access-control-expose-headers"]
    assert client.get("/api/v1/me", headers={"origin": "https://other.example.com"}).status_code == 403
    foreign = client.get("/api/v1/me", headers={"origin": "https://evil.example.com"})
    assert "access-control-allow-origin" not in foreign.headers
    asked = client.options(
        "/api/v1/pages",
        headers={"origin": "https://app.example.com", "access-control-request-method": "PATCH"},
    )
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, "https://app.example.com")


def test_tokens_last_are_refreshed_once_and_end_together(gates: Gates) -> None:
    now = [time.time()]
    gate = gates(clock=lambda: now[0])
    key = gate.key("read")
    nobody = gate.calls(None)
    pair = nobody.post("/api/v1/auth/token", json={"key": key}).json()
    assert gate.calls(pair["accessToken"]).get("/api/v1/me").json()["id"] == key[4:12]
    now[0] += 3601
    assert gate.calls(pair["accessToken"]).get("/api/v1/me").status_code == 401
    second = nobody.post("/api/v1/auth/refresh", json={"refreshToken": pair["refreshToken"]}).json()
    assert gate.calls(second["accessToken"]).get("/api/v1/me").status_code == 200
    # A refresh token that comes again was stolen: everything of that login ends.
    assert nobody.post("/api/v1/auth/refresh", json={"refreshToken": pair["refreshToken"]}).status_code == 401
    assert gate.calls(second["accessToken"]).get("/api/v1/me").status_code == 401
    assert nobody.post("/api/v1/auth/refresh", json={"refreshToken": second["refreshToken"]}).status_code == 401
    third = nobody.post("/api/v1/auth/token", json={"key": key}).json()
    assert nobody.post("/api/v1/auth/revoke", json={"token": third["refreshToken"]}).status_code == 204
    assert gate.calls(third["accessToken"]).get("/api/v1/me").status_code == 401
    fourth = nobody.post("/api/v1/auth/token", json={"key": key}).json()
    gate.gateway.keys.revoke(key[4:12])
    assert gate.calls(fourth["accessToken"]).get("/api/v1/me").status_code == 401


def test_a_token_of_the_wiki_is_taken_where_that_is_on_and_never_for_a_guest(gates: Gates) -> None:
    gate = gates(pass_through=True)
    own = gate.calls(gate.sandbox.admin_jwt)
    who = own.get("/api/v1/me").json()
    assert (who["kind"], who["name"]) == ("wiki", "Administrator")
    assert own.get("/api/v1/pages/1").status_code == 200
    assert "admin" not in who["scopes"]
    token = gate.sandbox.api_key
    for bad in (token[:-4] + "AAAA", "a.b.c", "eyJhbGciOiJub25lIn0.e30."):
        answer = gate.calls(bad).get("/api/v1/pages")
        assert (answer.status_code, answer.json()["type"]) == (401, "/docs/errors#wiki-token-refused")


def test_an_account_of_the_wiki_logs_in(gates: Gates) -> None:
    gate = gates(pass_through=True)
    nobody = gate.calls(None)
    login = {"email": gate.sandbox.admin_email, "password": gate.sandbox.admin_password}
    pair = nobody.post("/api/v1/auth/token", json=login)
    assert pair.status_code == 201, pair.text
    mine = gate.calls(pair.json()["accessToken"])
    assert mine.get("/api/v1/me").json()["kind"] == "session"
    assert mine.get("/api/v1/pages/1").status_code == 200
    wrong = nobody.post("/api/v1/auth/token", json=login | {"password": "wrong-password"})
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/docs/errors#login-refused")
    assert nobody.post("/api/v1/auth/token", json={}).status_code == 422
    assert nobody.post("/api/v1/auth/token", json={"key": "x"}).status_code == 422
    assert gates().calls(None).post("/api/v1/auth/token", json=login).status_code == 403


def test_who_guesses_has_to_wait(gate: Gate) -> None:
    nobody = gate.calls(None)
    statuses = [
        nobody.get("/api/v1/me", headers={"authorization": f"Bearer {new_secret('wkg').text}"}).status_code
        for _ in range(40)
    ]
    assert statuses[:30] == [401] * 30
    assert 429 in statuses[30:]
    assert gate.client.get("/api/v1/me").status_code == 200  # who has a key is not in their way


def test_a_credential_that_is_gone_is_the_operators_business(gate: Gate) -> None:
    client: TestClient = gate.calls(gate.key("read", credential="missing"))
    answer = client.get("/api/v1/pages")
    assert (answer.status_code, answer.json()["type"]) == (502, "/docs/errors#credential-unusable")
    gate.gateway.credentials.put("strange", "api_key", {"key": gate.sandbox.api_key[:-3] + "abc"})
    answer = gate.calls(gate.key("read", credential="strange")).get("/api/v1/pages/1/history")
    assert answer.status_code in {200, 403, 502}
