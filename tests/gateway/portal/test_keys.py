"""Keys in the portal, without JavaScript: made, used, seen in the usage, changed, rotated, revoked."""

from __future__ import annotations

import re

import pytest

from ..conftest import Gate, Gates
from .visiting import Visitor, words


@pytest.fixture
def admin(gate: Gate) -> Visitor:
    return Visitor(gate, gate.key())


def test_a_key_is_made_used_seen_in_the_usage_and_revoked(gate: Gate, admin: Visitor) -> None:
    key, secret = admin.make(name="docs site", scope=["read", "jobs"], tier="pro", prefixes="handbook\n\n docs/team ")
    caller = gate.calls(secret)
    me = caller.get("/api/v1/me").json()
    assert (me["name"], me["tier"], me["prefixes"]) == ("docs site", "pro", ["handbook", "docs/team"])
    assert {"jobs", "pages:read"} <= set(me["scopes"])
    assert caller.get("/api/v1/pages").status_code == 200
    assert caller.get("/api/v1/nothing").status_code == 404
    usage = words(admin.get(f"/portal/usage?key={key}").text)
    assert "Usage of docs site" in usage
    assert "GET /api/v1/pages 1 0 0" in usage
    assert secret not in admin.get(f"/portal/keys/{key}").text  # it was shown once
    assert "not taken any more" in admin.post(f"/portal/keys/{key}/revoke").text
    assert caller.get("/api/v1/me").status_code == 401
    assert "revoked" in words(admin.get("/portal/keys?state=revoked").text)
    assert "docs site" not in words(admin.get("/portal/keys?state=active").text)
    trail = words(admin.get("/portal/audit").text)
    assert "DELETE /api/v1/admin/keys/{id}" in trail
    assert "POST /portal/sign-in" in trail


def test_the_same_form_sent_again_makes_no_second_key(gate: Gate, admin: Visitor) -> None:
    form = {"name": "twice", "scope": ["read"], "tier": "free", "form": "f" * 32}
    first, second = admin.post("/portal/keys/new", form), admin.post("/portal/keys/new", form)
    assert "shown this once" in words(first.text)
    assert "wkg_" not in second.text
    assert [key.name for key in gate.gateway.keys.all()].count("twice") == 1


def test_a_key_is_changed_rotated_and_given_other_limits(gate: Gate, admin: Visitor) -> None:
    key, secret = admin.make(name="bot", expires="2099-03-31")
    page = admin.get(f"/portal/keys/{key}?edit=1").text
    assert 'value="2099-03-31"' in page
    form = {"name": "bot 2", "scope": ["pages:read"], "tier": "pro", "origins": "https://app.example.com/"}
    assert "The key is changed" in admin.post(f"/portal/keys/{key}", form).text
    made = gate.gateway.keys.get(key)
    assert made is not None
    assert (made.name, made.tier, made.origins, made.expires_at) == ("bot 2", "pro", ("https://app.example.com",), None)
    rotated = admin.post(f"/portal/keys/{key}/rotate", {"grace": "0", "form": "0" * 32}).text
    fresh = re.search(r'id="secret">(wkg_\w+)<', rotated)
    assert fresh is not None
    assert gate.calls(secret).get("/api/v1/me").status_code == 401
    assert gate.calls(fresh[1]).get("/api/v1/me").status_code == 200
    again = admin.post(f"/portal/keys/{key}/rotate", {"grace": "0", "form": "0" * 32})
    assert gate.calls(fresh[1]).get("/api/v1/me").status_code == 200, again.text
    limits = {"rate": "7", "daily": "9", "until": "2099-01-01", "reason": "a busy week"}
    assert "other limits" in admin.post(f"/portal/keys/{key}/limits", limits).text
    assert gate.calls(fresh[1]).get("/api/v1/me/limits").json()["rate"] == 7
    shown = words(admin.get("/portal/limits").text)
    assert "rate 7, daily 9" in shown
    assert "a busy week" in shown
    assert "limits of its tier again" in admin.post("/portal/limits/drop", {"key": key}).text
    assert gate.calls(fresh[1]).get("/api/v1/me/limits").json()["rate"] == 600


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": ""}, "name"),
        ({"scope": []}, "scopes"),
        ({"scope": ["everything"]}, "There is no scope"),
        ({"prefixes": "../x"}, "is no folder of pages"),
        ({"tier": "gold"}, "There is no tier"),
        ({"expires": "soon"}, "The expiry is a day"),
    ],
)
def test_a_form_that_is_wrong_says_so_and_keeps_what_was_written(
    admin: Visitor, form: dict[str, object], told: str
) -> None:
    given = {"name": "kept as it was", "scope": ["read"], "tier": "free", **form}
    answer = admin.post("/portal/keys/new", given)
    assert answer.status_code == 422
    assert told in words(answer.text)
    assert 'role="alert"' in answer.text
    assert form.get("name") == "" or "kept as it was" in answer.text


@pytest.mark.parametrize("form", [{"rate": "many"}, {}, {"daily": "0"}, {"rate": "1", "until": "x"}])
def test_limits_that_are_none_are_refused(gate: Gate, admin: Visitor, form: dict[str, str]) -> None:
    key, _ = admin.make()
    assert admin.post(f"/portal/keys/{key}/limits", form).status_code == 422
    assert key not in {each.key for each in gate.gateway.policy.overrides()}


def test_a_key_without_admin_sees_its_own_only(gate: Gate) -> None:
    visitor = Visitor(gate, gate.key("pages:read", tier="free"))
    page = visitor.get("/portal").text
    assert "portal/keys" not in page
    assert "60" in words(visitor.get("/portal/limits").text)
    for path in ("keys", "keys/new", "audit", "webhooks", "webhooks/new", "jobs", "playground", "jobs/x/events"):
        answer = visitor.get(f"/portal/{path}")
        assert answer.status_code == 403, path
        assert "needs a key with the scope" in words(answer.text)
    for path in (
        "keys/new",
        "keys/x",
        "keys/x/revoke",
        "keys/x/rotate",
        "keys/x/limits",
        "limits/drop",
        "jobs/x/cancel",
    ):
        assert visitor.post(f"/portal/{path}", {"name": "x", "scope": ["all"]}).status_code == 403, path
    other = gate.gateway.keys.all()[0].id
    assert "Usage of" not in visitor.get(f"/portal/usage?key={other}").text


def test_a_confined_key_sees_what_is_its_own(gate: Gate) -> None:
    visitor = Visitor(gate, gate.key(prefixes=("handbook",)))
    assert "handbook" in words(visitor.get("/portal").text)
    answer = visitor.get("/portal/jobs")
    assert (answer.status_code, "confined to pages below handbook" in words(answer.text)) == (403, True)


def test_looking_at_the_portal_costs_no_requests_of_the_key(gate: Gate) -> None:
    key = gate.key("pages:read", tier="free")
    visitor = Visitor(gate, key)
    for _ in range(5):
        visitor.get("/portal")
    caller = key[4:12]
    assert gate.calls(key).get("/api/v1/me/limits").json()["usedToday"] == 1
    gate.gateway.usage.flush()
    assert [row["route"] for row in gate.gateway.usage.read(since=0, key=caller)] == ["GET /api/v1/me/limits"]


def test_usage_is_shown_by_day_for_longer_spans(gate: Gate, admin: Visitor) -> None:
    gate.client.get("/api/v1/pages")
    for hours, words_ in ((24, "by hour"), (168, "by day"), (744, "by day")):
        page = admin.get(f"/portal/usage?hours={hours}").text
        assert words_ in page
        assert 'role="img"' in page
        assert "By key" in words(page)
    assert admin.get("/portal/usage?hours=1e9").status_code == 200


def test_what_is_not_there_is_a_page_that_says_so(admin: Visitor) -> None:
    for path in ("keys/nothing", "webhooks/nothing", "jobs/nothing", "nothing", "keys/%2e%2e", "keys/..%2f..%2fjobs"):
        answer = admin.get(f"/portal/{path}")
        assert answer.status_code in {404, 503}, path
        assert answer.headers["content-type"].startswith("text/html")
    assert admin.get("/portal/").url.path == "/portal"


def test_a_read_only_gateway_still_shows_and_makes_keys_but_no_webhooks(gates: Gates) -> None:
    gate = gates(read_only=True, feed=True)
    admin = Visitor(gate, gate.key())
    admin.make()
    answer = admin.post("/portal/webhooks/new", {"url": "https://example.com/x", "event": ["*"]})
    assert (answer.status_code, "only reads" in words(answer.text)) == (403, True)


def test_too_many_pages_are_slowed_down(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wikijs.gateway.portal.visits.RATE", 0.001)
    monkeypatch.setattr("wikijs.gateway.portal.visits.BURST", 5)
    visitor = Visitor(gate)
    answers = [visitor.get("/portal/sign-in") for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert (answers[-1].headers["retry-after"], "quick" in answers[-1].text) == ("5", True)
