"""A new secret for the key one has: without an administrator, and not for whoever has but the old one."""

from __future__ import annotations

import re

from .conftest import Gate, Gates
from .portal.visiting import Visitor, words

ROTATE = "/api/v1/me/rotate"
ME = "/api/v1/me"


def test_a_key_gives_itself_a_new_secret_and_the_old_one_does_for_a_while(gates: Gates) -> None:
    now = [1_800_000_000.0]
    gate = gates(clock=lambda: now[0])
    old = gate.key("pages:read", prefixes=["docs"], tier="free")
    answer = gate.calls(old).post(ROTATE, json={"grace": 60})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    new = answer.json()["key"]
    assert new != old
    assert new[4:12] == old[4:12]
    assert gate.calls(old).get(ME).json() == gate.calls(new).get(ME).json()
    now[0] += 61
    assert gate.calls(old).get(ME).status_code == 401
    assert gate.calls(new).get(ME).json()["prefixes"] == ["docs"]


def test_who_has_but_the_old_secret_does_not_lock_out_who_has_the_new_one(gate: Gate) -> None:
    old = gate.key("read")
    login = gate.calls(None).post("/api/v1/auth/token", json={"key": old}).json()["accessToken"]
    visitor = Visitor(gate, old)
    new = gate.calls(old).post(ROTATE, json={}).json()["key"]
    for stale in (gate.calls(old), gate.calls(login)):
        refused = stale.post(ROTATE, json={})
        assert (refused.status_code, refused.json()["type"]) == (409, "/docs/errors#secret-replaced")
    assert "given a new secret" in words(visitor.post("/portal/rotate", {"grace": "0"}).text)
    newer = gate.calls(new).post(ROTATE, json={"grace": 0})
    assert newer.status_code == 200
    assert gate.calls(new).get(ME).status_code == 401
    assert gate.calls(newer.json()["key"]).get(ME).status_code == 200


def test_the_same_request_sent_again_gives_the_same_secret(gate: Gate) -> None:
    key = gate.calls(gate.key("read"))
    answers = [key.post(ROTATE, json={}, headers={"idempotency-key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"


def test_only_a_key_can_be_rotated(gates: Gates) -> None:
    gate = gates(pass_through=True)
    wiki = gate.calls(gate.sandbox.admin_jwt)
    assert wiki.get(ME).status_code == 200
    assert wiki.post(ROTATE, json={}).json()["type"] == "/docs/errors#no-key"
    assert gate.calls(gate.key("read")).post(ROTATE, json={"grace": 1e9}).status_code == 422


def test_in_the_portal_too(gate: Gate) -> None:
    old = gate.key("read", prefixes=["docs"])
    visitor = Visitor(gate, old)
    form = {"grace": "0", "form": "9" * 32}
    page = visitor.post("/portal/rotate", form).text
    found = re.search(r'id="secret">(wkg_\w+)<', page)
    assert found is not None
    assert 'href="/portal"' in page or 'href="./portal"' in page or 'href="../portal"' in page
    assert gate.calls(old).get(ME).status_code == 401
    assert gate.calls(found[1]).get(ME).status_code == 200
    again = visitor.post("/portal/rotate", form)
    assert "wkg_" not in again.text.replace("wkg_…", "")
