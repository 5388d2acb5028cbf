"""Who gets in, for how long, and whose forms are taken."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from wikijs.gateway.access.tokens import kind_of
from wikijs.gateway.portal.visits import Pace

from ..conftest import Gate, Gates
from .visiting import Visitor, words

PAGES = (
    "/portal",
    "/portal/keys",
    "/portal/usage",
    "/portal/limits",
    "/portal/webhooks",
    "/portal/jobs",
    "/portal/audit",
)
FORMS = (
    "/portal/keys/new",
    "/portal/keys/x/revoke",
    "/portal/sign-out",
    "/portal/limits/drop",
    "/portal/jobs/x/cancel",
)


def test_nobody_sees_a_page_before_signing_in(gate: Gate) -> None:
    visitor = Visitor(gate)
    for path in PAGES:
        answer = visitor.get(path, follow_redirects=False)
        assert answer.status_code == 303
        assert visitor.get(path).url.path == "/portal/sign-in"
    for path in FORMS:
        assert visitor.http.post(path, data={"name": "x"}, follow_redirects=False).status_code == 303
    assert visitor.http.post("/portal/graphql", json={"query": "{ pages { list { id } } }"}).status_code == 401


def test_the_cookie_is_for_no_script_and_no_other_site(gates: Gates) -> None:
    gate = gates(public_url="https://api.example.com")
    visitor = Visitor(gate, base="https://api.example.com")
    answer = visitor.post("/portal/sign-in", {"key": gate.key()}, follow_redirects=False)
    cookie = next(each for each in answer.headers.get_list("set-cookie") if "login" in each)
    name, _, value = cookie.partition("=")
    assert name == "__Host-wikijs-login"
    assert kind_of(value.partition(";")[0]) == "wkp"
    rest = cookie.lower()
    assert all(part in rest for part in ("httponly", "samesite=strict", "secure", "path=/;"))
    assert "domain" not in rest
    assert answer.headers["location"].startswith("../")


@pytest.mark.parametrize("key", ["", "nonsense", "wkg_Ab3dE5gH_" + "x" * 49, "a.b.c", "wkg_\x00"])
def test_what_is_no_key_is_refused_in_words(gate: Gate, key: str) -> None:
    answer = Visitor(gate).sign_in(key)
    assert answer.status_code in {401, 422}
    assert 'role="alert"' in answer.text
    assert "wkg_Ab3dE5gH" not in answer.text


def test_keys_that_are_revoked_or_lie_in_web_pages_do_not_open_it(gate: Gate) -> None:
    bound = Visitor(gate).sign_in(gate.key(origins=("https://app.example.com",)))
    assert (bound.status_code, "web pages only" in words(bound.text)) == (403, True)
    key = gate.key()
    visitor = Visitor(gate, key)
    gate.gateway.keys.revoke(key[4:12])
    assert "signed out" in words(visitor.get("/portal").text)
    assert "was revoked" in words(Visitor(gate).sign_in(key).text)


def test_guessing_ends_after_a_while(gate: Gate) -> None:
    visitor = Visitor(gate)
    statuses = [visitor.sign_in("wkg_no").status_code for _ in range(32)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert visitor.sign_in(gate.key()).status_code == 429


def test_a_login_ends_after_half_a_day_or_when_one_signs_out_or_rotates(gates: Gates) -> None:
    now = [1_800_000_000.0]
    gate = gates(clock=lambda: now[0])
    visitor = Visitor(gate, gate.key())
    now[0] += 12 * 3600 - 5
    assert visitor.get("/portal").url.path == "/portal"
    now[0] += 10
    assert visitor.get("/portal").url.path == "/portal/sign-in"
    visitor = Visitor(gate, gate.key())
    stolen = dict(visitor.http.cookies)
    assert "signed out" in words(visitor.post("/portal/sign-out").text)
    thief = TestClient(gate.client.app, cookies=stolen)
    assert thief.get("/portal").url.path == "/portal/sign-in"
    key = gate.key()
    visitor = Visitor(gate, key)
    gate.gateway.keys.rotate(key[4:12], grace=60)
    assert visitor.get("/portal").url.path == "/portal"
    now[0] += 61
    assert visitor.get("/portal").url.path == "/portal/sign-in"


def test_a_login_of_the_portal_is_no_key_of_the_api(gate: Gate) -> None:
    visitor = Visitor(gate, gate.key())
    cookie = visitor.http.cookies["wikijs-login"]
    answer = gate.calls(cookie).get("/api/v1/me")
    assert (answer.status_code, answer.json()["detail"]) == (401, "This is a login of the portal, which is no key.")
    assert visitor.http.get("/api/v1/me").status_code == 401  # the cookie alone does nothing there
    access = gate.client.post("/api/v1/auth/token", json={"key": gate.key()}).json()["accessToken"]
    thief = TestClient(gate.client.app, cookies={"wikijs-login": access})
    assert thief.get("/portal").url.path == "/portal/sign-in"


def test_a_cookie_that_was_planted_is_not_the_login(gate: Gate) -> None:
    """Fixation: whatever the browser had before, the login is a new secret."""
    visitor = Visitor(gate)
    planted = "wkp_" + "A" * 8 + "_" + "B" * 49
    visitor.http.cookies.set("wikijs-login", planted)
    visitor.http.cookies.set("wikijs-start", "C" * 40)
    token = visitor.token("/portal/sign-in")
    answer = visitor.http.post("/portal/sign-in", data={"token": token, "key": gate.key()}, follow_redirects=False)
    cookie = next(each for each in answer.headers.get_list("set-cookie") if "login" in each)
    assert planted not in cookie
    assert TestClient(gate.client.app, cookies={"wikijs-login": planted}).get("/portal").url.path == "/portal/sign-in"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example.com"},
        {"origin": "null"},
        {"origin": "http://testserver.evil.example.com"},
        {"origin": "http://testserver:81"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"referer": "https://evil.example.com/http://testserver/"},
        {"referer": "http://testserver@evil.example.com/"},
        {"referer": "http://[evil"},
    ],
)
def test_a_form_of_another_site_is_refused(gate: Gate, headers: dict[str, str]) -> None:
    visitor = Visitor(gate, gate.key())
    answer = visitor.post("/portal/keys/new", {"name": "forged", "scope": ["all"], "tier": "free"}, headers=headers)
    assert answer.status_code == 403
    assert "forged" not in [key.name for key in gate.gateway.keys.all()]
    graphql = visitor.http.post(
        "/portal/graphql",
        json={"query": "{ pages { list { id } } }"},
        headers={**headers, "x-form-token": visitor.token("/portal/usage")},
    )
    assert graphql.status_code == 403
    assert Visitor(gate).post("/portal/sign-in", {"key": gate.key()}, headers=headers).status_code == 403


def test_each_form_there_is_refuses_what_no_page_of_ours_sent(gate: Gate) -> None:
    """Whatever route is added: without the token, with another one, from elsewhere."""
    app: Any = gate.client.app
    routes = {each.path for each in app.router.routes if each.path.startswith("/portal") and "POST" in each.methods}
    assert {"/portal/sign-in", "/portal/sign-out", "/portal/keys/{id}/revoke", "/portal/graphql"} < routes
    victim, other = Visitor(gate, gate.key()), Visitor(gate, gate.key())
    own = victim.token("/portal/usage")
    wrong: list[tuple[str, dict[str, str]]] = [
        ("", {}), (other.token("/portal/usage"), {}), (Visitor(gate).token("/portal/sign-in"), {}), (own[:-1], {}),
        (own, {"origin": "https://evil.example.com"}), (own, {"origin": "null"}),
        (own, {"origin": "https://testserver"}), (own, {"referer": "https://evil.example.com/"}),
        (own, {"sec-fetch-site": "cross-site", "origin": "http://testserver"}),
    ]  # fmt: skip
    for path in sorted(routes):
        app.state.desk.pace = Pace()
        for token, headers in wrong:
            answer = victim.http.post(
                path.replace("{id}", "x").replace("{delivery}", "x.1"),
                data={"token": token},
                headers={**headers, "x-form-token": token},
                follow_redirects=False,
            )
            assert answer.status_code == 403, (path, token, headers)
    assert victim.get("/portal").url.path == "/portal"  # nobody was signed out


def test_forms_need_the_token_of_their_own_login(gate: Gate) -> None:
    victim, attacker = Visitor(gate, gate.key()), Visitor(gate, gate.key())
    for token in ("", "0" * 64, attacker.token("/portal/usage"), Visitor(gate).token("/portal/sign-in")):
        answer = victim.http.post(
            "/portal/keys/new", data={"token": token, "name": "x", "scope": ["all"], "tier": "free"}
        )
        assert answer.status_code == 403, token
    assert victim.http.post("/portal/keys/new", json={"name": "x"}).status_code == 415
    graphql = victim.http.post("/portal/graphql", json={"query": "{ x }"}, headers={"x-form-token": "0" * 64})
    assert graphql.status_code == 403
    assert victim.http.post("/portal/sign-in", data={"key": "x"}).status_code == 403


def test_an_account_of_the_wiki_signs_in_where_that_is_allowed(gates: Gates) -> None:
    gate = gates(pass_through=True)
    visitor = Visitor(gate)
    account = {"email": gate.sandbox.admin_email, "password": gate.sandbox.admin_password}
    wrong = visitor.post("/portal/sign-in", {**account, "password": "wrong"})
    assert (wrong.status_code, account["email"] in wrong.text) == (401, True)
    page = visitor.post("/portal/sign-in", account)
    assert "Your account" in words(page.text)
    assert "portal/keys" not in page.text
    off = Visitor(gates()).post("/portal/sign-in", account)
    assert (off.status_code, "not taken here" in words(off.text)) == (403, True)


def test_without_a_portal_there_are_its_reference_and_no_forms(gates: Gates) -> None:
    gate = gates(portal=False)
    http = TestClient(gate.client.app)
    assert http.get("/portal").status_code == 404
    assert http.get("/portal/sign-in").status_code == 404
    assert http.get("/docs/api").status_code == 200
    assert "Sign in" not in http.get("/docs").text
